"""Time and people of the demo city: whoever acts does so as a real actor, at the moment the clock shows."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from ..kernel.actor import Actor, Membership
from ..kernel.clock import TOKYO, MovableClock, tokyo_date
from ..web.system import system_context
from .staff import BY_LOGIN
from .table import Home, Tale

T = TypeVar("T")
Days = Generator[int, None, None]  # an arc acts, says how many days pass, and acts again
OPENING = time(9, 0)
STEP = timedelta(minutes=1)


class CityFault(RuntimeError):
    """The table asks for what cannot be: an arc that would reach past today."""


@dataclass(slots=True)
class File:
    """What is known of one consultation while it travels: who holds it, and what was made for it."""

    home: Home
    tale: Tale
    holder: str = ""
    person: UUID | None = None
    intake: UUID | None = None
    case: UUID | None = None
    plan: UUID | None = None
    made: dict[str, UUID] = field(default_factory=dict)


Arc = Callable[["Town", list[File]], Days]


class Town:
    """The clock, the staff by login, the places by name, and who lives where."""

    def __init__(self, clock: MovableClock, end: datetime) -> None:
        self.clock = clock
        self.last = tokyo_date(end)  # nothing happens on this day or after it
        self.staff: dict[str, UUID] = {}
        self.places: dict[str, UUID] = {}
        self.windows: dict[str, str] = {}
        # (household, member, division that took them down): other divisions do not see whom this one knows.
        self.residents: dict[tuple[int, int, str], UUID] = {}

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def today(self) -> date:
        return tokyo_date(self.clock.now())

    def day(self, days: int) -> date:
        """The calendar day that many days from the moment the clock shows."""
        return self.today + timedelta(days=days)

    def actor(self, login: str) -> Actor:
        who = BY_LOGIN[login]
        memberships = (Membership(who.role, who.agency),)
        return Actor(self.staff[login], who.name, memberships, self.now, confirmed_at=self.now)

    def do(self, login: str, use_case: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """One act of one person; the next is a minute later."""
        with system_context(self.actor(login)) as ctx:
            done = use_case(ctx, *args, **kwargs)
        self.clock.move(STEP)
        return done

    def by_house(self, use_case: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """An act of the system itself: opening accounts, the nightly look at dates."""
        with system_context() as ctx:
            return use_case(ctx, *args, **kwargs)

    def run(self, journeys: Iterable[tuple[int, Days]]) -> None:
        """Let every arc live its days, all of them in the order of time. (days ago, arc) each."""
        waiting = [(self.last - timedelta(days=ago), n, arc) for n, (ago, arc) in enumerate(journeys)]
        heapq.heapify(waiting)
        while waiting:
            day, n, arc = heapq.heappop(waiting)
            if day >= self.last:
                raise CityFault(f"journey {n} reaches {day}, which has not passed yet")
            self.clock.set(max(self.now, _working_moment(day)))
            days = next(arc, None)
            if days is not None:
                heapq.heappush(waiting, (day + timedelta(days=days), n, arc))


def _working_moment(day: date) -> datetime:
    """Nine in the morning; what falls on a weekend happens on the Friday before."""
    weekend = max(day.weekday() - 4, 0)
    return datetime.combine(day - timedelta(days=weekend), OPENING, TOKYO).astimezone(UTC)
