"""Reading つなぎ: one referral, inbox and sent list, the board, returns and late acknowledgements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ..cases.models import NoteSegment
from ..kernel.actor import Permission as P
from ..kernel.clock import tokyo_date
from ..kernel.errors import BadInput
from ..usecase import Context, Page, use_case
from ..usecase.page import after_moment, cut
from .models import Referral, ReferralSegment
from .rules import OPEN, REFERRAL, OverdueLine, ReferralLine, ReferralState, ReferralView, SharedSegment


def view(ctx: Context, row: Referral) -> ReferralView:
    """A loaded referral with what was shared with it (step); the case itself is not shown."""
    return ReferralView(
        id=row.id,
        number=row.number,
        case_id=row.case_id,
        state=row.state,
        version=row.version,
        owner_id=row.owner_id,
        owner_agency=row.owner_agency,
        from_staff=row.from_staff,
        from_agency=row.from_agency,
        to_agency=row.to_agency,
        path=words(row.path),
        previous_id=row.previous_id,
        reason=ctx.unseal(row, "reason"),
        wishes=ctx.unseal(row, "wishes"),
        urgent=row.urgent,
        with_consent=row.with_consent,
        ground=row.ground,
        keep_role=row.keep_role,
        items=words(row.items),
        segments=_segments(ctx, row),
        sent_at=row.sent_at,
        ack_due_at=row.ack_due_at,
        overdue=is_overdue(ctx, row),
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        accepted_by=row.accepted_by,
        return_reason=row.return_reason,
        return_text=ctx.unseal(row, "return_text"),
        forwarded_to=row.forwarded_to,
        forward_text=ctx.unseal(row, "forward_text"),
        completed_on=row.completed_on,
        moves=ctx.moves(REFERRAL, row),
    )


def is_overdue(ctx: Context, row: Referral) -> bool:
    """No acknowledgement within the working days allowed (setting)."""
    return row.state == ReferralState.SENT and row.ack_due_at < ctx.now


@use_case(P.REFERRAL_READ, event="referral.read", reads=True)
def read(ctx: Context, referral_id: UUID) -> ReferralView:
    """Read one referral."""
    return view(ctx, ctx.load(Referral, referral_id))


@use_case(P.REFERRAL_READ, event="referral.listed", reads=True)
def listing(
    ctx: Context, *, which: str = "inbox", state: str | None = None, after: str | None = None
) -> Page[ReferralLine]:
    """List referrals that await or were taken by one's agency (inbox), or that it sent (sent)."""
    mine = sorted(ctx.actor.agencies)
    query = ctx.select(Referral)
    if which == "inbox":
        query = query.where(Referral.to_agency.in_(mine), Referral.state.in_(sorted(s.value for s in OPEN)))
    elif which == "sent":
        query = query.where(Referral.from_agency.in_(mine))
    else:
        raise BadInput("list_unknown", "which")
    if state is not None:
        query = query.where(Referral.state == state)
    return _lines(ctx, query, after)


@use_case(P.REFERRAL_WATCH, event="referral.board_read", reads=True)
def board(ctx: Context, *, which: str = "open", after: str | None = None) -> Page[ReferralLine]:
    """Show coordinators who holds what since when (open), or what was returned (returned)."""
    query = ctx.select(Referral, permission=P.REFERRAL_READ)
    if which == "open":
        query = query.where(Referral.is_open())
    elif which == "returned":
        query = query.where(Referral.state == ReferralState.RETURNED.value)
    else:
        raise BadInput("list_unknown", "which")
    return _lines(ctx, query, after)


@use_case(P.REFERRAL_WATCH, event="referral.overdue_read", reads=True)
def overdue(ctx: Context, *, after: str | None = None) -> Page[OverdueLine]:
    """List late acknowledgements for supervisors of both sides and coordinators, without names."""
    query = ctx.select(Referral).where(
        Referral.state == ReferralState.SENT.value, Referral.ack_due_at < ctx.now
    )
    rows, following = _page(ctx, query, after)
    lines = (
        OverdueLine(
            number=row.number,
            from_agency=row.from_agency,
            to_agency=row.to_agency,
            urgent=row.urgent,
            sent_at=row.sent_at,
            ack_due_at=row.ack_due_at,
            days=(ctx.today - tokyo_date(row.sent_at)).days,
        )
        for row in rows
    )
    return Page(tuple(lines), following)


def _segments(ctx: Context, row: Referral) -> tuple[SharedSegment, ...]:
    """The segments that went with a loaded referral, as far as the actor may see the referral."""
    wanted = [part.segment_id for part in ctx.parts(row, ReferralSegment)]
    if not wanted:
        return ()
    query = ctx.select(NoteSegment, permission=P.REFERRAL_READ).where(NoteSegment.id.in_(wanted))
    found = ctx.all(query.order_by(NoteSegment.id))
    return tuple(
        SharedSegment(s.about_id, ctx.unseal(s, "said_by"), s.segment_class, ctx.unseal(s, "text"))
        for s in found
    )


def _lines(ctx: Context, query: Any, after: str | None) -> Page[ReferralLine]:
    rows, following = _page(ctx, query, after)
    lines = (
        ReferralLine(
            id=row.id,
            number=row.number,
            case_id=row.case_id,
            state=row.state,
            owner_id=row.owner_id,
            owner_agency=row.owner_agency,
            from_agency=row.from_agency,
            to_agency=row.to_agency,
            urgent=row.urgent,
            sent_at=row.sent_at,
            ack_due_at=row.ack_due_at,
            overdue=is_overdue(ctx, row),
            return_reason=row.return_reason,
        )
        for row in rows
    )
    return Page(tuple(lines), following)


def _page(ctx: Context, query: Any, after: str | None) -> tuple[Sequence[Referral], str | None]:
    size = ctx.settings.page_size
    query = after_moment(query, Referral.sent_at, Referral.id, after).limit(size + 1)
    return cut(ctx.all(query), size, lambda row: (row.sent_at, row.id))


def words(joined: str) -> tuple[str, ...]:
    return tuple(word for word in joined.split(",") if word)
