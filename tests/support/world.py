"""A world for tests: an application on a fresh database, staff in real roles, a clock that can be moved."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Flask
from sqlalchemy import Dialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from casework.accounts.models import Staff, StaffRole
from casework.accounts.rules import staff as rules_of_staff
from casework.accounts.standing import SessionStanding
from casework.app import _belong_together, create_app, create_core
from casework.crypto import FileKeyStore, KeyRing
from casework.db import GuardedSession, db
from casework.desk.pages import RoofDesk
from casework.kernel.actor import SYSTEM_ID, Actor, Membership, Role, system_actor
from casework.kernel.clock import MovableClock
from casework.kernel.ids import new_id
from casework.policy import POLICY
from casework.settings import Settings, load_settings
from casework.usecase import Context
from casework.usecase.replies import REPLY_OWNER
from tests.support.client import LoneClient

T = TypeVar("T")
START = datetime(2026, 4, 6, 1, 0, tzinfo=UTC)  # Monday 10:00 in Japan


def _compile_each_rule_once() -> None:
    """An application has 500 routes and most tests have an application of their own; what werkzeug compiles from a
    rule depends on the rule alone (the function is bound to its rule afterwards)."""
    compiled: dict[tuple[Any, ...], Any] = {}
    plain = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = plain(rule, append_unknown)
        return compiled[key]

    type.__setattr__(Rule, "_compile_builder", once)


_compile_each_rule_once()


def _weigh_each_password_once() -> None:
    """The cast has one password, and every test that hires it sets it eighteen times over."""
    rules_of_staff._easily_guessed = cache(rules_of_staff._easily_guessed)


_weigh_each_password_once()

# By kind of database: how statements are spelt, and the statements spelt already.
_spelt: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}


def _spell_each_statement_once(app: Flask) -> None:
    """Most tests have an engine of their own, and SQLAlchemy spells each statement once per engine: with the bars of
    protection in them that took most of a test's time. What is spelt depends on the dialect alone."""
    with app.app_context():
        for engine in db.engines.values():
            if engine.name not in _spelt:
                with engine.connect():  # it learns what its server can do
                    _spelt[engine.name] = (engine.dialect, LRUCache(4000))
            dialect, spelt = _spelt[engine.name]
            engine.dialect, engine.pool._dialect, engine._compiled_cache = dialect, dialect, spelt


# Applications whose world has ended. Doors take half a second to build and templates longer, and both are the same in
# every world; what a world may differ in stands in its core, and moves in with it.
_EMPTY: list[Flask] = []


def _move_in(app: Flask, core: Flask) -> None:
    home, new = app.extensions["casework"], core.extensions["casework"]
    home.settings, home.keys, home.policy, home.clock = new.settings, new.keys, new.policy, new.clock
    home.messages, home.standing, home.desk = new.messages, SessionStanding(new.clock), RoofDesk()
    app.config.update(core.config)
    db._app_engines[app] = db._app_engines[core]
    _belong_together(app)


