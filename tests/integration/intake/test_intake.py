"""Receiving and screening through the gate, as real actors, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.cases.models import Alert, Case, CaseIssue, CasePerson, Consent, ConsentScope
from casework.db import CLEARED
from casework.intake import actions, queries
from casework.intake.models import Intake
from casework.intake.rules import (
    AnswerDraft,
    EmergencyDraft,
    IntakeDraft,
    IntakeEdit,
    ReceptionConsent,
    ReceptionConsentDraft,
    SafeWaysDraft,
    SeekConsentDraft,
    TopicDraft,
    VisitorDraft,
)
from casework.kernel.actor import Actor
from casework.kernel.errors import BadInput, CaseworkError, MoveRefused, NotAllowed, NotFound
from casework.people.models import Person
from casework.people.rules import PersonDraft
from tests.support.world import World

TODAY = date(2026, 4, 6)
LEAST = IntakeDraft(window="nandemo", topics=(TopicDraft("eldercare"),), consent=ReceptionConsent.NOT_ASKED)
FULL = replace(
    LEAST,
    topics=(TopicDraft("eldercare"), TopicDraft("withdrawal_truancy", main=True)),
    person=PersonDraft(name="架空 梅子", kana="カクウ ウメコ"),
    visitor=VisitorDraft("架空 一郎", "0467-00-0000", "welfare_commissioner"),
    wishes="母の介護と長男のこれから",
    narrative="82歳の母と54歳の長男。長男は20年外に出ていない。",
    intake_route="resident",
    urgency="ordinary",
    safe_ways=SafeWaysDraft("平日の午前", True, False, "長男が電話に出たら切る"),
    next_contact_on=TODAY + timedelta(days=3),
)
EMERGENCY = EmergencyDraft("elder_abuse", "elder_division", None, "あざがあると聞き、担当課に電話した")


def counselor(world: World, agency: str = "shakyo") -> Actor:
    return world.actor("counselor", agency)


def stored(world: World, model: Any, *where: Any) -> list[Any]:
    """Rows below the gate, for looking at what was written."""
    world.session.rollback()
    found = list(world.session.scalars(select(model).where(*where), execution_options={CLEARED: True}))
    world.session.expunge_all()
    world.session.rollback()
    return found


def last_event(world: World) -> tuple[str, str]:
    entry = stored(world, AuditEntry)
    last = max(entry, key=lambda e: e.seq)
    return last.event, last.outcome


def refused(world: World, code: str, use_case: Any, who: Actor, *args: Any) -> CaseworkError:
    """The call is refused with the code, leaves a trace, and changes no intake."""
    before = [(r.id, r.state, r.version) for r in stored(world, Intake)]
    with pytest.raises(CaseworkError) as refusal:
        world.run(use_case, who, *args)
    assert refusal.value.code == code
    assert last_event(world) == (use_case.use_case.event, code)
    assert [(r.id, r.state, r.version) for r in stored(world, Intake)] == before
    return refusal.value


def test_window_topic_and_consent_state_are_enough_for_a_nameless_person(world: World) -> None:
    who = counselor(world)
    view = world.run(actions.receive, who, LEAST)
    assert (view.state, view.owner_id, view.owner_agency) == ("received", who.id, "shakyo")
    assert (view.received_on, view.person_name) == (TODAY, None)
    assert last_event(world) == ("intake.received", "done")
    (person,) = stored(world, Person, Person.id == view.person_id)
    assert person.anonymous


def test_any_counselor_may_receive_at_any_window_and_owns_it_in_their_own_division(world: World) -> None:
    who = counselor(world, "seikatsu_fukushi")
    view = world.run(actions.receive, who, LEAST)
    assert (view.window, view.owner_agency) == ("nandemo", "seikatsu_fukushi")


def test_the_windows_own_division_is_preferred_when_the_recorder_belongs_to_it(world: World) -> None:
    who = world.actor("counselor", "seikatsu_fukushi", "架空 二課", ("counselor", "shakyo"))
    assert world.run(actions.receive, who, LEAST).owner_agency == "shakyo"


def test_everything_typed_comes_back_and_nothing_of_it_is_stored_in_clear(world: World) -> None:
    who = counselor(world)
    made = world.run(actions.receive, who, FULL)
    view = world.run(queries.read, who, made.id)
    assert (view.person_name, view.person_kana) == ("架空 梅子", "カクウ ウメコ")
    assert (view.visitor.name, view.visitor.phone) == ("架空 一郎", "0467-00-0000")
    assert (view.wishes, view.narrative) == (FULL.wishes, FULL.narrative)
    assert [(t.code, t.main) for t in view.topics] == [("eldercare", False), ("withdrawal_truancy", True)]
    assert (view.safe_ways.hours, view.safe_ways.letter_ok) == ("平日の午前", False)
    (row,) = stored(world, Intake, Intake.id == made.id)
    for column in ("visitor_name", "visitor_phone", "wishes", "narrative", "safe_hours", "safe_remarks"):
        assert "架空".encode() not in getattr(row, column)
        assert "長男".encode() not in getattr(row, column)


@pytest.mark.parametrize(
    ("draft", "code", "field"),
    [
        (replace(LEAST, window="nowhere"), "unknown_window", "window"),
        (replace(LEAST, topics=(TopicDraft("nothing"),)), "unknown_code", "topics.0.code"),
        (
            replace(LEAST, topics=(TopicDraft("debt", True), TopicDraft("housing", True))),
            "two_main",
            "topics.1.main",
        ),
        (replace(LEAST, urgency="someday"), "unknown_code", "urgency"),
        (replace(LEAST, person_id=uuid4()), "unknown_reference", "person_id"),
        (replace(LEAST, received_on=TODAY + timedelta(days=1)), "date_ahead", "received_on"),
        (
            replace(LEAST, consent=ReceptionConsent.CANNOT_ASK, consent_reason="x"),
            "unknown_code",
            "consent_reason",
        ),
        (replace(LEAST, visitor=VisitorDraft(relation="x")), "unknown_code", "visitor.relation"),
    ],
)
def test_a_reception_with_a_fault_stores_nothing(
    world: World, draft: IntakeDraft, code: str, field: str
) -> None:
    refusal = refused(world, code, actions.receive, counselor(world), draft)
    assert isinstance(refusal, BadInput)
    assert refusal.field == field
    assert stored(world, Intake) == []
    assert stored(world, Person) == []


@pytest.mark.parametrize("role", ["supervisor", "administrator", "agency_member", "chair", "privacy_officer"])
def test_only_counselors_receive(world: World, role: str) -> None:
    with pytest.raises(NotAllowed):
        world.run(actions.receive, world.actor(role, "shakyo"), LEAST)
    assert last_event(world) == ("intake.received", "not_allowed")


def test_a_consent_given_at_the_window_becomes_a_consent_of_the_person(world: World) -> None:
    given = ReceptionConsentDraft(
        ("seikatsu_fukushi",), ("contact", "household"), TODAY, "oral", proxy="架空 一郎"
    )
    draft = replace(FULL, consent=ReceptionConsent.GIVEN, consent_given=given)
    view = world.run(actions.receive, counselor(world), draft)
    (row,) = stored(world, Consent)
    assert (row.person_id, row.state, row.purpose) == (view.person_id, "given", "referral_sharing")
    assert (row.holder, row.form, row.case_id) == ("shakyo", "oral", None)
    scopes = {(s.kind, s.code) for s in stored(world, ConsentScope)}
    assert scopes == {("recipient", "seikatsu_fukushi"), ("item", "contact"), ("item", "household")}


def test_a_consent_given_later_is_recorded_while_the_intake_is_open(world: World) -> None:
    who = counselor(world)
    made = world.run(actions.receive, who, LEAST)
    given = ReceptionConsentDraft(("seikatsu_fukushi",), ("contact",), TODAY, "phone")
    assert world.run(actions.give_consent, who, made.id, given).consent == "given"
    world.run(actions.keep, who, made.id)
    refused(world, "intake_ended", actions.give_consent, who, made.id, given)


def test_an_intake_is_seen_by_its_division_and_by_nobody_else(world: World) -> None:
    made = world.run(actions.receive, counselor(world), FULL)
    assert (
        world.run(queries.read, world.actor("counselor", "shakyo", "架空 同僚"), made.id).number
        == made.number
    )
    for other in (
        counselor(world, "seikatsu_fukushi"),
        world.actor("coordinator", "chiiki_kyosei"),
    ):
        with pytest.raises(NotFound):
            world.run(queries.read, other, made.id)
    for role in ("supervisor", "administrator", "agency_member", "outreach_worker"):
        with pytest.raises(NotAllowed):
            world.run(queries.read, world.actor(role, "shakyo"), made.id)


def test_an_intake_about_a_protected_person_is_seen_by_nobody_without_a_grant(world: World) -> None:
    who = counselor(world)
    made = world.run(actions.receive, who, FULL)
    with world.writing() as session:
        session.get(Person, made.person_id, execution_options={CLEARED: True}).protected = True
    with pytest.raises(NotFound):
        world.run(queries.read, who, made.id)
    assert world.run(queries.listing, who).items == ()


def test_screening_then_answering_ends_it_with_reason_and_place(world: World) -> None:
    who = counselor(world)
    made = world.run(actions.receive, who, FULL)
    assert world.run(actions.screen, who, made.id).state == "in_screening"
    view = world.run(
        actions.answer, who, made.id, AnswerDraft("information_given", "none_needed", "冊子を渡した")
    )
    assert (view.state, view.answer_reason, view.next_place) == (
        "answered",
        "information_given",
        "none_needed",
    )
    assert view.answer_text == "冊子を渡した"
    with pytest.raises(MoveRefused):
        world.run(actions.keep, who, made.id)


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (AnswerDraft(None, "none_needed"), "answer_reason_missing"),
        (AnswerDraft("information_given", None), "next_place_missing"),
        (AnswerDraft("x", "none_needed"), "unknown_code"),
        (AnswerDraft("information_given", "x"), "unknown_code"),
    ],
)
def test_an_answer_without_reason_and_place_is_refused(world: World, draft: AnswerDraft, code: str) -> None:
    who = counselor(world)
    made = world.run(actions.receive, who, LEAST)
    refused(world, code, actions.answer, who, made.id, draft)


@pytest.mark.parametrize("urgency", ["life", "within_day"])
def test_an_urgent_intake_is_not_answered_on_the_spot(world: World, urgency: str) -> None:
    who = counselor(world)
    made = world.run(actions.receive, who, replace(LEAST, urgency=urgency))
    refused(
        world,
        "urgent_not_answered",
        actions.answer,
        who,
        made.id,
        AnswerDraft("information_given", "none_needed"),
    )


def test_keeping_opens_a_case_with_the_same_owner_topics_and_person(world: World) -> None:
    who = counselor(world)
    made = world.run(actions.receive, who, FULL)
    view = world.run(actions.keep, who, made.id)
    (case,) = stored(world, Case)
    assert (view.state, view.case_id) == ("kept_by_division", case.id)
    assert (case.owner_id, case.owner_agency, case.window) == (who.id, "shakyo", "nandemo")
    assert (case.next_contact_on, case.danger) == (FULL.next_contact_on, False)
    issues = {(i.code, i.main) for i in stored(world, CaseIssue)}
    assert issues == {("eldercare", False), ("withdrawal_truancy", True)}
    assert [(p.person_id, p.role) for p in stored(world, CasePerson)] == [(made.person_id, "subject")]


def test_seeking_consent_needs_a_day_from_today_on_and_goes_on_from_there(world: World) -> None:
    who = counselor(world)
    made = world.run(actions.receive, who, LEAST)
    refused(world, "recontact_missing", actions.seek_consent, who, made.id, SeekConsentDraft())
    yesterday = SeekConsentDraft(TODAY - timedelta(days=1))
    refused(world, "recontact_past", actions.seek_consent, who, made.id, yesterday)
    view = world.run(actions.seek_consent, who, made.id, SeekConsentDraft(TODAY))
    assert (view.state, view.next_contact_on) == ("seeking_consent", TODAY)
    due = world.run(queries.listing, who, which="seeking_consent")
    assert [line.id for line in due.items] == [made.id]
    world.run(actions.seek_consent, who, made.id, SeekConsentDraft(TODAY + timedelta(days=7)))
    assert world.run(queries.listing, who, which="seeking_consent").items == ()
    assert world.run(actions.keep, who, made.id).state == "kept_by_division"


def test_an_emergency_opens_a_flagged_case_with_its_report(world: World) -> None:
    who = counselor(world)
    made = world.run(actions.receive, who, FULL)
    view = world.run(actions.emergency, who, made.id, replace(EMERGENCY, notified_at=world.clock.now()))
    (case,) = stored(world, Case)
    (alert,) = stored(world, Alert)
    assert (view.state, view.case_id, case.danger) == ("emergency", case.id, True)
    assert (alert.case_id, alert.kind, alert.reported_to) == (case.id, "elder_abuse", "elder_division")
    assert alert.reported_at == world.clock.now()


def test_an_answered_intake_may_still_turn_out_an_emergency(world: World) -> None:
    who = counselor(world)
    made = world.run(actions.receive, who, LEAST)
    world.run(actions.answer, who, made.id, AnswerDraft("information_given", "none_needed"))
    view = world.run(actions.emergency, who, made.id, replace(EMERGENCY, notified_at=world.clock.now()))
    assert view.state == "emergency"


def test_an_emergency_says_to_whom_and_when(world: World) -> None:
    who = counselor(world)
    made = world.run(actions.receive, who, LEAST)
    refused(world, "notified_at_missing", actions.emergency, who, made.id, EMERGENCY)
    later = replace(EMERGENCY, notified_at=world.clock.now() + timedelta(minutes=1))
    refused(world, "report_ahead", actions.emergency, who, made.id, later)
    assert stored(world, Case) == []


def test_a_correction_replaces_texts_and_topics_while_open(world: World) -> None:
    who = counselor(world)
    made = world.run(actions.receive, who, FULL)
    edit = IntakeEdit(
        topics=(TopicDraft("eldercare", True),), narrative="聞き直した内容", urgency="within_week"
    )
    view = world.run(actions.correct, who, made.id, edit)
    assert (view.narrative, view.wishes, view.urgency) == ("聞き直した内容", None, "within_week")
    assert [(t.code, t.main) for t in view.topics] == [("eldercare", True)]
    assert view.version > made.version
    world.run(actions.keep, who, made.id)
    refused(world, "intake_ended", actions.correct, who, made.id, edit)


def test_an_edit_that_starts_from_an_old_version_is_refused(world: World) -> None:
    who = counselor(world)
    made = world.run(actions.receive, who, LEAST)
    edit = IntakeEdit(topics=LEAST.topics, narrative="一人目")
    ctx = world.ctx(who, expected_version=made.version)
    actions.correct(ctx, made.id, edit)
    stale = world.ctx(who, expected_version=made.version)
    with pytest.raises(CaseworkError) as refusal:
        actions.correct(stale, made.id, replace(edit, narrative="二人目"))
    assert refusal.value.code == "version_conflict"
    assert world.run(queries.read, who, made.id).narrative == "一人目"
