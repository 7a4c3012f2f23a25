"""The calendar, one meeting and its course, and the cases that wait for a meeting."""

from __future__ import annotations

import calendar as months
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from ...kernel.book import Option
from ...kernel.clock import tokyo_date
from ...kernel.wareki import format_moment, format_wareki, wareki_year
from ...web.pages import Setting, page
from ...web.pages.blueprint import arguments
from ...web.request import context
from ...web.schema import PageArgs
from .. import actions, queries
from ..rules import ItemView, MeetingLine, MeetingView
from ..schemas import AgendaIn, MeetingIn, MeetingReasonIn, MembersIn
from .base import MEETING, bp

YEARS = 20  # how far from today the calendar goes


@bp.page("/meetings", queries.meetings)
def calendar() -> Response:
    """One month as a grid and as a list."""
    first = _month(request.args.get("month", ""))
    shown = _all(first)
    shown.sort(key=lambda m: m.planned_at)
    weeks = months.Calendar(firstweekday=6).monthdatescalendar(first.year, first.month)
    by_day: dict[date, list[MeetingLine]] = {}
    for line in shown:
        by_day.setdefault(tokyo_date(line.planned_at), []).append(line)
    return page(
        "meeting/calendar.html",
        first=first,
        name=f"{wareki_year(first)}年{first.month}月",
        weeks=weeks,
        by_day=by_day,
        shown=shown,
        before=_shift(first, -1),
        after=_shift(first, 1),
    )


def _all(month: date) -> list[MeetingLine]:
    """Every meeting of a month: a calendar that leaves one out misleads."""
    shown = queries.meetings(context(), month=month)
    found = list(shown.items)
    while shown.next is not None:
        shown = queries.meetings(context(), month=month, after=shown.next)
        found += shown.items
    return found


def _month(typed: str) -> date:
    """The first day of "2026-11"; of the present month for anything else."""
    today = context().today
    try:
        first = date.fromisoformat(f"{typed}-01")
    except ValueError:
        return today.replace(day=1)
    return first if abs(first.year - today.year) <= YEARS else today.replace(day=1)


def _shift(first: date, by: int) -> str:
    at = first.year * 12 + first.month - 1 + by
    return f"{at // 12:04d}-{at % 12 + 1:02d}"


@bp.page(MEETING, queries.read_meeting)
def meeting(meeting_id: UUID) -> Response:
    """One meeting: course, agenda, what may be done next."""
    return page("meeting/meeting.html", view=queries.read_meeting(context(), meeting_id))


@bp.page("/proposals", queries.proposals)
def proposals() -> Response:
    """Cases that wait for a meeting."""
    found = queries.proposals(context(), **arguments(PageArgs))
    return page("meeting/proposals.html", found=found)


def _plan() -> Setting:
    me = context().actor
    start = {"secretariat_id": str(me.id), "convener": sorted(me.agencies)[0], "minutes": 60}
    return Setting({"back": url_for("meeting_pages.calendar")}, start)


def _one(meeting_id: UUID) -> Setting:
    view = queries.read_meeting(context(), meeting_id)
    back = url_for("meeting_pages.meeting", meeting_id=meeting_id)
    crumbs = [(url_for("meeting_pages.calendar"), "会議"), (back, f"{format_moment(view.planned_at)}の会議")]
    return Setting({"view": view, "back": back, "crumbs": crumbs})


def _take(meeting_id: UUID) -> Setting:
    setting = _one(meeting_id)
    view: MeetingView = setting.show["view"]
    waiting = [row for row in queries.proposals(context()).items if row.basis == view.basis]
    options = [
        Option(
            str(row.id),
            f"{row.number or ''} {format_wareki(tokyo_date(row.proposed_at))} {(row.reason or '')[:40]}",
        )
        for row in waiting
    ]
    return Setting(setting.show, {"items": ["consultation"]}, {"proposal_id": options})


def _to_meeting(view: MeetingView, **_: Any) -> str:
    return url_for("meeting_pages.meeting", meeting_id=view.id)


def _taken(view: ItemView, **_: Any) -> str:
    return url_for("meeting_pages.item", item_id=view.id)


bp.form(
    "/meetings/new",
    actions.plan_meeting,
    endpoint="plan_meeting",
    title="会議を予定する",
    takes=MeetingIn,
    prepare=_plan,
    then=_to_meeting,
    button="予定する",
)
bp.form(
    f"{MEETING}/agenda/new",
    actions.take,
    endpoint="take",
    title="ケースを議題に載せる",
    takes=AgendaIn,
    template="meeting/take.html",
    prepare=_take,
    then=_taken,
    button="議題に載せる",
)
for path, title, action, takes, button in (
    ("convene", "構成員を招集する", actions.convene, MembersIn, "招集する"),
    ("share", "資料を共有する", actions.share, None, "共有する"),
    ("hold", "開催したことを記録する", actions.hold, None, "開催した"),
    ("draft-minutes", "会議録案を会議の長に回す", actions.draft_minutes, None, "回す"),
    ("confirm", "会議録を確定する", actions.confirm, None, "確定する"),
    ("close", "会議を終える", actions.close, None, "終える"),
    ("cancel", "会議を取りやめる", actions.cancel, MeetingReasonIn, "取りやめる"),
    ("secrecy", "守秘を確認する", actions.confirm_secrecy, None, "守秘を確認しました"),
):
    bp.form(
        f"{MEETING}/{path}",
        action,
        endpoint=path.replace("-", "_"),
        title=title,
        takes=takes,
        template="meeting/move.html",
        prepare=_one,
        then=_to_meeting,
        blank_rows=0,
        button=button,
    )
