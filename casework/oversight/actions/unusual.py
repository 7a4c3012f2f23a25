"""Looking for unusual access, and reviewing what was found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from ...accounts.models import Staff
from ...audit.models import AuditEntry
from ...kernel.actor import Permission as P
from ...kernel.clock import TOKYO, tokyo_date
from ...kernel.errors import Refused
from ...usecase import Context, use_case
from ..models import UnusualAccess
from ..queries.unusual import alarms, view
from ..queries.visits import known, looks
from ..rules.unusual import FindingState, FindingView, Hit, ReviewDraft, UnusualRule, hits

DAYS = 2  # yesterday and today: each night's run sees every day whole once


@use_case(P.ACCESS_SCAN, event="access.scanned")
def scan(ctx: Context, days: int = DAYS) -> int:
    """Look at the visits of the last days; how many findings are new. Asked again, it finds nothing twice.

    An open finding grows with what came later on its day; a reviewed one stays as it was reviewed.
    """
    ctx.select(AuditEntry)
    first = ctx.today - timedelta(days=days - 1)
    begin = datetime.combine(first - timedelta(days=1), time(), TOKYO)  # a night began the day before
    visits = looks(ctx, begin, ctx.now + timedelta(seconds=1))
    found = [hit for hit in hits(visits, known(ctx, visits, begin)) if hit.day >= first]
    return _store(ctx, [*found, *_limits(ctx, first)])


def _limits(ctx: Context, first: date) -> Iterator[Hit]:
    """People who opened more records in an hour than the alarm allows, by day."""
    worst: dict[tuple[str, date], Hit] = {}
    for row in alarms(ctx):
        day = tokyo_date(row.hour)
        hit = Hit(
            UnusualRule.READ_LIMIT,
            row.actor,
            day,
            row.hour,
            row.hour + timedelta(hours=1),
            (("opened", row.opened),),
        )
        known_hit = worst.get((row.actor, day))
        if day >= first and (known_hit is None or known_hit.numbers < hit.numbers):
            worst[row.actor, day] = hit
    yield from worst.values()


def _store(ctx: Context, found: list[Hit]) -> int:
    actors = {UUID(hit.actor) for hit in found}
    staff = {s.id for s in ctx.all(ctx.select(Staff).where(Staff.id.in_(actors)))}
    query = ctx.select(UnusualAccess).where(UnusualAccess.actor_id.in_(actors))
    there = {(row.rule, row.actor_id, row.day): row for row in ctx.all(query)}
    new = 0
    for hit in found:
        who = UUID(hit.actor)
        row = there.get((hit.rule.value, who, hit.day))
        numbers = json.dumps(dict(hit.numbers), sort_keys=True)
        if row is None and who in staff:
            new += 1
            ctx.add(
                UnusualAccess(
                    rule=hit.rule.value,
                    actor_id=who,
                    day=hit.day,
                    since=hit.since,
                    until=hit.until,
                    numbers=numbers,
                    state=FindingState.OPEN.value,
                    found_at=ctx.now,
                )
            )
        elif row is not None and row.state == FindingState.OPEN.value and row.until < hit.until:
            row.until, row.numbers = hit.until, numbers
    return new


@use_case(P.ACCESS_REVIEW, event="access.reviewed")
def review(ctx: Context, finding_id: UUID, draft: ReviewDraft) -> FindingView:
    """Say what came of a finding, once; NotFound for a finding about oneself."""
    row = ctx.load(UnusualAccess, finding_id)
    if row.state != FindingState.OPEN.value:
        raise Refused("finding_reviewed")
    ctx.new_owner(row.id)
    row.state, row.verdict = FindingState.REVIEWED.value, draft.verdict.value
    ctx.seal(row, text=draft.text)
    row.reviewed_by, row.reviewed_at = ctx.actor.id, ctx.now
    ctx.session.flush()
    return view(ctx, row)
