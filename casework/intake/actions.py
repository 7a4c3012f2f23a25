"""Writing 相談受付: receive at any window, screen, and every way an intake goes on (flow.md section 3)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, or_

from ..agencies.models import Window
from ..cases import actions as cases
from ..cases.actions.consent import first_consent
from ..cases.models import Case
from ..cases.rules import AlertDraft, CaseOpening, ConsentDraft, ConsentState
from ..kernel.actor import Permission as P
from ..kernel.actor import Role
from ..kernel.errors import BadInput, Refused
from ..kernel.ids import new_id
from ..people import actions as people
from ..people.models import Person
from ..people.rules import PersonDraft, ProtectDraft
from ..usecase import Context, use_case
from . import queries
from .models import Intake, IntakeSavedForm, IntakeTopic
from .rules import (
    INTAKE,
    OPEN,
    AnswerDraft,
    EmergencyDraft,
    IntakeDraft,
    IntakeEdit,
    IntakeState,
    IntakeView,
    MergeDraft,
    MergeLine,
    ReceptionConsent,
    ReceptionConsentDraft,
    SavedForm,
    ScreeningFacts,
    SeekConsentDraft,
    TopicDraft,
    check_given,
    check_next_contact,
    check_reception,
    check_topics,
    number_for,
)


@use_case(P.INTAKE_RECEIVE, event="intake.received")
def receive(ctx: Context, draft: IntakeDraft) -> IntakeView:
    """Receive a consultation at any window; its recorder and their division own it at once (I1, I5)."""
    check_reception(draft, ctx.today)
    window = _window(ctx, draft.window)
    _check_codes(ctx, draft)
    ctx.codes(("cannot_ask_reason", draft.consent_reason or "", "consent_reason"))
    intake_id = new_id()
    row = Intake(
        id=intake_id,
        number=number_for("U", ctx.today, intake_id),
        state=INTAKE.start.value,
        window=window.code,
        received_on=draft.received_on or ctx.today,
        received_at=ctx.now,
        recorder_id=ctx.actor.id,
        owner_id=ctx.actor.id,
        owner_agency=_owner_agency(ctx, window),
        person_id=_person(ctx, draft, intake_id),
        consent=draft.consent.value,
        consent_reason=draft.consent_reason,
    )
    ctx.visit.about(row)
    ctx.add(row)
    _fill(ctx, row, draft)
    _topics(ctx, row, draft.topics)
    if draft.consent_given is not None:
        _consent(ctx, row, draft.consent_given)
    if draft.protect_reason is not None:
        _own_word(ctx, row, draft.protect_reason)
    ctx.session.flush()
    return queries.view(ctx, row)


@use_case(P.INTAKE_SCREEN, event="intake.corrected")
def correct(ctx: Context, intake_id: UUID, draft: IntakeEdit) -> IntakeView:
    """Correct an intake that is still open."""
    row = ctx.load(Intake, intake_id)
    if IntakeState(row.state) not in OPEN:
        raise Refused("intake_ended")
    check_topics(draft.topics)
    if draft.next_contact_on != row.next_contact_on:
        check_next_contact(draft.next_contact_on, ctx.today)
    if row.state == IntakeState.SEEKING_CONSENT and draft.next_contact_on is None:
        raise BadInput("recontact_missing", "next_contact_on")
    _check_codes(ctx, draft)
    _fill(ctx, row, draft)
    for topic in ctx.parts(row, IntakeTopic):
        ctx.delete(topic)
    ctx.session.flush()
    _topics(ctx, row, draft.topics)
    ctx.session.flush()
    return queries.view(ctx, row)


@use_case(P.INTAKE_SCREEN, event="intake.screening_begun")
def screen(ctx: Context, intake_id: UUID) -> IntakeView:
    """Begin screening."""
    row = ctx.load(Intake, intake_id)
    row.state = INTAKE.after(row.state, "screen").value
    return _saved(ctx, row)


@use_case(P.INTAKE_SCREEN, event="intake.answered")
def answer(ctx: Context, intake_id: UUID, draft: AnswerDraft) -> IntakeView:
    """Answer on the spot, with a recorded reason and a next place (I4); refused while it is urgent."""
    row = ctx.load(Intake, intake_id)
    facts = ScreeningFacts(urgency=row.urgency, reason=draft.reason, next_place=draft.next_place)
    state = INTAKE.after(row.state, "answer", facts)
    ctx.codes(
        ("answer_reason", draft.reason or "", "reason"), ("next_place", draft.next_place or "", "next_place")
    )
    row.answer_reason = draft.reason
    row.next_place = draft.next_place
    ctx.seal(row, answer_text=draft.text)
    _decide(ctx, row, state)
    return _saved(ctx, row)


@use_case(P.INTAKE_SCREEN, event="intake.kept")
def keep(ctx: Context, intake_id: UUID) -> IntakeView:
    """Keep it in one's own division: a case is opened with the same owner."""
    row = ctx.load(Intake, intake_id)
    state = INTAKE.after(row.state, "keep")
    _open_case(ctx, row)
    _decide(ctx, row, state)
    return _saved(ctx, row)


