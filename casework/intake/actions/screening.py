"""Screening: every way an intake goes on (flow.md section 3)."""

from __future__ import annotations

from uuid import UUID

from ...cases import actions as cases
from ...cases.models import Case
from ...cases.rules import AlertDraft, CaseOpening
from ...kernel.actor import Permission as P
from ...kernel.errors import Refused
from ...usecase import Context, use_case
from ..models import Intake, IntakeTopic
from ..rules import (
    INTAKE,
    OPEN,
    AnswerDraft,
    EmergencyDraft,
    IntakeState,
    IntakeView,
    ReceptionConsent,
    ReceptionConsentDraft,
    ScreeningFacts,
    SeekConsentDraft,
    check_given,
)
from .steps import consented, decide, saved


@use_case(P.INTAKE_SCREEN, event="intake.screening_begun")
def screen(ctx: Context, intake_id: UUID) -> IntakeView:
    """Begin screening."""
    row = ctx.load(Intake, intake_id)
    row.state = INTAKE.after(row.state, "screen").value
    return saved(ctx, row)


@use_case(P.INTAKE_SCREEN, event="intake.taken_over")
def take_over(ctx: Context, intake_id: UUID) -> IntakeView:
    """A colleague of the division takes an open intake over, because its owner is away or may not see it (I1)."""
    row = ctx.load(Intake, intake_id)
    if IntakeState(row.state) not in OPEN:
        raise Refused("intake_ended")
    if row.owner_id == ctx.actor.id:
        raise Refused("intake_own")
    row.owner_id = ctx.actor.id
    return saved(ctx, row)


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
    decide(ctx, row, state)
    return saved(ctx, row)


@use_case(P.INTAKE_SCREEN, event="intake.kept")
def keep(ctx: Context, intake_id: UUID) -> IntakeView:
    """Keep it in one's own division: a case is opened with the same owner."""
    row = ctx.load(Intake, intake_id)
    state = INTAKE.after(row.state, "keep")
    _open_case(ctx, row)
    decide(ctx, row, state)
    return saved(ctx, row)


@use_case(P.INTAKE_SCREEN, event="intake.referred")
def refer(ctx: Context, intake_id: UUID) -> Case:
    """Open the case that is to be referred; its owner stays until a named receiver accepts (I2).

    The referral itself is sent by referral.actions.refer_intake, in the same transaction.
    """
    row = ctx.load(Intake, intake_id)
    state = INTAKE.after(row.state, "refer")
    case = _open_case(ctx, row)
    decide(ctx, row, state)
    return case


@use_case(P.INTAKE_SCREEN, event="intake.consent_sought")
def seek_consent(ctx: Context, intake_id: UUID, draft: SeekConsentDraft) -> IntakeView:
    """Go on while consent is sought, with the day of the next contact."""
    row = ctx.load(Intake, intake_id)
    facts = ScreeningFacts(today=ctx.today, recontact_on=draft.recontact_on)
    row.state = INTAKE.after(row.state, "seek_consent", facts).value
    row.next_contact_on = draft.recontact_on
    return saved(ctx, row)


@use_case(P.INTAKE_SCREEN, event="intake.consent_recorded")
def give_consent(ctx: Context, intake_id: UUID, draft: ReceptionConsentDraft) -> IntakeView:
    """Record the consent that the person gave after the reception, while the intake is open."""
    row = ctx.load(Intake, intake_id)
    if IntakeState(row.state) not in OPEN:
        raise Refused("intake_ended")
    check_given(draft, ctx.today)
    consented(ctx, row, draft)
    row.consent = ReceptionConsent.GIVEN.value
    row.consent_reason = None
    return saved(ctx, row)


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
    decide(ctx, row, state)
    return saved(ctx, row)


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
