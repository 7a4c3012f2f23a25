"""JSON door of 統計: the menu, sealed editions, tables, the bundle of a year, and the ministry's report."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from . import queries
from .schemas import (
    BundleOut,
    EditionOut,
    MaybeYearArgs,
    MenuOut,
    OfficialOut,
    PeriodArgs,
    ReportArgs,
    SheetOut,
    TableOut,
    YearArgs,
    YearOut,
    table_csv,
)

bp = ApiBlueprint("statistics", doc="統計")

bp.door("GET", "/statistics/menu", queries.menu, gives=MenuOut)
bp.door("GET", "/statistics/editions", queries.editions, query=MaybeYearArgs, gives=EditionOut, many=True)
bp.download(
    "/statistics/tables/<table_id>.csv", queries.table, query=PeriodArgs, mimetype="text/csv", write=table_csv
)
bp.door("GET", "/statistics/tables/<table_id>", queries.table, query=PeriodArgs, gives=TableOut)
bp.door("GET", "/statistics/totals", queries.year_totals, query=MaybeYearArgs, gives=YearOut)
bp.door("GET", "/statistics/sheets/<unit>/<group>", queries.sheet, query=PeriodArgs, gives=SheetOut)
bp.door("GET", "/statistics/bundle", queries.bundle, query=YearArgs, gives=BundleOut)
bp.door("GET", "/statistics/official", queries.official_report, query=ReportArgs, gives=OfficialOut)
