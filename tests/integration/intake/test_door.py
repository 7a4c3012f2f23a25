"""The routes of 相談受付 as a client meets them: what is typed badly, versions, one effect per key."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from casework.accounts import actions as accounts
from casework.accounts.rules import RoleDraft, StaffDraft
from casework.db import CLEARED
from casework.intake.models import Intake
from casework.kernel.actor import Role, system_actor
from tests.support.world import World

PASSWORD = "坂の上から海まで歩いておよそ十五分"
LEAST = {"window": "nandemo", "topics": [{"code": "eldercare"}], "consent": "not_asked"}
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


class Desk:
    """A signed-in client with its CSRF token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.token = token

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        typed = {"X-CSRFToken": self.token, **{k.replace("_", "-"): v for k, v in headers.items()}}
        data = body if isinstance(body, str) or body is None else json.dumps(body)
        return self.client.open(
            f"/api/v1{path}", method=method, data=data, content_type="application/json", headers=typed
        )


@pytest.fixture
def desk(world: World) -> Desk:
    draft = StaffDraft(
        "hanako", "架空 花子", "shakyo", PASSWORD, (RoleDraft(Role.COUNSELOR, "shakyo"),), must_change=False
    )
    world.run(accounts.create, system_actor(world.clock.now()), draft)
    client = world.app.test_client()
    answer = client.post("/api/v1/session", json={"login": "hanako", "password": PASSWORD})
    return Desk(client, answer.json["csrf_token"])


def count(world: World) -> int:
    world.session.rollback()
    query = select(func.count()).select_from(Intake)
    found = world.session.scalar(query, execution_options={CLEARED: True})
    world.session.rollback()
    return found or 0


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"window": "nowhere"}, "window", "unknown_window"),
        ({"window": None}, "window", "field_null"),
        ({"topics": []}, "topics", "field_list_length"),
        ({"topics": [{"code": "nothing"}]}, "topics.0.code", "unknown_code"),
        (
            {"topics": [{"code": "debt", "main": True}, {"code": "housing", "main": True}]},
            "topics.1.main",
            "two_main",
        ),
        ({"consent": "perhaps"}, "consent", "unknown_code"),
        ({"consent": ["given"]}, "consent", "unknown_code"),
        ({"visitor": {"name": "架" * 300}}, "visitor.name", "text_too_long"),
        ({"visitor": {"name": "架空\x00花子"}}, "visitor.name", "text_control"),
        ({"visitor": {"name": "架空\ud800"}}, "visitor.name", "text_surrogate"),
        ({"narrative": "い" * 8001}, "narrative", "text_too_long"),
        ({"received_on": "昭和64年1月8日"}, "received_on", "date_after_era"),
        ({"received_on": "R0.4.1"}, "received_on", "date_year_zero"),
        ({"received_on": "平成29年2月29日"}, "received_on", "date_not_leap"),
        ({"received_on": 20260401}, "received_on", "field_invalid"),
        ({"owner_id": "0190"}, "owner_id", "field_unknown"),
        ({"person_id": "not-an-id"}, "person_id", "field_invalid_id"),
    ],
)
def test_what_is_typed_badly_is_refused_in_japanese_beside_its_field(
    world: World, desk: Desk, change: dict[str, Any], field: str, code: str
) -> None:
    answer = desk.send("POST", "/intakes", {**LEAST, **change})
    assert answer.status_code == 422, answer.text
    (fault,) = [f for f in answer.json["errors"] if f["field"] == field]
    assert fault["code"] == code
    assert JAPANESE.search(fault["text"]), fault["text"]
    assert count(world) == 0


def test_emoji_and_rare_kanji_come_back_as_typed(desk: Desk) -> None:
    name = "𠮷田 葛󠄀子 👨‍👩‍👧"
    made = desk.send("POST", "/intakes", {**LEAST, "visitor": {"name": name}, "received_on": "令和8年4月1日"})
    assert made.status_code == 201, made.text
    seen = desk.send("GET", f"/intakes/{made.json['id']}").json
    assert (seen["visitor"]["name"], seen["received_on"]) == (name, "2026-04-01")


def test_one_key_receives_once(world: World, desk: Desk) -> None:
    answers = [desk.send("POST", "/intakes", LEAST, Idempotency_Key="call-0001") for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert count(world) == 1
    other = desk.send("POST", "/intakes", {**LEAST, "narrative": "別"}, Idempotency_Key="call-0001")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_a_correction_starts_from_a_version(desk: Desk) -> None:
    made = desk.send("POST", "/intakes", LEAST)
    here = f"/intakes/{made.json['id']}"
    body = {"topics": LEAST["topics"], "narrative": "聞き直した"}
    assert desk.send("PATCH", here, body).status_code == 428
    assert desk.send("PATCH", here, body, If_Match='"9"').status_code == 412
    assert desk.send("PATCH", here, {**body, "version": 9}).status_code == 409
    done = desk.send("PATCH", here, body, If_Match=made.headers["ETag"])
    assert (done.status_code, done.json["narrative"]) == (200, "聞き直した")


def test_the_form_being_typed_is_kept_and_thrown_away(desk: Desk) -> None:
    assert desk.send("GET", "/intakes/draft").json == {"content": None, "saved_at": None}
    typed = '{"narrative": "途中'
    assert desk.send("PUT", "/intakes/draft", {"content": typed}).status_code == 200
    assert desk.send("GET", "/intakes/draft").json["content"] == typed
    assert desk.send("DELETE", "/intakes/draft").status_code == 204
    assert desk.send("GET", "/intakes/draft").json["content"] is None


def test_every_way_on_from_an_intake_is_a_route(desk: Desk) -> None:
    def received() -> str:
        return f"/intakes/{desk.send('POST', '/intakes', LEAST).json['id']}"

    answer = {"reason": "listened", "next_place": "none_needed"}
    report = {
        "kind": "life",
        "notified_to": "police",
        "notified_at": "2026-04-06T00:30:00+00:00",
        "text": "110番した",
    }
    referral = {
        "to_agency": "seikatsu_fukushi",
        "reason": "家賃が払えない",
        "with_consent": False,
        "ground": "internal_duty",
    }
    for move, body, state in (
        ("screen", None, "in_screening"),
        ("answer", answer, "answered"),
        ("keep", None, "kept_by_division"),
        ("seek-consent", {"recontact_on": "R8.4.20"}, "seeking_consent"),
        ("emergency", report, "emergency"),
    ):
        here = received()
        done = desk.send("POST", f"{here}/{move}", body)
        assert (done.status_code, done.json["state"]) == (200, state), done.text
    here = received()
    sent = desk.send("POST", f"{here}/refer", referral)
    assert (sent.status_code, sent.json["state"]) == (201, "sent"), sent.text
    assert desk.send("GET", here).json["state"] == "referred"
    again = desk.send("POST", f"{here}/refer", referral)
    assert (again.status_code, again.json["code"]) == (409, "move_refused")
    assert [line["state"] for line in desk.send("GET", "/referrals?which=sent").json["items"]] == ["sent"]
    assert desk.send("GET", "/intakes?which=mine&state=answered").json["items"][0]["state"] == "answered"
    assert desk.send("GET", "/intakes?which=theirs").status_code == 422
