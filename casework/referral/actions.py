"""Writing つなぎ with responsibility: the sender owns the case until a named person accepts (I2)."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_

from ..accounts import queries as accounts
from ..agencies.models import Agency
from ..cases import actions as cases
from ..cases import queries as case_queries
from ..cases.models import Case, MeetingProposal
from ..cases.rules import CONSENT_PREFIX, ENDED, AssignmentDraft, CaseState, Sharing
from ..intake import actions as intake
from ..intake.models import Intake
from ..intake.rules import number_for
from ..kernel.actor import Permission as P
from ..kernel.clock import TOKYO, tokyo_date
from ..kernel.errors import BadInput, Refused
from ..kernel.ids import new_id
from ..kernel.workdays import due_after
from ..usecase import Context, use_case
from . import queries
from .models import Referral, ReferralSegment
from .rules import (
    PENDING,
    PURPOSE,
    REFERRAL,
    AcceptDraft,
    AnswerFacts,
    CompleteDraft,
    ForwardDraft,
    ReferralDraft,
    ReferralState,
    ReferralView,
    ReturnDraft,
    check_draft,
)

SECOND_RETURN = "second_return"


@use_case(P.REFERRAL_SEND, event="referral.sent")
def send(ctx: Context, case_id: UUID, draft: ReferralDraft) -> ReferralView:
    """Refer a case to another agency, with or without consent; the sender owns it until acceptance."""
    case = ctx.load(Case, case_id)
    _still_open(case)
    check_draft(draft, case.owner_agency)
    _agency(ctx, draft.to_agency, "to_agency")
    ctx.codes(
        ("sharing_ground", draft.ground or "", "ground"),
        ("meeting_role", draft.keep_role or "", "keep_role"),
        *(("consent_item", item, f"items.{n}") for n, item in enumerate(draft.items)),
    )
    if _pending(ctx, case):
        raise Refused("referral_pending")
    row = _new(ctx, case, draft, thread=_consent(ctx, case, draft))
    ctx.visit.about(row)
    ctx.add(row)
    ctx.seal(row, reason=draft.reason, wishes=draft.wishes)
    segments = case_queries.segments_for(ctx, case, draft.segments, to_basis=None, to_item=None)
    ctx.add(*(ReferralSegment(referral_id=row.id, segment_id=segment.id) for segment in segments))
    _disclosed(ctx, case, row, draft.reason)
    ctx.session.flush()
    return queries.view(ctx, row)


@use_case(P.REFERRAL_SEND, event="referral.sent_from_intake")
def refer_intake(ctx: Context, intake_id: UUID, draft: ReferralDraft) -> ReferralView:
    """Refer an intake: its case is opened with the same owner and the referral is sent, in one act."""
    ctx.load(Intake, intake_id, permission=P.INTAKE_SCREEN)
    case = intake.refer(ctx, intake_id)
    return send(ctx, case.id, draft)


@use_case(P.REFERRAL_ANSWER, event="referral.acknowledged")
def acknowledge(ctx: Context, referral_id: UUID) -> ReferralView:
    """Acknowledge that the referral was seen; the clock of working days stops."""
    row = ctx.load(Referral, referral_id)
    row.state = REFERRAL.after(row.state, "acknowledge").value
    _seen(ctx, row)
    return _saved(ctx, row)


@use_case(P.REFERRAL_ANSWER, event="referral.accepted")
def accept(ctx: Context, referral_id: UUID, draft: AcceptDraft) -> ReferralView:
    """Accept by a named person of the receiver, the actor by default: the case's ownership moves now (I2)."""
    row = ctx.load(Referral, referral_id)
    taker = draft.accepted_by or ctx.actor.id
    state = REFERRAL.after(row.state, "accept", AnswerFacts(accepted_by=taker))
    accounts.staff_in_agency(ctx, taker, row.to_agency, field="accepted_by")
    case = ctx.load(Case, row.case_id)
    _still_open(case)
    cases.change_owner(ctx, case, taker, row.to_agency, None, field="accepted_by")
    _keep_role(ctx, case, row)
    row.accepted_by = row.owner_id = taker
    row.owner_agency = row.to_agency
    _answer(ctx, row, state)
    return _saved(ctx, row)


