"""Reading 気になる閲覧: findings about others, the open ones first. One never sees a finding about oneself."""

from __future__ import annotations

import json
from uuid import UUID

from ...audit.models import ReadCount
from ...kernel.actor import Permission as P
from ...usecase import Context, Page, use_case
from ...usecase.page import after_moment, cut
from ..models import UnusualAccess
from ..rules.unusual import FindingState, FindingVerdict, FindingView, UnusualRule


@use_case(P.ACCESS_REVIEW, event="access.findings_listed", reads=True)
def findings(
    ctx: Context, *, state: FindingState = FindingState.OPEN, after: str | None = None
) -> Page[FindingView]:
    """List findings in a state, the newest first, without the words of their reviews."""
    size = ctx.settings.page_size
    query = ctx.select(UnusualAccess).where(UnusualAccess.state == state.value)
    query = after_moment(query, UnusualAccess.found_at, UnusualAccess.id, after)
    rows, following = cut(ctx.all(query.limit(size + 1)), size, lambda row: (row.found_at, row.id))
    return Page(tuple(_view(row) for row in rows), following)


@use_case(P.ACCESS_REVIEW, event="access.finding_read", reads=True)
def finding(ctx: Context, finding_id: UUID) -> FindingView:
    """Read one finding with its review."""
    return view(ctx, ctx.load(UnusualAccess, finding_id))


def alarms(ctx: Context) -> list[ReadCount]:
    """Step: hours in which somebody opened more than the alarm allows."""
    query = ctx.select(ReadCount).where(ReadCount.opened >= ctx.settings.read_alarm_per_hour)
    return list(ctx.all(query.order_by(ReadCount.hour)))


def view(ctx: Context, row: UnusualAccess) -> FindingView:
    """Step: a loaded finding with the words of its review."""
    return _view(row, ctx.unseal(row, "text"))


def _view(row: UnusualAccess, text: str | None = None) -> FindingView:
    return FindingView(
        id=row.id,
        rule=UnusualRule(row.rule),
        actor_id=row.actor_id,
        since=row.since,
        until=row.until,
        numbers=dict(sorted(json.loads(row.numbers).items())),
        state=FindingState(row.state),
        verdict=None if row.verdict is None else FindingVerdict(row.verdict),
        text=text,
        reviewed_by=row.reviewed_by,
        reviewed_at=row.reviewed_at,
        version=row.version,
    )
