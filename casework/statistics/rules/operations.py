"""How the work stands today: what waits, for how long, with whom. Live, over what the reader may see anyway."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

AGES = ((2, "within2"), (7, "within7"), (14, "within14"))
OLDER = "over14"
BANDS = (*(name for _, name in AGES), OLDER)
RECENT_DAYS = 180  # durations are told of what began in this time


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """つなぎ that an agency has not accepted yet, by days since they were sent."""

    agency: str
    by_age: tuple[int, ...]  # in the order of BANDS


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """差し戻し from one agency to another in the recent past."""

    from_agency: str
    to_agency: str
    count: int


@dataclass(frozen=True, slots=True)
class LoadLine:
    """What an agency holds: open cases, those without 主担当, 対応事項 past their day."""

    agency: str
    open_cases: int
    without_lead: int
    late_actions: int


@dataclass(frozen=True, slots=True)
class Duration:
    """Days from one step to the next: how many came so far, half of them within `median`, nine of ten within `most`."""

    id: str
    count: int
    median: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class OperationsView:
    waiting: tuple[WaitingLine, ...]
    returns: tuple[ReturnLine, ...]
    held: tuple[LoadLine, ...]
    reviews_late: int
    durations: tuple[Duration, ...]


def band(days: int) -> int:
    """Place of an age in BANDS."""
    return next((n for n, (limit, _) in enumerate(AGES) if days <= limit), len(AGES))


def duration(name: str, days: Sequence[float]) -> Duration:
    if not days:
        return Duration(name, 0, None, None)
    ranked = sorted(days)
    return Duration(
        name, len(ranked), round(median(ranked), 1), round(ranked[(len(ranked) * 9 - 1) // 10], 1)
    )


def waiting(found: Iterable[tuple[str, int]]) -> tuple[WaitingLine, ...]:
    """(agency, days) of every waiting つなぎ as lines, the agency with the oldest first."""
    lines: dict[str, list[int]] = {}
    for agency, days in found:
        lines.setdefault(agency, [0] * len(BANDS))[band(days)] += 1
    ordered = sorted(lines.items(), key=lambda line: (line[1][::-1], line[0]), reverse=True)
    return tuple(WaitingLine(agency, tuple(counts)) for agency, counts in ordered)
