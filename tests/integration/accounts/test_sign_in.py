"""Signing in, sessions and their end, through the JSON door."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Select, select

from casework.accounts import actions
from casework.accounts.models import SignInAttempt, StaffRole, StaffSession
from casework.accounts.rules import HandOverDraft, RoleDraft, StaffDraft
from casework.audit.models import AuditEntry
from casework.kernel.actor import Role, system_actor
from tests.support.world import World

PASSWORD = "坂の上から海まで歩いておよそ十五分"
NEW = "極楽寺の切り通しを抜けて右へ曲がる"


def _account(world: World, login: str = "hanako", *roles: RoleDraft, must_change: bool = False) -> UUID:
    held = roles or (RoleDraft(Role.COUNSELOR, "shakyo"),)
    draft = StaffDraft(login, "架空 花子", "shakyo", PASSWORD, held, must_change)
    return world.run(actions.create, system_actor(world.clock.now()), draft).id


def _sign_in(client: FlaskClient, login: str = "hanako", password: str = PASSWORD, **headers: str) -> Any:
    return client.post("/api/v1/session", json={"login": login, "password": password}, headers=headers)


def _signed_in(
    world: World, login: str = "hanako", password: str = PASSWORD
) -> tuple[FlaskClient, dict[str, str]]:
    client = world.app.test_client()
    answer = _sign_in(client, login, password)
    assert answer.status_code == 200, answer.text
    return client, {"X-CSRFToken": answer.json["csrf_token"]}


def _rows(world: World, query: Select[Any]) -> list[Any]:
    """Rows as they stand now: what an earlier look remembered is let go of first."""
    world.session.rollback()
    return list(world.session.scalars(query))


def test_signing_in_gives_a_session_that_says_who_is_there(world: World) -> None:
    staff_id = _account(world)
    client, _ = _signed_in(world)
    answer = client.get("/api/v1/session")
    assert answer.status_code == 200
    assert (answer.json["id"], answer.json["login"]) == (str(staff_id), "hanako")
    assert [(r["role"], r["agency"]) for r in answer.json["roles"]] == [("counselor", "shakyo")]


def test_without_a_session_nobody_is_there(world: World) -> None:
    answer = world.app.test_client().get("/api/v1/session")
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


def test_the_token_is_stored_as_a_digest_only(world: World) -> None:
    _account(world)
    client, _ = _signed_in(world)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    row = _rows(world, select(StaffSession))[0]
    assert token.encode() not in row.token_digest
    assert len(row.token_digest) == 32


def test_a_login_typed_in_full_width_or_capitals_is_the_same_login(world: World) -> None:
    _account(world)
    assert _sign_in(world.app.test_client(), "ＨＡＮＡＫＯ").status_code == 200


def test_every_failed_sign_in_gets_the_same_answer(world: World) -> None:
    _account(world)
    disabled = _account(world, "disabled")
    world.run(actions.disable, system_actor(world.clock.now()), disabled, HandOverDraft())
    _account(world, "expired", RoleDraft(Role.COUNSELOR, "shakyo", date(2020, 4, 1), date(2026, 3, 31)))
    attempts = [("hanako", NEW), ("nobody", PASSWORD), ("disabled", PASSWORD), ("expired", PASSWORD)]
    answers = [_sign_in(world.app.test_client(), *attempt) for attempt in attempts]
    assert [a.status_code for a in answers] == [401] * 4
    assert {a.text for a in answers} == {answers[0].text}
    assert answers[0].json["code"] == "sign_in_failed"


def test_a_failed_sign_in_is_kept_without_the_login_as_typed(world: World) -> None:
    _sign_in(world.app.test_client(), "somebody@架空")
    row = _rows(world, select(SignInAttempt))[0]
    assert len(row.login_digest) == len(row.source_digest) == 32
    texts = [entry.target for entry in _rows(world, select(AuditEntry))]
    assert not any("somebody" in text for text in texts)


def test_guessing_has_to_wait_and_waiting_helps(world: World) -> None:
    _account(world)
    client = world.app.test_client()
    for _ in range(world.settings.sign_in_free_attempts):
        assert _sign_in(client, password=NEW).status_code == 401
    refused = _sign_in(client)
    assert (refused.status_code, refused.json["code"]) == (429, "sign_in_throttled")
    world.later(seconds=world.settings.sign_in_first_wait_seconds)
    assert _sign_in(client).status_code == 200
    assert _rows(world, select(SignInAttempt)) == []


def test_an_unknown_login_waits_like_a_known_one(world: World) -> None:
    client = world.app.test_client()
    for _ in range(world.settings.sign_in_free_attempts):
        _sign_in(client, "nobody")
    assert _sign_in(client, "nobody").status_code == 429


def test_guessing_elsewhere_does_not_keep_a_known_device_out(world: World) -> None:
    _account(world)
    home, headers = _signed_in(world)
    home.delete("/api/v1/session", headers=headers)
    stranger = world.app.test_client()
    for _ in range(world.settings.sign_in_free_attempts):
        _sign_in(stranger, password=NEW)
    assert _sign_in(stranger).status_code == 429
    assert _sign_in(home).status_code == 200


def test_one_address_guessing_many_logins_has_to_wait(world: World) -> None:
    client = world.app.test_client()
    for number in range(world.settings.sign_in_free_attempts * 10):
        assert _sign_in(client, f"guess{number}").status_code == 401
    assert _sign_in(client, "another").status_code == 429


def test_signing_out_makes_a_copied_cookie_worthless(world: World) -> None:
    _account(world)
    client, headers = _signed_in(world)
    copy = client.get_cookie("casework").value
    assert client.delete("/api/v1/session", headers=headers).status_code == 204
    thief = world.app.test_client()
    thief.set_cookie("casework", copy)
    assert thief.get("/api/v1/session").status_code == 401


def test_a_session_ends_after_half_an_hour_without_a_request(world: World) -> None:
    _account(world)
    client, _ = _signed_in(world)
    world.later(minutes=29)
    assert client.get("/api/v1/session").status_code == 200
    world.later(minutes=29)
    assert client.get("/api/v1/session").status_code == 200
    world.later(minutes=31)
    assert client.get("/api/v1/session").status_code == 401
    world.later(minutes=-10)
    assert client.get("/api/v1/session").status_code == 401  # a clock set back revives nothing


def test_a_session_ends_after_twelve_hours_in_any_case(world: World) -> None:
    _account(world)
    client, _ = _signed_in(world)
    for _ in range(12 * 3):
        assert client.get("/api/v1/session").status_code == 200
        world.later(minutes=20)
    assert client.get("/api/v1/session").status_code == 401


def test_the_last_sight_is_written_at_most_once_a_minute(world: World) -> None:
    _account(world)
    client, _ = _signed_in(world)
    began = _rows(world, select(StaffSession.seen_at))[0]
    world.later(seconds=59)
    client.get("/api/v1/session")
    assert _rows(world, select(StaffSession.seen_at))[0] == began
    world.later(seconds=1)
    client.get("/api/v1/session")
    assert _rows(world, select(StaffSession.seen_at))[0] == began + timedelta(minutes=1)


def test_a_disabled_account_is_out_at_once(world: World) -> None:
    staff_id = _account(world)
    client, _ = _signed_in(world)
    world.run(actions.disable, system_actor(world.clock.now()), staff_id, HandOverDraft())
    assert client.get("/api/v1/session").status_code == 401
    world.run(actions.enable, system_actor(world.clock.now()), staff_id)
    assert client.get("/api/v1/session").status_code == 401
    assert _sign_in(client).status_code == 200


def test_a_role_past_its_last_day_gives_no_right(world: World) -> None:
    last = date(2026, 4, 6)
    _account(world, "tomorrow", RoleDraft(Role.COUNSELOR, "shakyo", date(2026, 4, 1), last))
    client, _ = _signed_in(world, "tomorrow")
    world.later(hours=13, minutes=59)  # 23:59 in Japan; the session itself has ended
    client, _ = _signed_in(world, "tomorrow")
    world.later(minutes=1)
    assert client.get("/api/v1/session").status_code == 401
    assert _sign_in(client, "tomorrow").status_code == 401


def test_roles_are_read_anew_at_every_request(world: World) -> None:
    _account(world, "two", RoleDraft(Role.COUNSELOR, "shakyo"), RoleDraft(Role.ADMINISTRATOR, "shakyo"))
    client, _ = _signed_in(world, "two")
    assert client.get("/api/v1/staff").status_code == 200
    with world.writing() as session:
        query = select(StaffRole).where(StaffRole.role == "administrator")
        session.scalars(query).one().valid_until = date(2026, 4, 6)
    world.later(hours=14)
    client, _ = _signed_in(world, "two")
    assert client.get("/api/v1/staff").status_code == 403


def test_a_change_needs_the_token_of_the_session(world: World) -> None:
    _account(world)
    client, headers = _signed_in(world)
    body = {"current": PASSWORD, "new": NEW}
    for wrong in ({}, {"X-CSRFToken": "x"}, _signed_in(world)[1]):
        answer = client.post("/api/v1/password", json=body, headers=wrong)
        assert (answer.status_code, answer.json["code"]) == (400, "csrf_failed")
    assert client.post("/api/v1/password", json=body, headers=headers).status_code == 204


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_request_from_another_site_is_refused(world: World, site: str) -> None:
    _account(world)
    client, headers = _signed_in(world)
    foreign = {**headers, "Sec-Fetch-Site": site}
    assert client.delete("/api/v1/session", headers=foreign).json["code"] == "csrf_failed"
    assert client.get("/api/v1/session", headers=foreign).json["code"] == "csrf_failed"
    assert _sign_in(world.app.test_client(), **{"Sec-Fetch-Site": site}).status_code == 400
    assert client.get("/api/v1/session", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_a_new_password_ends_all_other_sessions(world: World) -> None:
    _account(world)
    other, _ = _signed_in(world)
    client, headers = _signed_in(world)
    body = {"current": PASSWORD, "new": NEW}
    assert client.post("/api/v1/password", json=body, headers=headers).status_code == 204
    assert client.get("/api/v1/session").status_code == 200
    assert other.get("/api/v1/session").status_code == 401
    assert _sign_in(other).status_code == 401
    assert _sign_in(other, password=NEW).status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "code", "field"),
    [
        (NEW, NEW + "。", "password_wrong", "current"),
        (PASSWORD, PASSWORD, "password_unchanged", "new"),
        (PASSWORD, "短い", "password_short", "new"),
        (PASSWORD, "hanako は坂の上に住んでいます", "password_names_owner", "new"),
    ],
)
def test_a_password_that_cannot_be_taken_says_why(
    world: World, current: str, new: str, code: str, field: str
) -> None:
    _account(world)
    client, headers = _signed_in(world)
    answer = client.post("/api/v1/password", json={"current": current, "new": new}, headers=headers)
    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in answer.json["errors"]] == [(field, code)]
    assert client.get("/api/v1/session").status_code == 200


def test_a_temporary_password_serves_only_to_set_another(world: World) -> None:
    _account(world, must_change=True)
    client, headers = _signed_in(world)
    assert client.get("/api/v1/session").json["must_change_password"] is True
    refused = client.get("/api/v1/sessions")
    assert (refused.status_code, refused.json["code"]) == (403, "password_change_required")
    body = {"current": PASSWORD, "new": NEW}
    assert client.post("/api/v1/password", json=body, headers=headers).status_code == 204
    assert client.get("/api/v1/sessions").status_code == 200


def test_people_see_and_end_only_their_own_sessions(world: World) -> None:
    _account(world)
    _account(world, "taro")
    taro, taro_headers = _signed_in(world, "taro")
    other, _ = _signed_in(world)
    client, headers = _signed_in(world)
    listed = client.get("/api/v1/sessions").json
    assert [s["current"] for s in listed] == [True, False]
    target = f"/api/v1/sessions/{listed[1]['id']}"
    assert taro.delete(target, headers=taro_headers).status_code == 404
    assert client.delete(target, headers=headers).status_code == 204
    assert other.get("/api/v1/session").status_code == 401
    assert client.delete(target, headers=headers).status_code == 409


def test_the_trail_tells_of_every_sign_in_and_every_failure(world: World) -> None:
    staff_id = _account(world)
    _sign_in(world.app.test_client(), password=NEW)
    _sign_in(world.app.test_client())
    query = select(AuditEntry).where(AuditEntry.event.like("session.%")).order_by(AuditEntry.seq)
    entries = [(e.event, e.outcome, e.target) for e in _rows(world, query)]
    assert entries[0][:2] == ("session.checked", "sign_in_failed")
    assert entries[1][:2] == ("session.failed", "done")
    assert entries[2:] == [
        ("session.checked", "done", str(staff_id)),
        ("session.opened", "done", str(staff_id)),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"login": "hanako"},
        {"login": "h", "password": "\ud800" * 20},
        {"login": "h", "password": "x" * 257},
    ],
)
def test_a_sign_in_of_another_shape_is_refused(world: World, body: dict[str, str]) -> None:
    client = world.app.test_client()
    answer = client.post("/api/v1/session", data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 422
