"""The routes of つなぎ as sender, receiver and onlookers meet them."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from casework.accounts import actions as accounts
from casework.accounts.rules import RoleDraft, StaffDraft
from casework.kernel.actor import Role, system_actor
from tests.support.world import World

PASSWORD = "坂の上から海まで歩いておよそ十五分"
RECEPTION = {"window": "nandemo", "topics": [{"code": "rent_loan"}], "consent": "not_asked"}
FORM = {
    "to_agency": "seikatsu_fukushi",
    "reason": "家賃を三か月払えていない",
    "with_consent": False,
    "ground": "life_protection",
    "urgent": True,
}


class Desk:
    """A signed-in client with its CSRF token."""

    def __init__(self, world: World, login: str, role: Role, agency: str) -> None:
        draft = StaffDraft(
            login, "架空 花子", agency, PASSWORD, (RoleDraft(role, agency),), must_change=False
        )
        world.run(accounts.create, system_actor(world.clock.now()), draft)
        self.client: FlaskClient = world.app.test_client()
        answer = self.client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
        self.headers = {"X-CSRFToken": answer.json["csrf_token"]}

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(f"/api/v1{path}", json=body or {}, headers=self.headers)

    def act(self, path: str) -> Any:
        return self.client.post(f"/api/v1{path}", headers=self.headers)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}")


@pytest.fixture
def sender(world: World) -> Desk:
    return Desk(world, "sender", Role.COUNSELOR, "shakyo")


@pytest.fixture
def receiver(world: World) -> Desk:
    return Desk(world, "receiver", Role.COUNSELOR, "seikatsu_fukushi")


def sent(desk: Desk, **change: Any) -> dict[str, Any]:
    made = desk.post("/intakes", RECEPTION).json
    answer = desk.post(f"/intakes/{made['id']}/refer", {**FORM, **change})
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_referral_goes_from_sending_to_completion(sender: Desk, receiver: Desk) -> None:
    made = sent(sender, keep_role="watch")
    here = f"/referrals/{made['id']}"
    assert receiver.get("/referrals").json["items"][0]["number"] == made["number"]
    assert receiver.act(f"{here}/acknowledge").json["state"] == "acknowledged"
    accepted = receiver.post(f"{here}/accept")
    assert (accepted.status_code, accepted.json["owner_agency"]) == (200, "seikatsu_fukushi"), accepted.text
    late = receiver.post(f"{here}/complete", {"completed_on": "令和8年4月7日"})
    assert (late.status_code, late.json["errors"][0]["field"]) == (422, "completed_on")
    done = receiver.post(f"{here}/complete", {"completed_on": "令和8年4月6日"})
    assert (done.status_code, done.json["completed_on"]) == (200, "2026-04-06")
    assert sender.get(here).json["state"] == "completed"


def test_a_case_is_referred_again_after_return_and_withdrawal(sender: Desk, receiver: Desk) -> None:
    made = sent(sender)
    case = f"/cases/{made['case_id']}/referrals"
    refused = receiver.post(f"/referrals/{made['id']}/return", {"text": "無理"})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "reason")
    back = receiver.post(f"/referrals/{made['id']}/return", {"reason": "out_of_scope"})
    assert (back.status_code, back.json["state"]) == (200, "returned")
    again = sender.post(case, FORM)
    assert again.status_code == 201
    assert sender.post(case, FORM).json["code"] == "referral_pending"
    assert sender.act(f"/referrals/{again.json['id']}/withdraw").json["state"] == "withdrawn"
    onward = sender.post(case, FORM)
    moved = receiver.post(f"/referrals/{onward.json['id']}/forward", {"to_agency": "korei_ikiiki"})
    assert (moved.status_code, moved.json["forwarded_to"]) == (200, "korei_ikiiki")


def test_a_foreign_and_an_unknown_referral_answer_alike(world: World, sender: Desk) -> None:
    made = sent(sender)
    other = Desk(world, "other", Role.COUNSELOR, "kaigo_hoken")
    foreign = other.get(f"/referrals/{made['id']}")
    unknown = other.get("/referrals/00000000-0000-7000-8000-000000000000")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.data == unknown.data


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"to_agency": "nowhere"}, "to_agency"),
        ({"reason": ""}, "reason"),
        ({"reason": "あ\x00"}, "reason"),
        ({"with_consent": None}, "with_consent"),
        ({"items": ["shoe_size"]}, "items.0"),
        ({"items": ["contact"] * 31}, "items"),
        ({"segments": ["x"]}, "segments.0"),
        ({"owner_id": "00000000-0000-7000-8000-000000000000"}, "owner_id"),
    ],
)
def test_a_form_typed_badly_is_refused_beside_its_field(
    sender: Desk, change: dict[str, Any], field: str
) -> None:
    made = sender.post("/intakes", RECEPTION).json
    answer = sender.post(f"/intakes/{made['id']}/refer", {**FORM, **change})
    assert answer.status_code == 422, answer.text
    assert field in [fault["field"] for fault in answer.json["errors"]]
    assert sender.get(f"/intakes/{made['id']}").json["state"] == "received"


def test_supervisors_see_late_ones_and_coordinators_the_board(world: World, sender: Desk) -> None:
    made = sent(sender)
    world.later(days=1, hours=8)  # sessions have ended; whoever watches signs in now
    boss = Desk(world, "boss", Role.SUPERVISOR, "seikatsu_fukushi")
    late = boss.get("/referrals/overdue")
    assert late.status_code == 200, late.text
    assert [line["number"] for line in late.json["items"]] == [made["number"]]
    assert "case_id" not in late.json["items"][0]
    assert boss.get("/referrals").status_code == 403
    coordinator = Desk(world, "coordinator", Role.COORDINATOR, "chiiki_kyosei")
    (line,) = coordinator.get("/referrals/board").json["items"]
    assert (line["owner_agency"], line["overdue"]) == ("shakyo", True)
