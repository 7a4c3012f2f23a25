"""Bad input over the door: a 4xx with field and reason in Japanese, nothing stored, the refusal in the trail."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from casework.audit.models import AuditEntry
from casework.db import CLEARED, Base
from tests.support.cast import CAST, Seat, hire
from tests.support.story import Story
from tests.support.world import World

JAPANESE = re.compile(r"[ぁ-んァ-ン一-龠]")
BOOKKEEPING = {
    "audit_entry",
    "audit_head",
    "staff_session",
    "sign_in_attempt",
    "idempotent_reply",
    "case_counter",
}
CALL: dict[str, Any] = {
    "window": "nandemo",
    "topics": [{"code": "housing", "main": True}],
    "consent": "not_asked",
}


def _counts(world: World) -> dict[str, int]:
    """Rows of every table that holds something of the work."""
    world.session.rollback()
    found = {}
    for mapper in Base.registry.mappers:
        table: Any = mapper.local_table
        if table.name not in BOOKKEEPING:
            query = select(func.count()).select_from(mapper.class_)
            found[table.name] = int(world.session.scalar(query, execution_options={CLEARED: True}) or 0)
    return found


def _traces(world: World) -> int:
    query = select(func.count()).select_from(AuditEntry).where(AuditEntry.outcome != "done")
    return int(world.session.scalar(query, execution_options={CLEARED: True}) or 0)


def _person(**fields: Any) -> dict[str, Any]:
    return {**CALL, "person": fields}


BAD_INTAKES = {
    "an unknown window": ({**CALL, "window": "nowhere"}, "window"),
    "an unknown topic": ({**CALL, "topics": [{"code": "nothing", "main": True}]}, "topics.0.code"),
    "two most pressing topics": (
        {**CALL, "topics": [{"code": "housing", "main": True}, {"code": "debt", "main": True}]}, "topics"
    ),
    "the same topic twice": ({**CALL, "topics": [{"code": "debt", "main": True}, {"code": "debt"}]}, "topics"),
    "no topic": ({**CALL, "topics": []}, "topics"),
    "an unknown consent state": ({**CALL, "consent": "perhaps"}, "consent"),
    "an unknown person": ({**CALL, "person_id": "01890000-0000-7000-8000-000000000000"}, "person_id"),
    "an id that is none": ({**CALL, "person_id": "hanako"}, "person_id"),
    "a day after its era": ({**CALL, "received_on": "平成31年5月1日"}, "received_on"),
    "a day before its era": ({**CALL, "received_on": "令和元年4月30日"}, "received_on"),
    "the 29th of February of a common year": ({**CALL, "received_on": "令和7年2月29日"}, "received_on"),
    "the year zero of an era": ({**CALL, "received_on": "R0.4.1"}, "received_on"),
    "a day to come": ({**CALL, "received_on": "2030-01-01"}, "received_on"),
    "a birth date that does not exist": (_person(birth="昭和65年1月1日"), "person.birth"),
    "a name of 300 characters": (_person(name="架" * 300), "person.name"),
    "a NUL in a name": (_person(name="架空\u0000花子"), "person.name"),
    "a lone surrogate in a name": (_person(name="架空\ud800"), "person.name"),
    "a number for a name": (_person(name=12), "person.name"),
    "an unknown field": ({**CALL, "priority": "high"}, "priority"),
    "an unknown nested field": (_person(name="架空", age=80), "person.age"),
}  # fmt: skip


@pytest.fixture
def seats(world: World) -> dict[str, Seat]:
    hire(world)
    return {login: Seat(world, login) for login in CAST}


def _refused(answer: Any, field: str) -> None:
    assert 400 <= answer.status_code < 500, f"{answer.status_code} {answer.text}"
    problem = answer.get_json()
    fields = [e["field"] for e in problem["errors"]]
    assert any(f == field or f.startswith(f"{field}.") or field.startswith(f"{f}.") for f in fields), problem
    assert all(JAPANESE.search(e["text"]) for e in problem["errors"])
    assert JAPANESE.search(problem["title"])


def test_bad_receptions_are_refused_beside_their_field_and_leave_nothing(
    world: World, seats: dict[str, Seat]
) -> None:
    before = _counts(world)
    for name, (body, field) in BAD_INTAKES.items():
        sent = json.dumps(body).encode("utf-8", "surrogatepass")
        head = {"Content-Type": "application/json"}
        answer = seats["shakyo"].raw("POST", "/api/v1/intakes", headers=head, data=sent)
        assert answer.status_code in (400, 422), name
        if answer.get_json()["errors"] or answer.status_code == 422:
            _refused(answer, field)
    assert _counts(world) == before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_emoji_and_rare_kanji_are_taken(seats: dict[str, Seat]) -> None:
    names = ("髙橋 𠮷野 葛\U000e0100飾", "👨‍👩‍👧 架空")
    for name in names:
        made = seats["shakyo"].post("/intakes", _person(name=name), 201)
        assert seats["shakyo"].get(f"/intakes/{made['id']}")["person_name"] == name


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_body_of_10_megabytes_is_refused_unread(world: World, seats: dict[str, Seat]) -> None:
    before = _counts(world)
    big = json.dumps({**CALL, "narrative": "架空" * 5_000_000}).encode()
    answer = seats["shakyo"].raw(
        "POST", "/api/v1/intakes", headers={"Content-Type": "application/json"}, data=big
    )
    assert (answer.status_code, answer.get_json()["code"]) == (413, "body_too_large")
    assert _counts(world) == before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff\xfe", b'{"window": NaN}', b'{"a":' * 2000])
def test_what_is_not_a_record_is_refused(world: World, seats: dict[str, Seat], body: bytes) -> None:
    before = _counts(world)
    answer = seats["shakyo"].raw(
        "POST", "/api/v1/intakes", headers={"Content-Type": "application/json"}, data=body
    )
    assert answer.status_code in (400, 422)
    assert JAPANESE.search(answer.get_json()["title"])
    assert _counts(world) == before


def test_wrong_moves_of_a_meeting_are_refused_and_traced(world: World, seats: dict[str, Seat]) -> None:
    """A member for a case that is not on the agenda, a decision without person or date, an agenda of nothing."""
    story = Story(seats, world.clock.now, world.later)
    story.call_at_the_window()
    story.referred_and_returned_twice()
    office, chair = seats["secretariat"], seats["chair"]
    meeting = office.post(
        "/meetings", story._meeting("act_106_6", "fukushi_somu", "chair", "secretariat"), 201
    )
    topic = {"proposal_id": story.ids["proposal"], "purpose": "架空の議題", "items": ["consultation"]}
    item = office.post(f"/meetings/{meeting['id']}/agenda", topic, 201)
    before, traces = _counts(world), _traces(world)
    foreign = {
        "agency": "korei_ikiiki",
        "ground": "act_106_6",
        "case_id": "01890000-0000-7000-8000-000000000000",
    }
    _refused(chair.ask("POST", f"/meetings/{meeting['id']}/convene", {"members": [foreign]}), "members")
    undated = story._decision(due_on=None)
    nobody = {
        **story._decision(),
        "actions": [{"agency": "korei_ikiiki", "task": "架空", "due_on": story.day(days=9)}],
    }
    for body, field in ((undated, "actions.0.due_on"), (nobody, "actions.0.staff_id")):
        answer = chair.ask("POST", f"/agenda/{item['id']}/decision", body)
        assert answer.status_code in (409, 422), answer.text
        if answer.status_code == 422:
            _refused(answer, field)
    assert _counts(world) == before
    assert _traces(world) >= traces + 3


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobody_acts_on_anothers_behalf(world: World, seats: dict[str, Seat]) -> None:
    """Who acts is known from the session: a body that names somebody else is refused, and signs nothing."""
    before = _counts(world)
    for name in ("recorder_id", "author_id", "actor", "on_behalf_of"):
        answer = seats["shakyo"].ask("POST", "/intakes", {**CALL, name: seats["korei"].me["id"]})
        _refused(answer, name)
    assert _counts(world) == before
    made = seats["shakyo"].post("/intakes", CALL, 201, X_Actor=seats["korei"].me["id"])
    assert made["recorder_id"] == seats["shakyo"].me["id"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_plan_is_not_decided_without_consent(world: World, seats: dict[str, Seat]) -> None:
    story = Story(seats, world.clock.now, world.later)
    story.call_at_the_window()
    story.referred_and_returned_twice()
    story.support_meeting()
    coordinator, case = seats["coordinator"], story.ids["case"]
    coordinator.post(f"/cases/{case}/assess", {})
    plan = coordinator.post(f"/cases/{case}/plans", story._plan(), 201)
    coordinator.post(f"/plans/{plan['id']}/explain", {"explained_on": story.day()})
    refused = coordinator.post(f"/plans/{plan['id']}/consent", status=409)
    assert refused["code"] == "plan_consent_missing"
    early = seats["conference"].ask("POST", f"/plans/{plan['id']}/decide")
    assert early.status_code in (404, 409)
    assert coordinator.get(f"/plans/{plan['id']}")["state"] == "explained"
