"""What the doors give of statistics: protected numbers with their rule, never anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class EditionView:
    """A period: sealed when, or pending until it may be sealed (`opens_on`)."""

    period: str
    kind: str
    label: str
    first_day: date
    last_day: date
    fiscal_year: int
    opens_on: date
    sealed_at: datetime | None
    hidden_by_audit: int | None


@dataclass(frozen=True, slots=True)
class CellView:
    """A number by its codes; None is hidden, whether it is small, could be derived, or its table was left out."""

    key: tuple[str, ...]
    shown: int | None


@dataclass(frozen=True, slots=True)
class TableView:
    """One table of one edition. `values` are the codes of each dimension, in their order."""

    id: str
    unit: str
    edition: str
    dims: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    cells: tuple[CellView, ...]
    counted: str
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class RowView:
    """A line of a sheet: its number, that of the year before, and the change between the two shown numbers."""

    key: tuple[str, ...]
    shown: int | None
    before: int | None

    @property
    def change(self) -> int | None:
        return None if self.shown is None or self.before is None else self.shown - self.before


@dataclass(frozen=True, slots=True)
class SheetView:
    """All answers of one dimension, or one pair, of a period: what stands on one page."""

    period: str
    unit: str
    group: str
    dims: tuple[str, ...]
    several: bool
    rows: tuple[RowView, ...]
    total: RowView
    sealed_at: datetime
    compared_with: str | None
    unit_name: str
    name: str
    counted: str
    heads: tuple[str, ...]  # what the dimensions are called
    sources: tuple[str, ...]  # where the names of each dimension's codes stand


@dataclass(frozen=True, slots=True)
class UnitTotals:
    """What a fiscal year says of a unit as a whole, by period; a period that is not sealed is missing."""

    unit: str
    name: str
    counted: str
    shown: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class YearView:
    """The totals of a fiscal year, and the years that have a sealed period, newest first."""

    fy: int
    years: tuple[int, ...]
    totals: tuple[UnitTotals, ...]


@dataclass(frozen=True, slots=True)
class DimView:
    levels: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    parent: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class BundleView:
    """Everything sealed of a fiscal year, in the shape of docs/statistics.md."""

    fy: int
    dims: Mapping[str, Any]
    editions: tuple[Mapping[str, Any], ...]
    tables: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """An entry of the menu: a unit with a dimension or a pair, and the periods that have it."""

    unit: str
    group: str
    name: str
    kinds: tuple[str, ...]
    counted: str


@dataclass(frozen=True, slots=True)
class MenuView:
    version: int
    base: int
    hide_below: int
    sheets: tuple[SheetChoice, ...]
