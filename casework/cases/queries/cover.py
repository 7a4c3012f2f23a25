"""The cover of a case file, its team, its grants and its assessment. Reading a case is an event."""

from __future__ import annotations

from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.errors import NotFound
from ...usecase import Context, use_case
from ..models import (
    AccessGrant,
    Alert,
    Assessment,
    AssessmentSection,
    Assignment,
    Case,
    CaseIssue,
    Disclosure,
    PersonFact,
)
from ..rules import (
    CASE,
    AlertView,
    AssessmentView,
    AssignmentView,
    CaseView,
    DisclosureView,
    FactView,
    GrantView,
    IssueView,
    SectionView,
)
from .steps import people_of

COVER = (
    "id",
    "number",
    "state",
    "version",
    "owner_id",
    "owner_agency",
    "lead_id",
    "lead_agency",
    "multi_agency",
    "danger",
    "to_be_approved",
    "previous_id",
    "household_id",
    "window",
    "opened_at",
    "last_contact_at",
    "next_contact_on",
    "closed_at",
    "close_reason",
    "interrupt_reason",
    "after_lead_agency",
    "after_lead_id",
    "protected",
)


@use_case(P.CASE_READ, event="case.read", reads=True)
def read_case(ctx: Context, case_id: UUID) -> CaseView:
    """Open the cover of a case: owner, lead, people, issues, assignments, and the moves this actor may make."""
    return cover_of(ctx, ctx.load(Case, case_id))


def cover_of(ctx: Context, case: Case) -> CaseView:
    """Step: the cover of a case that was loaded, with everything written so far."""
    ctx.session.flush()
    issues = ctx.parts(case, CaseIssue, order=(CaseIssue.list))
    return CaseView(
        **{name: getattr(case, name) for name in COVER},
        people=tuple(people_of(ctx, case)),
        issues=tuple(IssueView(row.list, row.code, row.main) for row in issues),
        assignments=tuple(assignment_view(ctx, row) for row in ctx.parts(case, Assignment)),
        moves=ctx.moves(CASE, case),
    )


def assignment_view(ctx: Context, row: Assignment) -> AssignmentView:
    return AssignmentView(
        row.id, row.agency, row.staff_id, row.role, ctx.unseal(row, "task"), row.due_on, row.ends_at
    )


def grant_view(ctx: Context, row: AccessGrant) -> GrantView:
    return GrantView(
        row.id,
        row.staff_id,
        row.purpose_code,
        ctx.unseal(row, "purpose"),
        row.given_by,
        row.given_at,
        row.begins_at,
        row.ends_at,
    )


@use_case(P.CASE_GRANT, event="case.grants_read", reads=True)
def grants(ctx: Context, case_id: UUID) -> tuple[GrantView, ...]:
    """List who was given leave to read a case, ended grants included; nothing of the case's content."""
    case = ctx.load(Case, case_id)
    return tuple(grant_view(ctx, row) for row in ctx.parts(case, AccessGrant))


def alert_view(ctx: Context, row: Alert) -> AlertView:
    return AlertView(
        row.id,
        row.kind,
        ctx.unseal(row, "text"),
        row.reported_to,
        row.reported_at,
        row.raised_by,
        row.raised_at,
    )


@use_case(P.CASE_READ, event="case.alerts_read", reads=True)
def alerts(ctx: Context, case_id: UUID) -> tuple[AlertView, ...]:
    """List the alerts of a case, newest first, whatever its state."""
    case = ctx.load(Case, case_id)
    return tuple(alert_view(ctx, row) for row in reversed(ctx.parts(case, Alert)))


def disclosure_view(ctx: Context, row: Disclosure) -> DisclosureView:
    return DisclosureView(
        row.id,
        row.to_agency,
        row.ground,
        row.channel,
        tuple(code for code in row.items.split(",") if code),
        ctx.unseal(row, "what"),
        row.by,
        row.at,
    )


@use_case(P.CASE_READ, event="case.disclosures_read", reads=True)
def disclosures(ctx: Context, case_id: UUID) -> tuple[DisclosureView, ...]:
    """List what was told outside the division, newest first: what, to whom, on what ground, by whom."""
    case = ctx.load(Case, case_id)
    return tuple(disclosure_view(ctx, row) for row in reversed(ctx.parts(case, Disclosure)))


@use_case(P.NOTE_READ, event="assessment.read", reads=True)
def read_assessment(ctx: Context, case_id: UUID, *, revision: int | None = None) -> AssessmentView:
    """Read the newest assessment of a case, or an earlier revision."""
    case = ctx.load(Case, case_id)
    rows = ctx.parts(case, Assessment, order=Assessment.revision)
    wanted = [row for row in rows if revision is None or row.revision == revision]
    if not wanted:
        raise NotFound("assessment", str(revision or ""))
    return assessment_view(ctx, wanted[-1], len(rows))


def assessment_view(ctx: Context, row: Assessment, revisions: int) -> AssessmentView:
    sections = ctx.parts(row, AssessmentSection)
    return AssessmentView(
        id=row.id,
        revision=row.revision,
        revisions=revisions,
        housing_kind=row.housing_kind,
        author_id=row.author_id,
        saved_at=row.saved_at,
        sections=tuple(SectionView(part.section, ctx.unseal(part, "text")) for part in sections),
        facts=tuple(FactView(part.person_id, part.list, part.code) for part in ctx.parts(row, PersonFact)),
    )
