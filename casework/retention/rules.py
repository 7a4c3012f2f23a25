"""Retention schedules, the day on which a record is past its years, and erasure as a flow of two people (I26)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from ..kernel.actor import Permission as P
from ..kernel.errors import BadInput, Refused
from ..kernel.fiscal import fiscal_range, fiscal_year
from ..kernel.flow import Flow, move


class RecordKind(StrEnum):
    """What is kept for its years."""

    CASE = "case"
    INTAKE = "intake"
    REQUEST = "disclosure_request"
    TRAIL = "trail"


class StartEvent(StrEnum):
    """From which event the years are counted."""

    CASE_CLOSED = "case_closed"
    CASE_INTERRUPTED = "case_interrupted"
    INTAKE_ANSWERED = "intake_answered"
    REQUEST_CLOSED = "request_closed"
    TRAIL_ENTRY = "trail_entry"


class Counted(StrEnum):
    NEXT_FISCAL_YEAR = "next_fiscal_year"  # 翌年度の4月1日から
    DAY = "day"  # その日から


class ScheduleFault(ValueError):
    """retention.toml cannot be used; the message names the class and what is wrong."""


STARTS = {
    RecordKind.CASE: {StartEvent.CASE_CLOSED, StartEvent.CASE_INTERRUPTED},
    RecordKind.INTAKE: {StartEvent.INTAKE_ANSWERED},
    RecordKind.REQUEST: {StartEvent.REQUEST_CLOSED},
    RecordKind.TRAIL: {StartEvent.TRAIL_ENTRY},
}


@dataclass(frozen=True, slots=True)
class Schedule:
    """One class of records. `status`: how sure its years are (C, P or U, as in the code lists)."""

    code: str
    name: str
    record: RecordKind
    start: StartEvent
    years: int
    counted: Counted
    ground: str
    hold: bool
    status: str

    def due_on(self, start: date) -> date:
        """The first day on which a record whose years began with `start` may go."""
        if self.counted is Counted.NEXT_FISCAL_YEAR:
            return date(fiscal_year(start) + 1 + self.years, 4, 1)
        return _years_later(start, self.years)

    def began_before(self, today: date) -> date:
        """Records whose start lies before this day are past their years today; the same rule from the other side."""
        if self.counted is Counted.NEXT_FISCAL_YEAR:
            return fiscal_range(fiscal_year(today) - self.years)[0]
        day = _years_later(today, -self.years)
        return date.fromordinal(day.toordinal() + 1)


def _years_later(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 1 March in a common year (going back: 28 February)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1) if years > 0 else date(day.year + years, 2, 28)


def schedules(written: Mapping[str, Any]) -> tuple[Schedule, ...]:
    """The classes of a retention.toml; ScheduleFault for what is unknown, missing, double or impossible."""
    if set(written) != {"class"}:
        raise ScheduleFault("retention.toml holds [[class]] tables and nothing else")
    found = tuple(_schedule(entry) for entry in written["class"])
    for what, values in (("code", [s.code for s in found]), ("start", [s.start for s in found])):
        if len(set(values)) != len(values):
            raise ScheduleFault(f"two classes have the same {what}")
    return found


def _schedule(entry: Mapping[str, Any]) -> Schedule:
    name = str(entry.get("code", "?"))
    wanted = set(Schedule.__slots__)
    if set(entry) != wanted:
        raise ScheduleFault(f"{name}: unknown or missing {', '.join(sorted(wanted ^ set(entry)))}")
    try:
        made = Schedule(
            code=name,
            name=str(entry["name"]),
            record=RecordKind(entry["record"]),
            start=StartEvent(entry["start"]),
            years=int(entry["years"]),
            counted=Counted(entry["counted"]),
            ground=str(entry["ground"]),
            hold=bool(entry["hold"]),
            status=str(entry["status"]),
        )
    except ValueError as fault:
        raise ScheduleFault(f"{name}: {fault}") from None
    if not 1 <= made.years <= 100 or made.start not in STARTS[made.record] or made.status not in "CPU":
        raise ScheduleFault(f"{name}: years, start or status do not fit the record")
    return made


# -- erasure -----------------------------------------------------------------------------------------


class ErasureState(StrEnum):
    """消去の状態."""

    PROPOSED = "proposed"
    ERASED = "erased"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S = ErasureState
BY_SCHEDULE = "schedule"  # erasure_ground: the years are over; every other ground names a law or a request
MOST = 50  # records in one proposal or decision
HOLD_YEARS = 5  # longest hold; it may be set again


@dataclass(frozen=True, slots=True)
class ErasureFacts:
    """Who acts, and who proposed."""

    actor: UUID | None = None
    proposed_by: UUID | None = None


def needs_second_person(facts: ErasureFacts) -> None:
    """Nobody decides on what they proposed themselves."""
    if facts.actor == facts.proposed_by:
        raise Refused("erasure_own_proposal")


ERASURE = Flow(
    "erasure",
    ErasureState,
    S.PROPOSED,
    (
        move(
            "approve",
            S.PROPOSED,
            S.ERASED,
            P.ERASURE_DECIDE,
            guard=needs_second_person,
            needs="a second person, step-up; past its years or another ground; nothing holds it",
        ),
        move(
            "refuse",
            S.PROPOSED,
            S.REFUSED,
            P.ERASURE_DECIDE,
            guard=needs_second_person,
            needs="a second person, a reason",
        ),
        move("withdraw", S.PROPOSED, S.WITHDRAWN, P.ERASURE_PROPOSE, needs=""),
    ),
)


@dataclass(frozen=True, slots=True)
class ProposalDraft:
    """Records to erase, by their numbers, and why."""

    numbers: tuple[str, ...]
    ground: str
    reason: str


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """Proposals that a second person approves."""

    erasures: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class RefusalDraft:
    reason: str


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """消去の保留: which record, why, and until when."""

    number: str
    reason: str
    ends_on: date


def check_hold(draft: HoldDraft, today: date) -> None:
    """A hold has an end; it can be set again."""
    if draft.ends_on < today or draft.ends_on > _years_later(today, HOLD_YEARS):
        raise BadInput("hold_end_range", "ends_on", years=HOLD_YEARS)


@dataclass(frozen=True, slots=True)
class DueLine:
    """A record past its years; its number and class, nothing of its content."""

    kind: RecordKind
    number: str
    schedule: str
    started_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class DueList:
    """The longest overdue, at most a page of each class; `more` says that there are others."""

    lines: tuple[DueLine, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class HoldView:
    id: UUID
    kind: RecordKind
    number: str
    reason: str | None
    ends_on: date
    set_by: UUID
    set_at: datetime
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ErasureView:
    id: UUID
    kind: RecordKind
    number: str
    schedule: str
    ground: str
    state: ErasureState
    proposed_by: UUID
    proposed_at: datetime
    reason: str | None
    decided_by: UUID | None
    decided_at: datetime | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class TombstoneView:
    """What is left of an erased record: no personal data.

    `keys_gone_at`: when its keys were destroyed (None: `casework retention run` still has to). The erasure is complete
    when the KEK under which old copies of those keys lie was retired (None: not yet) and the last backup of the
    keystore that holds them has expired.
    """

    id: UUID
    kind: RecordKind
    number: str
    schedule: str
    ground: str
    proposed_by: UUID
    approved_by: UUID | None
    erased_at: datetime | None
    rows: int
    keys: int
    keys_gone_at: datetime | None
    kek_retired_at: datetime | None
    backups_until: datetime | None


def classes_of(found: Sequence[Schedule], record: RecordKind) -> tuple[Schedule, ...]:
    """The classes of one kind of record."""
    return tuple(s for s in found if s.record is record)
