"""アカウントの動き: people are told what happened to their account, at the next page they see (ASVS 6.3.5, 6.3.7)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from casework.accounts.models import AccountNotice, SignInAttempt
from casework.accounts.rules import ATTEMPTS_KEPT_DAYS, NOTICES_SHOWN_DAYS, NoticeKind
from casework.kernel.actor import Role
from tests.integration.accounts.conftest import PASSWORD, Somebody, rows
from tests.support.world import World

NEW = "極楽寺の切り通しを抜けて右へ曲がる"


@pytest.fixture
def jiro(world: World) -> Somebody:
    """Somebody with a password alone, at a browser that is known."""
    return Somebody(world, "jiro").hired().signed_in()


def told(who: Somebody) -> list[tuple[str, int]]:
    answer = who.ask("GET", "/account/notices")
    assert answer.status_code == 200, answer.text
    return [(one["kind"], one["times"]) for one in answer.get_json()]


def again(who: Somebody) -> Somebody:
    who.ask("DELETE", "/session")
    return who.signed_in()


def test_nothing_is_told_to_who_comes_for_the_first_time_and_again(jiro: Somebody) -> None:
    assert told(jiro) == []
    assert told(again(jiro)) == []


def test_whoever_failed_in_between_is_told_at_the_next_sign_in_also_days_later(
    world: World, jiro: Somebody
) -> None:
    jiro.ask("DELETE", "/session")
    thief = jiro.elsewhere()
    for _ in range(3):
        assert thief.password(NEW).status_code == 401
    world.later(days=2)
    Somebody(world, "nobody").password(NEW)  # a failure of somebody else clears nothing away
    assert (
        rows(world, select(AccountNotice.kind)) == []
    )  # an account that is there costs no more than one that is not
    assert told(jiro.signed_in()) == [("failed", 3)]
    assert told(again(jiro)) == [("failed", 3)]


def test_failures_of_long_ago_are_cleared_away(world: World, jiro: Somebody) -> None:
    jiro.elsewhere().password(NEW)
    world.later(days=ATTEMPTS_KEPT_DAYS, minutes=1)
    Somebody(world, "nobody").password(NEW)
    assert len(rows(world, select(SignInAttempt.id))) == 1


def test_a_new_device_is_told_and_a_known_one_is_not(jiro: Somebody) -> None:
    other = jiro.elsewhere().signed_in()
    assert told(jiro) == [("new_device", 1)]
    assert told(again(other)) == [("new_device", 1)]


def test_who_has_the_password_but_not_the_second_factor_is_told(world: World, hanako: Somebody) -> None:
    hanako.ask("DELETE", "/session")
    thief = hanako.elsewhere()
    for _ in range(2):
        assert thief.password().status_code == 202
    assert thief.second("000000").status_code == 422
    assert told(hanako.signed_in()) == [("half", 2), ("failed", 1), ("totp_added", 1)]
    hanako.ask("DELETE", "/session")
    assert hanako.password().status_code == 202
    assert hanako.ask("DELETE", "/session").status_code == 204  # who leaves says so
    assert told(hanako.signed_in()) == [("half", 2), ("failed", 1), ("totp_added", 1)]


def test_each_change_of_what_proves_a_person_is_told(world: World, hanako: Somebody) -> None:
    answer = hanako.ask("POST", "/factors/recovery")
    codes = answer.get_json()["codes"]
    assert hanako.ask("POST", "/password", {"current": PASSWORD, "new": NEW}).status_code == 204
    hanako.ask("DELETE", "/session")
    hanako.password(NEW)
    assert hanako.second(codes[0]).status_code == 200
    assert hanako.ask("DELETE", "/factors/totp").status_code == 204
    assert [kind for kind, _ in told(hanako)] == [
        "totp_removed",
        "recovery_used",
        "password_changed",
        "recovery_renewed",
        "totp_added",
    ]


def test_what_an_administrator_does_to_an_account_is_told(world: World, hanako: Somebody) -> None:
    admin = Somebody(world, "kanri", Role.ADMINISTRATOR).hired().signed_in()
    assert admin.ask("POST", f"/staff/{hanako.id}/factors/reset").status_code == 200
    reset = admin.ask("POST", f"/staff/{hanako.id}/password-reset", {"password": NEW})
    assert reset.status_code == 200
    assert told(admin) == []
    hanako.password(NEW)
    assert hanako.ask("GET", "/account/notices").status_code == 403  # first, a password of one's own
    assert hanako.ask("POST", "/password", {"current": NEW, "new": PASSWORD}).status_code == 204
    assert [kind for kind, _ in told(hanako)][:3] == ["password_changed", "password_reset", "factors_reset"]


def test_one_says_that_one_knows_up_to_what_one_saw(world: World, jiro: Somebody) -> None:
    jiro.elsewhere().signed_in()
    shown = jiro.ask("GET", "/account/notices").get_json()
    jiro.elsewhere().signed_in()  # in between
    assert jiro.ask("POST", f"/account/notices/{shown[0]['id']}/seen").status_code == 204
    notices: list[Any] = jiro.ask("GET", "/account/notices").get_json()
    assert [one["seen_at"] is None for one in notices] == [True, False]
    first_seen = notices[1]["seen_at"]
    world.later(minutes=5)
    assert jiro.ask("POST", f"/account/notices/{notices[0]['id']}/seen").status_code == 204
    assert [one["seen_at"] for one in jiro.ask("GET", "/account/notices").get_json()][1] == first_seen


def test_notices_are_their_owners_alone(world: World, jiro: Somebody) -> None:
    jiro.elsewhere().signed_in()
    notice = jiro.ask("GET", "/account/notices").get_json()[0]["id"]
    admin = Somebody(world, "kanri", Role.ADMINISTRATOR).hired().signed_in()
    assert told(admin) == []
    for who in (Somebody(world, "saburo").hired().signed_in(), admin):
        assert who.ask("POST", f"/account/notices/{notice}/seen").status_code == 404
    assert rows(world, select(AccountNotice.seen_at)) == [None]


def test_what_was_seen_is_shown_for_ninety_days_and_what_was_not_until_it_is(
    world: World, jiro: Somebody
) -> None:
    jiro.elsewhere().signed_in()
    first = jiro.ask("GET", "/account/notices").get_json()[0]["id"]
    jiro.ask("POST", f"/account/notices/{first}/seen")
    jiro.elsewhere().signed_in()
    world.later(days=NOTICES_SHOWN_DAYS, minutes=1)
    assert told(jiro.signed_in()) == [("new_device", 1)]


def test_the_day_begins_with_what_one_has_not_seen(world: World, jiro: Somebody) -> None:
    assert "確かめていないアカウントの動き" not in _waiting(jiro)
    jiro.elsewhere().signed_in()
    assert "確かめていないアカウントの動き" in _waiting(jiro)
    page = jiro.http.get("/account").text
    assert "はじめての端末からのサインイン" in page
    assert "確かめていない動きが1件" in page
    notice = jiro.ask("GET", "/account/notices").get_json()[0]["id"]
    assert (
        "までの動きを、知っているものとして記録します"
        in jiro.http.get(f"/account/notices/{notice}/seen").text
    )
    jiro.ask("POST", f"/account/notices/{notice}/seen")
    assert "確かめていないアカウントの動き" not in _waiting(jiro)
    assert "確かめていない動き" not in jiro.http.get("/account").text


def _waiting(who: Somebody) -> str:
    return who.http.get("/").text.partition("いまはないもの")[0]


def test_every_kind_has_its_sentence(world: World) -> None:
    book = world.app.extensions["casework"].messages
    assert all(book.label("notice_kind", kind.value) for kind in NoticeKind)
