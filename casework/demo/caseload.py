"""Synthetic caseloads: cases, households and events drawn from a seed with realistic skew, for tests, demo and bench.

Nobody in them exists: a household is a number, and what is told of it comes from the code lists alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

SHARE = 0.18  # chance that a case belongs to a household that had one before
AGES = ((8, 17), (18, 39), (40, 64), (65, 74), (75, 95))
AGE_WEIGHTS = (6, 14, 27, 18, 35)
STATES = ("open", "assessing", "planning", "supporting", "evaluating", "closing", "closed", "interrupted")
DELAYS = ((0, 7), (8, 30), (31, 90), (91, 200))
DELAY_WEIGHTS = (55, 28, 11, 6)


@dataclass(frozen=True, slots=True)
class Lists:
    """The codes that a caseload is drawn from, in order of their lists: the first are the most frequent."""

    windows: Sequence[tuple[str, str]]  # window, its agency
    divisions: Sequence[str]
    districts: Sequence[str]
    household_types: Sequence[str]
    routes: Sequence[str]
    topics: Sequence[str]
    issues: Sequence[str]
    compounds: Sequence[str]
    close_reasons: Sequence[str]
    bases: Sequence[str]
    results: Sequence[str]
    places: Sequence[str]


@dataclass(frozen=True, slots=True)
class Case:
    """One invented case with everything that is counted of it."""

    number: int
    household: int
    household_type: str
    district: str | None
    birth: date | None
    opened_on: date
    window: str
    window_agency: str
    route: str
    topic: str
    division: str
    state: str
    close_reason: str | None
    next_contact_on: date | None
    multi_agency: bool
    first_note_after: int | None
    issues: tuple[str, ...]
    compounds: tuple[str, ...]
    referred_to: str | None
    referral_state: str
    basis: str | None
    invited: tuple[str, ...] = field(default=())
    visits: tuple[str, ...] = field(default=())
    place: str | None = None
    need_state: str = "requested"


class _Skew:
    """Draws from a list as the world does: a few values often, many rarely."""

    def __init__(self, rng: random.Random, values: Sequence[str], steepness: float = 1.1) -> None:
        self._rng = rng
        self._values = list(values)
        rng.shuffle(self._values)
        self._weights = [1 / (rank + 1) ** steepness for rank in range(len(values))]

    def one(self) -> str:
        return self._rng.choices(self._values, self._weights)[0]

    def several(self, most: int) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.one() for _ in range(self._rng.randint(0, most))))


class Caseload:
    """`cases` cases registered over `months` months up to the day before `end`, the same for the same seed."""

    def __init__(self, lists: Lists, *, cases: int, months: int, end: date, seed: int) -> None:
        self._rng = random.Random(f"{seed}-{cases}-{months}")  # noqa: S311 - a seeded world, no secret
        self._lists, self._cases = lists, cases
        self._days = max(1, round(months * 30.4))
        self._end = end
        rng = self._rng
        self._window = _Skew(rng, [w for w, _ in lists.windows], 0.8)
        self._agency = dict(lists.windows)
        self._division = _Skew(rng, lists.divisions, 0.7)
        self._district = _Skew(rng, lists.districts, 0.5)
        self._type = _Skew(rng, lists.household_types, 0.9)
        self._route = _Skew(rng, lists.routes)
        self._topic = _Skew(rng, lists.topics)
        self._issue = _Skew(rng, lists.issues)
        self._compound = _Skew(rng, lists.compounds)
        self._reason = _Skew(rng, lists.close_reasons)
        self._basis = _Skew(rng, lists.bases)
        self._result = _Skew(rng, lists.results)
        self._place = _Skew(rng, lists.places)
        self._homes: list[tuple[str, str | None]] = []

    def __iter__(self) -> Iterator[Case]:
        days = sorted(self._rng.randrange(self._days) for _ in range(self._cases))
        for number, day in enumerate(days):
            yield self._case(number, self._end - timedelta(days=self._days - day))

    def _home(self) -> int:
        if self._homes and self._rng.random() < SHARE:
            return self._rng.randrange(len(self._homes))
        district = None if self._rng.random() < 0.06 else self._district.one()
        self._homes.append((self._type.one(), district))
        return len(self._homes) - 1

    def _case(self, number: int, opened: date) -> Case:
        rng, home, window = self._rng, self._home(), self._window.one()
        state = rng.choices(STATES, (10, 14, 12, 30, 8, 4, 19, 3))[0]
        referred = rng.random() < 0.35
        met = rng.random() < 0.22
        placed = rng.random() < 0.08
        delay = rng.choices(DELAYS, DELAY_WEIGHTS)[0]
        return Case(
            number=number,
            household=home,
            household_type=self._homes[home][0],
            district=self._homes[home][1],
            birth=self._birth(opened),
            opened_on=opened,
            window=window,
            window_agency=self._agency[window],
            route=self._route.one(),
            topic=self._topic.one(),
            division=self._division.one(),
            state=state,
            close_reason=self._reason.one() if state == "closed" else None,
            next_contact_on=opened + timedelta(days=rng.randint(14, 400)),
            multi_agency=rng.random() < 0.4,
            first_note_after=None if rng.random() < 0.05 else rng.randint(*delay),
            issues=self._issue.several(5),
            compounds=self._compound.several(3),
            referred_to=self._division.one() if referred else None,
            referral_state=rng.choice(("sent", "accepted", "accepted", "accepted", "returned")),
            basis=self._basis.one() if met else None,
            invited=tuple(dict.fromkeys(self._division.one() for _ in range(4))) if met else (),
            visits=tuple(self._result.one() for _ in range(rng.choice((0, 0, 0, 0, 2, 6)))),
            place=self._place.one() if placed else None,
            need_state=rng.choice(("requested", "assessed", "trial", "placed", "settling", "stable")),
        )

    def _birth(self, opened: date) -> date | None:
        if self._rng.random() < 0.04:
            return None
        youngest, oldest = self._rng.choices(AGES, AGE_WEIGHTS)[0]
        days = self._rng.randint(youngest * 366, oldest * 365)
        return opened - timedelta(days=days)
