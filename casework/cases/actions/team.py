"""Who works on a case and who may read it: assignments, issues of the cover, and named grants."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from ...accounts.models import StaffRole
from ...accounts.queries import in_force, staff_in_agency
from ...accounts.standing import rights_taken
from ...kernel.actor import Permission as P
from ...kernel.actor import Role
from ...kernel.errors import BadInput, NotFound, Refused
from ...usecase import Context, use_case
from ..models import AccessGrant, Assignment, Case, CaseIssue
from ..queries.cover import assignment_view, cover_of, grant_view
from ..rules import (
    AssignmentDraft,
    AssignmentView,
    CaseView,
    GrantDraft,
    GrantView,
    IssuesDraft,
    check_issues,
    grant_period,
    needs_running,
)
from .steps import add_assignment


@use_case(P.CASE_ASSIGN, event="case.assigned")
def assign(ctx: Context, case_id: UUID, draft: AssignmentDraft) -> AssignmentView:
    """Give an agency a part in a case: role, person, task and due date."""
    case = ctx.load(Case, case_id)
    needs_running(case.state)
    return assignment_view(ctx, add_assignment(ctx, case, draft))


@use_case(P.CASE_ASSIGN, event="case.assignment_ended")
def end_assignment(ctx: Context, case_id: UUID, assignment_id: UUID) -> AssignmentView:
    """End an agency's part in a case; it sees the case no longer."""
    case = ctx.load(Case, case_id)
    rows = ctx.parts(case, Assignment, Assignment.id == assignment_id)
    if not rows:
        raise NotFound("assignment", str(assignment_id))
    row = rows[0]
    if row.ends_at is not None and row.ends_at <= ctx.now:
        raise Refused("assignment_over")
    row.ends_at = ctx.now
    return assignment_view(ctx, row)


@use_case(P.CASE_WRITE, event="case.issues_changed")
def edit_issues(ctx: Context, case_id: UUID, draft: IssuesDraft) -> CaseView:
    """Set the topics, issues and compound issues of a case, and when contact is next due."""
    case = ctx.load(Case, case_id)
    needs_running(case.state)
    check_issues(draft.issues)
    ctx.codes(*((issue.list, issue.code, f"issues.{i}.code") for i, issue in enumerate(draft.issues)))
    kept = {(row.list, row.code): row for row in ctx.parts(case, CaseIssue)}
    for issue in draft.issues:
        row = kept.pop((issue.list, issue.code), None)
        if row is None:
            ctx.add(CaseIssue(case_id=case.id, list=issue.list, code=issue.code, main=issue.main))
        else:
            row.main = issue.main
    for row in kept.values():
        ctx.delete(row)
    case.next_contact_on = draft.next_contact_on
    case.issue_revision += 1
    return cover_of(ctx, case)


@use_case(P.CASE_GRANT, event="case.granted", confirmed=True)
def grant_access(ctx: Context, case_id: UUID, draft: GrantDraft) -> GrantView:
    """Give a supervisor named, dated leave to read one case for a purpose; nobody gives it to themselves."""
    case = ctx.load(Case, case_id)
    if draft.staff_id == ctx.actor.id:
        raise Refused("grant_to_oneself", "staff_id")
    begins = grant_period(draft, ctx.now, ctx.settings.grant_days)
    ctx.codes(("grant_purpose", draft.purpose_code, "purpose_code"))
    staff_in_agency(ctx, draft.staff_id, draft.agency, field="staff_id")
    held = select(StaffRole.id).where(
        StaffRole.staff_id == draft.staff_id,
        StaffRole.agency == draft.agency,
        StaffRole.role == Role.SUPERVISOR.value,
        in_force(ctx),
    )
    if ctx.session.scalar(held.limit(1)) is None:
        raise BadInput("grant_for_supervisors", "staff_id")
    row = AccessGrant(
        case_id=case.id,
        staff_id=draft.staff_id,
        purpose_code=draft.purpose_code,
        given_by=ctx.actor.id,
        given_at=ctx.now,
        begins_at=begins,
        ends_at=draft.ends_at,
    )
    ctx.add(row)
    ctx.seal(row, purpose=draft.purpose)
    return grant_view(ctx, row)


@use_case(P.CASE_GRANT, event="case.grant_ended")
def end_grant(ctx: Context, case_id: UUID, grant_id: UUID) -> GrantView:
    """End a grant at once."""
    case = ctx.load(Case, case_id)
    rows = ctx.parts(case, AccessGrant, AccessGrant.id == grant_id)
    if not rows:
        raise NotFound("access_grant", str(grant_id))
    row = rows[0]
    if row.ends_at <= ctx.now:
        raise Refused("grant_over")
    row.ends_at = ctx.now
    rights_taken(ctx.session, row.staff_id)
    return grant_view(ctx, row)
