"""Reading 緊急閲覧 (who, when, until, verdict), and the grants in force, of the cases one may know of."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select

from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput
from ...usecase import Context, Page, use_case
from ...usecase.page import after_moment, cut
from ..models import AccessGrant, Case, EmergencyAccess
from ..rules import EmergencyView, GrantLine, same_number

WHICH = ("all", "own", "waiting", "late")


@use_case(P.EMERGENCY_READ, event="emergency.listed", reads=True)
def emergencies(ctx: Context, *, which: str = "all", after: str | None = None) -> Page[EmergencyView]:
    """List emergency accesses, the newest first: one's own, those of one's cases, those one oversees.

    `which`: all, own, waiting (for a review) or late (their review is overdue).
    """
    if which not in WHICH:
        raise BadInput("unknown_choice", "which")
    query = _narrowed(ctx, ctx.select(EmergencyAccess), which)
    query = after_moment(query, EmergencyAccess.begins_at, EmergencyAccess.id, after)
    rows = ctx.all(query.limit(ctx.settings.page_size + 1))
    shown, following = cut(rows, ctx.settings.page_size, lambda row: (row.begins_at, row.id))
    return Page(tuple(_views(ctx, shown)), following)


def _narrowed(
    ctx: Context, query: Select[tuple[EmergencyAccess]], which: str
) -> Select[tuple[EmergencyAccess]]:
    if which == "own":
        return query.where(EmergencyAccess.staff_id == ctx.actor.id)
    if which in ("waiting", "late"):
        query = query.where(EmergencyAccess.verdict.is_(None))
    return query.where(EmergencyAccess.review_due_at <= ctx.now) if which == "late" else query


@use_case(P.EMERGENCY_READ, event="emergency.read", reads=True)
def read_emergency(ctx: Context, access_id: UUID) -> EmergencyView:
    """Read one emergency access with its reason and its review."""
    return _views(ctx, [ctx.load(EmergencyAccess, access_id)])[0]


@use_case(P.CASE_READ, event="case.emergencies_read", reads=True)
def emergencies_of(ctx: Context, case_id: UUID) -> tuple[EmergencyView, ...]:
    """List who opened this case by emergency access, until when, and what the review said."""
    case = ctx.load(Case, case_id)
    rows = reversed(ctx.parts(case, EmergencyAccess, order=EmergencyAccess.begins_at))
    return tuple(emergency_view(ctx, row, case.number) for row in rows)


def _views(ctx: Context, rows: Sequence[EmergencyAccess]) -> list[EmergencyView]:
    """With the numbers of those cases that the reader may know of."""
    wanted = sorted({row.case_id for row in rows})
    known: dict[UUID, str] = {}
    for permission in (P.CASE_READ, P.CASE_GRANT):
        if wanted and ctx.policy.ever(ctx.actor, permission):
            query = ctx.select(Case, permission=permission).where(Case.id.in_(wanted))
            found = ctx.tuples(Case, query.with_only_columns(Case.id, Case.number))
            known |= {row.id: row.number for row in found}
    return [emergency_view(ctx, row, known.get(row.case_id)) for row in rows]


def emergency_view(ctx: Context, row: EmergencyAccess, number: str | None = None) -> EmergencyView:
    """Step: an access that was loaded or written."""
    return EmergencyView(
        id=row.id,
        case_id=None if number is None else row.case_id,
        number=number,
        staff_id=row.staff_id,
        agency=row.agency,
        category=row.category,
        reason=ctx.unseal(row, "reason"),
        begins_at=row.begins_at,
        until=row.until,
        ends_at=row.ends_at,
        alarm=row.alarm,
        review_due_at=row.review_due_at,
        verdict=row.verdict,
        follow_up=ctx.unseal(row, "follow_up"),
        reviewed_by=row.reviewed_by,
        reviewed_at=row.reviewed_at,
    )


@use_case(P.CASE_GRANT, event="grant.listed", reads=True)
def grants_in_force(
    ctx: Context, *, staff_id: UUID | None = None, number: str | None = None, after: str | None = None
) -> Page[GrantLine]:
    """List the grants that have not ended, those that end last first; of one person or one case if it is named."""
    query = ctx.select(AccessGrant).where(AccessGrant.ends_at > ctx.now)
    if staff_id is not None:
        query = query.where(AccessGrant.staff_id == staff_id)
    if number is not None:
        cases = ctx.select(Case).where(Case.number == same_number(number)).with_only_columns(Case.id)
        query = query.where(AccessGrant.case_id.in_(cases))
    query = after_moment(query, AccessGrant.ends_at, AccessGrant.id, after)
    rows = ctx.all(query.limit(ctx.settings.page_size + 1))
    shown, following = cut(rows, ctx.settings.page_size, lambda row: (row.ends_at, row.id))
    wanted = sorted({row.case_id for row in shown})
    titles = ctx.select(Case).where(Case.id.in_(wanted)).with_only_columns(Case.id, Case.number)
    numbers = {row.id: row.number for row in ctx.tuples(Case, titles)}
    return Page(tuple(_line(row, numbers[row.case_id]) for row in shown), following)


def _line(row: AccessGrant, number: str) -> GrantLine:
    return GrantLine(
        row.id,
        row.case_id,
        number,
        row.staff_id,
        row.purpose_code,
        row.given_by,
        row.begins_at,
        row.ends_at,
    )


@use_case(P.CASE_GRANT, event="grant.case_found", reads=True)
def case_to_grant(ctx: Context, *, number: str) -> UUID | None:
    """Find a case by its number, to give leave to read it; nothing of its content. None if there is none in sight."""
    query = ctx.select(Case).where(Case.number == same_number(number)).with_only_columns(Case.id)
    found = ctx.tuples(Case, query)
    return found[0].id if found else None
