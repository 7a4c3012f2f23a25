"""The flow of 参加支援: need, matching, trial, settling of person and host; a need without a place is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ..cases.rules import CaseTitle
from ..kernel.actor import Permission as P
from ..kernel.errors import Refused
from ..kernel.flow import Flow, move


class ParticipationState(StrEnum):
    REQUESTED = "requested"
    ASSESSED = "assessed"
    MATCHING = "matching"
    DEVELOPING_RESOURCE = "developing_resource"
    TRIAL = "trial"
    PLACED = "placed"
    SETTLING = "settling"
    STABLE = "stable"
    ENDED = "ended"
    BROKEN_OFF = "broken_off"


class SettlingSide(StrEnum):
    """定着支援 supports 本人 and 受入先."""

    PERSON = "person"
    HOST = "host"


S = ParticipationState
WITH_PLACE = frozenset({S.TRIAL, S.PLACED, S.SETTLING, S.STABLE})
WITHOUT_PLACE = (S.REQUESTED, S.ASSESSED, S.MATCHING, S.DEVELOPING_RESOURCE, S.BROKEN_OFF)


@dataclass(frozen=True, slots=True)
class ParticipationFacts:
    """What the guards look at."""

    wish: bool = False
    resource: bool = False
    sides: frozenset[str] = frozenset()
    reason: str | None = None


def needs_wish(facts: ParticipationFacts) -> None:
    if not facts.wish:
        raise Refused("participation_wish_missing", "wish")


def needs_resource(facts: ParticipationFacts) -> None:
    if not facts.resource:
        raise Refused("participation_resource_missing", "resource_id")


def needs_both_sides(facts: ParticipationFacts) -> None:
    """Stable only after the person and the host were both supported."""
    if facts.sides != {SettlingSide.PERSON, SettlingSide.HOST}:
        raise Refused("settling_sides_missing")


def needs_reason(facts: ParticipationFacts) -> None:
    if facts.reason is None:
        raise Refused("participation_reason_missing", "reason")


PARTICIPATION = Flow(
    "participation",
    ParticipationState,
    S.REQUESTED,
    (
        move("assess", S.REQUESTED, S.ASSESSED, P.PARTICIPATION_WRITE, guard=needs_wish, needs="本人の希望"),
        move("match", (S.ASSESSED, S.DEVELOPING_RESOURCE, S.BROKEN_OFF), S.MATCHING, P.PARTICIPATION_WRITE),
        move("develop", S.MATCHING, S.DEVELOPING_RESOURCE, P.PARTICIPATION_WRITE),
        move(
            "try_out",
            (S.MATCHING, S.DEVELOPING_RESOURCE),
            S.TRIAL,
            P.PARTICIPATION_WRITE,
            guard=needs_resource,
            needs="受入先(資源)",
        ),
        move("place", S.TRIAL, S.PLACED, P.PARTICIPATION_WRITE),
        move("settle", S.PLACED, S.SETTLING, P.PARTICIPATION_WRITE),
        move(
            "stabilise",
            S.SETTLING,
            S.STABLE,
            P.PARTICIPATION_WRITE,
            guard=needs_both_sides,
            needs="本人と受入先の両方への定着支援",
        ),
        move(
            "break_off",
            (S.TRIAL, S.SETTLING),
            S.BROKEN_OFF,
            P.PARTICIPATION_WRITE,
            guard=needs_reason,
            needs="理由",
        ),
        move(
            "end",
            (S.STABLE, *WITHOUT_PLACE),
            S.ENDED,
            P.PARTICIPATION_WRITE,
            guard=needs_reason,
            needs="理由",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class NeedDraft:
    """参加支援の希望: who, what is wished for, what must be minded, which kind of place and where."""

    person_id: UUID
    coordinator_id: UUID
    coordinator_agency: str
    wish: str | None = None
    conditions: str | None = None
    wanted_kind: str | None = None
    district: str | None = None
    plan_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AssessDraft:
    wish: str
    conditions: str | None = None
    wanted_kind: str | None = None
    district: str | None = None


@dataclass(frozen=True, slots=True)
class TrialDraft:
    """The place that is tried out, and what its host is told (only with consent in force)."""

    resource_id: UUID
    begins_on: date
    shared_items: tuple[str, ...] = ()
    shared_text: str | None = None


@dataclass(frozen=True, slots=True)
class EndDraft:
    reason: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class SettlingDraft:
    side: str
    at: datetime
    text: str
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class PlacementView:
    id: UUID
    resource_id: UUID
    begins_on: date
    placed_on: date | None
    ended_on: date | None
    broken_off_reason: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class SettlingView:
    id: UUID
    side: str
    at: datetime
    text: str | None
    next_on: date | None
    by: UUID


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One row of a list of needs. `without_place_since`: kept and listed until a place is found."""

    id: UUID
    case_id: UUID
    state: str
    wanted_kind: str | None
    district: str | None
    owner_id: UUID
    owner_agency: str
    requested_at: datetime
    without_place_since: date | None
    case: CaseTitle | None = None  # in lists across cases


@dataclass(frozen=True, slots=True)
class NeedView:
    """A person's way into a place, with every placement tried and the settling contacts."""

    id: UUID
    case_id: UUID
    person_id: UUID
    plan_id: UUID | None
    state: str
    version: int
    wish: str | None
    conditions: str | None
    wanted_kind: str | None
    district: str | None
    owner_id: UUID
    owner_agency: str
    requested_at: datetime
    without_place_since: date | None
    ended_at: datetime | None
    end_reason: str | None
    placements: tuple[PlacementView, ...]
    settling: tuple[SettlingView, ...]
    moves: tuple[str, ...] = field(default=())
