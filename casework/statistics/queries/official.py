"""The ministry's counts for the scheme: exact figures of a fiscal year at city level, read for a stated purpose.

Protected persons are not among them: an exact figure that moves by one would tell of one (docs/decisions/0014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

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
from ..rules import UNKNOWN, Period, Place, StatKind, Values
from ..rules.official import PURPOSES, Line, OfficialReport, Section, below_city
from . import shelf
from .facts import MERGED, Places, span, values

ACCOMPANY = "accompany"
TAKEN_UP = "taken_up"
BELOW_CITY = (("window", Intake.window), ("route", Intake.intake_route))
MANY = 10**9  # a number that is not shown may also be one hidden beside the only small one


@dataclass(frozen=True, slots=True)
class _Span:
    """Days, and the moments in which they begin and end."""

    first: date
    last: date
    begun: datetime
    over: datetime

    def at(self, column: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return column >= self.begun, column < self.over

    def on(self, column: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return column >= self.first, column <= self.last


def _span(first: date, last: date) -> _Span:
    return _Span(first, last, *span(first, last))


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
    year, codes = _span(*fiscal_range(fy)), values(ctx, shelf.menu(), Places(ctx))
    return (
        Section("intake", tuple(_intake(ctx, year, codes))),
        Section("multi_agency", tuple(_multi_agency(ctx, year))),
        Section("meeting", tuple(_meetings(ctx, year, codes))),
        Section("outreach", tuple(_outreach(ctx, year))),
        Section("participation", tuple(_participation(ctx, year))),
    )


def official_totals(ctx: Context, period: Period, codes: Values) -> dict[Place, tuple[int, int]]:
    """Step: what the report says exactly, for the audit of an edition.

    Totals are known as exactly for a month or a quarter as for their year (docs/decisions/0011); windows and routes
    are reported for a year only.
    """
    days = _span(period.first, period.last)
    items = (*_held(days), AgendaItem.meeting_id == Meeting.id, _kept())
    totals = {
        "intake": _count(ctx, _received(days), Intake.id),
        "agenda": _count(ctx, items, AgendaItem.id, Meeting),
        "visit": _count(ctx, days.at(Visit.recorded_at), Visit.id),
        "need": _count(ctx, days.at(Need.requested_at), Need.id),
    }
    found: dict[Place, tuple[int, int]] = {(f"{unit}.total", ()): (n, n) for unit, n in totals.items()}
    for name, column in BELOW_CITY if period.kind is StatKind.YEAR else ():
        for code, n in _by(ctx, days, column, codes.by_dimension[("intake", name)]).items():
            found[(f"intake.{name}", (code,))] = (1, MANY) if n is None else (n, n)
    return found


def _count(ctx: Context, where: Sequence[Any], column: Any, *also: Any) -> int:
    models = (column.class_, *also)
    query: Any = select(func.count(column.distinct())).where(*where, *map(ctx.countable, models))
    return ctx.count(query, *models)


def _whole(ctx: Context, model: Any, *where: Any) -> Any:
    """All countable rows, whoever reads the report: two officers must not read two figures."""
    return ctx.whole(select(model).where(*where, ctx.countable(model)), model)


def _received(year: _Span) -> tuple[Any, ...]:
    return (*year.on(Intake.received_on), Intake.state != MERGED)


def _by(ctx: Context, year: _Span, column: Any, codes: Sequence[str]) -> dict[str, int | None]:
    query = _whole(ctx, Intake, *_received(year)).group_by(column)
    found = ctx.session.execute(query.with_only_columns(column, func.count(Intake.id)))
    counted = {str(row[0] or UNKNOWN): int(row[1]) for row in found}
    return below_city(counted, tuple(codes))


def _intake(ctx: Context, year: _Span, codes: Values) -> list[Line]:
    lines = [
        Line("received", "events", _count(ctx, _received(year), Intake.id)),
        Line("received", "persons", _count(ctx, _received(year), Intake.person_id)),
    ]
    for name, column in BELOW_CITY:
        found = _by(ctx, year, column, codes.by_dimension[("intake", name)])
        lines += [Line(f"received_by_{name}", "events", n, code) for code, n in found.items()]
    return lines


def _multi_agency(ctx: Context, year: _Span) -> list[Line]:
    return [
        Line("new", "cases", _newly_taken_up(ctx, year)),
        Line("plans", "events", _count(ctx, (*year.on(Plan.decided_on), Plan.revision == 1), Plan.id)),
        Line("replans", "events", _count(ctx, (*year.on(Plan.decided_on), Plan.revision > 1), Plan.id)),
        Line("ended", "cases", _over(ctx, year, Case.close_reason)),
        Line("interrupted", "cases", _over(ctx, year, Case.interrupt_reason)),
        Line("continuing", "cases", _count(ctx, _continuing(year), Case.id)),
        Line("continuing", "households", _count(ctx, _continuing(year), Case.household_id)),
    ]


def _newly_taken_up(ctx: Context, year: _Span) -> int:
    """Cases first taken up in the year: by a coordinator, or by a meeting that decided their 主担当."""
    first: dict[UUID, datetime] = {}
    for model, at, where in (
        (CaseStep, CaseStep.at, CaseStep.kind == TAKEN_UP),
        (Decision, Decision.decided_at, Decision.lead_id.is_not(None)),
    ):
        query = _whole(ctx, model, where, at < year.over).group_by(model.case_id)
        for case, begun in ctx.session.execute(query.with_only_columns(model.case_id, func.min(at))):
            first[case] = min(begun, first.get(case, begun))
    return sum(begun >= year.begun for begun in first.values())


def _over(ctx: Context, year: _Span, reason: Any) -> int:
    where = (*year.at(Case.closed_at), reason.is_not(None), Case.multi_agency.is_(True))
    return _count(ctx, where, Case.id)


def _continuing(year: _Span) -> tuple[Any, ...]:
    running = Case.closed_at.is_(None) | (Case.closed_at >= year.over)
    return (Case.opened_at < year.over, running, Case.multi_agency.is_(True))


def _held(year: _Span) -> tuple[Any, ...]:
    return year.at(Meeting.held_at)


def _kept() -> Any:
    return AgendaItem.withdrawn_at.is_(None)


def _meetings(ctx: Context, year: _Span, codes: Values) -> list[Line]:
    """Meetings held by basis; cases discussed, once each, and items."""
    query = _whole(ctx, Meeting, *_held(year)).group_by(Meeting.basis)
    found = ctx.session.execute(query.with_only_columns(Meeting.basis, func.count(Meeting.id)))
    held: dict[str, int] = {str(row[0]): int(row[1]) for row in found}
    bases = codes.by_dimension[("agenda", "basis")]
    lines = [Line("held_by_basis", "events", held.get(code, 0), code) for code in bases if code != UNKNOWN]
    on = (*_held(year), AgendaItem.meeting_id == Meeting.id, _kept())
    return [
        Line("held", "events", sum(held.values())),
        *lines,
        Line("discussed", "cases", _count(ctx, on, AgendaItem.case_id, Meeting)),
        Line("discussed", "events", _count(ctx, on, AgendaItem.id, Meeting)),
    ]


def _outreach(ctx: Context, year: _Span) -> list[Line]:
    visited = year.at(Visit.recorded_at)
    planned = (*year.on(Plan.decided_on), Plan.outreach_needed.is_(True))
    return [
        Line("visited", "cases", _count(ctx, visited, Visit.case_id)),
        Line("visits", "events", _count(ctx, visited, Visit.id)),
        Line("accompanied", "events", _count(ctx, (*visited, Visit.method == ACCOMPANY), Visit.id)),
        Line("outreach_plans", "events", _count(ctx, planned, Plan.id)),
        Line("outreach_ended", "events", _count(ctx, year.at(OutreachEpisode.ended_at), OutreachEpisode.id)),
    ]


def _participation(ctx: Context, year: _Span) -> list[Line]:
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
