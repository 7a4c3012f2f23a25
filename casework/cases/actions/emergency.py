"""緊急閲覧: opening a case for danger to life, ending it early, and the review by another person."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from ...accounts.models import Staff
from ...accounts.standing import rights_taken
from ...audit.models import AuditEntry
from ...kernel.actor import Permission as P
from ...kernel.errors import NotFound, Refused, TooMany
from ...kernel.workdays import due_after
from ...usecase import Context, use_case
from ..models import Case, EmergencyAccess
from ..queries.emergency import emergency_view
from ..rules import (
    EMERGENCY_ROLES,
    REVIEW_DAYS,
    TRIES_PER_ACCESS,
    EmergencyDraft,
    EmergencyView,
    ReviewDraft,
    Verdict,
    check_hours,
    check_review,
    same_number,
)

OPENED = "emergency.opened"
DAY = timedelta(days=1)


@use_case(P.CASE_EMERGENCY, event=OPENED, confirmed=True)
def open_emergency(ctx: Context, draft: EmergencyDraft) -> EmergencyView:
    """Open a case for danger to life, to read it for a few hours; the case's people and 個人情報担当 are told.

    NotFound, always the same, for a number that does not exist, a protected case and a case about oneself. What the
    person may read anyway is Refused; TooMany once the day's accesses or tries are used up.
    """
    check_hours(draft.hours, ctx.settings.emergency_hours)
    ctx.codes(("emergency_kind", draft.category, "category"))
    # Locked, so that two accesses at once are counted one after the other.
    ctx.load(Staff, ctx.actor.id, permission=P.SESSION_OWN)
    opened = _opened_today(ctx)
    number = same_number(draft.number)
    case: Case | None = ctx.one(ctx.select(Case).where(Case.number == number))
    if case is None:
        raise NotFound("case_file", number)
    ctx.visit.kind, ctx.visit.target, ctx.visit.case_id = "case_file", str(case.id), str(case.id)
    if ctx.may(P.CASE_READ, case):
        raise Refused("emergency_not_needed")
    until = ctx.now + timedelta(hours=draft.hours)
    row = EmergencyAccess(
        case_id=case.id,
        staff_id=ctx.actor.id,
        agency=_agency(ctx),
        category=draft.category,
        begins_at=ctx.now,
        until=until,
        ends_at=until,
        alarm=opened + 1 >= ctx.settings.emergency_per_day,
        review_due_at=due_after(ctx.now, REVIEW_DAYS),
    )
    ctx.add(row)
    ctx.seal(row, reason=draft.reason)
    return emergency_view(ctx, row, case.number)


def _opened_today(ctx: Context) -> int:
    """Accesses of the last 24 hours; the trail counts refused tries too, and forgets none."""
    query = select(func.count(AuditEntry.seq)).where(
        AuditEntry.actor == str(ctx.actor.id), AuditEntry.event == OPENED, AuditEntry.at > ctx.now - DAY
    )
    opened = ctx.count(query.where(AuditEntry.outcome == "done"), AuditEntry)
    tries = ctx.count(query.where(AuditEntry.outcome == "not_found"), AuditEntry)
    most = ctx.settings.emergency_per_day
    if opened >= most or tries >= most * TRIES_PER_ACCESS:
        raise TooMany("emergency_limit", most=most)
    return opened


def _agency(ctx: Context) -> str:
    """The division in which the person holds the role that lets them."""
    return min(m.agency for m in ctx.actor.memberships if m.role in EMERGENCY_ROLES)


@use_case(P.CASE_EMERGENCY, event="emergency.ended")
def end_emergency(ctx: Context, access_id: UUID) -> EmergencyView:
    """End one's own emergency access before its time: the danger is over, or it was the wrong case."""
    return _ended(ctx, ctx.load(EmergencyAccess, access_id))


@use_case(P.EMERGENCY_REVIEW, event="emergency.stopped")
def stop_emergency(ctx: Context, access_id: UUID) -> EmergencyView:
    """Stop somebody's emergency access at once."""
    return _ended(ctx, ctx.load(EmergencyAccess, access_id))


def _ended(ctx: Context, row: EmergencyAccess) -> EmergencyView:
    if row.ends_at <= ctx.now:
        raise Refused("emergency_over")
    _end(ctx, row)
    return emergency_view(ctx, row)


def _end(ctx: Context, row: EmergencyAccess) -> None:
    row.ends_at = ctx.now
    rights_taken(ctx.session, row.staff_id)


@use_case(P.EMERGENCY_REVIEW, event="emergency.reviewed", confirmed=True)
def review_emergency(ctx: Context, access_id: UUID, draft: ReviewDraft) -> EmergencyView:
    """Say whether the access was justified; one that was not ends at once, and has a follow-up."""
    row = ctx.load(EmergencyAccess, access_id)
    check_review(draft, accessor=row.staff_id, reviewer=ctx.actor.id, verdict=row.verdict)
    if draft.verdict is Verdict.NOT_JUSTIFIED and row.ends_at > ctx.now:
        _end(ctx, row)
    row.verdict, row.reviewed_by, row.reviewed_at = draft.verdict, ctx.actor.id, ctx.now
    ctx.seal(row, follow_up=draft.follow_up)
    return emergency_view(ctx, row)
