"""Consent, notes, alerts, disclosures and the timeline: I7, I10, I11, I18, I29."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from casework.cases import actions, queries
from casework.cases.models import Case, Note, NoteSegment
from casework.cases.rules import (
    AlertDraft,
    AssignmentDraft,
    CaseState,
    ConsentChange,
    ConsentDraft,
    ConsentState,
    DisclosureDraft,
    MoveDraft,
    NoteDraft,
    ProposalDraft,
    ReopenDraft,
    SegmentClass,
    SegmentDraft,
)
from casework.kernel.actor import Permission
from casework.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from casework.usecase import Context, registry, use_case
from tests.integration.cases.conftest import Desk

SEGMENT = SegmentDraft(SegmentClass.PERSON_WORD, "眠れない日が続くと話した(架空)", said_by="本人")


def note(desk: Desk, *segments: SegmentDraft, **changes: object) -> NoteDraft:
    base: dict[str, object] = {
        "happened_at": desk.world.clock.now(),
        "method": "home_visit",
        "agency": "fukushi_somu",
        "segments": segments or (SEGMENT,),
    }
    return NoteDraft(**(base | changes))  # type: ignore[arg-type]


def test_a_withdrawal_stops_sharing_at_once_and_deletes_nothing(desk: Desk) -> None:
    person = desk.person()
    case_id = desk.open(person)
    thread = desk.consent(case_id, person)
    asked = {"purpose": "plan_conference_sharing", "recipients": ["shakyo"], "items": ["contact"]}
    assert desk.world.run(queries.consent_in_force, desk.counselor, case_id, **asked).in_force
    change = ConsentChange(ConsentState.WITHDRAWN, reason="架空の気持ちの変化")
    desk.world.run(actions.change_consent, desk.counselor, case_id, thread, change)
    assert not desk.world.run(queries.consent_in_force, desk.counselor, case_id, **asked).in_force
    rows = desk.world.run(queries.consents, desk.counselor, case_id, person)
    assert sorted((row.revision, row.state, row.newest) for row in rows) == [
        (1, "given", False),
        (2, "withdrawn", True),
    ]
    again = ConsentChange(ConsentState.WITHDRAWN)
    with pytest.raises(Refused, match="consent_change_impossible"):
        desk.world.run(actions.change_consent, desk.counselor, case_id, thread, again)


def test_a_narrowed_consent_no_longer_covers_what_was_taken_out(desk: Desk) -> None:
    person = desk.person()
    case_id = desk.open(person)
    thread = desk.consent(case_id, person)
    change = ConsentChange(ConsentState.GIVEN, items=("contact",))
    desk.world.run(actions.change_consent, desk.counselor, case_id, thread, change)
    asked = {"purpose": "plan_conference_sharing", "recipients": ["shakyo"]}
    assert desk.world.run(
        queries.consent_in_force, desk.counselor, case_id, items=["contact"], **asked
    ).in_force
    assert not desk.world.run(
        queries.consent_in_force, desk.counselor, case_id, items=["health"], **asked
    ).in_force
    wider = ConsentChange(ConsentState.GIVEN, recipients=("shakyo", "hoiku", "koho"))
    with pytest.raises(Refused, match="consent_only_narrower"):
        desk.world.run(actions.change_consent, desk.counselor, case_id, thread, wider)


def test_a_consent_ends_with_its_day(desk: Desk) -> None:
    person = desk.person()
    case_id = desk.open(person)
    desk.consent(case_id, person, expires_on=desk.world.ctx().today)
    assert desk.world.run(
        queries.consent_in_force, desk.counselor, case_id, purpose="plan_conference_sharing"
    ).in_force
    desk.world.later(days=1)
    found = desk.world.run(
        queries.consent_in_force, desk.counselor, case_id, purpose="plan_conference_sharing"
    )
    assert not found.in_force


def test_a_consent_for_one_case_says_nothing_about_another(desk: Desk) -> None:
    person = desk.person()
    first, second = desk.open(person), desk.open(person)
    desk.consent(first, person)
    asked = {"purpose": "plan_conference_sharing"}
    assert desk.world.run(queries.consent_in_force, desk.counselor, first, **asked).in_force
    assert not desk.world.run(queries.consent_in_force, desk.counselor, second, **asked).in_force
    assert desk.world.run(queries.consents, desk.counselor, second, person) == ()
    desk.consent(second, person, this_case_only=False)
    assert len(desk.world.run(queries.consents, desk.counselor, first, person)) == 2


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"recipients": ()}, "consent_incomplete", "recipients"),
        ({"form": None}, "consent_incomplete", "form"),
        ({"items": ("nothing",)}, "unknown_code", "items"),
        ({"recipients": ("nowhere",)}, "unknown_reference", "recipients"),
        ({"state": ConsentState.REFUSED}, "consent_reason_missing", "reason"),
        ({"state": ConsentState.WITHDRAWN}, "consent_starts_so", "state"),
    ],
)
def test_an_incomplete_consent_is_not_recorded(
    desk: Desk, changes: dict[str, object], code: str, field: str
) -> None:
    person = desk.person()
    case_id = desk.open(person)
    with pytest.raises(BadInput, match=code) as fault:
        desk.consent(case_id, person, **changes)
    assert fault.value.field == field
    assert desk.world.run(queries.consents, desk.counselor, case_id, person) == ()


def test_strangers_neither_read_nor_write_consents(desk: Desk) -> None:
    person = desk.person()
    case_id = desk.open(person)
    desk.consent(case_id, person)
    with pytest.raises(NotFound):
        desk.world.run(queries.consents, desk.stranger, case_id, person)
    draft = ConsentDraft("liaison", ConsentState.ASKED)
    with pytest.raises(NotFound):
        desk.world.run(actions.record_consent, desk.stranger, case_id, person, draft)
    with pytest.raises(NotFound):
        desk.world.run(actions.record_consent, desk.counselor, case_id, desk.person(), draft)


def test_reading_notes_states_a_purpose_and_opens_sealed_text(desk: Desk) -> None:
    case_id = desk.open()
    desk.world.run(actions.write_note, desk.counselor, case_id, note(desk, with_whom="架空の家族"))
    with pytest.raises(BadInput, match="purpose_missing"):
        desk.world.run(queries.read_notes, desk.counselor, case_id)
    page = desk.world.run(queries.read_notes, desk.counselor, case_id, "casework")
    assert page.items[0].with_whom == "架空の家族"
    assert page.items[0].segments[0].text == SEGMENT.text


@pytest.mark.parametrize(
    ("role", "refusal"),
    [("agency_member", (NotAllowed, NotFound)), ("administrator", NotAllowed), ("counselor", NotFound)],
)
def test_who_has_no_part_in_the_case_reads_no_note(
    desk: Desk, role: str, refusal: type[Exception] | tuple[type[Exception], ...]
) -> None:
    case_id = desk.open()
    desk.world.run(actions.write_note, desk.counselor, case_id, note(desk))
    with pytest.raises(refusal):
        desk.world.run(queries.read_notes, desk.world.actor(role, "hoiku"), case_id, "casework")


def test_an_assigned_worker_reads_and_writes_notes(desk: Desk) -> None:
    case_id = desk.open()
    worker = desk.world.actor("outreach_worker", "shakyo")
    desk.world.run(actions.assign, desk.counselor, case_id, AssignmentDraft("shakyo", "support", worker.id))
    desk.world.run(actions.write_note, worker, case_id, note(desk, agency="shakyo"))
    assert len(desk.world.run(queries.read_notes, worker, case_id, "casework").items) == 1


def test_a_correction_is_an_addition_and_the_note_stays(desk: Desk) -> None:
    case_id, elsewhere = desk.open(), desk.open()
    first = desk.world.run(actions.write_note, desk.counselor, case_id, note(desk))
    desk.world.later(minutes=1)
    fixed = SegmentDraft(SegmentClass.FACT, "訂正した架空の記録")
    second = desk.world.run(actions.correct_note, desk.counselor, case_id, first.id, note(desk, fixed))
    assert second.corrects_id == first.id
    texts = [
        row.segments[0].text
        for row in desk.world.run(queries.read_notes, desk.counselor, case_id, "casework").items
    ]
    assert texts == [fixed.text, SEGMENT.text]
    with pytest.raises(BadInput, match="unknown_reference"):
        desk.world.run(actions.correct_note, desk.counselor, elsewhere, first.id, note(desk))


@pytest.mark.parametrize("state", [CaseState.CLOSED, CaseState.INTERRUPTED, CaseState.FOLLOW_UP])
def test_notes_after_the_end_are_flagged_as_additions(desk: Desk, state: CaseState) -> None:
    case_id = desk.open()
    assert not desk.world.run(actions.write_note, desk.counselor, case_id, note(desk)).after_closing
    desk.close(case_id, state)
    assert desk.world.run(actions.write_note, desk.counselor, case_id, note(desk)).after_closing


def test_a_reopened_record_takes_corrections_only(desk: Desk) -> None:
    case_id = desk.open()
    written = desk.world.run(actions.write_note, desk.counselor, case_id, note(desk))
    desk.close(case_id)
    desk.world.run(actions.reopen, desk.counselor, case_id, ReopenDraft("fukushi_somu", "架空の理由"))
    with pytest.raises(Refused, match="case_read_only"):
        desk.world.run(actions.write_note, desk.counselor, case_id, note(desk))
    assert desk.world.run(actions.correct_note, desk.counselor, case_id, written.id, note(desk)).after_closing


def test_a_note_speaks_only_of_people_of_the_case(desk: Desk) -> None:
    wrong = SegmentDraft(SegmentClass.FACT, "架空", about_id=desk.person())
    with pytest.raises(BadInput, match="person_not_of_case"):
        desk.world.run(actions.write_note, desk.counselor, desk.open(), note(desk, wrong))


def test_a_quote_keeps_where_the_fact_was_first_learned(desk: Desk) -> None:
    case_id = desk.open()
    heard = desk.world.run(actions.write_note, desk.counselor, case_id, note(desk, method="support_meeting"))
    assert heard.segments[0].origin_basis == "act_106_6"
    quotes = (heard.segments[0].id,)
    copied = desk.world.run(actions.quote, desk.counselor, case_id, note(desk, quotes=quotes))
    assert [(s.text, s.origin_basis) for s in copied.segments] == [
        (SEGMENT.text, "act_106_6"),
        (SEGMENT.text, None),
    ]
    with pytest.raises(BadInput, match="unknown_reference"):
        desk.world.run(actions.quote, desk.counselor, desk.open(), note(desk, quotes=quotes))


@use_case(Permission.CASE_READ, event="test.carried", reads=True)
def _carry(ctx: Context, case_id: UUID, segment_ids: list[UUID], basis: str | None) -> list[UUID]:
    """Take segments into a channel, as a referral or a meeting does."""
    case = ctx.load(Case, case_id)
    return [row.id for row in queries.segments_for(ctx, case, segment_ids, to_basis=basis, to_item=None)]


registry.pop(f"{__name__}._carry", None)


def test_what_was_learned_in_a_support_meeting_leaves_by_no_other_channel(desk: Desk) -> None:
    case_id = desk.open()
    heard = desk.world.run(actions.write_note, desk.counselor, case_id, note(desk, method="support_meeting"))
    copied = desk.world.run(
        actions.quote, desk.counselor, case_id, note(desk, quotes=(heard.segments[0].id,))
    )
    for segment_id in (heard.segments[0].id, copied.segments[0].id):
        for basis in (None, "plan_conference", "internal"):
            with pytest.raises(Refused, match="origin_bound"):
                desk.world.run(_carry, desk.counselor, case_id, [segment_id], basis)
        assert desk.world.run(_carry, desk.counselor, case_id, [segment_id], "act_106_6") == [segment_id]
    free = copied.segments[1].id
    assert desk.world.run(_carry, desk.counselor, case_id, [free], None) == [free]
    with pytest.raises(BadInput, match="unknown_reference"):
        desk.world.run(_carry, desk.counselor, desk.open(), [free], None)


@pytest.mark.parametrize("state", list(CaseState))
def test_danger_is_flagged_in_every_state_and_stays_on_the_list(desk: Desk, state: CaseState) -> None:
    case_id = desk.open()
    desk.close(case_id, state)
    desk.world.run(actions.raise_alert, desk.colleague, case_id, AlertDraft("life", "架空の危険"))
    assert desk.world.run(queries.read_case, desk.counselor, case_id).danger
    assert [line.id for line in desk.world.run(queries.in_danger, desk.counselor).items] == [case_id]
    assert [row.text for row in desk.world.run(queries.alerts, desk.counselor, case_id)] == ["架空の危険"]


def test_everybody_who_sees_a_case_can_flag_danger_and_nobody_else(desk: Desk) -> None:
    case_id = desk.open()
    worker = desk.world.actor("participation_coordinator", "shakyo")
    draft = AlertDraft("child_abuse", "架空の疑い", "child_guidance", desk.world.clock.now())
    with pytest.raises(NotFound):
        desk.world.run(actions.raise_alert, worker, case_id, draft)
    desk.world.run(actions.assign, desk.counselor, case_id, AssignmentDraft("shakyo", "support", worker.id))
    assert desk.world.run(actions.raise_alert, worker, case_id, draft).reported_to == "child_guidance"
    half = AlertDraft("life", "架空", "police")
    with pytest.raises(BadInput, match="report_incomplete"):
        desk.world.run(actions.raise_alert, worker, case_id, half)


def telling(ground: str, **changes: object) -> DisclosureDraft:
    base: dict[str, object] = {
        "to_agency": "shakyo",
        "ground": ground,
        "channel": "liaison",
        "items": ("contact",),
        "what": "架空の説明",
    }
    return DisclosureDraft(**(base | changes))  # type: ignore[arg-type]


def test_a_disclosure_rests_on_consent_that_covers_recipient_and_items(desk: Desk) -> None:
    one, two = desk.person(), desk.person()
    case_id = desk.open(one, two)
    thread = desk.consent(case_id, one, purpose="liaison")
    draft = telling(f"consent:{thread}")
    with pytest.raises(Refused, match="consent_not_in_force"):
        desk.world.run(actions.disclose, desk.counselor, case_id, draft)
    desk.consent(case_id, two, purpose="liaison")
    told = desk.world.run(actions.disclose, desk.counselor, case_id, draft)
    assert (told.to_agency, told.items, told.what, told.by) == (
        "shakyo",
        ("contact",),
        "架空の説明",
        desk.counselor.id,
    )
    for wrong in ({"to_agency": "koho"}, {"items": ("contact", "plan")}):
        with pytest.raises(Refused, match="consent_not_in_force"):
            desk.world.run(actions.disclose, desk.counselor, case_id, telling(draft.ground, **wrong))
    change = ConsentChange(ConsentState.WITHDRAWN)
    desk.world.run(actions.change_consent, desk.counselor, case_id, thread, change)
    with pytest.raises(Refused, match="consent_not_in_force"):
        desk.world.run(actions.disclose, desk.counselor, case_id, draft)
    assert len(desk.world.run(queries.disclosures, desk.counselor, case_id)) == 1


@pytest.mark.parametrize(
    ("ground", "channel", "code"),
    [
        ("emergency", "notice", "alert_missing"),
        ("plan_conference", "meeting", "ground_missing"),
        ("internal", "liaison", "ground_missing"),
        ("anything", "liaison", "ground_missing"),
        ("internal_duty", "referral", "ground_missing"),
        ("consent:nothing", "liaison", "consent_not_in_force"),
        ("act_106_6", "liaison", "basis_only_in_meeting"),
    ],
)
def test_a_disclosure_without_a_ground_is_refused(desk: Desk, ground: str, channel: str, code: str) -> None:
    case_id = desk.open()
    with pytest.raises(Refused, match=code):
        desk.world.run(actions.disclose, desk.counselor, case_id, telling(ground, channel=channel))


def test_danger_and_a_support_meeting_are_grounds_of_their_own(desk: Desk) -> None:
    case_id = desk.open()
    desk.world.run(actions.raise_alert, desk.counselor, case_id, AlertDraft("life", "架空の危険"))
    desk.world.run(actions.disclose, desk.counselor, case_id, telling("emergency", channel="notice"))
    desk.world.run(actions.disclose, desk.counselor, case_id, telling("act_106_6", channel="meeting"))
    with pytest.raises(NotFound):
        desk.world.run(actions.disclose, desk.stranger, case_id, telling("emergency"))


def test_the_timeline_merges_everything_newest_first_in_pages(desk: Desk) -> None:
    case_id = desk.led()
    written: list[str] = []
    for place in range(desk.world.settings.page_size):
        desk.world.later(minutes=1)
        desk.world.run(actions.write_note, desk.counselor, case_id, note(desk))
        written.append("note")
        if place % 5 == 0:
            desk.world.later(minutes=1)
            desk.world.run(actions.raise_alert, desk.counselor, case_id, AlertDraft("life", "架空"))
            written.append("alert")
    desk.world.later(minutes=1)
    desk.world.run(actions.start_assessment, desk.counselor, case_id, MoveDraft("架空の理由"))
    first = desk.world.run(queries.timeline, desk.counselor, case_id)
    second = desk.world.run(queries.timeline, desk.counselor, case_id, after=first.next)
    kinds = [entry.kind for entry in (*first.items, *second.items)]
    assert kinds == ["step", *written[::-1], "step", "step"]
    assert first.items[0].text == "架空の理由"
    assert second.next is None
    moments = [entry.at for entry in (*first.items, *second.items)]
    assert moments == sorted(moments, reverse=True)


def test_the_timeline_shows_no_note_to_who_may_not_read_notes(desk: Desk) -> None:
    case_id = desk.open()
    desk.world.run(actions.write_note, desk.counselor, case_id, note(desk))
    own = desk.world.run(queries.timeline, desk.counselor, case_id)
    assert {entry.kind for entry in own.items} == {"note", "step"}
    desk.world.run(actions.propose_for_meeting, desk.counselor, case_id, ProposalDraft("架空の理由"))
    seen = desk.world.run(queries.timeline, desk.coordinator, case_id)
    assert {entry.kind for entry in seen.items} == {"step"}


def test_a_contact_is_remembered_from_the_note(desk: Desk) -> None:
    case_id = desk.open()
    now = desk.world.clock.now()
    due = desk.world.ctx().today + timedelta(days=7)
    desk.world.run(actions.write_note, desk.counselor, case_id, note(desk, contacted=True, next_due_on=due))
    earlier = note(desk, happened_at=now - timedelta(days=3), contacted=True)
    desk.world.run(actions.write_note, desk.counselor, case_id, earlier)
    view = desk.world.run(queries.read_case, desk.counselor, case_id)
    assert (view.last_contact_at, view.next_contact_on) == (now, due)


def test_the_database_holds_no_readable_narrative(desk: Desk) -> None:
    case_id = desk.open()
    written = desk.world.run(actions.write_note, desk.counselor, case_id, note(desk, with_whom="架空の家族"))
    cleared = {"casework_cleared": True}
    rows = [
        desk.world.session.get(Note, written.id, execution_options=cleared),
        desk.world.session.get(NoteSegment, written.segments[0].id, execution_options=cleared),
    ]
    stored = b"".join(value for row in rows for value in vars(row).values() if isinstance(value, bytes))
    assert "架空".encode() not in stored
    assert "眠れない".encode() not in stored