@use_case(P.INTAKE_SCREEN, event="intake.referred")
def refer(ctx: Context, intake_id: UUID) -> Case:
    """Open the case that is to be referred; its owner stays until a named receiver accepts (I2).

    The referral itself is sent by referral.actions.refer_intake, in the same transaction.
    """
    row = ctx.load(Intake, intake_id)
    state = INTAKE.after(row.state, "refer")
    case = _open_case(ctx, row)
    _decide(ctx, row, state)
    return case


@use_case(P.INTAKE_SCREEN, event="intake.consent_sought")
def seek_consent(ctx: Context, intake_id: UUID, draft: SeekConsentDraft) -> IntakeView:
    """Go on while consent is sought, with the day of the next contact."""
    row = ctx.load(Intake, intake_id)
    facts = ScreeningFacts(today=ctx.today, recontact_on=draft.recontact_on)
    row.state = INTAKE.after(row.state, "seek_consent", facts).value
    row.next_contact_on = draft.recontact_on
    return _saved(ctx, row)


@use_case(P.INTAKE_SCREEN, event="intake.consent_recorded")
def give_consent(ctx: Context, intake_id: UUID, draft: ReceptionConsentDraft) -> IntakeView:
    """Record the consent that the person gave after the reception, while the intake is open."""
    row = ctx.load(Intake, intake_id)
    if IntakeState(row.state) not in OPEN:
        raise Refused("intake_ended")
    check_given(draft, ctx.today)
    _consent(ctx, row, draft)
    row.consent = ReceptionConsent.GIVEN.value
    row.consent_reason = None
    return _saved(ctx, row)


@use_case(P.ALERT_RAISE, event="intake.emergency")
def emergency(ctx: Context, intake_id: UUID, draft: EmergencyDraft) -> IntakeView:
    """Report abuse or danger to life: a flagged case is opened with what was reported to whom and when (I29)."""
    row = ctx.load(Intake, intake_id)
    facts = ScreeningFacts(
        now=ctx.now,
        kind=draft.kind,
        text=draft.text,
        notified_to=draft.notified_to,
        notified_at=draft.notified_at,
    )
    state = INTAKE.after(row.state, "emergency", facts)
    ctx.codes(
        ("emergency_kind", draft.kind or "", "kind"), ("notified_to", draft.notified_to or "", "notified_to")
    )
    case = _open_case(ctx, row, danger=True)
    alert = AlertDraft(draft.kind or "", draft.text or "", draft.notified_to, draft.notified_at)
    cases.add_alert(ctx, case, alert)
    _decide(ctx, row, state)
    return _saved(ctx, row)