@use_case(P.REFERRAL_ANSWER, event="referral.returned")
def return_(ctx: Context, referral_id: UUID, draft: ReturnDraft) -> ReferralView:
    """Return it with a reason; coordinators see it, and a repeated return is proposed for 支援会議 (I3)."""
    row = ctx.load(Referral, referral_id)
    state = REFERRAL.after(row.state, "return", AnswerFacts(reason=draft.reason))
    ctx.codes(("return_reason", draft.reason or "", "reason"))
    case = ctx.load(Case, row.case_id)
    row.return_reason = draft.reason
    ctx.seal(row, return_text=draft.text)
    _answer(ctx, row, state)
    ctx.session.flush()
    _propose_if_repeated(ctx, case, draft.text or draft.reason or "")
    return _saved(ctx, row)


@use_case(P.REFERRAL_ANSWER, event="referral.forwarded")
def forward(ctx: Context, referral_id: UUID, draft: ForwardDraft) -> ReferralView:
    """Forward it to exactly one next agency; the chain stays visible and the sender still owns the case."""
    row = ctx.load(Referral, referral_id)
    path = (*queries.words(row.path), row.to_agency)
    facts = AnswerFacts(next_agency=draft.to_agency, path=path, owner_agency=row.from_agency)
    state = REFERRAL.after(row.state, "forward", facts)
    target = _agency(ctx, draft.to_agency or "", "to_agency")
    case = ctx.load(Case, row.case_id)
    _still_open(case)
    following = _next(ctx, row, target.code, path)
    if row.with_consent:
        following.consent_thread = _consent_to(ctx, case, target.code, queries.words(row.items))
    segments = [part.segment_id for part in ctx.parts(row, ReferralSegment)]
    reason = ctx.unseal(row, "reason") or ""
    _disclosed(ctx, case, following, reason)
    row.forwarded_to = target.code
    _answer(ctx, row, state)
    ctx.session.flush()  # the old row stops waiting before the next one starts: one receiver at a time
    ctx.add(following)
    ctx.seal(following, reason=reason, wishes=ctx.unseal(row, "wishes"), forward_text=draft.text)
    ctx.add(*(ReferralSegment(referral_id=following.id, segment_id=segment) for segment in segments))
    return _saved(ctx, row)


@use_case(P.REFERRAL_WITHDRAW, event="referral.withdrawn")
def withdraw(ctx: Context, referral_id: UUID) -> ReferralView:
    """Withdraw a referral that was not answered yet."""
    row = ctx.load(Referral, referral_id)
    _end(ctx, row, REFERRAL.after(row.state, "withdraw"))
    return _saved(ctx, row)


@use_case(P.REFERRAL_COMPLETE, event="referral.completed")
def complete(ctx: Context, referral_id: UUID, draft: CompleteDraft) -> ReferralView:
    """Confirm to the sender that the person was actually contacted, and on which day."""
    row = ctx.load(Referral, referral_id)
    facts = AnswerFacts(today=ctx.today, completed_on=draft.completed_on, sent_on=tokyo_date(row.sent_at))
    row.state = REFERRAL.after(row.state, "complete", facts).value
    row.completed_on = draft.completed_on
    row.completed_by = ctx.actor.id
    row.completed_at = ctx.now
    case = ctx.one(ctx.select(Case).where(Case.id == row.case_id).with_for_update(of=Case))
    if case is not None and draft.completed_on is not None:
        cases.touch_contact(ctx, case, _moment(draft.completed_on, ctx.now))
    return _saved(ctx, row)


# -- inside ------------------------------------------------------------------------------------------


def _still_open(case: Case) -> None:
    if CaseState(case.state) in ENDED:
        raise Refused("referral_case_ended")


def _agency(ctx: Context, code: str, field: str) -> Agency:
    """An agency in service; not locked, because many refer to one agency at the same time."""
    query = ctx.select(Agency, permission=P.DIRECTORY_READ).where(
        Agency.code == code, or_(Agency.retired_on.is_(None), Agency.retired_on > ctx.today)
    )
    found: Agency | None = ctx.one(query)
    if found is None:
        raise BadInput("unknown_agency", field)
    return found


def _pending(ctx: Context, case: Case) -> list[Referral]:
    return ctx.parts(case, Referral, Referral.state.in_(sorted(state.value for state in PENDING)))


def _consent(ctx: Context, case: Case, draft: ReferralDraft) -> UUID | None:
    return _consent_to(ctx, case, draft.to_agency, draft.items) if draft.with_consent else None


def _consent_to(ctx: Context, case: Case, agency: str, items: tuple[str, ...]) -> UUID:
    """The thread of the consent in force now for this receiver and these items (I10)."""
    wish = Sharing(PURPOSE, frozenset({agency}), frozenset(items), ctx.today)
    found = case_queries.consent_for(ctx, case, wish)
    if found is None:
        raise Refused("referral_consent_missing", "with_consent")
    return found.thread_id


