"""Outreach: start, safety, visits and moves; the ground (支援会議 or consent) is checked each time."""

from __future__ import annotations

from uuid import UUID

from ..accounts.queries import staff_in_agency
from ..agencies.models import Agency
from ..cases.actions import touch_contact
from ..cases.models import Case, CasePerson, ContactAttempt
from ..cases.queries import consent_for
from ..cases.rules import ENDED, Sharing
from ..kernel.actor import Permission as P
from ..kernel.errors import BadInput, Refused
from ..meeting.queries import on_support_meeting
from ..usecase import Context, use_case
from . import queries
from .models import OutreachEpisode, SafetyNote, Visit
from .rules import (
    OUTREACH,
    TIES,
    EpisodeDraft,
    EpisodeView,
    OutreachBasis,
    OutreachFacts,
    OutreachState,
    SafetyDraft,
    StepDraft,
    VisitDraft,
    VisitView,
    check_visit,
)


@use_case(P.OUTREACH_START, event="outreach.started")
def start(ctx: Context, case_id: UUID, draft: EpisodeDraft) -> EpisodeView:
    """Begin outreach for a case, on 支援会議 before consent or on consent after it."""
    case = ctx.load(Case, case_id)
    if case.state in ENDED:
        raise Refused("case_ended")
    ctx.codes(("outreach_trigger", draft.trigger, "trigger"))
    _check_person(ctx, case, draft.person_id)
    staff_in_agency(ctx, draft.worker_id, draft.worker_agency, field="worker_id")
    _check_basis(ctx, case, draft.basis)
    episode = OutreachEpisode(
        case_id=case.id,
        person_id=draft.person_id,
        state=OUTREACH.start.value,
        basis=draft.basis,
        trigger=draft.trigger,
        started_at=ctx.now,
        owner_id=draft.worker_id,
        owner_agency=draft.worker_agency,
    )
    ctx.add(episode)
    ctx.seal(episode, background=draft.background)
    ctx.session.flush()
    return queries.view(ctx, episode)


@use_case(P.OUTREACH_WRITE, event="outreach.safety_written")
def write_safety(ctx: Context, episode_id: UUID, draft: SafetyDraft) -> EpisodeView:
    """Write what to mind and what not to do, with a date on which it is looked at again."""
    episode = ctx.load(OutreachEpisode, episode_id)
    if draft.review_on <= ctx.today:
        raise BadInput("review_date_past", "review_on")
    note = SafetyNote(
        episode_id=episode.id,
        case_id=episode.case_id,
        by_two=draft.by_two,
        review_on=draft.review_on,
        written_by=ctx.actor.id,
        written_at=ctx.now,
    )
    ctx.add(note)
    ctx.seal(note, text=draft.text, not_to_do=draft.not_to_do)
    ctx.session.flush()
    return queries.view(ctx, episode)


@use_case(P.OUTREACH_WRITE, event="outreach.visited")
def visit(ctx: Context, episode_id: UUID, draft: VisitDraft) -> VisitView:
    """Log a visit or attempt with its result; absent, letter left and through the door are results too."""
    episode = ctx.load(OutreachEpisode, episode_id)
    if episode.state in (OutreachState.ENDED, OutreachState.PAUSED):
        raise Refused("outreach_not_running")
    check_visit(draft.at, ctx.now, draft.minutes)
    ctx.codes(("contact_method", draft.method, "method"), ("contact_result", draft.result, "result"))
    notes = ctx.parts(episode, SafetyNote, order=SafetyNote.written_at.desc())
    if notes and notes[0].by_two and draft.method == "home_visit" and not draft.by_two:
        raise Refused("visit_by_two", "by_two")
    case = ctx.load(Case, episode.case_id, permission=P.CASE_READ)
    _check_basis(ctx, case, episode.basis)
    row = _logged(ctx, episode, draft)
    episode.last_visit_at = max(filter(None, (episode.last_visit_at, draft.at)))
    episode.next_on = draft.next_on
    ctx.add(
        ContactAttempt(
            case_id=case.id,
            at=draft.at,
            method=draft.method,
            result=draft.result,
            by=ctx.actor.id,
            recorded_at=ctx.now,
        )
    )
    if draft.result in TIES:
        touch_contact(ctx, case, draft.at)
    ctx.session.flush()
    return queries.visit_view(ctx, row)


@use_case(P.OUTREACH_WRITE, event="outreach.moved")
def step(ctx: Context, episode_id: UUID, move: str, draft: StepDraft) -> EpisodeView:
    """Move an episode on: prepare, approach, relate, plan, accompany, hand_over, stabilise, pause, resume, end."""
    episode = ctx.load(OutreachEpisode, episode_id)
    case = ctx.load(Case, episode.case_id, permission=P.CASE_READ)
    ctx.codes(("outreach_end_reason", draft.end_reason or "", "end_reason"))
    if draft.to_agency is not None:
        ctx.load(Agency, draft.to_agency, permission=P.DIRECTORY_READ, field="to_agency")
    visits = ctx.parts(episode, Visit)
    facts = OutreachFacts(
        contacts=sum(v.result in TIES for v in visits),
        attempts=len(visits),
        consent=_consent(ctx, case),
        handed_to=draft.to_agency,
        end_reason=draft.end_reason,
    )
    episode.state = OUTREACH.after(episode.state, move, facts).value
    if move == "plan":
        episode.basis = OutreachBasis.CONSENT.value
    elif move == "hand_over":
        episode.handed_to = draft.to_agency
    elif move == "end":
        episode.ended_at, episode.end_reason = ctx.now, draft.end_reason
    return queries.view(ctx, episode)


def _logged(ctx: Context, episode: OutreachEpisode, draft: VisitDraft) -> Visit:
    row = Visit(
        episode_id=episode.id,
        case_id=episode.case_id,
        at=draft.at,
        method=draft.method,
        result=draft.result,
        minutes=draft.minutes,
        by_two=draft.by_two,
        basis=episode.basis,
        next_on=draft.next_on,
        by=ctx.actor.id,
        recorded_at=ctx.now,
    )
    ctx.add(row)
    ctx.seal(row, with_whom=draft.with_whom, text=draft.text, next_step=draft.next_step)
    return row


def _check_person(ctx: Context, case: Case, person_id: UUID | None) -> None:
    if person_id is None:
        return
    if person_id not in {row.person_id for row in ctx.parts(case, CasePerson)}:
        raise BadInput("unknown_reference", "person_id")


def _check_basis(ctx: Context, case: Case, basis: str) -> None:
    """Before consent outreach runs under 支援会議; without either it must wait."""
    if basis == OutreachBasis.CONSENT and not _consent(ctx, case):
        raise Refused("outreach_consent_missing", "basis")
    if basis == OutreachBasis.SUPPORT_MEETING and not on_support_meeting(ctx, case):
        raise Refused("outreach_meeting_missing", "basis")


def _consent(ctx: Context, case: Case) -> bool:
    wish = Sharing("plan_conference_sharing", frozenset(), frozenset(), ctx.today)
    return consent_for(ctx, case, wish) is not None
