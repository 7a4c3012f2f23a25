"""Holds, proposals and tombstones, and whether the keys of what was erased are gone for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ...kernel.actor import Permission as P
from ...usecase import Context, Page, use_case
from ...usecase.page import after_moment, cut
from ..models import Erasure, ErasureOwner, Hold
from ..rules import ErasureState, ErasureView, HoldView, RecordKind, Schedule, TombstoneView
from .schedule import plan

AT_ONCE = 1000  # erasures whose keys are asked for in one statement


@use_case(P.RETENTION_READ, event="retention.schedule_read", reads=True)
def schedule(ctx: Context) -> tuple[Schedule, ...]:
    """Read the city's retention schedules: class, start, years, ground."""
    ctx.select(Hold)
    return plan(ctx)


@use_case(P.RETENTION_READ, event="retention.holds_listed", reads=True)
def holds(ctx: Context) -> tuple[HoldView, ...]:
    """List the holds in force, those that end first at the top."""
    query = ctx.select(Hold).where(Hold.lifted_at.is_(None), Hold.ends_on >= ctx.today)
    return tuple(hold_view(ctx, row) for row in ctx.all(query.order_by(Hold.ends_on, Hold.id)))


@use_case(P.ERASURE_DECIDE, event="retention.proposals_listed", reads=True)
def erasures(ctx: Context) -> tuple[ErasureView, ...]:
    """List the proposals that wait for a second person, the oldest first."""
    query = ctx.select(Erasure).where(Erasure.state == ErasureState.PROPOSED.value)
    return tuple(erasure_view(ctx, row) for row in ctx.all(query.order_by(Erasure.proposed_at, Erasure.id)))


@use_case(P.RETENTION_READ, event="retention.tombstones_listed", reads=True)
def tombstones(ctx: Context, after: str | None = None) -> Page[TombstoneView]:
    """List what was erased, the newest first: class, number, ground, by whom two, and when it is complete."""
    size = ctx.settings.page_size
    query = ctx.select(Erasure).where(Erasure.state == ErasureState.ERASED.value)
    query = after_moment(query, Erasure.proposed_at, Erasure.id, after).limit(size + 1)
    shown, following = cut(ctx.all(query), size, lambda row: (row.proposed_at, row.id))
    return Page(_tombstones(ctx, shown), following)


@use_case(P.ERASURE_RUN, event="erasure.pending_listed", reads=True)
def pending_keys(ctx: Context) -> tuple[UUID, ...]:
    """List the erasures whose keys are not known to be destroyed, or stand in a keystore that was restored since."""
    query = ctx.select(Erasure).where(Erasure.state == ErasureState.ERASED.value)
    rows = ctx.all(query.order_by(Erasure.decided_at, Erasure.id))
    buried = {stone.owner for stone in ctx.keys.store.tombstones()}
    pending = []
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        owners = ctx.parts_of(some, ErasureOwner)
        known = {row.id: {part.owner for part in owners[row.id]} <= buried for row in some}
        pending += [row.id for row in some if row.keys_done_at is None or not known[row.id]]
    return tuple(pending)


def hold_view(ctx: Context, row: Hold) -> HoldView:
    return HoldView(
        row.id,
        RecordKind(row.kind),
        row.number,
        ctx.unseal(row, "reason"),
        row.ends_on,
        row.set_by,
        row.set_at,
        row.lifted_at,
    )


def erasure_view(ctx: Context, row: Erasure) -> ErasureView:
    return ErasureView(
        row.id,
        RecordKind(row.kind),
        row.number,
        row.schedule,
        row.ground,
        ErasureState(row.state),
        row.proposed_by,
        row.proposed_at,
        ctx.unseal(row, "reason"),
        row.decided_by,
        row.decided_at,
        ctx.unseal(row, "refusal"),
    )


def _tombstones(ctx: Context, rows: Sequence[Erasure]) -> tuple[TombstoneView, ...]:
    """The rows with what the keystore says of their keys, asked once."""
    owners = {key: [o.owner for o in found] for key, found in ctx.parts_of(rows, ErasureOwner).items()}
    wanted = [owner for found in owners.values() for owner in found]
    buried = {stone.owner: stone for stone in ctx.keys.store.tombstones(wanted)} if wanted else {}
    return tuple(_tombstone(row, [buried.get(o) for o in owners[row.id]]) for row in rows)


def _tombstone(row: Erasure, stones: list[Any]) -> TombstoneView:
    gone = [stone for stone in stones if stone is not None]
    whole = len(gone) == len(stones)
    retired = [stone.kek_retired_at for stone in gone]
    return TombstoneView(
        id=row.id,
        kind=RecordKind(row.kind),
        number=row.number,
        schedule=row.schedule,
        ground=row.ground,
        proposed_by=row.proposed_by,
        approved_by=row.decided_by,
        erased_at=row.decided_at,
        rows=row.rows_erased,
        keys=len(stones),
        keys_gone_at=max((s.erased_at for s in gone), default=row.decided_at) if whole else None,
        kek_retired_at=max(retired) if whole and retired and None not in retired else None,
        backups_until=max((s.backups_until for s in gone), default=None) if whole else None,
    )
