"""Retiring a KEK: asked for by one administrator, approved by another, done by whoever runs the machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from ..kernel.actor import Permission as P
from ..kernel.errors import Refused
from ..kernel.flow import Flow, move

APPROVAL_HOLDS = timedelta(days=7)  # an approval that lies about longer must be given anew


class RetirementState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    DONE = "done"


S = RetirementState
OPEN = (S.REQUESTED, S.APPROVED)


@dataclass(frozen=True, slots=True)
class RetirementFacts:
    """Who asked and who acts now; how long ago it was approved."""

    requested_by: UUID | None = None
    acts: UUID | None = None
    approved_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class RetirementDraft:
    kek_version: int


def needs_another(facts: RetirementFacts) -> None:
    if facts.acts is None or facts.acts == facts.requested_by:
        raise Refused("key_retirement_own")


def needs_fresh_approval(facts: RetirementFacts) -> None:
    if facts.approved_for is None or not timedelta(0) <= facts.approved_for <= APPROVAL_HOLDS:
        raise Refused("key_retirement_stale", days=APPROVAL_HOLDS.days)


KEY_RETIREMENT = Flow(
    "key_retirement",
    S,
    S.REQUESTED,
    (
        move(
            "approve",
            S.REQUESTED,
            S.APPROVED,
            P.KEYS_RETIRE,
            guard=needs_another,
            needs="申請者とは別の管理者",
        ),
        move("withdraw", OPEN, S.WITHDRAWN, P.KEYS_RETIRE),
        move(
            "carry_out", S.APPROVED, S.DONE, P.KEYS_KEEP, guard=needs_fresh_approval, needs="承認から7日以内"
        ),
    ),
)


STEP = 100


def in_steps(keys: int) -> int:
    """How many data keys, rounded up to a step; none stays none.

    There is one for every person and case, those in nobody's sight among them (I12): whoever watched the exact number
    would see that somebody was received. What custody asks is only whether any is left, and how many roughly.
    """
    return -(-keys // STEP) * STEP


@dataclass(frozen=True, slots=True)
class KekView:
    """One key-encryption key; never key material. `data_keys` in steps at the doors, exact for who runs the machine."""

    version: int
    state: str
    created_at: datetime
    data_keys: int
    purpose_keys: int
    destroyed_at: datetime | None
    may_ask: bool  # nothing needs it any more and nobody asked yet


@dataclass(frozen=True, slots=True)
class RetirementView:
    id: UUID
    kek_version: int
    state: str
    requested_by: UUID
    requested_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    ended_at: datetime | None
    version: int
    moves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErasuresView:
    """Erased keys, in numbers: how many wait for a KEK to be retired, and when the last backup will have expired."""

    erased: int
    waiting_for_retirement: int
    waiting_for_backups: int
    backups_until: datetime | None


@dataclass(frozen=True, slots=True)
class KeysView:
    provider: str
    provider_before: str  # while keys move from there, else empty
    keks: tuple[KekView, ...]
    left: int
    rewrap_started_at: datetime | None
    rewrap_ended_at: datetime | None
    erasures: ErasuresView
    retirements: tuple[RetirementView, ...]
