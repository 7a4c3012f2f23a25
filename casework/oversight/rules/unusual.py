"""気になる閲覧: which visits a privacy officer should look at. Pure rules over the trail; a finding accuses nobody.

Each rule has its thresholds here, in one place, with their reasons. A rule that flags everyday work teaches its readers
to look away, so each was measured on the demo city (docs/operations.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from ...kernel.clock import TOKYO, tokyo_date
from ...kernel.workdays import is_working_day

HOUR: Final = timedelta(hours=1)
OPENINGS: Final = frozenset(
    {
        "case.read",
        "case.page_opened",
        "case.file_opened",
        "note.read",
        "assessment.read",
        "person.read",
        "household.read",
        "plan.read",
        "document.printed",
    }
)
SEARCHES: Final = frozenset({"person.searched", "intake.candidates_sought"})
BLIND: Final = frozenset({"not_found", "not_allowed"})
EMERGENCY: Final = "emergency.opened"

NIGHT_FROM, NIGHT_UNTIL = 22, 6  # hours in Japan; the windows close at 17:15, overtime ends well before
NIGHT_CASES = 3  # one case at night is a call that came in; three are a visit to the files
NEW_IN_HOUR, NEW_IN_DAY = 15, 30  # cases not opened in the four weeks before: a hand-over has fewer
WALK_SEARCHES, WALK_OPENED = (
    20,
    4,
)  # searches in an hour; at least one of so many leads to a record in honest work
REFUSED_IN_ROW = 8  # wrong links come in ones and twos


class UnusualRule(StrEnum):
    """Why a visit is looked at."""

    FOREIGN_DIVISION = "foreign_division"  # own division never on the case
    NIGHT = "night"  # at night or on a day off
    MANY_CASES = "many_cases"  # far more cases than the person's own usual
    COLLEAGUE = "colleague"  # the household of somebody of the same division
    WALKER = "walker"  # search after search, opening little
    REFUSED_ROW = "refused_row"  # refused again and again
    EMERGENCY = "emergency"  # emergency access
    READ_LIMIT = "read_limit"  # more sealed records opened than an hour of work needs


@dataclass(frozen=True, slots=True)
class Look:
    """One visit as the trail tells it."""

    at: datetime
    actor: str
    event: str
    outcome: str
    case_id: str

    @property
    def opens(self) -> bool:
        return bool(self.case_id) and self.outcome == "done" and self.event in OPENINGS


@dataclass(frozen=True, slots=True)
class Ring:
    """Who is on a case: divisions and persons that ever worked on it; `shared` cases are every coordinator's."""

    agencies: frozenset[str] = frozenset()
    staff: frozenset[str] = frozenset()
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules must know beside the visits: by actor their divisions and office, by case its ring.

    `before` holds the cases each actor opened in the four weeks before; `ties` the divisions whose staff have declared
    a relation to somebody of the case.
    """

    agencies: Mapping[str, frozenset[str]]
    rings: Mapping[str, Ring]
    coordinators: frozenset[str] = frozenset()
    before: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ties: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A finding before it is stored: numbers only, no content."""

    rule: UnusualRule
    actor: str
    day: date  # in Japan; a night counts to the day on which it began
    since: datetime
    until: datetime
    numbers: tuple[tuple[str, int], ...]


def foreign_division(looks: Sequence[Look], known: Known) -> Iterator[Hit]:
    """Opened a case on which neither the person nor any of their divisions ever was, by day."""
    for (actor, day), visits in _by(looks, tokyo_date):
        own = known.agencies.get(actor, frozenset())
        found = [look for look in visits if look.opens and not _on(known, actor, own, look.case_id)]
        if found:
            yield _hit(UnusualRule.FOREIGN_DIVISION, day, found, cases=_cases(found))


def _on(known: Known, actor: str, own: frozenset[str], case: str) -> bool:
    ring = known.rings.get(case)
    if ring is None:
        return True  # the case is gone: nothing can be said of it
    return actor in ring.staff or bool(own & ring.agencies) or (ring.shared and actor in known.coordinators)


def night(looks: Sequence[Look], _: Known) -> Iterator[Hit]:
    """Several cases opened at night or on a day off, counted by the night."""
    for (_who, day), found in _by([look for look in looks if look.opens and _off(look.at)], _night_of):
        if _cases(found) >= NIGHT_CASES:
            yield _hit(UnusualRule.NIGHT, day, found, cases=_cases(found))


def _off(at: datetime) -> bool:
    here = at.astimezone(TOKYO)
    return not is_working_day(here.date()) or not NIGHT_UNTIL <= here.hour < NIGHT_FROM


def _night_of(at: datetime) -> date:
    """The day on which a night began."""
    return (at.astimezone(TOKYO) - timedelta(hours=NIGHT_UNTIL)).date()


