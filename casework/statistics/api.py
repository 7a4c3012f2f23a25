"""JSON door of 統計: the menu, sealed editions, tables, the bundle of a year, and the ministry's report."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from . import actions, queries
from .schemas import (
    BundleOut,
    EditionOut,
    EvaluationOut,
    FindingIn,
    FindingOut,
    IndicatorIn,
    IndicatorOut,
    MaybeYearArgs,
    MenuOut,
    OfficialOut,
    OperationsOut,
    PeriodArgs,
    ReportArgs,
    SheetOut,
    TableOut,
    YearArgs,
    YearIn,
    YearOut,
    table_csv,
)

bp = ApiBlueprint("statistics", doc="統計")

bp.door("GET", "/statistics/menu", queries.menu, gives=MenuOut)
bp.door("GET", "/statistics/editions", queries.editions, query=MaybeYearArgs, gives=EditionOut, many=True)
bp.door("GET", "/statistics/editions/<period>", queries.edition, gives=EditionOut)
bp.download(
    "/statistics/tables/<table_id>.csv", queries.table, query=PeriodArgs, mimetype="text/csv", write=table_csv
)
bp.door("GET", "/statistics/tables/<table_id>", queries.table, query=PeriodArgs, gives=TableOut)
bp.door("GET", "/statistics/totals", queries.year_totals, query=MaybeYearArgs, gives=YearOut)
bp.door("GET", "/statistics/sheets/<unit>/<group>", queries.sheet, query=PeriodArgs, gives=SheetOut)
bp.door("GET", "/statistics/bundle", queries.bundle, query=YearArgs, gives=BundleOut)
bp.door("GET", "/statistics/official", queries.official_report, query=ReportArgs, gives=OfficialOut)
bp.door("GET", "/operations", queries.operations, gives=OperationsOut)
bp.door("GET", "/evaluation", queries.evaluation_report, query=MaybeYearArgs, gives=EvaluationOut)
bp.door(
    "POST", "/evaluation/indicators", actions.add_indicator, takes=IndicatorIn, gives=IndicatorOut, status=201
)
bp.door(
    "GET",
    "/evaluation/indicators/<uuid:indicator_id>",
    queries.indicator,
    query=MaybeYearArgs,
    gives=IndicatorOut,
)
bp.door(
    "POST",
    "/evaluation/indicators/<uuid:indicator_id>/years",
    actions.set_year,
    takes=YearIn,
    gives=IndicatorOut,
    edits=True,
    shows=queries.indicator,
)
bp.door("POST", "/evaluation/findings", actions.add_finding, takes=FindingIn, gives=FindingOut, status=201)
