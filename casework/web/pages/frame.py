"""The frame around every page: template helpers, assets with their digest in the address, and compression."""

from __future__ import annotations

import gzip
import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, current_app, request, url_for
from flask_login import current_user
from markupsafe import Markup

from ...kernel.actor import Permission
from ...kernel.clock import TOKYO
from ...kernel.wareki import format_moment, format_wareki
from ...kernel.withheld import Withheld
from ..house import house

STATIC = Path(__file__).parent.parent / "static"
PICTURE = ".png"  # of the manual
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".txt": "text/plain",
    ".svg": "image/svg+xml",
    PICTURE: "image/png",
}
SMALL = 1400  # bytes that travel in one packet anyway
YEAR = 365 * 24 * 60 * 60


def install(app: Flask) -> None:
    """Helpers of the templates, the assets, and compression of pages."""
    app.jinja_env.filters.update(wareki=wareki, moment=moment, clock=clock, label=label, named=named)
    app.jinja_env.globals.update(asset=asset, can=can, has=has)
    app.jinja_env.tests["withheld"] = lambda value: isinstance(value, Withheld)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_around)
    app.add_url_rule("/static/<name>", "static", _static)
    app.after_request(_compress)


def _around() -> dict[str, Any]:
    """What the frame shows of the person who is signed in."""
    actor = getattr(current_user, "actor", None)
    home = house()
    passkeys = bool(home.settings.public_origin)
    if actor is None:
        return {"actor": None, "navigation": (), "passkeys": passkeys, "sso": bool(home.settings.oidc_issuer)}
    return {
        "actor": actor,
        "navigation": home.desk.navigation(request.path),
        "idle_minutes": home.settings.session_idle_minutes,
        "seconds_left": int((current_user.presence.ends_at - home.clock.now()).total_seconds()),
        "passkeys": passkeys,
        "today": home.clock.now().astimezone(TOKYO).date(),
    }


def wareki(day: date | None) -> Markup:
    """A day as people of the city write it, with the ISO date behind it; nothing for nothing."""
    if day is None or isinstance(day, Withheld):
        return Markup("")
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), format_wareki(day))


def moment(at: datetime | None) -> Markup:
    """A day and time of day in Japan."""
    if at is None:
        return Markup("")
    here = at.astimezone(TOKYO)
    return Markup('<time datetime="{}">{}</time>').format(
        here.isoformat(timespec="minutes"), format_moment(at)
    )


def clock(at: datetime | None) -> str:
    """The time of day in Japan."""
    return "" if at is None else f"{at.astimezone(TOKYO):%H:%M}"


def label(member: object, kind: str) -> str:
    """The label of an enumeration's member."""
    return "" if member is None else house().messages.label(kind, str(member))


def named(code: object, name: str) -> str:
    """The label of a code, an agency, a window or a colleague."""
    return house().desk.book().label(name, str(code) if isinstance(code, UUID) else code)


def can(permission: str) -> bool:
    """Whether a role of the person may ever do this: for links and panels, never as the only check."""
    actor = getattr(current_user, "actor", None)
    return actor is not None and house().policy.ever(actor, Permission(permission))


def has(endpoint: str) -> bool:
    """Whether a house above has this page: links upwards are made by name."""
    return endpoint in current_app.view_functions


def asset(name: str) -> str:
    """The address of a file under static, with its digest, so that it may be kept for a year."""
    return url_for("static", name=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


@cache
def _packed(name: str) -> tuple[bytes, bytes]:
    """The file as it is, and compressed; a picture is compressed already."""
    plain = (STATIC / name).read_bytes()
    return plain, plain if name.endswith(PICTURE) else gzip.compress(plain, 9, mtime=0)


def _static(name: str) -> Response:
    path = STATIC / name
    if path.parent != STATIC or path.suffix not in TYPES or not path.is_file():
        abort(404)
    plain, packed = _packed(name)
    zipped = request.accept_encodings.quality("gzip") > 0 and packed is not plain
    answer = Response(packed if zipped else plain, mimetype=TYPES[path.suffix])
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return answer


def _compress(answer: Response) -> Response:
    """Pages travel compressed. Other sites cannot make a browser ask for a page with its cookie (SameSite), so that
    the length of an answer tells them nothing."""
    html = answer.mimetype == "text/html" and not answer.direct_passthrough
    if html and request.accept_encodings.quality("gzip") > 0 and "Content-Encoding" not in answer.headers:
        body = answer.get_data()
        if len(body) > SMALL:
            answer.set_data(gzip.compress(body, 5, mtime=0))
            answer.headers["Content-Encoding"] = "gzip"
    if html:
        answer.vary.add("Accept-Encoding")
    return answer
