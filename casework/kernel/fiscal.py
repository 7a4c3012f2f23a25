"""年度: the fiscal year from April to March (地方自治法 208条), named by the calendar year it begins in."""

from __future__ import annotations

from datetime import date

from .wareki import wareki_year


def fiscal_year(day: date) -> int:
    return day.year if day.month >= 4 else day.year - 1


def fiscal_range(fy: int) -> tuple[date, date]:
    """First and last day, both inside the year."""
    return date(fy, 4, 1), date(fy + 1, 3, 31)


def fiscal_label(fy: int) -> str:
    """令和8年度. The era is that of 1 May, because 2019 年度 as a whole is called 令和元年度."""
    return f"{wareki_year(date(fy, 5, 1))}年度"


def fiscal_months(fy: int) -> tuple[date, ...]:
    """The first days of its twelve months, April first."""
    return tuple(date(fy + (month > 12), (month - 1) % 12 + 1, 1) for month in range(4, 16))