class World:
    """One municipality with staff. Everything goes through use cases, as real actors."""

    def __init__(self, core: Flask, clock: MovableClock) -> None:
        self.core = core
        self.clock = clock
        self._app: Flask | None = None
        self._doors: dict[str, Any] = {}
        self._actors: dict[tuple[str, ...], UUID] = {}
        self.placed: set[tuple[str, str]] = set()  # rows set below the gate, of which the trail knows nothing

    @property
    def app(self) -> Flask:
        """The application with its doors, built when a test first knocks (it takes half a second)."""
        if self._app is None:
            if _EMPTY:
                app = _EMPTY.pop()
                _move_in(app, create_core(self.settings, clock=self.clock))
            else:
                app = create_app(self.settings, clock=self.clock)
                app.test_client_class = LoneClient
            _spell_each_statement_once(app)
            self._app, self._doors = app, dict(app.view_functions)
        return self._app

    def close(self) -> None:
        for app in filter(None, (self.core, self._app)):
            with app.app_context():
                for engine in db.engines.values():
                    engine.dispose()
        if self._app is not None and self._app.view_functions == self._doors:
            _EMPTY.append(self._app)  # a test that changed a door keeps its application

    @property
    def session(self) -> GuardedSession:
        return cast(GuardedSession, db.session())

    @property
    def keys(self) -> KeyRing:
        return cast(KeyRing, self.core.extensions["casework"].keys)

    @property
    def settings(self) -> Settings:
        return cast(Settings, self.core.extensions["casework"].settings)

    def staff(self, name: str, *roles: tuple[str, str]) -> UUID:
        """A staff member by name, with (role, agency) pairs in force since long ago; made once per name."""
        found = self._actors.get((name, *(f"{r}@{a}" for r, a in roles)))
        if found is not None:
            return found
        staff_id = new_id()
        with self.writing():
            self.session.add(
                Staff(
                    id=staff_id,
                    login=f"{name}-{staff_id.hex[-6:]}",
                    name=name,
                    agency=roles[0][1],
                    password_hash="!",
                    password_changed_at=START,
                    must_change_password=False,
                    created_at=START,
                )
            )
            for role, agency in roles:
                since = date(2020, 4, 1)
                held = StaffRole(
                    id=new_id(),
                    staff_id=staff_id,
                    role=role,
                    agency=agency,
                    valid_from=since,
                    given_by=SYSTEM_ID,
                )
                self.session.add(held)
        self._actors[(name, *(f"{r}@{a}" for r, a in roles))] = staff_id
        return staff_id

    def actor(self, role: str, agency: str = "fukushi_somu", name: str = "", *more: tuple[str, str]) -> Actor:
        """An actor in a role at an agency; the same words give the same person again."""
        name = name or f"架空 {role} {agency}"
        roles = ((role, agency), *more)
        staff_id = self.staff(name, *roles)
        memberships = tuple(Membership(Role(r), a) for r, a in roles)
        return Actor(staff_id, name, memberships, self.clock.now())

    def ctx(self, actor: Actor | None = None, **kwargs: Any) -> Context:
        """A Context as a door would make it, at the clock's present moment."""
        now = self.clock.now()
        who = actor or system_actor(now)
        present = Actor(who.id, who.name, who.memberships, now, who.session_id, who.confirmed_at or now)
        return Context(
            actor=present,
            session=self.session,
            now=now,
            policy=POLICY,
            keys=self.keys,
            settings=self.settings,
            **kwargs,
        )

    def run(self, use_case: Callable[..., T], actor: Actor, *args: Any, **kwargs: Any) -> T:
        return use_case(self.ctx(actor), *args, **kwargs)

    def later(self, **delta: float) -> None:
        self.clock.move(timedelta(**delta))

    @contextmanager
    def writing(self) -> Iterator[GuardedSession]:
        """Set the scene below the gate (staff rows): recorded by nobody, committed at the end."""
        session = self.session
        session.info["gate"] = _Open(self.placed)
        try:
            yield session
            session.commit()
        finally:
            session.info["gate"] = None
            session.expunge_all()


class _Open:
    def __init__(self, placed: set[tuple[str, str]]) -> None:
        self._placed = placed

    def note(self, kind: str, row: Any, columns: list[str]) -> None:
        keys = (str(getattr(row, c.name)) for c in row.__table__.primary_key)
        self._placed.add((row.__tablename__, "/".join(keys)))


@contextmanager
def make_world(database_url: str, folder: Path, keystore: Path, **overrides: Any) -> Iterator[World]:
    """An application on a prepared database, with its own copy of a prepared keystore."""
    shutil.copytree(keystore, folder / "keys")
    settings = load_settings(
        "testing",
        overrides={
            "database_url": database_url,
            "keystore_path": str(folder / "keys" / "keystore.db"),
            "kek_dir": str(folder / "keys" / "kek"),
            **overrides,
        },
    )
    clock = MovableClock(START)
    core = create_core(settings, clock=clock)
    _spell_each_statement_once(core)
    made = World(core, clock)
    with core.app_context():
        try:
            yield made
        finally:
            db.session.remove()
            made.close()


def make_keystore(folder: Path) -> Path:
    """A fresh keystore with the owner of stored replies, to be copied per test."""
    folder.mkdir(parents=True)
    store = FileKeyStore.create(folder / "keystore.db", folder / "kek")
    KeyRing(store).new_owner(REPLY_OWNER)
    return folder
