"""Sealed statistics on the screen: the year at a glance, and one dimension as table, chart and file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, url_for

from ...kernel.fiscal import fiscal_label
from ...kernel.wareki import format_moment
from ...web.pages import page
from ...web.pages.blueprint import arguments
from ...web.request import context
from .. import queries
from ..rules import RowView, SheetView, StatKind, parse_period
from ..schemas import MaybeYearArgs
from .base import HIDDEN, Row, bp, comma_separated, name_of, spreadsheet

SHEET = "/statistics/<period>/<unit>/<group>"
TALL = 24  # height of a bar and the space below it
WIDE = 300  # of the longest bar


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the chart; no length where the number is hidden."""

    name: str
    top: int
    length: int | None
    shown: int | None


@bp.page("/statistics", queries.year_totals)
def overview() -> Response:
    """A fiscal year: which periods are sealed, and the total of every unit in each."""
    found = queries.year_totals(context(), fy=arguments(MaybeYearArgs)["fy"])
    editions = queries.editions(context(), fy=found.fy)
    by_kind = {kind: [e for e in editions if e.kind == kind.value] for kind in StatKind}
    years = [(year, fiscal_label(year)) for year in sorted({found.fy, *found.years}, reverse=True)]
    show = {"fy": found.fy, "label": fiscal_label(found.fy), "years": years, "totals": found.totals}
    return page("statistics/overview.html", by_kind=by_kind, **show)


@bp.page("/statistics/<period>", queries.edition)
def edition(period: str) -> Response:
    """What a sealed period can be asked for."""
    found = queries.edition(context(), period)
    offered = [s for s in queries.menu(context()).sheets if found.kind in s.kinds]
    heads = [s for s in offered if s.group == "total"]
    units = [(head.name, [s for s in offered if s.unit == head.unit and s != head]) for head in heads]
    return page("statistics/edition.html", edition=found, units=units)


@bp.page(SHEET, queries.sheet)
def sheet(period: str, unit: str, group: str) -> Response:
    """One dimension or pair: table and chart side by side, with the change on the year before."""
    found = queries.sheet(context(), unit, group, period=period)
    shown = [(_names(found, row), row) for row in found.rows]
    drawn = len(found.dims) == 1 and any(row.shown for row in found.rows)
    bars = _bars(shown) if drawn else []
    paths = {kind: url_for(f"statistics_pages.{kind}", **_ids(found)) for kind in ("as_csv", "as_xlsx")}
    return page(
        "statistics/sheet.html",
        view=found,
        period=parse_period(found.period),
        rows=shown,
        grid=_grid(found) if len(found.dims) == 2 else None,
        bars=bars,
        height=TALL * len(bars),
        **paths,
    )


def _ids(view: SheetView) -> dict[str, Any]:
    return {"period": view.period, "unit": view.unit, "group": view.group}


def _names(view: SheetView, row: RowView) -> tuple[str, ...]:
    return tuple(name_of(source, code) for source, code in zip(view.sources, row.key, strict=True))


def _bars(rows: list[tuple[tuple[str, ...], RowView]]) -> list[Bar]:
    """Heights and lengths from shown numbers only."""
    most = max((row.shown or 0 for _, row in rows), default=0) or 1
    return [
        Bar(name[0], TALL * n, None if row.shown is None else round(WIDE * row.shown / most), row.shown)
        for n, (name, row) in enumerate(rows)
    ]


def _grid(view: SheetView) -> dict[str, Any]:
    """A pair as rows and columns."""
    lines, columns = (list(dict.fromkeys(row.key[side] for row in view.rows)) for side in (0, 1))
    shown = {row.key: row.shown for row in view.rows}
    return {
        "lines": [(code, name_of(view.sources[0], code)) for code in lines],
        "columns": [(code, name_of(view.sources[1], code)) for code in columns],
        "shown": shown,
    }


@bp.page(f"{SHEET}.csv", queries.sheet)
def as_csv(period: str, unit: str, group: str) -> Response:
    """The sheet as CSV."""
    found = queries.sheet(context(), unit, group, period=period)
    return comma_separated(f"casework-{period}-{unit}", [*_title(found), [], *_lines(found)])


@bp.page(f"{SHEET}.xlsx", queries.sheet)
def as_xlsx(period: str, unit: str, group: str) -> Response:
    """The sheet for a spreadsheet program."""
    found = queries.sheet(context(), unit, group, period=period)
    return spreadsheet(f"casework-{period}-{unit}", _title(found), _lines(found))


def _title(view: SheetView) -> list[Row]:
    return [
        [f"{view.unit_name}: {view.name}", parse_period(view.period).label],
        ["数え方", view.counted],
        ["示し方", "10未満(0を含む)と、ほかの数から分かる数は「―」。ほかは5の倍数に丸めた数。"],
        ["集計した日時", format_moment(view.sealed_at)],
        ["合計", _number(view.total.shown)],
    ]


def _lines(view: SheetView) -> list[Row]:
    heads: Row = [*view.heads, "件数", "前年", "増減"]
    rows = [
        [*_names(view, row), _number(row.shown), _number(row.before), _number(row.change)]
        for row in view.rows
    ]
    return [heads, *rows]


def _number(shown: int | None) -> str | int:
    return HIDDEN if shown is None else shown