@use_case(P.INTAKE_MERGE, event="intake.merged")
def merge(ctx: Context, intake_id: UUID, draft: MergeDraft) -> MergeLine:
    """Merge a duplicate into the surviving intake or case; nothing is deleted and it can be undone."""
    row = ctx.load(Intake, intake_id)
    survivors = [s for s in (draft.into_intake, draft.into_case) if s is not None]
    facts = ScreeningFacts(survivors=len(survivors), itself=draft.into_intake == row.id)
    state = INTAKE.after(row.state, "merge", facts)
    if draft.into_intake is not None:
        survivor = ctx.load(Intake, draft.into_intake, field="into_intake")
        if survivor.state == IntakeState.MERGED_DUPLICATE:
            raise Refused("survivor_merged", "into_intake")
    if draft.into_case is not None:
        ctx.load(Case, draft.into_case, field="into_case")
    row.merged_into_intake = draft.into_intake
    row.merged_into_case = draft.into_case
    _decide(ctx, row, state)
    ctx.session.flush()
    return queries.merge_line(ctx, row)


@use_case(P.INTAKE_MERGE, event="intake.merged_by_number")
def merge_numbered(ctx: Context, intake_id: UUID, number: str) -> MergeLine:
    """Merge a duplicate into the intake or case of that number, as people tell each other."""
    wanted = number.strip().upper()
    intake = ctx.one(ctx.select(Intake).where(Intake.number == wanted))
    case = None if intake is not None else ctx.one(ctx.select(Case).where(Case.number == wanted))
    if intake is None and case is None:
        raise BadInput("survivor_unknown", "number")
    try:
        return merge(ctx, intake_id, MergeDraft(intake and intake.id, case and case.id))
    except (BadInput, Refused) as fault:
        fault.field = "number"
        raise


@use_case(P.INTAKE_MERGE, event="intake.unmerged")
def unmerge(ctx: Context, intake_id: UUID) -> MergeLine:
    """Undo a merge: the intake is open again and back in screening with its owner."""
    row = ctx.load(Intake, intake_id)
    row.state = INTAKE.after(row.state, "unmerge").value
    row.merged_into_intake = row.merged_into_case = None
    row.decided_by = row.decided_at = None
    ctx.session.flush()
    return queries.merge_line(ctx, row)


@use_case(P.INTAKE_RECEIVE, event="intake.form_saved")
def save_form(ctx: Context, content: str) -> SavedForm:
    """Save the form one is typing, so that a time-out or crash loses nothing (I27)."""
    row = ctx.one(ctx.select(IntakeSavedForm).where(IntakeSavedForm.staff_id == ctx.actor.id))
    if row is None:
        row = IntakeSavedForm(id=new_id(), staff_id=ctx.actor.id, saved_at=ctx.now)
        ctx.new_owner(row.id)
        ctx.add(row)
    ctx.seal(row, content=content)
    row.saved_at = ctx.now
    return SavedForm(content, ctx.now)


@use_case(P.INTAKE_RECEIVE, event="intake.form_discarded")
def discard_form(ctx: Context) -> None:
    """Throw the unsent form away, after it was sent or by wish."""
    row = ctx.one(ctx.select(IntakeSavedForm).where(IntakeSavedForm.staff_id == ctx.actor.id))
    if row is not None:
        ctx.seal(row, content=None)
        row.saved_at = ctx.now


# -- inside ------------------------------------------------------------------------------------------


def _window(ctx: Context, code: str) -> Window:
    """A window in service; not locked, because many receive at one window at the same time."""

    def build() -> Select[Any]:
        standing = or_(Window.retired_on.is_(None), Window.retired_on > bindparam("today"))
        return ctx.select(Window).where(Window.code == bindparam("code"), standing)

    found = ctx.all(ctx.prepared("window", build), code=code, today=ctx.today)
    if not found:
        raise BadInput("unknown_window", "window")
    window: Window = found[0]
    return window


def _owner_agency(ctx: Context, window: Window) -> str:
    """The agency the recorder stands for: the window's own if the recorder is a counselor there."""
    held = [m.agency for m in ctx.actor.memberships if m.role is Role.COUNSELOR]
    return window.agency if window.agency in held else held[0]


