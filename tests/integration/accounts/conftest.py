"""Somebody with an account, a browser and a telephone, for the tests of signing in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Select, select

from casework.accounts import actions
from casework.accounts.rules import RoleDraft, StaffDraft
from casework.audit.models import AuditEntry
from casework.kernel.actor import Role, system_actor
from tests.support.authenticator import code_at
from tests.support.world import World, make_world

PASSWORD = "坂の上から海まで歩いておよそ十五分"
ORIGIN = "https://casework.example"


@dataclass
class Somebody:
    """A person at the JSON door: `http` is their browser, `secret` what their code app holds."""

    world: World
    login: str
    role: Role = Role.COUNSELOR
    secret: str = ""
    codes: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.http: FlaskClient = self.world.app.test_client()

    def hired(self, *, must_change: bool = False) -> Somebody:
        roles = (RoleDraft(self.role, "shakyo", date(2020, 4, 1)),)
        draft = StaffDraft(self.login, f"架空 {self.login}", "shakyo", PASSWORD, roles, must_change)
        self.id = self.world.run(actions.create, system_actor(self.world.clock.now()), draft).id
        return self

    def elsewhere(self) -> Somebody:
        """The same person (or a thief of their password) at another browser."""
        return Somebody(self.world, self.login, self.role, self.secret, self.codes)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.open(f"/api/v1{path}", method=method, json=body, headers=self.headers)
        if answer.is_json and "csrf_token" in (answer.get_json() or {}):
            self.headers = {"X-CSRFToken": answer.get_json()["csrf_token"]}
        return answer

    def password(self, password: str = PASSWORD) -> Any:
        self.headers = {}
        return self.ask("POST", "/session", {"login": self.login, "password": password})

    def code(self, steps: int = 0) -> str:
        return code_at(self.secret, self.world.clock.now(), steps)

    def second(self, code: str) -> Any:
        return self.ask("POST", "/session/second", {"code": code})

    def signed_in(self) -> Somebody:
        answer = self.password()
        if answer.status_code == 202:
            self.world.later(seconds=60)
            answer = self.second(self.code())
        assert answer.status_code == 200, answer.text
        return self

    def enrolled(self) -> Somebody:
        """A code app, with the recovery codes that were shown."""
        assert self.ask("POST", "/factors/totp").status_code == 204
        self.secret = self.ask("GET", "/factors/totp").get_json()["secret"]
        answer = self.ask("POST", "/factors/totp/code", {"code": self.code()})
        assert answer.status_code == 200, answer.text
        self.codes = answer.get_json()["codes"]
        return self


@pytest.fixture
def hanako(world: World) -> Somebody:
    """Somebody with a password and a code app, signed in at a known device."""
    return Somebody(world, "hanako").hired().signed_in().enrolled()


@pytest.fixture
def demanding(database: str, keystore: Path, tmp_path: Path) -> Iterator[World]:
    """A world in which nobody works without a second factor, with an origin for passkeys."""
    with make_world(database, tmp_path, keystore, second_factor="required", public_origin=ORIGIN) as made:
        yield made


def rows(world: World, query: Select[Any]) -> list[Any]:
    world.session.rollback()
    return list(world.session.scalars(query))


def outcomes(world: World, event: str) -> list[str]:
    """How every visit of a kind ended, in order."""
    query = select(AuditEntry.outcome).where(AuditEntry.event == event).order_by(AuditEntry.seq)
    return rows(world, query)
