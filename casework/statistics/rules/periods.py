"""Periods that are tabulated: months, quarters of the fiscal year, fiscal years; each is closed before it is sealed."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ...kernel.errors import BadInput
from ...kernel.fiscal import fiscal_label, fiscal_months, fiscal_year
from ...kernel.wareki import wareki_year
from ...kernel.workdays import add_working_days

SEALED_ON = 5  # working day after the period on which late entries are in
_MONTH = re.compile(r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(?P<year>[0-9]{4})-Q(?P<quarter>[1-4])")
_YEAR = re.compile(r"FY(?P<year>[0-9]{4})")


class StatKind(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """`code` is "2026-05", "2026-Q1" (April to June of fiscal year 2026) or "FY2026"."""

    code: str
    kind: StatKind
    first: date
    last: date

    @property
    def fiscal_year(self) -> int:
        return fiscal_year(self.first)

    @property
    def label(self) -> str:
        """令和8年5月分, 令和8年度第1四半期, 令和8年度."""
        if self.kind is StatKind.MONTH:
            return f"{wareki_year(self.first)}年{self.first.month}月分"
        year = fiscal_label(self.fiscal_year)
        return year if self.kind is StatKind.YEAR else f"{year}第{self.code[-1]}四半期"

    @property
    def opens_on(self) -> date:
        """The first day on which it may be sealed."""
        return add_working_days(self.last, SEALED_ON)

    @property
    def parts(self) -> tuple[str, ...]:
        """Codes of the shorter periods it consists of, one step down."""
        if self.kind is StatKind.MONTH:
            return ()
        if self.kind is StatKind.YEAR:
            return tuple(f"{self.fiscal_year}-Q{n}" for n in (1, 2, 3, 4))
        quarter = int(self.code[-1])
        months = fiscal_months(self.fiscal_year)[3 * quarter - 3 : 3 * quarter]
        return tuple(f"{m:%Y-%m}" for m in months)


def parse_period(code: str) -> Period:
    """BadInput "period_unknown" for anything but the three spellings."""
    if match := _MONTH.fullmatch(code):
        return _span(code, StatKind.MONTH, int(match["year"]), int(match["month"]), 1)
    if match := _QUARTER.fullmatch(code):
        first = fiscal_months(int(match["year"]))[3 * int(match["quarter"]) - 3]
        return _span(code, StatKind.QUARTER, first.year, first.month, 3)
    if match := _YEAR.fullmatch(code):
        return _span(code, StatKind.YEAR, int(match["year"]), 4, 12)
    raise BadInput("period_unknown", "period")


def periods_of(fy: int) -> tuple[Period, ...]:
    """The 17 periods of a fiscal year, in the order in which they close."""
    months = [parse_period(f"{m:%Y-%m}") for m in fiscal_months(fy)]
    longer = [parse_period(f"{fy}-Q{n}") for n in (1, 2, 3, 4)]
    order = list(StatKind)
    found = [*months, *longer, parse_period(f"FY{fy}")]
    return tuple(sorted(found, key=lambda p: (p.last, order.index(p.kind))))


def _span(code: str, kind: StatKind, year: int, month: int, months: int) -> Period:
    if not 2000 <= year <= 2100:
        raise BadInput("period_unknown", "period")
    end = year * 12 + month - 1 + months - 1
    last_year, last_month = divmod(end, 12)
    last = date(last_year, last_month + 1, calendar.monthrange(last_year, last_month + 1)[1])
    return Period(code, kind, date(year, month, 1), last)
