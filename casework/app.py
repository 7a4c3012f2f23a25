"""Composition root: settings, keys, store, policy, doors and commands; the only place that knows everything."""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Mapping
from typing import Any, cast

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask.json.provider import DefaultJSONProvider

from .crypto import CryptoError, KeyRing, KeyWrong
from .crypto.keystore.chosen import open_store
from .db import db, newest
from .db import open_store as open_database
from .kernel.clock import Clock, SystemClock
from .kernel.messages import Messages
from .people.models import Person
from .policy import POLICY
from .settings import Settings, bundled_path, load_settings
from .usecase import UseCase
from .web import headers, health, refusals
from .web.document import Document
from .web.door import ApiBlueprint
from .web.house import OPEN_ROUTES, House
from .web.pages import PageBlueprint, frame
from .web.schema import schema_name

HOUSES = (
    "desk",
    "accounts",
    "agencies",
    "people",
    "resources",
    "cases",
    "intake",
    "referral",
    "meeting",
    "plan",
    "outreach",
    "participation",
    "statistics",
    "documents",
    "oversight",
    "custody",
    "disclosure",
    "retention",
)


SAMPLE = 20  # names whose seal is looked at when the application starts
FOREIGN_KEYSTORE = (
    "the keystore belongs to another installation than this database: look for the one that does"
)
KEYS_UNUSABLE = {
    "key_missing": "the keystore, a key-encryption key or a purpose key is not there: put the key back, or restore",
    "key_wrong": "a key-encryption key does not belong to this keystore: look for the key file that does",
    "key_destroyed": "the keystore needs a key that was destroyed",
    "keystore_unreadable": "the keystore's file is damaged, locked, of a newer version or no keystore: restore it",
}


class UnclassifiedRoute(RuntimeError):
    """A route that names no use case: the application refuses to start."""


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Flask:
    """Build the application; it refuses to start with a wrong key, a missing key or an unclassified route."""
    app = create_core(settings or load_settings(overrides=overrides), clock=clock)
    _belong_together(app)
    _doors(app)
    _pages(app)
    refusals.install(app)
    headers.install(app)
    _classify(app)
    return app


def create_core(settings: Settings, *, clock: Clock | None = None) -> Flask:
    """Settings, keys, store, policy and sentences without any door: what commands and use cases need."""
    app = Flask("casework", static_folder=None, template_folder="web/templates")
    provider = cast(DefaultJSONProvider, app.json)
    provider.sort_keys, provider.ensure_ascii = False, False
    keys = open_keys(settings)
    app.config.update(_flask_config(settings, keys))
    app.extensions["casework"] = House(
        settings=settings,
        keys=keys,
        policy=POLICY,
        clock=clock or SystemClock(),
        messages=Messages(bundled_path("config") / "messages"),
    )
    db.init_app(app)
    with app.app_context():
        open_database(db.engine)
    return app


def _belong_together(app: Flask) -> None:
    """Refuse to serve a database with the keystore of another installation: nothing in it could be read, and what
    was written meanwhile could be read by nobody later. One damaged row alone stops nothing."""
    home: House = app.extensions["casework"]
    with app.app_context():
        names = newest(db.engine, Person.name, SAMPLE)
    if names and not any(map(home.keys.sealed_here, names)):
        raise KeyWrong(FOREIGN_KEYSTORE)


def open_keys(settings: Settings) -> KeyRing:
    """The key ring, after its canary was opened: a wrong key must not serve, and the refusal says what to look at."""
    try:
        store = open_store(settings)
        store.canary()
        return KeyRing(store)
    except CryptoError as refusal:
        raise type(refusal)(KEYS_UNUSABLE.get(refusal.code, refusal.code)) from None


def _flask_config(settings: Settings, keys: KeyRing) -> dict[str, Any]:
    secure = settings.secure_cookies
    return {
        "SECRET_KEY": keys.store.purpose_key("session"),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True, "query_cache_size": 4000},
        "SESSION_COOKIE_NAME": "__Host-casework" if secure else "casework",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "MAX_CONTENT_LENGTH": settings.max_body_bytes,
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or None,
        "API_TITLE": "casework",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
        "PROPAGATE_EXCEPTIONS": False,
    }


def _doors(app: Flask) -> None:
    from .accounts.login import init_login
    from .accounts.standing import SessionStanding

    init_login(app)
    home: House = app.extensions["casework"]
    home.standing = SessionStanding(home.clock)
    app.register_blueprint(health.bp)
    api = Document(
        app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=schema_name)}
    )
    for name in HOUSES:
        module = importlib.import_module(f"casework.{name}.api")
        bp: ApiBlueprint = module.bp
        api.register_blueprint(bp)
        home.routes.update({f"{bp.name}.{endpoint}": about for endpoint, about in bp.use_cases.items()})


def _pages(app: Flask) -> None:
    from .desk.pages import RoofDesk

    home: House = app.extensions["casework"]
    frame.install(app)
    home.desk = RoofDesk()
    for name in HOUSES:
        if importlib.util.find_spec(f"casework.{name}.pages") is None:
            continue
        bp: PageBlueprint = importlib.import_module(f"casework.{name}.pages").bp
        app.register_blueprint(bp)
        home.routes.update({f"{bp.name}.{endpoint}": about for endpoint, about in bp.use_cases.items()})
        home.forms.update(bp.forms)


def _classify(app: Flask) -> None:
    """Every route names its use case, and every named route exists."""
    home: House = app.extensions["casework"]
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    documents = {name for name in endpoints if name.startswith("api-docs.")}
    unknown = endpoints - set(home.routes) - OPEN_ROUTES - documents
    missing = set(home.routes) - endpoints
    if unknown or missing:
        raise UnclassifiedRoute(json.dumps({"unknown": sorted(unknown), "missing": sorted(missing)}))


def classified(app: Flask) -> dict[str, UseCase]:
    """Endpoint -> use case, for documents and tests."""
    home: House = app.extensions["casework"]
    return dict(home.routes)
