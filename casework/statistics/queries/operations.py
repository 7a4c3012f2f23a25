"""The operational view of coordinators and chairs: live counts over the cases they may see, never statistics."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import func

from ...agencies.models import Agency
from ...cases.models import Case, Note
from ...cases.rules import IN_SUPPORT
from ...kernel.actor import Permission as P
from ...kernel.clock import tokyo_date
from ...meeting.models import ActionItem, Meeting
from ...plan.models import Plan
from ...plan.rules import PlanState
from ...referral.models import Referral
from ...referral.rules import PENDING, ReferralState
from ...usecase import Context, use_case
from ..rules.operations import (
    RECENT_DAYS,
    Duration,
    LoadLine,
    OperationsView,
    ReturnLine,
    duration,
    waiting,
)


@use_case(P.OPERATIONS_READ, event="operations.read", reads=True)
def operations(ctx: Context) -> OperationsView:
    """How the work stands: waiting つなぎ by age, returns, load per division, what is late, how long steps take."""
    ctx.select(Agency)
    return OperationsView(
        waiting=waiting(_pending(ctx)),
        returns=tuple(_returns(ctx)),
        held=tuple(_load(ctx)),
        reviews_late=_reviews_late(ctx),
        durations=tuple(_durations(ctx)),
    )


def _rows(ctx: Context, query: Any, *columns: Any) -> list[Any]:
    return list(ctx.session.execute(query.with_only_columns(*columns)))


def _pending(ctx: Context) -> list[tuple[str, int]]:
    query = ctx.select(Referral, permission=P.REFERRAL_READ)
    query = query.where(Referral.state.in_(sorted(state.value for state in PENDING)))
    found = _rows(ctx, query, Referral.to_agency, Referral.sent_at)
    return [(row.to_agency, (ctx.today - tokyo_date(row.sent_at)).days) for row in found]


def _returns(ctx: Context) -> list[ReturnLine]:
    since = ctx.now - timedelta(days=RECENT_DAYS)
    query = ctx.select(Referral, permission=P.REFERRAL_READ)
    query = query.where(Referral.state == ReferralState.RETURNED.value, Referral.answered_at >= since)
    query = query.group_by(Referral.from_agency, Referral.to_agency)
    found = _rows(ctx, query, Referral.from_agency, Referral.to_agency, func.count(Referral.id).label("n"))
    lines = [ReturnLine(row.to_agency, row.from_agency, row.n) for row in found]
    return sorted(lines, key=lambda line: (-line.count, line.from_agency, line.to_agency))


def _load(ctx: Context) -> list[LoadLine]:
    cases = ctx.select(Case, permission=P.CASE_LIST).group_by(Case.owner_agency)
    count = func.count(Case.id).label("n")
    held = {r.owner_agency: r.n for r in _rows(ctx, cases.where(Case.is_open()), Case.owner_agency, count)}
    assigns = ctx.policy.ever(
        ctx.actor, P.CASE_ASSIGN
    )  # then the same cases as on the list of those without lead
    leaderless = ctx.select(Case, permission=P.CASE_ASSIGN if assigns else P.CASE_LIST)
    leaderless = leaderless.where(Case.state.in_([s.value for s in IN_SUPPORT]), Case.lead_id.is_(None))
    leaderless = leaderless.group_by(Case.owner_agency)
    without = {r.owner_agency: r.n for r in _rows(ctx, leaderless, Case.owner_agency, count)}
    actions = ctx.select(ActionItem, permission=P.ACTION_READ).where(ActionItem.is_open())
    actions = actions.where(ActionItem.due_on < ctx.today).group_by(ActionItem.owner_agency)
    late = {
        r.owner_agency: r.n
        for r in _rows(ctx, actions, ActionItem.owner_agency, func.count(ActionItem.id).label("n"))
    }
    total = Counter(held) + Counter(without) + Counter(late)
    agencies = sorted(total, key=lambda agency: (-held.get(agency, 0), agency))
    return [LoadLine(a, held.get(a, 0), without.get(a, 0), late.get(a, 0)) for a in agencies]


def _reviews_late(ctx: Context) -> int:
    query = ctx.select(Plan, permission=P.PLAN_READ)
    query = query.where(Plan.state == PlanState.ACTIVE.value, Plan.next_review_on < ctx.today)
    return int(_rows(ctx, query, func.count(Plan.id))[0][0])


def _durations(ctx: Context) -> list[Duration]:
    """From opening a case to its first note and its first decided plan, and from a meeting to its minutes."""
    since = ctx.now - timedelta(days=RECENT_DAYS)
    cases = ctx.select(Case, permission=P.CASE_LIST).where(Case.opened_at >= since)
    opened = {row.id: row.opened_at for row in _rows(ctx, cases, Case.id, Case.opened_at)}
    notes = ctx.select(Note, permission=P.NOTE_READ).where(Note.case_id.in_(opened)).group_by(Note.case_id)
    noted = _rows(ctx, notes, Note.case_id, func.min(Note.happened_at).label("at"))
    plans = ctx.select(Plan, permission=P.PLAN_READ).where(Plan.case_id.in_(opened), Plan.revision == 1)
    decided = _rows(ctx, plans.where(Plan.decided_on.is_not(None)), Plan.case_id, Plan.decided_on)
    held = ctx.select(Meeting, permission=P.MEETING_READ)
    held = held.where(Meeting.held_at >= since, Meeting.confirmed_at.is_not(None))
    confirmed = _rows(ctx, held, Meeting.held_at, Meeting.confirmed_at)
    return [
        duration("first_contact", [_days(row.at - opened[row.case_id]) for row in noted]),
        duration("first_plan", [(row.decided_on - tokyo_date(opened[row.case_id])).days for row in decided]),
        duration("minutes", [_days(row.confirmed_at - row.held_at) for row in confirmed]),
    ]


def _days(passed: timedelta) -> float:
    """Days passed; a note may tell of what happened before the case was opened."""
    return max(0.0, passed.total_seconds() / 86400)
