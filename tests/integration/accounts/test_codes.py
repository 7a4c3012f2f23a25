"""The code app and recovery codes: one code once, ever; wrong, old, foreign and future ones change nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from casework.accounts.models import RecoveryCode, StaffSession, TotpSeed
from casework.accounts.proofs import codes
from casework.accounts.rules import RECOVERY_CODES
from casework.kernel.actor import Role
from casework.kernel.errors import Refused
from tests.integration.accounts.conftest import PASSWORD, Somebody, outcomes, rows
from tests.support.authenticator import code_at
from tests.support.world import World

one_engine = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@one_engine
def test_with_a_second_factor_the_password_alone_opens_nothing(world: World, hanako: Somebody) -> None:
    thief = hanako.elsewhere()
    answer = thief.password()
    assert answer.status_code == 202
    assert answer.get_json()["kinds"] == {"totp": True, "passkey": False}
    for method, path in (
        ("GET", "/session"),
        ("GET", "/factors"),
        ("GET", "/staff"),
        ("POST", "/factors/totp"),
    ):
        refused = thief.ask(method, path)
        assert (refused.status_code, refused.get_json()["code"]) == (403, "second_factor_required")
    assert thief.http.get("/account").headers["Location"] == "/sign-in/second"
    world.later(seconds=60)
    assert thief.second(hanako.code()).status_code == 200
    assert thief.ask("GET", "/session").get_json()["login"] == "hanako"


@one_engine
def test_the_second_step_gives_a_new_token_and_ends_the_half_session(world: World, hanako: Somebody) -> None:
    person = hanako.elsewhere()
    person.password()
    half = person.http.get_cookie("casework").value
    world.later(seconds=60)
    person.second(hanako.code())
    thief = world.app.test_client()
    thief.set_cookie("casework", half)
    assert thief.get("/api/v1/session").status_code == 401
    levels = rows(world, select(StaffSession.level).order_by(StaffSession.created_at, StaffSession.id))
    assert levels == ["totp", "half", "totp"]  # the first was raised by the enrolment


@one_engine
def test_a_code_counts_once_even_for_somebody_else_and_after_the_clock_went_back(
    world: World, hanako: Somebody
) -> None:
    world.later(seconds=60)
    code, person = hanako.code(), hanako.elsewhere()
    person.password()
    assert person.second(code).status_code == 200
    for shift in (0, 29, -60, -3600):
        world.later(seconds=shift)
        again = hanako.elsewhere()
        again.password()
        assert again.second(code).status_code in (422, 429)
    reused = hanako.elsewhere()
    world.later(seconds=3660 + 31)
    reused.password()
    answer = reused.second(code)
    assert answer.get_json()["errors"][0]["code"] == "code_wrong"  # by now too old as well
    assert "code_used" in outcomes(world, "session.second_proved")


@one_engine
@pytest.mark.parametrize(("steps", "status"), [(-3, 422), (-2, 422), (-1, 200), (0, 200), (1, 200), (2, 422)])
def test_a_code_one_step_aside_is_taken_and_no_other(
    world: World, hanako: Somebody, steps: int, status: int
) -> None:
    world.later(minutes=5)
    person = hanako.elsewhere()
    person.password()
    assert person.second(hanako.code(steps)).status_code == status


@one_engine
def test_the_code_that_enrolled_signs_nobody_in_and_an_earlier_step_neither(
    world: World, hanako: Somebody
) -> None:
    person = hanako.elsewhere()
    person.password()
    for code in (hanako.code(), hanako.code(-1)):
        assert person.second(code).get_json()["errors"][0]["code"] == "code_used"
    assert person.second(hanako.code(1)).status_code == 200


@one_engine
def test_a_foreign_code_is_wrong(world: World, hanako: Somebody) -> None:
    taro = Somebody(world, "taro").hired().signed_in().enrolled()
    world.later(seconds=60)
    person = hanako.elsewhere()
    person.password()
    assert person.second(taro.code()).get_json()["errors"][0]["code"] == "code_wrong"
    assert person.second(taro.codes[0]).get_json()["errors"][0]["code"] == "code_wrong"


def test_two_at_once_with_the_same_code_let_one_in(world: World, hanako: Somebody) -> None:
    world.later(seconds=60)
    code = hanako.code()
    people = [hanako.elsewhere() for _ in range(4)]
    for person in people:
        person.password()
    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(lambda person: person.second(code).status_code, people))
    assert sorted(answers)[0] == 200
    assert answers.count(200) == 1


def test_a_recovery_code_counts_once_at_once_or_later(world: World, hanako: Somebody) -> None:
    assert len(set(hanako.codes)) == RECOVERY_CODES
    code = hanako.codes[3].lower().replace("-", " ")
    people = [hanako.elsewhere() for _ in range(3)]
    for person in people:
        person.password()
    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(lambda person: person.second(code).status_code, people))
    assert answers.count(200) == 1
    late = hanako.elsewhere()
    late.password()
    assert late.second(code).get_json()["errors"][0]["code"] == "code_used"
    assert hanako.ask("GET", "/factors").get_json()["recovery_left"] == RECOVERY_CODES - 1


@one_engine
def test_new_recovery_codes_take_the_old_ones_worth(world: World, hanako: Somebody) -> None:
    fresh = hanako.ask("POST", "/factors/recovery").get_json()["codes"]
    assert len(fresh) == RECOVERY_CODES
    assert not set(fresh) & set(hanako.codes)
    person = hanako.elsewhere()
    person.password()
    assert person.second(hanako.codes[0]).status_code == 422
    assert person.second(fresh[0]).status_code == 200


@one_engine
def test_what_is_stored_shows_neither_seed_nor_recovery_code(world: World, hanako: Somebody) -> None:
    sealed = rows(world, select(TotpSeed.seed))[0]
    assert hanako.secret.encode() not in sealed
    assert codes.open_seed(world.keys, hanako.id, sealed) == hanako.secret
    other = Somebody(world, "taro").hired()
    with pytest.raises(Refused):  # a seed moved to another person is not theirs
        codes.open_seed(world.keys, other.id, sealed)
    stored = b"".join(rows(world, select(RecoveryCode.digest)))
    assert not any(code.replace("-", "").encode() in stored for code in hanako.codes)


@one_engine
def test_a_changed_seed_row_is_refused_clearly(world: World, hanako: Somebody) -> None:
    with world.writing() as session:
        row = session.scalars(select(TotpSeed)).one()
        row.seed = row.seed[:-1] + bytes([row.seed[-1] ^ 1])
    person = hanako.elsewhere()
    person.password()
    answer = person.second("123456")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "factor_unreadable")
    assert person.second(hanako.codes[0]).status_code == 200


@one_engine
def test_the_half_session_ends_after_ten_minutes(world: World, hanako: Somebody) -> None:
    person = hanako.elsewhere()
    person.password()
    world.later(minutes=10)
    assert person.second(hanako.code()).status_code == 401


@one_engine
def test_guessing_codes_waits_and_the_owner_at_a_known_device_never_does(
    world: World, hanako: Somebody
) -> None:
    thief = hanako.elsewhere()
    thief.password()
    world.later(seconds=60)
    statuses = [thief.second("000000").status_code for _ in range(world.settings.sign_in_free_attempts + 1)]
    assert statuses[:-1] == [422] * world.settings.sign_in_free_attempts
    assert statuses[-1] == 429
    assert thief.password().status_code == 429  # a fitting password clears nothing of it
    assert hanako.signed_in().ask("GET", "/session").status_code == 200
    assert outcomes(world, "session.failed").count("done") == world.settings.sign_in_free_attempts


@one_engine
def test_leaving_before_the_second_step_ends_the_half_session(world: World, hanako: Somebody) -> None:
    person = hanako.elsewhere()
    person.password()
    cookie = person.http.get_cookie("casework").value
    assert person.ask("DELETE", "/session").status_code == 204
    person.http.set_cookie("casework", cookie)
    assert person.second(hanako.code(1)).status_code == 401


@one_engine
def test_a_factor_ends_every_other_session_when_it_comes_and_when_it_goes(world: World) -> None:
    person = Somebody(world, "hanako").hired().signed_in()
    weak = person.elsewhere().signed_in()
    person.enrolled()
    assert weak.ask("GET", "/session").status_code == 401
    second = person.elsewhere().signed_in()
    assert person.ask("DELETE", "/factors/totp").status_code == 204
    assert second.ask("GET", "/session").status_code == 401
    assert person.ask("GET", "/session").status_code == 200
    assert rows(world, select(RecoveryCode)) == []
    assert person.elsewhere().password().status_code == 200


@one_engine
def test_a_new_app_replaces_the_old_one_only_with_its_first_code(world: World, hanako: Somebody) -> None:
    old = hanako.secret
    assert hanako.ask("POST", "/factors/totp").status_code == 204
    world.later(seconds=60)
    person = hanako.elsewhere()
    person.password()
    assert person.second(code_at(old, world.clock.now())).status_code == 200
    secret = hanako.ask("GET", "/factors/totp").get_json()["secret"]
    assert secret != old
    wrong = hanako.ask("POST", "/factors/totp/code", {"code": code_at(old, world.clock.now(), 1)})
    assert wrong.get_json()["errors"][0]["code"] == "code_wrong"
    right = hanako.ask("POST", "/factors/totp/code", {"code": code_at(secret, world.clock.now())})
    assert right.get_json() == {"codes": []}  # those given before still serve
    late = hanako.ask("POST", "/factors/totp/code", {"code": code_at(secret, world.clock.now(), 1)})
    assert late.get_json()["code"] == "enrolment_over"


@one_engine
def test_enrolment_needs_a_fresh_proof_and_waits_half_an_hour_at_most(world: World) -> None:
    person = Somebody(world, "hanako").hired().signed_in()
    world.later(minutes=6)
    assert person.ask("POST", "/factors/totp").get_json()["code"] == "step_up_required"
    assert person.ask("POST", "/session/confirm", {"password": PASSWORD}).status_code == 200
    assert person.ask("POST", "/factors/totp").status_code == 204
    world.later(minutes=25)
    person.ask("GET", "/session")
    world.later(minutes=6)
    person.ask("POST", "/session/confirm", {"password": PASSWORD})
    assert person.ask("GET", "/factors/totp").get_json()["code"] == "enrolment_over"


@one_engine
def test_a_step_up_asks_for_the_second_factor_too(world: World, hanako: Somebody) -> None:
    world.later(seconds=60)
    for body, code in (
        ({"password": PASSWORD}, "code_needed"),
        ({"password": "x" * 20, "code": hanako.code()}, "confirm_failed"),
        ({"password": PASSWORD, "code": "000000"}, "code_wrong"),
    ):
        answer = hanako.ask("POST", "/session/confirm", body)
        assert [e["code"] for e in answer.get_json()["errors"]] == [code]
    body = {"password": PASSWORD, "code": hanako.code()}
    assert hanako.ask("POST", "/session/confirm", body).status_code == 200
    assert hanako.ask("POST", "/session/confirm", body).get_json()["errors"][0]["code"] == "code_used"


@one_engine
def test_an_administrator_takes_lost_factors_off_others_never_off_themselves(
    world: World, hanako: Somebody
) -> None:
    admin = Somebody(world, "kanri", Role.ADMINISTRATOR).hired().signed_in().enrolled()
    own = admin.ask("POST", f"/staff/{admin.id}/factors/reset")
    assert (own.status_code, own.get_json()["code"]) == (409, "own_account")
    assert hanako.ask("POST", f"/staff/{admin.id}/factors/reset").status_code == 403
    world.later(minutes=6)
    target = f"/staff/{hanako.id}/factors/reset"
    assert admin.ask("POST", target).get_json()["code"] == "step_up_required"
    admin.ask("POST", "/session/confirm", {"password": PASSWORD, "code": admin.code()})
    done: Any = admin.ask("POST", target)
    assert (done.status_code, done.get_json()["second_factor"]) == (200, False)
    assert hanako.ask("GET", "/session").status_code == 401
    assert hanako.password().status_code == 200
    assert admin.ask("POST", target).get_json()["code"] == "factor_none"
    assert "done" in outcomes(world, "staff.factors_reset")


@one_engine
def test_where_it_is_required_nobody_works_before_enrolling(demanding: World) -> None:
    person = Somebody(demanding, "hanako").hired().signed_in()
    for method, path in (("GET", "/cases"), ("GET", "/sessions"), ("POST", "/factors/recovery")):
        refused = person.ask(method, path)
        assert (refused.status_code, refused.get_json()["code"]) == (403, "enrolment_required")
    assert person.http.get("/").headers["Location"] == "/account/enrol"
    person.enrolled()
    assert person.ask("GET", "/sessions").status_code == 200
    last = person.ask("DELETE", "/factors/totp")
    assert (last.status_code, last.get_json()["code"]) == (409, "factor_last")
    assert person.elsewhere().password().status_code == 202


@one_engine
def test_the_first_administrator_sets_a_password_then_enrols(demanding: World, tmp_path: Path) -> None:
    admin = Somebody(demanding, "kanri", Role.ADMINISTRATOR).hired(must_change=True).signed_in()
    assert admin.ask("POST", "/factors/totp").get_json()["code"] == "password_change_required"
    body = {"current": PASSWORD, "new": "極楽寺の切り通しを抜けて右へ曲がる"}
    assert admin.ask("POST", "/password", body).status_code == 204
    assert admin.ask("GET", "/staff").get_json()["code"] == "enrolment_required"
    admin.enrolled()
    assert admin.ask("GET", "/staff").status_code == 200
