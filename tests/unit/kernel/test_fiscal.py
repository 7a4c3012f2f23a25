"""年度 runs from April to March and is named by its era."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.kernel.fiscal import fiscal_label, fiscal_months, fiscal_range, fiscal_year

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("day", "fy"),
    [
        (date(2026, 3, 31), 2025),
        (date(2026, 4, 1), 2026),
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 1), 2026),
        (date(2024, 2, 29), 2023),
    ],
)
def test_the_year_turns_on_the_first_of_april(day: date, fy: int) -> None:
    assert fiscal_year(day) == fy


@given(days)
def test_every_day_lies_in_the_range_and_the_months_of_its_year(day: date) -> None:
    fy = fiscal_year(day)
    first, last = fiscal_range(fy)
    assert first <= day <= last
    assert fiscal_year(first - timedelta(days=1)) == fy - 1
    assert fiscal_year(last + timedelta(days=1)) == fy + 1
    months = fiscal_months(fy)
    assert len(months) == 12
    assert (months[0], months[-1].month) == (first, 3)
    assert list(months) == sorted(set(months))
    assert day.replace(day=1) in months


@pytest.mark.parametrize(
    ("fy", "label"),
    [
        (2026, "令和8年度"),
        (2020, "令和2年度"),
        (2019, "令和元年度"),
        (2018, "平成30年度"),
        (1989, "平成元年度"),
        (1988, "昭和63年度"),
        (1926, "大正15年度"),
    ],
)
def test_a_fiscal_year_is_named_by_its_era(fy: int, label: str) -> None:
    assert fiscal_label(fy) == label