def _person(ctx: Context, draft: IntakeDraft, intake_id: UUID) -> UUID:
    """Whom it is about: someone found by the search, or a new person, nameless if nothing is known (I5).

    The intake gets its data key here too: one commit of the keystore for both.
    """
    if draft.person_id is not None:
        found = ctx.load(Person, draft.person_id, permission=P.PERSON_READ, field="person_id")
        ctx.new_owner(intake_id)
        return found.id
    made = people.create_person(ctx, draft.person or PersonDraft(anonymous=True), beside=(intake_id,))
    return made.id


def _own_word(ctx: Context, row: Intake, reason: str) -> None:
    """The person asks not to be known of: from this moment only the recorder sees them (I12)."""
    person = ctx.load(Person, row.person_id, permission=P.PERSON_READ, field="person_id")
    cases.protect(ctx, person, ProtectDraft("own_word", reason, ctx.today), field="protect_reason")


def _check_codes(ctx: Context, draft: IntakeDraft | IntakeEdit) -> None:
    relation = draft.visitor.relation if draft.visitor else None
    ctx.codes(
        *(("consult_topic", t.code, f"topics.{n}.code") for n, t in enumerate(draft.topics)),
        ("intake_route", draft.intake_route or "", "intake_route"),
        ("urgency", draft.urgency or "", "urgency"),
        ("relation", relation or "", "visitor.relation"),
    )


def _fill(ctx: Context, row: Intake, draft: IntakeDraft | IntakeEdit) -> None:
    visitor, safe = draft.visitor, draft.safe_ways
    row.visitor_relation = visitor.relation if visitor else None
    row.intake_route = draft.intake_route
    row.urgency = draft.urgency
    row.message_ok = safe.message_ok if safe else None
    row.letter_ok = safe.letter_ok if safe else None
    row.next_contact_on = draft.next_contact_on
    wanted: dict[str, str | None] = {
        "visitor_name": visitor.name if visitor else None,
        "visitor_phone": visitor.phone if visitor else None,
        "safe_hours": safe.hours if safe else None,
        "safe_remarks": safe.remarks if safe else None,
        "wishes": draft.wishes,
        "narrative": draft.narrative,
    }
    ctx.seal(row, **{column: text for column, text in wanted.items() if ctx.unseal(row, column) != text})


def _topics(ctx: Context, row: Intake, topics: Iterable[TopicDraft]) -> None:
    ctx.add(*(IntakeTopic(intake_id=row.id, sort=n, code=t.code, main=t.main) for n, t in enumerate(topics)))


def _consent(ctx: Context, row: Intake, draft: ReceptionConsentDraft) -> None:
    """The person's consent, held by the division that received it and good for every case of the person (I10)."""
    first_consent(
        ctx,
        row.person_id,
        ConsentDraft(
            purpose=draft.purpose,
            state=ConsentState.GIVEN,
            recipients=draft.recipients,
            items=draft.items,
            holder=row.owner_agency,
            form=draft.form,
            given_on=draft.given_on,
            expires_on=draft.expires_on,
            proxy=draft.proxy,
            this_case_only=False,
        ),
        None,
    )


def _open_case(ctx: Context, row: Intake, *, danger: bool = False) -> Case:
    """The case that the intake becomes, with its person, topics and owner."""
    topics = ctx.parts(row, IntakeTopic, order=IntakeTopic.sort)
    opening = CaseOpening(
        owner_id=row.owner_id,
        owner_agency=row.owner_agency,
        subjects=(row.person_id,),
        topics=tuple((t.code, t.main) for t in topics),
        window=row.window,
        danger=danger,
        next_contact_on=row.next_contact_on,
    )
    case = cases.open_case(ctx, opening)
    row.case_id = case.id
    return case


def _decide(ctx: Context, row: Intake, state: StrEnum) -> None:
    """An intake's end names who decided it and when (I19)."""
    row.state = IntakeState(state).value
    row.decided_by = ctx.actor.id
    row.decided_at = ctx.now


def _saved(ctx: Context, row: Intake) -> IntakeView:
    ctx.session.flush()
    return queries.view(ctx, row)
