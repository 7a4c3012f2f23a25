"""緊急閲覧: for danger to life, for hours, told to those concerned, reviewed by somebody else."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.cases import actions, queries
from casework.cases.rules import EmergencyDraft, EmergencyView, GrantDraft, ReviewDraft, Verdict
from casework.db import CLEARED
from casework.desk.queries import today
from casework.kernel.actor import Actor, Role
from casework.kernel.errors import BadInput, NotAllowed, NotFound, Refused, StepUpRequired, TooMany
from casework.people.rules import ProtectDraft
from tests.integration.cases.conftest import Desk

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
REASON = "架空: 電話口で助けを求めている"


def number_of(desk: Desk, case_id: UUID) -> str:
    return desk.world.run(queries.read_case, desk.counselor, case_id).number


def opened(desk: Desk, who: Actor, number: str, hours: int = 2) -> EmergencyView:
    draft = EmergencyDraft(number, "life", REASON, hours)
    return desk.world.run(actions.open_emergency, who, draft)


def officer(desk: Desk, name: str = "") -> Actor:
    return desk.world.actor("privacy_officer", name=name)


def piles(desk: Desk, who: Actor) -> dict[str, int]:
    return {pile.name: pile.count for pile in desk.world.run(today, who)}


def outcomes(desk: Desk, event: str) -> list[tuple[str, str]]:
    desk.world.session.rollback()
    query = select(AuditEntry.outcome, AuditEntry.target).where(AuditEntry.event == event)
    rows = desk.world.session.execute(query.order_by(AuditEntry.seq), execution_options={CLEARED: True})
    return [(row.outcome, row.target) for row in rows]


def test_a_case_is_read_for_hours_and_nothing_of_it_is_written(desk: Desk) -> None:
    case_id = desk.open()
    number = number_of(desk, case_id)
    with pytest.raises(NotFound):
        desk.world.run(queries.read_case, desk.stranger, case_id)
    view = opened(desk, desk.stranger, f" {number.lower()} ")
    assert (view.case_id, view.reason, view.alarm, view.verdict) == (case_id, REASON, False, None)
    assert view.ends_at == desk.world.clock.now() + timedelta(hours=2)
    assert desk.world.run(queries.read_case, desk.stranger, case_id).number == number
    assert desk.world.run(queries.read_notes, desk.stranger, case_id, "emergency").items == ()
    from casework.cases.rules import LeadDraft, MoveDraft

    for act, draft in (
        (actions.name_lead, LeadDraft(desk.stranger.id, desk.stranger.memberships[0].agency)),
        (actions.start_assessment, MoveDraft()),
        (actions.grant_access, GrantDraft(officer(desk).id, "fukushi_somu", "other", "架空", view.until)),
    ):
        with pytest.raises((NotFound, NotAllowed)):
            desk.world.run(act, desk.stranger, case_id, draft)  # type: ignore[operator]
    desk.world.later(hours=2)
    with pytest.raises(NotFound):
        desk.world.run(queries.read_case, desk.stranger, case_id)


@ON_SQLITE
def test_what_does_not_exist_and_what_is_protected_are_refused_alike_and_recorded(desk: Desk) -> None:
    person = desk.person(protected=True)
    desk.may_see_protected(person, desk.counselor)
    hidden = number_of(desk, desk.open(person))
    said = []
    for number in (hidden, "R8-99999"):
        with pytest.raises(NotFound) as refusal:
            opened(desk, desk.stranger, number)
        said.append((refusal.value.status, refusal.value.code, refusal.value.field, refusal.value.facts))
    assert said[0] == said[1]
    assert outcomes(desk, "emergency.opened") == [("not_found", hidden), ("not_found", "R8-99999")]
    assert piles(desk, officer(desk))["emergency_reviews"] == 0


@ON_SQLITE
@pytest.mark.parametrize("role", [r.value for r in Role if r is not Role.SYSTEM])
def test_only_those_who_answer_for_people_in_danger_may(desk: Desk, role: str) -> None:
    number = number_of(desk, desk.open())
    who = desk.world.actor(role, "clinic_b")
    if role in {"counselor", "coordinator", "outreach_worker", "participation_coordinator", "supervisor"}:
        assert opened(desk, who, number).staff_id == who.id
    else:
        with pytest.raises(NotAllowed):
            opened(desk, who, number)


@ON_SQLITE
def test_who_has_not_proved_who_they_are_lately_is_asked_first(desk: Desk) -> None:
    number = number_of(desk, desk.open())
    ctx = desk.world.ctx(desk.stranger)
    late = desk.world.clock.now() - timedelta(minutes=desk.world.settings.step_up_minutes + 1)
    object.__setattr__(ctx.actor, "confirmed_at", late)
    with pytest.raises(StepUpRequired):
        actions.open_emergency(ctx, EmergencyDraft(number, "life", REASON, 1))


@ON_SQLITE
@pytest.mark.parametrize(
    ("number", "category", "hours", "code"),
    [
        ("", "life", 0, "emergency_hours"),
        ("", "life", 5, "emergency_hours"),
        ("", "boredom", 1, "unknown_code"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    desk: Desk, number: str, category: str, hours: int, code: str
) -> None:
    number = number or number_of(desk, desk.open())
    with pytest.raises(BadInput, match=code):
        desk.world.run(actions.open_emergency, desk.stranger, EmergencyDraft(number, category, REASON, hours))


@ON_SQLITE
def test_who_sees_the_case_anyway_needs_none(desk: Desk) -> None:
    number = number_of(desk, desk.open())
    with pytest.raises(Refused, match="emergency_not_needed"):
        opened(desk, desk.counselor, number)


@ON_SQLITE
def test_a_day_has_three_and_the_last_raises_an_alarm(desk: Desk) -> None:
    numbers = [number_of(desk, desk.open()) for _ in range(4)]
    assert [opened(desk, desk.stranger, n).alarm for n in numbers[:3]] == [False, False, True]
    with pytest.raises(TooMany, match="emergency_limit"):
        opened(desk, desk.stranger, numbers[3])
    assert piles(desk, officer(desk))["emergency_alarms"] == 1
    desk.world.later(hours=25)
    assert opened(desk, desk.stranger, numbers[3]).alarm is False


@ON_SQLITE
def test_numbers_cannot_be_tried_without_end(desk: Desk) -> None:
    for n in range(12):
        with pytest.raises(NotFound):
            opened(desk, desk.stranger, f"R8-9{n:04d}")
    with pytest.raises(TooMany):
        opened(desk, desk.stranger, number_of(desk, desk.open()))


def test_the_people_of_the_case_and_the_officers_are_told_without_a_name(desk: Desk) -> None:
    case_id = desk.open()
    opened(desk, desk.stranger, number_of(desk, case_id))
    assert piles(desk, desk.counselor)["emergency_notices"] == 1
    assert piles(desk, desk.stranger)["emergency_notices"] == 1
    assert piles(desk, desk.colleague)["emergency_notices"] == 0
    assert piles(desk, officer(desk))["emergency_reviews"] == 1
    (line,) = desk.world.run(queries.emergencies, desk.counselor).items
    assert (line.case_id, line.staff_id) == (case_id, desk.stranger.id)
    assert desk.world.run(queries.emergencies, desk.colleague).items == ()
    entry = next(
        e for e in desk.world.run(queries.timeline, desk.counselor, case_id).items if e.kind == "emergency"
    )
    assert (entry.by, entry.what, entry.until, entry.verdict) == (
        desk.stranger.id,
        "life",
        line.ends_at,
        None,
    )


def test_another_person_reviews_within_three_working_days(desk: Desk) -> None:
    case_id = desk.open()
    boss = desk.world.actor("supervisor", desk.stranger.memberships[0].agency, "架空 上司")
    view = opened(desk, desk.stranger, number_of(desk, case_id))
    assert (view.review_due_at - desk.world.clock.now()).days in (2, 3)
    assert piles(desk, boss)["emergency_late"] == 0
    desk.world.later(days=4)
    assert (piles(desk, boss)["emergency_late"], piles(desk, officer(desk))["emergency_late"]) == (1, 1)
    with pytest.raises(NotAllowed):
        desk.world.run(actions.review_emergency, boss, view.id, ReviewDraft(Verdict.JUSTIFIED))
    with pytest.raises(BadInput, match="emergency_follow_up"):
        desk.world.run(actions.review_emergency, officer(desk), view.id, ReviewDraft(Verdict.NOT_JUSTIFIED))
    follow = ReviewDraft(Verdict.NOT_JUSTIFIED, "架空: 本人に聞き取りをした")
    done = desk.world.run(actions.review_emergency, officer(desk), view.id, follow)
    assert (done.verdict, done.reviewed_by, done.follow_up) == (
        "not_justified",
        officer(desk).id,
        "架空: 本人に聞き取りをした",
    )
    with pytest.raises(Refused, match="emergency_reviewed"):
        desk.world.run(actions.review_emergency, officer(desk), view.id, follow)
    assert piles(desk, boss)["emergency_late"] == 0
    entries = desk.world.run(queries.timeline, desk.counselor, case_id).items
    assert [e.verdict for e in entries if e.kind == "emergency"] == ["not_justified"]


@ON_SQLITE
def test_nobody_reviews_their_own(desk: Desk) -> None:
    both = desk.world.actor("counselor", "clinic_b", "架空 兼務", ("privacy_officer", "clinic_b"))
    view = opened(desk, both, number_of(desk, desk.open()))
    with pytest.raises(Refused, match="emergency_own_review"):
        desk.world.run(actions.review_emergency, both, view.id, ReviewDraft(Verdict.JUSTIFIED))


@ON_SQLITE
@pytest.mark.parametrize("by", ["own", "officer", "verdict"])
def test_it_ends_at_once(desk: Desk, by: str) -> None:
    case_id = desk.open()
    view = opened(desk, desk.stranger, number_of(desk, case_id))
    desk.world.later(minutes=1)
    if by == "own":
        desk.world.run(actions.end_emergency, desk.stranger, view.id)
    elif by == "officer":
        desk.world.run(actions.stop_emergency, officer(desk), view.id)
    else:
        follow = ReviewDraft(Verdict.NOT_JUSTIFIED, "架空: 聞き取り")
        desk.world.run(actions.review_emergency, officer(desk), view.id, follow)
    with pytest.raises(NotFound):
        desk.world.run(queries.read_case, desk.stranger, case_id)
    with pytest.raises(Refused, match="emergency_over"):
        desk.world.run(actions.end_emergency, desk.stranger, view.id)


@ON_SQLITE
def test_a_case_protected_afterwards_closes_the_access(desk: Desk) -> None:
    person = desk.person()
    case_id = desk.open(person)
    view = opened(desk, desk.stranger, number_of(desk, case_id))
    draft = ProtectDraft("own_word", "架空の理由", desk.world.ctx().today, None)
    desk.world.run(actions.protect_person, desk.counselor, case_id, person, draft)
    with pytest.raises(NotFound):
        desk.world.run(queries.read_case, desk.stranger, case_id)
    seen = desk.world.run(queries.read_emergency, officer(desk), view.id)
    assert (seen.number, seen.case_id) == (None, None)


def test_an_officer_finds_grants_by_case_and_by_person(desk: Desk) -> None:
    case_id = desk.open()
    number = number_of(desk, case_id)
    boss = desk.world.actor("supervisor")
    ends = desk.world.clock.now() + timedelta(days=7)
    draft = GrantDraft(boss.id, "fukushi_somu", "supervision", "架空", ends)
    given = desk.world.run(actions.grant_access, officer(desk), case_id, draft)
    lines = desk.world.run(queries.grants_in_force, officer(desk)).items
    assert [(line.id, line.number) for line in lines] == [(given.id, number)]
    assert desk.world.run(queries.grants_in_force, officer(desk), staff_id=desk.counselor.id).items == ()
    assert len(desk.world.run(queries.grants_in_force, officer(desk), number=number).items) == 1
    assert desk.world.run(queries.case_to_grant, officer(desk), number=number) == case_id
    desk.world.later(minutes=1)
    desk.world.run(actions.end_grant, officer(desk), case_id, given.id)
    assert desk.world.run(queries.grants_in_force, officer(desk)).items == ()
    with pytest.raises(Refused, match="grant_over"):
        desk.world.run(actions.end_grant, officer(desk), case_id, given.id)


@ON_SQLITE
def test_a_grant_counts_from_its_beginning(desk: Desk) -> None:
    case_id, boss, now = desk.open(), desk.world.actor("supervisor"), desk.world.clock.now()
    draft = GrantDraft(
        boss.id, "fukushi_somu", "decision", "架空", now + timedelta(days=2), now + timedelta(days=1)
    )
    desk.world.run(actions.grant_access, officer(desk), case_id, draft)
    seen = []
    for _ in range(3):
        try:
            seen.append(desk.world.run(queries.read_case, boss, case_id).id == case_id)
        except NotFound:
            seen.append(False)
        desk.world.later(days=1)
    assert seen == [False, True, False]
