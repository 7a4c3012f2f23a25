"""開庁日: weekends, holidays and the turn of the year do not count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.kernel.clock import TOKYO
from casework.kernel.workdays import add_working_days, due_after, is_working_day, working_days_between

days = st.dates(date(2015, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 4, 4),  # Saturday
        date(2026, 4, 5),  # Sunday
        date(2026, 4, 29),  # 昭和の日
        date(2026, 5, 6),  # 振替休日 after 憲法記念日 on a Sunday
        date(2026, 9, 22),  # 国民の休日 between two holidays
        date(2026, 11, 23),  # 勤労感謝の日
        date(2019, 5, 1),  # 即位の日
        date(2019, 4, 30),
        date(2019, 5, 2),
        date(2019, 10, 22),  # 即位礼正殿の儀
        date(2021, 7, 23),  # スポーツの日 moved for the Olympic games
        date(2026, 12, 29),
        date(2026, 12, 30),
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2024, 1, 2),  # Tuesday
        date(2024, 1, 3),  # Wednesday
    ],
)
def test_the_town_hall_is_closed(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 4, 1),
        date(2026, 12, 28),
        date(2024, 1, 4),
        date(2024, 2, 29),
        date(2021, 10, 11),
        date(2026, 5, 7),
    ],
)
def test_the_town_hall_is_open(day: date) -> None:
    assert is_working_day(day)


@pytest.mark.parametrize("year", range(2020, 2032))
def test_it_is_closed_from_29_december_to_3_january_every_year(year: int) -> None:
    closed = [date(year, 12, 29) + timedelta(days=n) for n in range(6)]
    assert closed[-1] == date(year + 1, 1, 3)
    assert not any(is_working_day(day) for day in closed)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 4, 1), 1, date(2026, 4, 2)),
        (date(2026, 4, 3), 1, date(2026, 4, 6)),  # Friday to Monday
        (date(2026, 4, 4), 1, date(2026, 4, 6)),  # from a Saturday
        (date(2026, 4, 28), 3, date(2026, 5, 7)),  # over the holidays of May
        (date(2026, 12, 28), 1, date(2027, 1, 4)),
        (date(2026, 12, 25), 3, date(2027, 1, 5)),
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
        (date(2026, 4, 1), 0, date(2026, 4, 1)),
        (date(2026, 4, 4), 0, date(2026, 4, 6)),
    ],
)
def test_working_days_are_added_without_the_first(start: date, n: int, end: date) -> None:
    assert add_working_days(start, n) == end


def test_working_days_are_not_added_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_working_days(date(2026, 4, 1), -1)


@given(days, st.integers(1, 60))
def test_what_was_added_is_what_lies_between(start: date, n: int) -> None:
    end = add_working_days(start, n)
    assert is_working_day(end)
    assert working_days_between(start, end) == n
    assert working_days_between(start, end - timedelta(days=1)) == n - 1
    assert working_days_between(end, start) == -n


def test_between_a_day_and_itself_lies_nothing() -> None:
    assert working_days_between(date(2026, 4, 1), date(2026, 4, 1)) == 0


def test_an_answer_is_due_at_the_close_of_business_in_japan() -> None:
    asked = datetime(2026, 4, 3, 9, 0, tzinfo=TOKYO)
    assert due_after(asked, 3) == datetime(2026, 4, 8, 17, 15, tzinfo=TOKYO)
    assert due_after(asked, 3) == datetime(2026, 4, 8, 8, 15, tzinfo=UTC)
    assert due_after(asked, 3).utcoffset() == timedelta(0)


def test_the_day_it_was_asked_is_the_day_in_japan() -> None:
    late = datetime(2026, 4, 1, 15, 30, tzinfo=UTC)  # 0:30 on 2 April in Japan
    assert due_after(late, 1) == datetime(2026, 4, 3, 17, 15, tzinfo=TOKYO)


def test_over_the_turn_of_the_year_the_clock_stands_still() -> None:
    asked = datetime(2026, 12, 28, 16, 0, tzinfo=TOKYO)
    assert due_after(asked, 2) == datetime(2027, 1, 5, 17, 15, tzinfo=TOKYO)


def test_something_due_today_is_due_tomorrow_when_asked_after_closing() -> None:
    close = datetime(2026, 4, 3, 17, 15, tzinfo=TOKYO)
    assert due_after(close - timedelta(seconds=1), 0) == close
    assert due_after(close, 0) == datetime(2026, 4, 6, 17, 15, tzinfo=TOKYO)


def test_a_clock_does_not_run_from_a_moment_without_time_zone_or_backwards() -> None:
    moment = datetime(2026, 4, 1, 9, 0, tzinfo=TOKYO)
    with pytest.raises(ValueError, match="time zone"):
        due_after(moment.replace(tzinfo=None), 1)
    with pytest.raises(ValueError, match="forward"):
        due_after(moment, -1)


@given(st.integers(0, 15 * 365 * 24 * 60), st.integers(0, 30))
def test_nothing_is_due_before_it_was_asked(minutes: int, n: int) -> None:
    moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    assert due_after(moment, n) > moment
    assert due_after(moment, n + 2) > due_after(moment, n)
