"""The ministry's counts for the scheme: exact figures of a fiscal year at city level, read for a stated purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from ...cases.models import Case, CaseStep
from ...intake.models import Intake
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput
from ...kernel.fiscal import fiscal_label, fiscal_range, fiscal_year
from ...meeting.models import AgendaItem, Decision, Meeting
from ...outreach.models import OutreachEpisode, Visit
from ...participation.models import Need, Placement
from ...plan.models import Plan
from ...usecase import Context, use_case
from ..rules import UNKNOWN, Menu, Period, Place
from ..rules.official import PURPOSES, Line, OfficialReport, Section, below_city
from . import shelf
from .facts import MERGED, Places, span, values

ACCOMPANY = "accompany"
TAKEN_UP = "taken_up"
MANY = 10**9  # a number that is not shown may also be one hidden beside the only small one


@dataclass(frozen=True, slots=True)
class _Year:
    """A fiscal year as days and as moments."""

    first: date
    last: date
    begun: datetime
    over: datetime

    def at(self, column: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return column >= self.begun, column < self.over

    def on(self, column: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return column >= self.first, column <= self.last


def _year(fy: int) -> _Year:
    first, last = fiscal_range(fy)
    return _Year(first, last, *span(first, last))


@use_case(P.STATISTICS_REPORT, event="statistics.official_read", reads=True)
def official_report(ctx: Context, *, fy: int, purpose: str) -> OfficialReport:
    """The exact counts of a fiscal year; who read them, when and for what stands in the trail."""
    ctx.select(Case)
    if purpose not in PURPOSES:
        raise BadInput("purpose_missing", "purpose")
    if not 2000 <= fy <= fiscal_year(ctx.today):
        raise BadInput("fiscal_year_unknown", "fy")
    ctx.purpose = purpose
    complete = fiscal_range(fy)[1] < ctx.today
    return OfficialReport(fy, fiscal_label(fy), complete, purpose, ctx.now, sections_of(ctx, fy))


def sections_of(ctx: Context, fy: int) -> tuple[Section, ...]:
    """Step: all counts of a fiscal year."""
    year = _year(fy)
    return (
        Section("intake", tuple(_intake(ctx, year))),
        Section("multi_agency", tuple(_multi_agency(ctx, year))),
        Section("meeting", tuple(_meetings(ctx, year))),
        Section("outreach", tuple(_outreach(ctx, year))),
        Section("participation", tuple(_participation(ctx, year))),
    )


def official_totals(ctx: Context, period: Period) -> dict[Place, tuple[int, int]]:
    """Step: what the report says exactly of a fiscal year, for the audit of its edition."""
    year = _year(period.fiscal_year)
    total = _count(ctx, _received(year), Intake.id)
    found: dict[Place, tuple[int, int]] = {("intake.total", ()): (total, total)}
    for name, column in (("window", Intake.window), ("route", Intake.intake_route)):
        for code, n in _by(ctx, year, column, name).items():
            found[(f"intake.{name}", (code,))] = (1, MANY) if n is None else (n, n)
    items = _count(ctx, (*_held(year), AgendaItem.meeting_id == Meeting.id, _kept()), AgendaItem.id, Meeting)
    found[("agenda.total", ())] = (items, items)
    visits = _count(ctx, year.at(Visit.recorded_at), Visit.id)
    found[("visit.total", ())] = (visits, visits)
    needs = _count(ctx, year.at(Need.requested_at), Need.id)
    found[("need.total", ())] = (needs, needs)
    return found


def _count(ctx: Context, where: Sequence[Any], column: Any, *also: Any) -> int:
    query: Select[Any] = select(func.count(column.distinct())).where(*where)
    return ctx.count(query, column.class_, *also)


def _received(year: _Year) -> tuple[Any, ...]:
    return (*year.on(Intake.received_on), Intake.state != MERGED)


def _by(ctx: Context, year: _Year, column: Any, dim: str) -> dict[str, int | None]:
    menu: Menu = shelf.menu()
    codes = tuple(values(ctx, menu, Places(ctx)).by_dimension[("intake", dim)])
    query = ctx.select(Intake).where(*_received(year)).group_by(column)
    found = ctx.session.execute(query.with_only_columns(column, func.count(Intake.id)))
    counted = {str(row[0] or UNKNOWN): int(row[1]) for row in found}
    return below_city(counted, codes)


def _intake(ctx: Context, year: _Year) -> list[Line]:
    lines = [
        Line("received", "events", _count(ctx, _received(year), Intake.id)),
        Line("received", "persons", _count(ctx, _received(year), Intake.person_id)),
    ]
    for name, column in (("window", Intake.window), ("route", Intake.intake_route)):
        found = _by(ctx, year, column, name)
        lines += [Line(f"received_by_{name}", "events", n, code) for code, n in found.items()]
    return lines


def _multi_agency(ctx: Context, year: _Year) -> list[Line]:
    return [
        Line("new", "cases", _newly_taken_up(ctx, year)),
        Line("plans", "events", _count(ctx, (*year.on(Plan.decided_on), Plan.revision == 1), Plan.id)),
        Line("replans", "events", _count(ctx, (*year.on(Plan.decided_on), Plan.revision > 1), Plan.id)),
        Line("ended", "cases", _over(ctx, year, Case.close_reason)),
        Line("interrupted", "cases", _over(ctx, year, Case.interrupt_reason)),
        Line("continuing", "cases", _count(ctx, _continuing(year), Case.id)),
        Line("continuing", "households", _count(ctx, _continuing(year), Case.household_id)),
    ]


def _newly_taken_up(ctx: Context, year: _Year) -> int:
    """Cases first taken up in the year: by a coordinator, or by a meeting that decided their 主担当."""
    first: dict[UUID, datetime] = {}
    for model, at, where in (
        (CaseStep, CaseStep.at, CaseStep.kind == TAKEN_UP),
        (Decision, Decision.decided_at, Decision.lead_id.is_not(None)),
    ):
        query: Any = ctx.select(model).where(where, at < year.over).group_by(model.case_id)
        for case, begun in ctx.session.execute(query.with_only_columns(model.case_id, func.min(at))):
            first[case] = min(begun, first.get(case, begun))
    return sum(begun >= year.begun for begun in first.values())


def _over(ctx: Context, year: _Year, reason: Any) -> int:
    where = (*year.at(Case.closed_at), reason.is_not(None), Case.multi_agency.is_(True))
    return _count(ctx, where, Case.id)


def _continuing(year: _Year) -> tuple[Any, ...]:
    running = Case.closed_at.is_(None) | (Case.closed_at >= year.over)
    return (Case.opened_at < year.over, running, Case.multi_agency.is_(True))


def _held(year: _Year) -> tuple[Any, ...]:
    return year.at(Meeting.held_at)


def _kept() -> Any:
    return AgendaItem.withdrawn_at.is_(None)


def _meetings(ctx: Context, year: _Year) -> list[Line]:
    """Meetings held by basis; cases discussed, once each, and items."""
    query = ctx.select(Meeting).where(*_held(year)).group_by(Meeting.basis)
    found = ctx.session.execute(query.with_only_columns(Meeting.basis, func.count(Meeting.id)))
    held: dict[str, int] = {str(row[0]): int(row[1]) for row in found}
    codes = values(ctx, shelf.menu(), Places(ctx)).by_dimension[("agenda", "basis")]
    lines = [Line("held_by_basis", "events", held.get(code, 0), code) for code in codes if code != UNKNOWN]
    on = (*_held(year), AgendaItem.meeting_id == Meeting.id, _kept())
    return [
        Line("held", "events", sum(held.values())),
        *lines,
        Line("discussed", "cases", _count(ctx, on, AgendaItem.case_id, Meeting)),
        Line("discussed", "events", _count(ctx, on, AgendaItem.id, Meeting)),
    ]


def _outreach(ctx: Context, year: _Year) -> list[Line]:
    visited = year.at(Visit.recorded_at)
    planned = (*year.on(Plan.decided_on), Plan.outreach_needed.is_(True))
    return [
        Line("visited", "cases", _count(ctx, visited, Visit.case_id)),
        Line("visits", "events", _count(ctx, visited, Visit.id)),
        Line("accompanied", "events", _count(ctx, (*visited, Visit.method == ACCOMPANY), Visit.id)),
        Line("outreach_plans", "events", _count(ctx, planned, Plan.id)),
        Line("outreach_ended", "events", _count(ctx, year.at(OutreachEpisode.ended_at), OutreachEpisode.id)),
    ]


def _participation(ctx: Context, year: _Year) -> list[Line]:
    planned = (*year.on(Plan.decided_on), Plan.participation_needed.is_(True))
    begun = year.on(Placement.begins_on)
    return [
        Line("requested", "persons", _count(ctx, year.at(Need.requested_at), Need.person_id)),
        Line("requested", "events", _count(ctx, year.at(Need.requested_at), Need.id)),
        Line("participation_plans", "events", _count(ctx, planned, Plan.id)),
        Line("matched", "events", _count(ctx, begun, Placement.id)),
        Line("hosts", "places", _count(ctx, begun, Placement.resource_id)),
        Line("participation_ended", "events", _count(ctx, year.at(Need.ended_at), Need.id)),
    ]
