"""消去の保留: a record that is needed beyond its years (a claim, a complaint) is held, with a reason and an end."""

from __future__ import annotations

from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.actor import Role
from ...kernel.errors import BadInput, NotAllowed, Refused
from ...usecase import Context, use_case
from ..models import Hold
from ..queries import past_its_years, record_by_number
from ..queries.standing import hold_view
from ..rules import HoldDraft, HoldView, check_hold


@use_case(P.RETENTION_HOLD, event="retention.held")
def hold(ctx: Context, draft: HoldDraft) -> HoldView:
    """Hold an ended record back from erasure, with a reason and an end."""
    check_hold(draft, ctx.today)
    found = record_by_number(ctx, draft.number)
    if found is None:
        raise BadInput("ended_record_unknown", "number")
    kind, record = found
    schedule, _ = past_its_years(ctx, kind, record)
    if not schedule.hold:
        raise Refused("hold_not_possible", "number")
    row = Hold(
        agency=office(ctx),
        kind=kind.record.value,
        record_id=record.id,
        number=record.number,
        ends_on=draft.ends_on,
        set_by=ctx.actor.id,
        set_at=ctx.now,
    )
    ctx.add(row)
    ctx.seal(row, reason=draft.reason)
    return hold_view(ctx, row)


@use_case(P.RETENTION_HOLD, event="retention.hold_lifted")
def lift(ctx: Context, hold_id: UUID) -> HoldView:
    """End a hold before its day."""
    row = ctx.load(Hold, hold_id)
    if row.lifted_at is not None or row.ends_on < ctx.today:
        raise Refused("hold_over")
    row.lifted_by, row.lifted_at = ctx.actor.id, ctx.now
    return hold_view(ctx, row)


def office(ctx: Context) -> str:
    """Step: the agency for which the officer keeps the records."""
    held = sorted(m.agency for m in ctx.actor.memberships if m.role is Role.PRIVACY_OFFICER)
    if not held:
        raise NotAllowed(P.RETENTION_HOLD.value)
    return held[0]
