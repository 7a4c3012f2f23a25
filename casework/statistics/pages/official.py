"""The ministry's report on the screen and as a spreadsheet: own role, stated purpose, a rule beside each number."""

from __future__ import annotations

from flask import Response, url_for

from ...kernel.fiscal import fiscal_label, fiscal_year
from ...kernel.wareki import format_moment
from ...web.house import house
from ...web.pages import page
from ...web.pages.blueprint import arguments
from ...web.request import context
from .. import queries
from ..rules.official import PURPOSES, Line, OfficialReport
from ..schemas import ReportArgs, ReportChoice
from .base import Row, bp, name_of, spreadsheet

SOURCES = {
    "received_by_window": "windows",
    "received_by_route": "codes:intake_route",
    "held_by_basis": "codes:meeting_basis",
}
YEARS = 5  # fiscal years that the page offers
WITHHELD = "示さない"


@bp.page("/official-report", queries.official_report)
def official() -> Response:
    """First the year and what it is for; then the numbers."""
    today = fiscal_year(context().today)
    years = [(fy, fiscal_label(fy)) for fy in range(today, today - YEARS, -1)]
    asked = arguments(ReportChoice)
    fy = today if asked["fy"] is None else asked["fy"]
    read = asked["purpose"] is not None  # a year alone shows nothing yet
    found = queries.official_report(context(), fy=fy, purpose=asked["purpose"]) if read else None
    lines = {} if found is None else {s.id: [(_name(line), line) for line in s.lines] for s in found.sections}
    files = None if found is None else url_for(".official_xlsx", fy=found.fy, purpose=found.purpose)
    return page(
        "statistics/official.html",
        found=found,
        lines=lines,
        years=years,
        purposes=PURPOSES,
        files=files,
        fy=fy,
    )


@bp.page("/official-report.xlsx", queries.official_report)
def official_xlsx() -> Response:
    """The same numbers for a spreadsheet program; reading it again is recorded again."""
    found = queries.official_report(context(), **arguments(ReportArgs))
    return spreadsheet(f"official-{found.fy}", _title(found), _rows(found))


def _name(line: Line) -> str:
    name = house().messages.label("report_line", line.id)
    return f"{name}: {name_of(SOURCES[line.id], line.detail)}" if line.detail else name


def _title(found: OfficialReport) -> list[Row]:
    purpose = house().messages.label("report_purpose", found.purpose)
    state = "" if found.complete else "(年度の途中)"
    return [
        ["重層的支援体制整備事業の実績", f"{found.label}{state}"],
        ["目的", purpose],
        ["作成", format_moment(found.made_at)],
    ]


def _rows(found: OfficialReport) -> list[Row]:
    messages = house().messages
    heads: Row = ["区分", "項目", "数", "単位", "数え方"]
    rows: list[Row] = [
        [
            messages.label("report_section", section.id),
            _name(line),
            WITHHELD if line.value is None else line.value,
            messages.label("report_counts", line.counts),
            messages.label("report_rule", line.id),
        ]
        for section in found.sections
        for line in section.lines
    ]
    return [heads, *rows]
