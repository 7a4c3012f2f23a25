"""Sealing a period once and for all, and the indicators and findings of the city plan's evaluation."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from uuid import UUID

from ..kernel.actor import Permission as P
from ..kernel.errors import BadInput, Refused
from ..kernel.ids import new_id
from ..usecase import Context, use_case
from . import queries
from .models import Edition, EditionCell, EditionTable, Finding, Indicator, IndicatorYear
from .queries import facts, shelf
from .rules import Auditor, Draft, EditionView, Period, Report, count, fingerprint, parse_period
from .rules import protect as protect_counts
from .rules import tables as tables_of
from .rules.evaluation import (
    MANUAL,
    FindingDraft,
    FindingView,
    IndicatorDraft,
    IndicatorView,
    YearDraft,
    check_place,
)

Progress = Callable[[str], None]


@use_case(P.STATISTICS_SEAL, event="statistics.sealed")
def seal(ctx: Context, code: str, progress: Progress | None = None) -> EditionView:
    """Tabulate a closed period once: count, hide, round, audit, store. Refused: an open period, a second seal,
    a statistics key changed within the fiscal year, a tampered edition."""
    period, say = parse_period(code), progress or (lambda _: None)
    _may_be_sealed(ctx, period)
    before = shelf.volumes(ctx, shelf.editions_of(ctx, period.fiscal_year))
    earlier = [shelf.published(ctx, volume) for volume in before]
    say("counting")
    menu, places = shelf.menu(), facts.Places(ctx)
    values = facts.values(ctx, menu, places)
    key, tables = shelf.statistics_key(ctx), tables_of(menu, values, period.kind)
    counts = count(tables, facts.facts(ctx, period, places), key, menu.rule)
    draft = protect_counts(tables, counts, key, menu.rule)
    say("auditing")
    known = queries.official_totals(ctx, period, values)
    report = Auditor(period, draft, earlier, menu.rule, values.area_of, known).hide_more()
    say("storing")
    return _store(ctx, period, draft, report)


def _may_be_sealed(ctx: Context, period: Period) -> None:
    if ctx.today < period.opens_on:
        raise Refused("period_open", "period", opens_on=period.opens_on)
    key_mark = fingerprint(shelf.statistics_key(ctx))
    for row in shelf.editions_of(ctx, period.fiscal_year):
        if row.period == period.code:
            raise Refused("edition_sealed", "period", period=period.code)
        if row.key_mark != key_mark:
            raise Refused("statistics_key_changed", "period", period=row.period)


def _store(ctx: Context, period: Period, draft: Draft, report: Report) -> EditionView:
    menu, key = shelf.menu(), shelf.statistics_key(ctx)
    row = Edition(
        id=new_id(),
        period=period.code,
        kind=period.kind.value,
        first_day=period.first,
        last_day=period.last,
        fiscal_year=period.fiscal_year,
        menu_version=menu.version,
        rule_version=menu.rule.version,
        key_mark=fingerprint(key),
        audit=json.dumps(asdict(report)),
        sealed_at=ctx.now,
    )
    told = [
        EditionTable(
            edition_id=row.id,
            table_id=t.id,
            sort=sort,
            unit=t.unit,
            of=t.of,
            dims=",".join(t.dims),
            group=t.group,
            answer=t.answer,
        )
        for sort, t in enumerate(draft.tables)
    ]
    cells = [
        EditionCell(
            edition_id=row.id, table_id=t.id, at=at, key=",".join(k), shown=draft.cells[(t.id, k)].shown
        )
        for t in draft.tables
        for at, k in enumerate(t.keys)
    ]
    row.digest = shelf.digest(key, row, told, cells)
    ctx.add(row)
    ctx.session.flush()
    ctx.add(*told, *cells)
    return queries.edition_view(row)


@use_case(P.EVALUATION_REPORT, event="evaluation.indicator_added")
def add_indicator(ctx: Context, draft: IndicatorDraft) -> IndicatorView:
    """Add 数値目標 to a viewpoint of a goal; what feeds it is one of the official figures, or it is entered by hand."""
    ctx.select(Indicator)
    check_place(queries.frames_of(ctx), draft.goal, draft.viewpoint)
    row = Indicator(
        id=new_id(),
        goal=draft.goal,
        viewpoint=draft.viewpoint,
        title=draft.title,
        unit=draft.unit,
        source=draft.source,
        made_by=ctx.actor.id,
        made_at=ctx.now,
    )
    ctx.add(row)
    ctx.session.flush()
    return queries.indicator(ctx, row.id)


@use_case(P.EVALUATION_REPORT, event="evaluation.target_set")
def set_year(ctx: Context, indicator_id: UUID, draft: YearDraft) -> IndicatorView:
    """Set the target of a fiscal year, and the figure of an indicator that is entered by hand."""
    row = ctx.load(Indicator, indicator_id)
    if row.source != MANUAL and draft.actual is not None:
        raise Refused("indicator_fed", "actual")
    known = ctx.one(
        ctx.select(IndicatorYear).where(
            IndicatorYear.indicator_id == row.id, IndicatorYear.fiscal_year == draft.fy
        )
    )
    year = known or IndicatorYear(id=new_id(), indicator_id=row.id, fiscal_year=draft.fy)
    year.target, year.actual = draft.target, draft.actual
    ctx.touch(row)
    if known is None:
        ctx.add(year)
    ctx.session.flush()
    return queries.indicator(ctx, row.id, fy=draft.fy)


@use_case(P.EVALUATION_REPORT, event="evaluation.finding_added")
def add_finding(ctx: Context, draft: FindingDraft) -> FindingView:
    """Add what a hearing or a questionnaire found; it is sealed, because people's words are in it."""
    ctx.select(Finding)
    frame = check_place(queries.frames_of(ctx), draft.goal, draft.viewpoint)
    for field, listed in (("method", frame.methods), ("evaluator", frame.evaluators)):
        if getattr(draft, field) not in listed:
            raise BadInput("unknown_code", field)
    row = Finding(
        id=new_id(),
        goal=draft.goal,
        viewpoint=draft.viewpoint,
        method=draft.method,
        evaluator=draft.evaluator,
        fiscal_year=draft.fy,
        by=ctx.actor.id,
        at=ctx.now,
    )
    ctx.new_owner(row.id)
    ctx.seal(row, text=draft.text)
    ctx.add(row)
    return queries.finding_view(ctx, row)
