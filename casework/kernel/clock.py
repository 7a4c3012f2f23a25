"""Time: aware UTC moments, the calendar day in Japan, and a clock that tests and the demo city can move."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, in UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """Stands still until it is moved; safe between threads. ValueError for a moment without time zone."""

    def __init__(self, start: datetime) -> None:
        self._now = _utc(start)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def move(self, delta: timedelta) -> None:
        with self._lock:
            self._now += delta

    def set(self, moment: datetime) -> None:
        with self._lock:
            self._now = _utc(moment)


def tokyo_date(moment: datetime) -> date:
    """The calendar day in Japan; ValueError for a moment without time zone."""
    return _utc(moment).astimezone(TOKYO).date()


def month_in_tokyo(day: date) -> tuple[datetime, datetime]:
    """The first moment of the month that `day` lies in, as Japan counts it, and the first after it, in UTC."""
    first = datetime(day.year, day.month, 1, tzinfo=TOKYO)
    at = day.year * 12 + day.month
    return first.astimezone(UTC), datetime(at // 12, at % 12 + 1, 1, tzinfo=TOKYO).astimezone(UTC)


def _utc(moment: datetime) -> datetime:
    # astimezone would read a naive moment as the machine's own time, which differs from place to place.
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(UTC)
