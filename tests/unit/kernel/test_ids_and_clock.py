"""Identifiers in order of making, and time that stands still until it is moved."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import RFC_4122

import pytest

from casework.kernel.clock import TOKYO, Clock, MovableClock, SystemClock, tokyo_date
from casework.kernel.ids import new_id

START = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)


def test_ids_are_version_7_and_carry_the_time_they_were_made() -> None:
    made = new_id()
    assert made.version == 7
    assert made.variant == RFC_4122
    seconds = (made.int >> 80) / 1000
    assert abs(datetime.now(UTC).timestamp() - seconds) < 60


def test_ids_of_one_process_rise() -> None:
    ids = [new_id() for _ in range(20_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_the_system_clock_speaks_utc() -> None:
    clock: Clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)


def test_a_movable_clock_stands_still_until_it_is_moved() -> None:
    clock = MovableClock(START)
    assert clock.now() == clock.now() == START
    clock.move(timedelta(days=1))
    assert clock.now() == START + timedelta(days=1)
    clock.set(START.astimezone(timezone(timedelta(hours=9))))
    assert clock.now() == START
    assert clock.now().utcoffset() == timedelta(0)


def test_a_movable_clock_loses_no_move_between_threads() -> None:
    clock = MovableClock(START)

    def push() -> None:
        for _ in range(500):
            clock.move(timedelta(seconds=1))

    threads = [threading.Thread(target=push) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() == START + timedelta(seconds=2000)


def test_the_day_in_japan_turns_at_fifteen_utc() -> None:
    assert tokyo_date(datetime(2026, 3, 31, 14, 59, 59, tzinfo=UTC)) == date(2026, 3, 31)
    assert tokyo_date(datetime(2026, 3, 31, 15, 0, tzinfo=UTC)) == date(2026, 4, 1)
    assert tokyo_date(datetime(2026, 4, 1, 0, 0, tzinfo=TOKYO)) == date(2026, 4, 1)


def test_a_moment_without_time_zone_is_refused() -> None:
    naive = START.replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        MovableClock(naive)
    with pytest.raises(ValueError, match="time zone"):
        MovableClock(START).set(naive)
    with pytest.raises(ValueError, match="time zone"):
        tokyo_date(naive)
