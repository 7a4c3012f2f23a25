"""開庁日: working days of a Japanese town hall, and the clocks that run on them (地方自治法 4条の2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from .clock import TOKYO, tokyo_date

CLOSING_TIME = time(17, 15)
_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def _national_holidays(year: int) -> frozenset[date]:
    """国民の祝日 with 振替休日 and the days between two holidays."""
    return frozenset(holidays.country_holidays("JP", years=year))


def is_working_day(day: date) -> bool:
    """Neither Saturday, Sunday, a national holiday, nor one of the days from 29 December to 3 January."""
    year_end = (day.month == 12 and day.day >= 29) or (day.month == 1 and day.day <= 3)
    return not (year_end or day.weekday() >= 5 or day in _national_holidays(day.year))


def add_working_days(start: date, n: int) -> date:
    """The n-th working day after `start`, which is not counted itself (初日不算入, 民法 140条).

    With n = 0 the first working day on or after `start`. ValueError if n is negative.
    """
    if n < 0:
        raise ValueError("working days are counted forward")
    day = start
    while n == 0 and not is_working_day(day):
        day += _DAY
    left = n
    while left:
        day += _DAY
        left -= is_working_day(day)
    return day


def working_days_between(a: date, b: date) -> int:
    """Working days after `a` up to and including `b`; negative if `b` lies before `a`."""
    if b < a:
        return -working_days_between(b, a)
    return sum(is_working_day(a + _DAY * step) for step in range(1, (b - a).days + 1))


def due_after(moment: datetime, days: int) -> datetime:
    """End of business (17:15 in Japan) of the `days`-th working day after the moment's day there, in UTC.

    With days = 0 the next end of business, so that nothing is due before it was asked. ValueError if `days`
    is negative or the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    day = add_working_days(tokyo_date(moment), days)
    due = _closing(day)
    return due if due > moment else _closing(add_working_days(day, 1))


def _closing(day: date) -> datetime:
    return datetime.combine(day, CLOSING_TIME, TOKYO).astimezone(UTC)