def _new(ctx: Context, case: Case, draft: ReferralDraft, *, thread: UUID | None) -> Referral:
    referral_id = new_id()
    return Referral(
        id=referral_id,
        number=number_for("R", ctx.today, referral_id),
        case_id=case.id,
        state=REFERRAL.start.value,
        path="",
        owner_id=case.owner_id,
        owner_agency=case.owner_agency,
        from_staff=ctx.actor.id,
        from_agency=case.owner_agency,
        to_agency=draft.to_agency,
        urgent=draft.urgent,
        with_consent=draft.with_consent,
        consent_thread=thread,
        ground=draft.ground,
        keep_role=draft.keep_role,
        items=",".join(draft.items),
        sent_at=ctx.now,
        ack_due_at=_due(ctx, urgent=draft.urgent),
    )


def _next(ctx: Context, row: Referral, agency: str, path: tuple[str, ...]) -> Referral:
    """The next row of the chain: same matter and sender, another receiver, a new clock."""
    referral_id = new_id()
    return Referral(
        id=referral_id,
        number=number_for("R", ctx.today, referral_id),
        case_id=row.case_id,
        state=REFERRAL.start.value,
        previous_id=row.id,
        path=",".join(path),
        owner_id=row.owner_id,
        owner_agency=row.owner_agency,
        from_staff=row.from_staff,
        from_agency=row.from_agency,
        to_agency=agency,
        urgent=row.urgent,
        with_consent=row.with_consent,
        consent_thread=row.consent_thread,
        ground=row.ground,
        keep_role=row.keep_role,
        items=row.items,
        sent_at=ctx.now,
        ack_due_at=_due(ctx, urgent=row.urgent),
    )


def _due(ctx: Context, *, urgent: bool) -> datetime:
    """Acknowledge within 2 working days, 1 if urgent (settings)."""
    settings = ctx.settings
    days = settings.referral_acknowledge_days_urgent if urgent else settings.referral_acknowledge_days
    return due_after(ctx.now, days)


def _seen(ctx: Context, row: Referral) -> None:
    if row.acknowledged_at is None:
        row.acknowledged_at = ctx.now
        row.acknowledged_by = ctx.actor.id


def _end(ctx: Context, row: Referral, state: StrEnum) -> None:
    """The waiting for an answer ends, by whom and when (I19)."""
    row.state = ReferralState(state).value
    row.answered_at = ctx.now
    row.answered_by = ctx.actor.id


def _answer(ctx: Context, row: Referral, state: StrEnum) -> None:
    """An answer is an acknowledgement too."""
    _seen(ctx, row)
    _end(ctx, row, state)


def _disclosed(ctx: Context, case: Case, row: Referral, what: str) -> None:
    """Every sending is a record of what was told to whom on which ground (I11)."""
    cases.record_disclosure(
        ctx,
        case,
        to_agency=row.to_agency,
        ground=f"{CONSENT_PREFIX}{row.consent_thread}" if row.with_consent else row.ground or "",
        channel="referral",
        items=queries.words(row.items),
        what=what,
    )


def _keep_role(ctx: Context, case: Case, row: Referral) -> None:
    """The sender, who owned it until now, keeps a part in the case if the referral said so."""
    if row.keep_role is not None:
        kept = AssignmentDraft(agency=row.owner_agency, staff_id=row.owner_id, role=row.keep_role)
        cases.add_assignment(ctx, case, kept)


def _propose_if_repeated(ctx: Context, case: Case, text: str) -> None:
    """The second return of the same matter (setting) goes to 支援会議, once (I3)."""
    returned = ctx.parts(case, Referral, Referral.state == ReferralState.RETURNED.value)
    if len(returned) < ctx.settings.return_limit:
        return
    waiting = ctx.parts(
        case, MeetingProposal, MeetingProposal.cause == SECOND_RETURN, MeetingProposal.taken_at.is_(None)
    )
    if not waiting:
        cases.propose(ctx, case, text, SECOND_RETURN)


def _moment(day: date, now: datetime) -> datetime:
    """Noon in Japan of that day, or now if that is earlier."""
    return min(datetime.combine(day, time(12), TOKYO), now)


def _saved(ctx: Context, row: Referral) -> ReferralView:
    ctx.session.flush()
    return queries.view(ctx, row)
