"""Cookies as they travel: over TLS only, out of reach of scripts and other sites, for as long as is meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Response

from casework.accounts import login
from tests.support.cast import PASSWORD, hire
from tests.support.world import World, make_world

DAY = 24 * 60 * 60
GUARDED = {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"}


@pytest.fixture
def secured(sqlite_template: Path, keystore: Path, tmp_path: Path) -> Iterator[World]:
    """An application that serves over TLS, as production does."""
    (tmp_path / "tls").mkdir()
    copy = tmp_path / "casework.db"
    copy.write_bytes(sqlite_template.read_bytes())
    with make_world(f"sqlite:///{copy}", tmp_path / "tls", keystore, secure_cookies=True) as made:
        hire(made)
        yield made


def _cookies(answer: Response) -> dict[str, set[str]]:
    """The attributes of each cookie that is set, by its name."""
    found = {}
    for line in answer.headers.getlist("Set-Cookie"):
        pair, *attributes = line.split("; ")
        found[pair.partition("=")[0]] = set(attributes)
    return found


def test_a_sign_in_sets_a_session_cookie_and_marks_the_device(secured: World) -> None:
    body = {"login": "shakyo", "password": PASSWORD}
    answer = secured.app.test_client().post("/api/v1/session", json=body, base_url="https://localhost")
    assert answer.status_code == 200, answer.text
    cookies = _cookies(answer)
    assert set(cookies) == {"__Host-casework", "__Host-casework-device"}
    assert cookies["__Host-casework"] >= GUARDED
    assert not {a for a in cookies["__Host-casework"] if a.startswith(("Max-Age", "Expires", "Domain"))}
    device = cookies["__Host-casework-device"]
    assert device >= GUARDED | {f"Max-Age={180 * DAY}"}
    assert not {a for a in device if a.startswith("Domain")}


def test_what_a_browser_carried_before_is_gone_after_signing_in_and_after_signing_out(secured: World) -> None:
    http = secured.app.test_client()
    there = {"base_url": "https://localhost"}
    with http.session_transaction(**there) as carried:
        carried["planted"] = "by somebody else"
    body = {"login": "shakyo", "password": PASSWORD}
    assert http.post("/api/v1/session", json=body, **there).status_code == 200
    with http.session_transaction(**there) as carried:
        assert "planted" not in carried
    token = http.get("/api/v1/session", **there).get_json()["csrf_token"]
    answer = http.delete("/api/v1/session", headers={"X-CSRFToken": token}, **there)
    assert answer.status_code == 204
    assert "Max-Age=0" in _cookies(answer)["__Host-casework"]
    with http.session_transaction(**there) as carried:
        assert dict(carried) == {}


def test_a_sign_on_on_its_way_is_bound_to_the_browser_for_ten_minutes(secured: World) -> None:
    with secured.app.test_request_context():
        answer = Response()
        login.keep_state(answer, "state")
    assert _cookies(answer)["__Host-casework-sso"] >= GUARDED | {"Max-Age=600"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_tls_on_a_developers_machine_cookies_travel_in_clear_and_under_another_name(
    world: World,
) -> None:
    with world.app.test_request_context():
        answer = Response()
        login.mark_device(answer, "mark")
        login.keep_state(answer, "state")
    assert set(_cookies(answer)) == {"casework-device", "casework-sso"}
    for attributes in _cookies(answer).values():
        assert "Secure" not in attributes
        assert attributes >= GUARDED - {"Secure"}
