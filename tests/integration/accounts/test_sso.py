"""Sign-on by an identity provider: bound to accounts that exist; every token that does not fit is refused, recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from casework.accounts.models import Staff, StaffSession
from tests.integration.accounts.conftest import ORIGIN, Somebody, outcomes, rows
from tests.support.provider import CLIENT, SECRET, Claims, Provider, provider
from tests.support.world import World, make_world

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def idp() -> Iterator[Provider]:
    with provider() as running:
        yield running


@dataclass
class Desk:
    """A browser between the house and the provider."""

    world: World
    idp: Provider
    http: FlaskClient

    def go(self) -> str:
        answer = self.http.get("/sign-in/sso")
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    def back(self, given: dict[str, str]) -> Any:
        """Lands on the page of the answer, which sends itself on."""
        landed = self.http.get(
            "/sign-in/sso/answer", query_string=given, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert landed.status_code == 200
        fields = dict(re.findall(r'name="(state|code)" value="([^"]*)"', landed.text))
        return self.http.post("/sign-in/sso", data=fields)

    def sign_in(self, login: str = "hanako", **more: Any) -> Any:
        return self.back(self.idp.signs_in(self.go(), login, self.world.clock.now(), **more))


@pytest.fixture
def desk(idp: Provider, database: str, keystore: Path, tmp_path: Path) -> Iterator[Desk]:
    secret = tmp_path / "client-secret"
    secret.write_text(SECRET + "\n", encoding="ascii")
    idp.bend, idp.sign = lambda claims: claims, None
    settings = {
        "public_origin": ORIGIN,
        "oidc_issuer": idp.issuer,
        "oidc_client_id": CLIENT,
        "oidc_secret_file": str(secret),
        "oidc_strong_amr": ("mfa",),
    }
    with make_world(database, tmp_path, keystore, **settings) as world:
        yield Desk(world, idp, world.app.test_client())


def test_the_provider_says_who_it_is_and_the_account_says_what_they_may(desk: Desk) -> None:
    Somebody(desk.world, "hanako").hired()
    assert desk.sign_in().headers["Location"] == "/"
    me = desk.http.get("/api/v1/session").get_json()
    assert (me["login"], [role["role"] for role in me["roles"]]) == ("hanako", ["counselor"])
    asked = desk.idp.asked
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == f"{ORIGIN}/sign-in/sso/answer"
    desk.idp.sign = Provider.by_ec
    assert desk.sign_in().status_code == 303


def test_without_an_account_nobody_comes_in_and_none_is_made(desk: Desk) -> None:
    assert desk.sign_in("stranger", roles=["administrator"]).status_code == 401
    assert rows(desk.world, select(Staff.login)) == []
    assert outcomes(desk.world, "session.sso_opened") == ["sso_unbound"]


def test_the_second_factor_is_asked_for_unless_the_provider_did(desk: Desk) -> None:
    person = Somebody(desk.world, "hanako").hired().signed_in().enrolled()
    answer = desk.sign_in()
    assert answer.status_code == 200
    assert desk.http.get("/api/v1/session").get_json()["code"] == "second_factor_required"
    desk.http = desk.world.app.test_client()
    assert desk.sign_in(amr=["pwd", "mfa"]).status_code == 303
    assert desk.http.get("/api/v1/sessions").get_json()[0]["level"] == "sso"
    assert person.ask("GET", "/session").status_code == 200


def _set(**changed: Any) -> Callable[[Claims], Claims]:
    return lambda claims: {name: v for name, v in {**claims, **changed}.items() if v is not None}


def _shift(**seconds: int) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, **{name: claims["iat"] + by for name, by in seconds.items()}}


@pytest.mark.parametrize(
    ("bend", "sign", "code"),
    [
        (None, Provider.unsigned, "sso_signature"),
        (None, Provider.by_public_key, "sso_signature"),
        (None, Provider.by_client_secret, "sso_signature"),
        (None, Provider.by_stranger, "sso_signature"),
        (None, Provider.unknown_kid, "sso_signature"),
        (None, Provider.without_kid, "sso_signature"),
        (None, lambda _self, _claims: "not a token", "sso_signature"),
        (_set(iss="https://elsewhere.example"), None, "sso_issuer"),
        (_set(iss=None), None, "sso_issuer"),
        (_set(sub=None), None, "sso_issuer"),
        (_set(aud="another"), None, "sso_audience"),
        (_set(aud=None), None, "sso_audience"),
        (_set(aud=[CLIENT, "another"]), None, "sso_audience"),
        (_set(azp="another"), None, "sso_audience"),
        (_set(aud=[CLIENT, "another"], azp="another"), None, "sso_audience"),
        (_set(nonce="another"), None, "sso_nonce"),
        (_set(nonce=None), None, "sso_nonce"),
        (_set(exp=None), None, "sso_expired"),
        (_set(iat=None), None, "sso_expired"),
        (_set(exp="tomorrow"), None, "sso_expired"),
        (_shift(exp=-61), None, "sso_expired"),
        (_shift(iat=-700), None, "sso_expired"),
        (_shift(iat=120), None, "sso_future"),
        (_shift(nbf=120), None, "sso_future"),
        (_set(preferred_username=None), None, "sso_unbound"),
        (_set(preferred_username=["hanako"]), None, "sso_unbound"),
    ],
)
def test_a_token_that_does_not_fit_opens_nothing_and_says_why_in_the_trail(
    desk: Desk,
    bend: Callable[[Claims], Claims] | None,
    sign: Callable[[Provider, Claims], str] | None,
    code: str,
) -> None:
    Somebody(desk.world, "hanako").hired()
    desk.idp.bend, desk.idp.sign = bend or desk.idp.bend, sign
    answer = desk.sign_in()
    assert answer.status_code == 401
    assert outcomes(desk.world, "session.sso_checked") == [code]
    assert outcomes(desk.world, "session.failed") == ["done"]
    assert rows(desk.world, select(StaffSession.id)) == []


def test_a_state_counts_once_in_this_browser_and_for_ten_minutes(desk: Desk) -> None:
    Somebody(desk.world, "hanako").hired()
    given = desk.idp.signs_in(desk.go(), "hanako", desk.world.clock.now())
    thief = Desk(desk.world, desk.idp, desk.world.app.test_client())
    assert thief.back(given).status_code == 401  # a browser that did not ask
    assert desk.back(given).status_code == 303
    assert desk.back(given).status_code == 401  # replayed
    late = desk.idp.signs_in(desk.go(), "hanako", desk.world.clock.now())
    desk.world.later(minutes=10, seconds=1)
    assert desk.back(late).status_code == 401
    assert desk.back({"state": "AAAA", "code": "x"}).status_code == 401
    assert outcomes(desk.world, "session.sso_answered") == [
        "sso_state",
        "done",
        "sso_state",
        "sso_state",
        "sso_state",
    ]


def test_a_code_that_the_provider_does_not_know_is_refused(desk: Desk) -> None:
    given = desk.idp.signs_in(desk.go(), "hanako", desk.world.clock.now())
    assert desk.back({**given, "code": "another code"}).status_code == 401
    assert outcomes(desk.world, "session.sso_checked") == ["sso_code"]


def test_metadata_may_come_from_a_file_and_must_be_the_issuers(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "provider.json"
    _, metadata = desk.idp.answer("/.well-known/openid-configuration", {})
    object.__setattr__(desk.world.app.extensions["casework"].settings, "oidc_metadata_file", str(file))
    file.write_text(json.dumps(metadata), encoding="utf-8")
    Somebody(desk.world, "hanako").hired()
    assert desk.sign_in().status_code == 303
    file.write_text(json.dumps({**metadata, "issuer": "https://elsewhere.example"}), encoding="utf-8")
    assert desk.http.get("/sign-in/sso").status_code == 401


def test_it_is_off_by_default(database: str, keystore: Path, tmp_path: Path) -> None:
    with make_world(database, tmp_path, keystore) as world:
        http = world.app.test_client()
        assert "職員認証基盤" not in http.get("/sign-in").text
        assert http.get("/sign-in/sso").status_code == 409
        assert http.post("/sign-in/sso", data={"state": "x", "code": "y"}).status_code == 409
