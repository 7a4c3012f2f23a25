"""Erasing a record: one proposes, another approves; the rows go in one transaction, the keys after its commit.

A kill between the two leaves a tombstone whose keys `casework retention run` destroys; asking twice changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from ...crypto import CryptoError
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...people.models import SearchChange
from ...usecase import Context, use_case
from ...usecase.erasing import erase
from ..models import Erasure, ErasureOwner
from ..queries import obstacle, past_its_years, record_by_number
from ..queries.due import BY_KIND, Kind
from ..queries.standing import erasure_view
from ..rules import (
    BY_SCHEDULE,
    ERASURE,
    MOST,
    DecisionDraft,
    ErasureFacts,
    ErasureState,
    ErasureView,
    ProposalDraft,
    RecordKind,
    RefusalDraft,
)
from .holding import office

log = logging.getLogger("casework.retention")


@use_case(P.ERASURE_PROPOSE, event="erasure.proposed", confirmed=True)
def propose(ctx: Context, draft: ProposalDraft) -> tuple[ErasureView, ...]:
    """Propose records for erasure, by number, on the ground of their years or of a law; a second person decides."""
    ctx.select(Erasure)
    ctx.codes(("erasure_ground", draft.ground, "ground"))
    if not 1 <= len(set(draft.numbers)) <= MOST:
        raise BadInput("field_list_length", "numbers", least=1, most=MOST)
    return tuple(_propose(ctx, draft, number) for number in sorted(set(draft.numbers)))


def _propose(ctx: Context, draft: ProposalDraft, number: str) -> ErasureView:
    found = record_by_number(ctx, number)
    if found is None:
        raise BadInput("ended_record_unknown", "numbers")
    kind, record = found
    schedule = _may_go(ctx, kind, record, draft.ground)
    waiting = Erasure.state == ErasureState.PROPOSED.value
    if ctx.one(ctx.select(Erasure).where(Erasure.record_id == record.id, waiting)):
        raise Refused("erasure_proposed_already", "numbers", number=number)
    row = Erasure(
        agency=office(ctx),
        kind=kind.record.value,
        record_id=record.id,
        number=record.number,
        schedule=schedule,
        ground=draft.ground,
        state=ErasureState.PROPOSED.value,
        proposed_by=ctx.actor.id,
        proposed_at=ctx.now,
    )
    ctx.add(row)
    ctx.seal(row, reason=draft.reason)
    return erasure_view(ctx, row)


@use_case(P.ERASURE_DECIDE, event="erasure.approved", confirmed=True)
def approve(ctx: Context, draft: DecisionDraft) -> tuple[ErasureView, ...]:
    """Approve proposals as a second person: the records are gone with this act, their keys right after it."""
    if not 1 <= len(set(draft.erasures)) <= MOST:
        raise BadInput("field_list_length", "erasures", least=1, most=MOST)
    rows = [ctx.load(Erasure, erasure_id, field="erasures") for erasure_id in sorted(set(draft.erasures))]
    owners = [owner for row in rows for owner in _erase(ctx, row)]
    ctx.after_commit(_destroyer(ctx, owners))
    return tuple(erasure_view(ctx, row) for row in rows)


def _erase(ctx: Context, row: Erasure) -> Sequence[UUID]:
    facts = ErasureFacts(actor=ctx.actor.id, proposed_by=row.proposed_by)
    after = ERASURE.after(row.state, "approve", facts)
    kind = BY_KIND[RecordKind(row.kind)]
    record = ctx.load(kind.model, row.record_id, field="erasures")
    _may_go(ctx, kind, record, row.ground)
    row.reason = row.refusal = None
    row.state, row.decided_by, row.decided_at = after.value, ctx.actor.id, ctx.now
    gone = erase(ctx, record, "record.erased", keep=row)
    row.rows_erased = gone.rows
    ctx.add(
        *(SearchChange(person_id=person_id) for person_id in gone.persons)
    )  # every name table lets go of them
    ctx.add(*(ErasureOwner(erasure_id=row.id, owner=owner) for owner in gone.owners))
    return gone.owners


def _may_go(ctx: Context, kind: Kind, record: Any, ground: str) -> str:
    """Refuse while something stands against it; the class whose years it had. Another ground needs no years."""
    stands = obstacle(ctx, kind, record)
    if stands is not None:
        raise Refused(stands, number=record.number)
    schedule, over = past_its_years(ctx, kind, record)
    if ground == BY_SCHEDULE and not over:
        raise Refused("record_not_due", number=record.number)
    return schedule.code


@use_case(P.ERASURE_DECIDE, event="erasure.refused")
def refuse(ctx: Context, erasure_id: UUID, draft: RefusalDraft) -> ErasureView:
    """Refuse a proposal as a second person, with a reason; the record stays."""
    row = ctx.load(Erasure, erasure_id)
    facts = ErasureFacts(actor=ctx.actor.id, proposed_by=row.proposed_by)
    row.state = ERASURE.after(row.state, "refuse", facts).value
    row.decided_by, row.decided_at = ctx.actor.id, ctx.now
    ctx.seal(row, refusal=draft.reason)
    return erasure_view(ctx, row)


@use_case(P.ERASURE_PROPOSE, event="erasure.withdrawn")
def withdraw(ctx: Context, erasure_id: UUID) -> ErasureView:
    """Take a proposal back; the record stays."""
    row = ctx.load(Erasure, erasure_id)
    row.state = ERASURE.after(row.state, "withdraw", ErasureFacts()).value
    row.decided_at = ctx.now
    return erasure_view(ctx, row)


@use_case(P.ERASURE_RUN, event="erasure.keys_destroyed")
def destroy_keys(ctx: Context, erasure_id: UUID) -> int:
    """Destroy the keys of an erased record, once more if it was done before; how many."""
    row = ctx.load(Erasure, erasure_id)
    owners = [part.owner for part in ctx.parts(row, ErasureOwner)]
    ctx.keys.erase(*owners, at=ctx.now)
    row.keys_done_at = ctx.now
    return len(owners)


def _destroyer(ctx: Context, owners: Sequence[UUID]) -> Callable[[], None]:
    def destroy() -> None:
        try:
            ctx.keys.erase(*owners, at=ctx.now)
        except CryptoError as failure:  # the records are gone already; their keys wait for the night
            log.warning("keys of erased records wait for `casework retention run`: %s", failure.code)

    return destroy
