"""Moves of a case and of its responsibility: assessment, planning, follow-up, reopening, owner, lead, 多機関協働."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_

from ...kernel.actor import Permission as P
from ...kernel.actor import Role
from ...kernel.errors import Refused
from ...usecase import Context, use_case
from ..models import Assessment, Assignment, Case, CaseIssue, CasePerson
from ..queries.cover import cover_of
from ..queries.steps import consent_for
from ..rules import (
    CASE,
    CaseFacts,
    CaseOpening,
    CaseView,
    HandOverDraft,
    LeadDraft,
    MoveDraft,
    ReopenDraft,
    Sharing,
    StepOutDraft,
    needs_named_lead,
    needs_owner_state,
    needs_running,
)
from .steps import advance, change_owner, note_step, open_case, set_lead

PLAN_SHARING = "plan_conference_sharing"


@use_case(P.CASE_ASSESS, event="case.assessment_started")
def start_assessment(ctx: Context, case_id: UUID, draft: MoveDraft) -> CaseView:
    """Begin the assessment of a case; 主担当 agency and person must be named."""
    case = ctx.load(Case, case_id)
    advance(ctx, case, "assess", CaseFacts(lead_id=case.lead_id, lead_agency=case.lead_agency), draft.why)
    return cover_of(ctx, case)


@use_case(P.CASE_PLAN, event="case.planning_started")
def start_planning(ctx: Context, case_id: UUID, draft: MoveDraft) -> CaseView:
    """Begin planning; the assessment is saved and every subject agreed to sharing in 重層的支援会議 (I6)."""
    case = ctx.load(Case, case_id)
    wish = Sharing(PLAN_SHARING, frozenset(), frozenset(), ctx.today)
    facts = CaseFacts(
        assessed=bool(ctx.parts(case, Assessment)), consent_in_force=consent_for(ctx, case, wish) is not None
    )
    advance(ctx, case, "plan", facts, draft.why)
    return cover_of(ctx, case)


@use_case(P.CASE_FOLLOW_UP, event="case.follow_up_started")
def follow_up(ctx: Context, case_id: UUID, draft: MoveDraft) -> CaseView:
    """Follow a closed case up."""
    case = ctx.load(Case, case_id)
    advance(ctx, case, "follow_up", CaseFacts(), draft.why)
    return cover_of(ctx, case)


@use_case(P.CASE_REOPEN, event="case.reopened")
def reopen(ctx: Context, case_id: UUID, draft: ReopenDraft) -> CaseView:
    """Begin a new episode for an ended case; the earlier record stays as it is, read-only, and is linked."""
    case = ctx.load(Case, case_id)
    CASE.find(case.state, "reopen")
    people = ctx.parts(case, CasePerson)

    def in_role(role: str) -> tuple[UUID, ...]:
        return tuple(link.person_id for link in people if link.role == role)

    opening = CaseOpening(
        owner_id=ctx.actor.id,
        owner_agency=draft.agency,
        subjects=in_role("subject"),
        household_members=in_role("household"),
        others=in_role("other"),
        household_id=case.household_id,
        window=case.window,
        previous_id=case.id,
        next_contact_on=draft.next_contact_on,
        danger=case.danger,
    )
    issues = ctx.parts(case, CaseIssue)
    advance(ctx, case, "reopen", CaseFacts(), draft.reason)
    fresh = open_case(ctx, opening)
    ctx.add(*(CaseIssue(case_id=fresh.id, list=row.list, code=row.code, main=row.main) for row in issues))
    return cover_of(ctx, fresh)


@use_case(P.CASE_HAND_OVER, event="case.handed_over")
def hand_over(ctx: Context, case_id: UUID, draft: HandOverDraft) -> CaseView:
    """Give a case to another owner: within the division, or anywhere by a coordinator. Between divisions use つなぎ."""
    case = ctx.load(Case, case_id)
    needs_owner_state(case.state)
    if draft.agency != case.owner_agency and Role.COORDINATOR not in ctx.actor.roles:
        raise Refused("hand_over_elsewhere", "agency")
    change_owner(ctx, case, draft.owner_id, draft.agency, draft.reason)
    return cover_of(ctx, case)


@use_case(P.CASE_ASSIGN, event="case.lead_named")
def name_lead(ctx: Context, case_id: UUID, draft: LeadDraft) -> CaseView:
    """Name the 主担当 of a case, agency and person."""
    case = ctx.load(Case, case_id)
    needs_running(case.state)
    set_lead(ctx, case, draft.lead_id, draft.agency)
    return cover_of(ctx, case)


@use_case(P.CASE_STEP_OUT, event="case.stepped_out")
def step_out(ctx: Context, case_id: UUID, draft: StepOutDraft) -> CaseView:
    """Let 多機関協働 step out of a case; roles are agreed and another 主担当 is named (I14)."""
    case = ctx.load(Case, case_id)
    needs_running(case.state)
    if not case.multi_agency:
        raise Refused("not_in_multi_agency")
    if draft.lead_id is not None and draft.lead_agency is not None:
        set_lead(ctx, case, draft.lead_id, draft.lead_agency)
    running = or_(Assignment.ends_at.is_(None), Assignment.ends_at > ctx.now)
    needs_named_lead(
        case.lead_id,
        case.lead_agency,
        stepping_out=ctx.actor.id,
        roles=len(ctx.parts(case, Assignment, running)),
    )
    case.multi_agency = False
    note_step(ctx, case, "stepped_out", draft.reason)
    return cover_of(ctx, case)


@use_case(P.CASE_STEP_OUT, event="case.taken_up")
def take_up(ctx: Context, case_id: UUID, draft: MoveDraft) -> CaseView:
    """Take a case up into 多機関協働; its owner stays until somebody accepts it."""
    case = ctx.load(Case, case_id)
    needs_running(case.state)
    if case.multi_agency:
        raise Refused("already_multi_agency")
    case.multi_agency = True
    note_step(ctx, case, "taken_up", draft.why)
    return cover_of(ctx, case)
