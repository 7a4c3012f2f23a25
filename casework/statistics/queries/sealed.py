"""What is read of sealed statistics. Nothing is computed here but differences between two shown numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...kernel.fiscal import fiscal_year
from ...usecase import Context, use_case
from ..models import Edition, EditionCell, EditionTable
from ..rules import (
    BundleView,
    CellView,
    Dimension,
    EditionView,
    Menu,
    MenuView,
    RowView,
    SheetChoice,
    SheetView,
    StatKind,
    TableView,
    UnitTotals,
    YearView,
    parse_period,
    periods_of,
)
from . import shelf
from .facts import Places

TOTAL = "total"
KEPT = 2000  # tables that a process remembers: an edition never changes
_READ: dict[tuple[UUID, str], TableView] = {}


@use_case(P.STATISTICS_READ, event="statistics.menu_read", reads=True)
def menu(ctx: Context) -> MenuView:
    """The closed menu: every table there is, its periods, and how it is counted."""
    ctx.select(Edition)
    known = shelf.menu()
    sheets = [choice for unit in known.units for choice in _choices(known, unit.id)]
    return MenuView(known.version, known.rule.base, known.rule.hide_below, tuple(sheets))


def _choices(known: Menu, unit: str) -> list[SheetChoice]:
    told, every = known.unit(unit), tuple(kind.value for kind in StatKind)
    found = [SheetChoice(unit, TOTAL, told.name, every, told.rule)]
    for dim in known.of(unit):
        kinds = every if dim.by_month else every[1:]
        found.append(SheetChoice(unit, dim.id, dim.name, kinds, f"{told.rule}{dim.rule}"))
    for _, first, second in (pair for pair in known.pairs if pair[0] == unit):
        name = f"{known.dimension(unit, first).name}と{known.dimension(unit, second).name}"
        found.append(SheetChoice(unit, f"{first}*{second}", name, (StatKind.YEAR.value,), told.rule))
    return found


def edition_view(row: Edition) -> EditionView:
    period = parse_period(row.period)
    hidden = json.loads(row.audit)["hidden_by_audit"]
    return EditionView(
        row.period,
        row.kind,
        period.label,
        row.first_day,
        row.last_day,
        row.fiscal_year,
        period.opens_on,
        row.sealed_at,
        hidden,
    )


@use_case(P.STATISTICS_READ, event="statistics.editions_listed", reads=True)
def editions(ctx: Context, *, fy: int | None = None) -> list[EditionView]:
    """The periods of a fiscal year (the present one by default): sealed, or pending until a day."""
    year = fiscal_year(ctx.today) if fy is None else fy
    try:
        listed = periods_of(year)
    except BadInput as unknown:
        raise BadInput("fiscal_year_unknown", "fy") from unknown
    sealed = {row.period: edition_view(row) for row in shelf.editions_of(ctx, year)}
    return [
        sealed.get(p.code)
        or EditionView(p.code, p.kind.value, p.label, p.first, p.last, year, p.opens_on, None, None)
        for p in listed
    ]


@use_case(P.STATISTICS_READ, event="statistics.table_read", reads=True)
def table(ctx: Context, table_id: str, *, period: str) -> TableView:
    """One table of a sealed period; a number that is hidden and one that was left out look alike."""
    row = shelf.edition(ctx, period)
    known = _READ.get((row.id, table_id))
    if known is None:
        told = ctx.session.get(EditionTable, (row.id, table_id))
        if told is None:
            raise BadInput("table_unlisted", "id")
        known = _table_view(row, told, shelf.cells_of(ctx, row, [table_id]))
        if len(_READ) < KEPT:
            _READ[(row.id, table_id)] = known
    return known


def _table_view(row: Edition, told: EditionTable, cells: Sequence[EditionCell]) -> TableView:
    dims, keys = shelf.key_of(told.dims), [shelf.key_of(cell.key) for cell in cells]
    values = tuple(tuple(dict.fromkeys(key[side] for key in keys)) for side in range(len(dims)))
    known = shelf.menu()
    counted = known.unit(told.of).rule
    if told.group != TOTAL and "*" not in told.group:
        counted += known.dimension(told.of, told.group).rule
    return TableView(
        told.table_id,
        told.unit,
        row.period,
        dims,
        values,
        tuple(CellView(key, cell.shown) for key, cell in zip(keys, cells, strict=True)),
        counted,
        row.sealed_at,
    )


@use_case(P.STATISTICS_READ, event="statistics.sheet_read", reads=True)
def sheet(ctx: Context, unit: str, group: str, *, period: str) -> SheetView:
    """Everything a period says of one dimension or pair, with the change on the year before where both are shown."""
    listed = _choices(shelf.menu(), unit) if _is_unit(unit) else []
    choice = next((c for c in listed if c.group == group), None)
    wanted = parse_period(period)
    if choice is None or wanted.kind.value not in choice.kinds:
        raise BadInput("table_unlisted", "group")
    row = shelf.edition(ctx, period)
    before = _year_before(ctx, row)
    now, total = _lines(ctx, row, unit, group)
    then, total_then = ({}, None) if before is None else _lines(ctx, before, unit, group)
    dims = [] if group == TOTAL else [shelf.menu().dimension(unit, name) for name in group.split("*")]
    return SheetView(
        row.period,
        unit,
        group,
        tuple(dim.id for dim in dims),
        any(dim.several for dim in dims),
        tuple(RowView(key, shown, then.get(key)) for key, shown in now.items()),
        RowView((), total, total_then),
        row.sealed_at,
        None if before is None else before.period,
        shelf.menu().unit(unit).name,
        choice.name,
        choice.counted,
        tuple(dim.name for dim in dims),
        tuple(dim.source for dim in dims),
    )


@use_case(P.STATISTICS_READ, event="statistics.edition_read", reads=True)
def edition(ctx: Context, period: str) -> EditionView:
    """One sealed period; Refused "statistics_pending" before it is sealed."""
    return edition_view(shelf.edition(ctx, period))


@use_case(P.STATISTICS_READ, event="statistics.year_read", reads=True)
def year_totals(ctx: Context, *, fy: int | None = None) -> YearView:
    """The totals of every unit in the sealed periods of a fiscal year; of the newest that has any by default."""
    years = tuple(sorted({row.fiscal_year for row in shelf.editions_of(ctx)}, reverse=True))
    year = fy if fy is not None else (years[0] if years else fiscal_year(ctx.today))
    rows, known = shelf.editions_of(ctx, year), shelf.menu()
    shown = shelf.totals_of(ctx, rows, [f"{unit.id}.{TOTAL}" for unit in known.units])
    totals = (
        UnitTotals(
            unit.id,
            unit.name,
            unit.rule,
            {row.period: shown.get((row.id, f"{unit.id}.{TOTAL}")) for row in rows},
        )
        for unit in known.units
    )
    return YearView(year, years, tuple(totals))


def _is_unit(unit: str) -> bool:
    return any(u.id == unit for u in shelf.menu().units)


def _year_before(ctx: Context, row: Edition) -> Edition | None:
    wanted = parse_period(row.period)
    code = {
        StatKind.MONTH: f"{wanted.first.year - 1}-{wanted.first.month:02d}",
        StatKind.QUARTER: f"{wanted.fiscal_year - 1}-{row.period[-2:]}",
        StatKind.YEAR: f"FY{wanted.fiscal_year - 1}",
    }[wanted.kind]
    found: Edition | None = ctx.one(ctx.select(Edition).where(Edition.period == code))
    return found


def _lines(
    ctx: Context, row: Edition, unit: str, group: str
) -> tuple[dict[tuple[str, ...], int | None], int | None]:
    """The numbers of a dimension or pair by their codes, and the total of the unit."""
    told = {t.table_id: t for t in shelf.tables_of(ctx, row, unit, (group, TOTAL))}
    cells = sorted(shelf.cells_of(ctx, row, list(told)), key=lambda c: (told[c.table_id].sort, c.at))
    lines = {
        ((told[c.table_id].answer,) if told[c.table_id].answer else shelf.key_of(c.key)): c.shown
        for c in cells
        if told[c.table_id].group == group
    }
    return lines, next((c.shown for c in cells if told[c.table_id].group == TOTAL), None)


@use_case(P.STATISTICS_READ, event="statistics.bundle_read", reads=True)
def bundle(ctx: Context, *, fy: int) -> BundleView:
    """Everything sealed of a fiscal year, with the hierarchies of its dimensions."""
    rows = shelf.editions_of(ctx, fy)
    if not rows:
        raise Refused("statistics_pending", "fy", period=f"FY{fy}")
    views = [
        _table_view(volume.row, told, cells)
        for volume in shelf.volumes(ctx, rows)
        for told, cells in _by_table(volume)
    ]
    known, places = shelf.menu(), Places(ctx)
    names = {(d.unit, d.id): _hierarchy(d) for d in known.dimensions if not d.several}
    return BundleView(
        fy,
        _dims(views, names, places.parent),
        tuple({"period": r.period, "kind": r.kind, "sealed_at": r.sealed_at.isoformat()} for r in rows),
        tuple(_told(view, names, known) for view in views),
    )


def _by_table(volume: shelf.Volume) -> list[tuple[EditionTable, list[EditionCell]]]:
    found: dict[str, list[EditionCell]] = {t.table_id: [] for t in volume.tables}
    for cell in volume.cells:
        found[cell.table_id].append(cell)
    return [(t, found[t.table_id]) for t in volume.tables]


def _hierarchy(dim: Dimension) -> tuple[str, str]:
    """Name of the hierarchy and level: the 9 and the 5 areas are two levels of one."""
    name = "area" if dim.id in ("area9", "area5") else dim.id
    return f"{dim.unit}.{name}", dim.id


def _dims(
    views: Sequence[TableView], names: Mapping[tuple[str, str], tuple[str, str]], parent: Mapping[str, str]
) -> dict[str, Any]:
    values: dict[str, dict[str, dict[str, None]]] = {}
    for view in views:
        for dim, listed in zip(view.dims, view.values, strict=True):
            name, level = names[(view.unit, dim)]
            values.setdefault(name, {}).setdefault(level, {}).update(dict.fromkeys(listed))
    found = {}
    for name, by_level in values.items():
        levels = sorted(by_level, key=lambda level: -len(by_level[level]))
        up = {"area9": {v: parent.get(v, v) for v in by_level["area9"]}} if "area9" in by_level else {}
        listed_by = {level: list(by_level[level]) for level in levels}
        found[name] = {"levels": levels, "values": listed_by, "parent": up}
    return found


def _told(view: TableView, names: Mapping[tuple[str, str], tuple[str, str]], known: Menu) -> dict[str, Any]:
    rule = {"kind": "round_rand", "base": known.rule.base, "mask_lt": known.rule.hide_below}
    return {
        "id": view.id,
        "unit": view.unit,
        "edition": view.edition,
        "dims": [list(names[(view.unit, dim)]) for dim in view.dims],
        "rule": rule,
        "values": [cell.shown for cell in view.cells],
    }


@use_case(P.STATISTICS_SEAL, event="statistics.verified", reads=True)
def verify(ctx: Context) -> list[tuple[str, bool]]:
    """Every edition, and whether it is as it was sealed."""
    found = shelf.volumes(ctx, shelf.editions_of(ctx))
    return [(volume.row.period, shelf.whole(ctx, volume)) for volume in found]


@use_case(P.STATISTICS_SEAL, event="statistics.audits_read", reads=True)
def audits(ctx: Context) -> list[tuple[str, dict[str, int]]]:
    """The report of the self-audit of every edition."""
    return [(row.period, json.loads(row.audit)) for row in shelf.editions_of(ctx)]


@use_case(P.STATISTICS_SEAL, event="statistics.due_listed", reads=True)
def due(ctx: Context, *, since: int) -> list[str]:
    """Periods from a fiscal year on that may be sealed and are not."""
    sealed = {row.period for row in shelf.editions_of(ctx)}
    found = [p for fy in range(since, fiscal_year(ctx.today) + 1) for p in periods_of(fy)]
    return [p.code for p in found if p.opens_on <= ctx.today and p.code not in sealed]
