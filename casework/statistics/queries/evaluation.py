"""評価 of the city plan for a fiscal year: indicators against targets, findings, 取組 touched, and 制度の狭間."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput
from ...kernel.fiscal import fiscal_label, fiscal_range, fiscal_year
from ...settings import bundled_path
from ...usecase import Context, use_case
from ..models import Edition, Finding, Indicator, IndicatorYear
from ..rules.evaluation import (
    GOALS,
    MANUAL,
    EvaluationReport,
    FindingView,
    Frame,
    GapLine,
    IndicatorView,
    frames,
)
from . import shelf
from .official import sections_of

# Where sealed tables tell that help was missing: unit, dimension, and the answer if it is one of several.
GAPS = (("missing", "place", ""), ("need", "gap", ""), ("referral", "outcome", "returned"))


def frames_of(ctx: Context) -> dict[str, Frame]:
    """How this municipality evaluates its goals."""
    return _frames(bundled_path("config") / "municipality" / ctx.settings.municipality / "evaluation.csv")


@cache
def _frames(path: Path) -> dict[str, Frame]:
    with path.open(encoding="utf-8", newline="") as lines:
        return frames(csv.DictReader(lines))


@use_case(P.EVALUATION_REPORT, event="evaluation.report_read", reads=True)
def evaluation_report(ctx: Context, *, fy: int | None = None) -> EvaluationReport:
    """The report of a fiscal year for the committee; figures of the ministry's counts are exact, the rest sealed."""
    year = fiscal_year(ctx.today) if fy is None else fy
    if not 2000 <= year <= fiscal_year(ctx.today):
        raise BadInput("fiscal_year_unknown", "fy")
    known = frames_of(ctx)
    sealed: Edition | None = ctx.one(ctx.select(Edition).where(Edition.period == f"FY{year}"))
    found = ctx.select(Finding).where(Finding.fiscal_year == year).order_by(Finding.at.desc())
    return EvaluationReport(
        year,
        fiscal_label(year),
        fiscal_range(year)[1] < ctx.today,
        sealed is not None,
        tuple(known[goal] for goal in GOALS if goal in known),
        tuple(_indicators(ctx, year)),
        tuple(finding_view(ctx, row) for row in ctx.all(found)),
        tuple(_lines(ctx, sealed, "effort", "initiative")),
        tuple(line for unit, dim, only in GAPS for line in _lines(ctx, sealed, unit, dim, only)),
    )


def _indicators(ctx: Context, year: int) -> list[IndicatorView]:
    rows = ctx.all(ctx.select(Indicator).order_by(Indicator.goal, Indicator.viewpoint, Indicator.id))
    years = ctx.all(ctx.select(IndicatorYear).where(IndicatorYear.fiscal_year.in_([year, year - 1])))
    told = {(y.indicator_id, y.fiscal_year): y for y in years}
    fed = {fy: _figures(ctx, fy) if any(r.source != MANUAL for r in rows) else {} for fy in (year, year - 1)}

    def actual(row: Indicator, fy: int) -> int | None:
        if row.source != MANUAL:
            return fed[fy].get(row.source)
        entered = told.get((row.id, fy))
        return None if entered is None else entered.actual

    return [
        IndicatorView(
            row.id,
            row.version,
            row.goal,
            row.viewpoint,
            row.title,
            row.unit,
            row.source,
            getattr(told.get((row.id, year)), "target", None),
            actual(row, year),
            actual(row, year - 1),
        )
        for row in rows
    ]


def _figures(ctx: Context, fy: int) -> dict[str, int | None]:
    """The official figures of a year by section, line and what is counted."""
    lines = ((s.id, line) for s in sections_of(ctx, fy) for line in s.lines if not line.detail)
    return {f"{section}.{line.id}.{line.counts}": line.value for section, line in lines}


def finding_view(ctx: Context, row: Finding) -> FindingView:
    return FindingView(
        row.id,
        row.goal,
        row.viewpoint,
        row.method,
        row.evaluator,
        row.fiscal_year,
        ctx.unseal(row, "text"),
        row.by,
        row.at,
    )


def _lines(ctx: Context, sealed: Edition | None, unit: str, dim: str, only: str = "") -> list[GapLine]:
    """Numbers of one dimension of the sealed year, by code; nothing before it is sealed."""
    if sealed is None:
        return []
    tables = {t.table_id: t for t in shelf.tables_of(ctx, sealed, unit, (dim,))}
    found: list[GapLine] = []
    for cell in shelf.cells_of(ctx, sealed, list(tables)):
        code = tables[cell.table_id].answer or cell.key
        if only in ("", code):
            found.append(GapLine(f"{unit}.{dim}", code, cell.shown))
    order = {code: at for at, code in enumerate(_order(tables.values()))}
    return sorted(found, key=lambda line: order.get(line.code, len(order)))


def _order(tables: Any) -> list[str]:
    return [t.answer for t in sorted(tables, key=lambda t: t.sort) if t.answer]


@use_case(P.EVALUATION_REPORT, event="evaluation.indicator_read", reads=True)
def indicator(ctx: Context, indicator_id: UUID, *, fy: int | None = None) -> IndicatorView:
    """One indicator in a fiscal year (the present one by default)."""
    ctx.load(Indicator, indicator_id)
    year = fiscal_year(ctx.today) if fy is None else fy
    return next(view for view in _indicators(ctx, year) if view.id == indicator_id)
