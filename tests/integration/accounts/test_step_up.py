"""Step-up: proving once more who is there, at both doors, with nothing lost of what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from casework.accounts import actions
from casework.accounts.models import StaffSession
from casework.accounts.rules import ConfirmDraft
from casework.audit.models import AuditEntry
from casework.kernel.errors import NotSignedIn
from tests.support.cast import PASSWORD, Seat, hire
from tests.support.pages import Reader
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
FRESH = "極楽寺の切り通しを抜けて右へ曲がる"


@pytest.fixture
def admin(world: World) -> Seat:
    hire(world)
    return Seat(world, "admin")


@pytest.fixture
def weighty_move() -> Iterator[None]:
    """Moving somebody asks for a step-up while the test runs: a form with text and without a secret."""
    about = actions.move.use_case
    object.__setattr__(about, "confirmed", True)
    yield
    object.__setattr__(about, "confirmed", False)


def _id(admin: Seat, name: str) -> str:
    listed = admin.get("/staff")["items"]
    return next(str(one["id"]) for one in listed if one["login"] == name)


def _reset(admin: Seat, target: str) -> Any:
    return admin.ask("POST", f"/staff/{target}/password-reset", {"password": FRESH})


def test_an_act_of_weight_asks_again_after_the_minutes_and_a_confirmation_lets_it_through(
    world: World, admin: Seat
) -> None:
    target = _id(admin, "korei")
    world.later(minutes=world.settings.step_up_minutes, seconds=1)
    refused = _reset(admin, target)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "step_up_required")
    admin.confirm()
    assert _reset(admin, target).status_code == 200


def test_a_confirmation_makes_the_copied_cookie_worthless(world: World, admin: Seat) -> None:
    copy = admin._http.get_cookie("casework").value
    before = admin.get("/sessions")[0]
    admin.confirm()
    thief = world.app.test_client()
    thief.set_cookie("casework", copy)
    assert thief.get("/api/v1/session").status_code == 401
    assert admin.get("/sessions")[0]["id"] == before["id"]  # the same session, under a new token


def test_a_wrong_password_confirms_nothing_is_recorded_and_waits(world: World, admin: Seat) -> None:
    world.later(minutes=6)
    for _ in range(world.settings.sign_in_free_attempts):
        answer = admin.ask("POST", "/session/confirm", {"password": FRESH})
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["code"] == "confirm_failed"
    assert admin.ask("POST", "/session/confirm", {"password": PASSWORD}).status_code == 429
    assert _reset(admin, _id(admin, "korei")).status_code == 403
    world.session.rollback()
    query = select(AuditEntry.outcome).where(AuditEntry.event == "session.confirm_checked")
    assert list(world.session.scalars(query)) == ["confirm_failed"] * world.settings.sign_in_free_attempts
    world.later(seconds=world.settings.sign_in_first_wait_seconds)
    admin.confirm()


def test_nobody_confirms_without_a_session_or_a_token(world: World, admin: Seat) -> None:
    body = {"password": PASSWORD}
    assert world.app.test_client().post("/api/v1/session/confirm", json=body).status_code == 401
    assert (
        admin.raw("POST", "/api/v1/session/confirm", headers={"X-CSRFToken": "x"}, json=body).status_code
        == 400
    )


def test_a_session_that_ended_is_not_confirmed(world: World, admin: Seat) -> None:
    with world.writing() as session:
        session.scalars(select(StaffSession)).one().ended_at = world.clock.now()
    assert admin.ask("POST", "/session/confirm", {"password": PASSWORD}).status_code == 401
    with pytest.raises(NotSignedIn):
        world.run(actions.confirm, world.actor("administrator"), ConfirmDraft(PASSWORD))


def test_the_form_travels_through_the_confirmation_and_is_sent(
    world: World, admin: Seat, weighty_move: None
) -> None:
    reader, target = Reader(world, "admin"), _id(admin, "korei")
    form = reader.open(f"/staff/{target}/move")
    world.later(minutes=6)
    asked = reader.send(form, 403, agency="shogai_fukushi", roles="counselor")
    assert "ご本人の確認" in asked.text
    assert "shogai_fukushi" not in asked.text  # it travels sealed
    asked.path = "/confirm"
    wrong = reader.send(asked, 422, password=FRESH)
    going = reader.send(wrong, 200, password=PASSWORD)
    assert ("agency", "shogai_fukushi") in going.fields
    going.path = f"/staff/{target}/move"
    assert reader.send(going).location == f"/staff/{target}"
    assert admin.get(f"/staff/{target}")["agency"] == "shogai_fukushi"


def test_a_form_with_a_secret_comes_back_without_it(world: World, admin: Seat) -> None:
    reader, target = Reader(world, "admin"), _id(admin, "korei")
    form = reader.open(f"/staff/{target}/password")
    world.later(minutes=6)
    asked = reader.send(form, 403, password=FRESH)
    asked.path = "/confirm"
    going = reader.send(asked, 200, password=PASSWORD)
    assert FRESH not in going.text
    assert ("_again", "1") in going.fields
    going.path = f"/staff/{target}/password"
    back = reader.send(going, 200)
    assert reader.send(back, password=FRESH).location == f"/staff/{target}"


def test_a_page_leads_back_to_itself_and_nowhere_else(world: World, admin: Seat) -> None:
    reader = Reader(world, "admin")
    asked = reader.open("/confirm?next=/staff?agency=shakyo")
    assert reader.send(asked, password=PASSWORD).location == "/staff?agency=shakyo"
    foreign = reader.open("/confirm?next=//elsewhere.example/")
    assert reader.send(foreign, password=PASSWORD).location == "/"