def many_cases(looks: Sequence[Look], known: Known) -> Iterator[Hit]:
    """Many cases that the person had not opened in four weeks, within an hour or a day."""
    for (actor, day), visits in _by([look for look in looks if look.opens], tokyo_date):
        seen = known.before.get(actor, frozenset())
        new = [look for look in visits if look.case_id not in seen]
        hour = max((_cases(window) for window in _windows(new)), default=0)
        if hour >= NEW_IN_HOUR or _cases(new) >= NEW_IN_DAY:
            yield _hit(UnusualRule.MANY_CASES, day, new, cases=_cases(new), in_hour=hour, before=len(seen))


def colleague(looks: Sequence[Look], known: Known) -> Iterator[Hit]:
    """Opened the case of somebody to whom a colleague of the same division has declared a relation, without ever
    having worked on it oneself."""
    for (actor, day), visits in _by([look for look in looks if look.opens], tokyo_date):
        own = known.agencies.get(actor, frozenset())
        found = [
            look
            for look in visits
            if own & known.ties.get(look.case_id, frozenset())
            and actor not in known.rings.get(look.case_id, Ring()).staff
        ]
        if found:
            yield _hit(UnusualRule.COLLEAGUE, day, found, cases=_cases(found))


def walker(looks: Sequence[Look], _: Known) -> Iterator[Hit]:
    """Search after search within an hour, of which few lead to a record."""
    for (_who, day), visits in _by([look for look in looks if _searches(look) or look.opens], tokyo_date):
        worst, most = [], 0
        for window in _windows(visits):
            searches, opened = sum(map(_searches, window)), _cases(window)
            if searches >= WALK_SEARCHES and opened * WALK_OPENED < searches and searches > most:
                worst, most = window, searches
        if worst:
            yield _hit(UnusualRule.WALKER, day, worst, searches=most, cases=_cases(worst))


def _searches(look: Look) -> bool:
    return look.event in SEARCHES and look.outcome == "done"


def refused_row(looks: Sequence[Look], _: Known) -> Iterator[Hit]:
    """Refused again and again within an hour, with no record opened in between."""
    for (_who, day), visits in _by(looks, tokyo_date):
        longest: list[Look] = []
        row: list[Look] = []
        for look in visits:
            if look.outcome in BLIND:
                row = [r for r in (*row, look) if look.at - r.at <= HOUR]
                longest = max(longest, row, key=len)
            elif look.opens:
                row = []
        if len(longest) >= REFUSED_IN_ROW:
            yield _hit(UnusualRule.REFUSED_ROW, day, longest, refused=len(longest))


def emergency(looks: Sequence[Look], _: Known) -> Iterator[Hit]:
    """Emergency access: each day on which somebody used it."""
    opened = [look for look in looks if look.event == EMERGENCY and look.outcome == "done"]
    for (_who, day), visits in _by(opened, tokyo_date):
        yield _hit(UnusualRule.EMERGENCY, day, visits, times=len(visits))


RULES: Final = (foreign_division, night, many_cases, colleague, walker, refused_row, emergency)


def hits(looks: Sequence[Look], known: Known) -> list[Hit]:
    """What all rules find in visits that are in the order of time."""
    return [hit for rule in RULES for hit in rule(looks, known)]


def _by(
    looks: Iterable[Look], part: Callable[[datetime], date]
) -> Iterator[tuple[tuple[str, date], list[Look]]]:
    groups: dict[tuple[str, date], list[Look]] = defaultdict(list)
    for look in looks:
        groups[look.actor, part(look.at)].append(look)
    yield from groups.items()


def _windows(looks: Sequence[Look]) -> Iterator[list[Look]]:
    """Every hour that ends with a visit."""
    first = 0
    for at, look in enumerate(looks):
        while look.at - looks[first].at > HOUR:
            first += 1
        yield list(looks[first : at + 1])


def _cases(looks: Iterable[Look]) -> int:
    return len({look.case_id for look in looks if look.opens})


def _hit(rule: UnusualRule, day: date, looks: Sequence[Look], **numbers: int) -> Hit:
    return Hit(rule, looks[0].actor, day, looks[0].at, looks[-1].at, tuple(sorted(numbers.items())))


# -- what is stored and reviewed ---------------------------------------------------------------------


class FindingState(StrEnum):
    """Whether somebody has looked at it."""

    OPEN = "open"
    REVIEWED = "reviewed"


class FindingVerdict(StrEnum):
    """What the review came to."""

    WORK = "work"  # 仕事のためと確かめた
    CLEARED_UP = "cleared_up"  # 本人に注意し、説明を受けた
    REPORTED = "reported"  # 所属長・監査へ報告した


@dataclass(frozen=True, slots=True)
class ReviewDraft:
    verdict: FindingVerdict
    text: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding: who, which rule, when, how many; and what the review said."""

    id: UUID
    rule: UnusualRule
    actor_id: UUID
    since: datetime
    until: datetime
    numbers: Mapping[str, int]
    state: FindingState
    verdict: FindingVerdict | None
    text: str | None
    reviewed_by: UUID | None
    reviewed_at: datetime | None
    version: int
