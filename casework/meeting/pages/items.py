"""One case of a meeting: who is told, preparation sheets side by side, minutes while the meeting runs, the decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ...kernel.book import Option
from ...kernel.withheld import Withheld
from ...web.house import house
from ...web.pages import Setting, page
from ...web.pages.blueprint import arguments
from ...web.request import context
from ...web.schema import PageArgs
from .. import actions, queries
from ..rules import ItemView, SheetView
from ..schemas import AttendanceIn, DecisionIn, MeetingReasonIn, MembersIn, MinutesIn, SheetIn, SheetOut
from .base import ITEM, bp, grounds, own_agencies

REMOVE = "members/<uuid:member_id>/remove"


@bp.page("/agenda", queries.my_items)
def my_items() -> Response:
    """The items one is convened for, after secrecy was confirmed."""
    return page("meeting/my_items.html", found=queries.my_items(context(), **arguments(PageArgs)))


@bp.page(ITEM, queries.read_item)
def item(item_id: UUID) -> Response:
    """One item with its material."""
    view = queries.read_item(context(), item_id)
    return page("meeting/item.html", view=view, sheets=queries.sheets(context(), item_id))


def _one(item_id: UUID, **_: Any) -> Setting:
    view = queries.read_item(context(), item_id)
    return Setting({"view": view, "back": url_for("meeting_pages.item", item_id=item_id)})


def _members(item_id: UUID) -> Setting:
    """Rows already chosen, and empty ones; the ground says why each may be told."""
    setting = _one(item_id)
    view: ItemView = setting.show["view"]
    start = {"members": [{"ground": view.basis}]} if view.basis != "plan_conference" else {}
    return Setting(setting.show, start, {"members.ground": grounds(view.basis), "members.case_id": ()})


def _sheet(item_id: UUID) -> Setting:
    setting, own = _one(item_id), own_agencies()
    mine = [s for s in queries.sheets(context(), item_id) if s.agency in {o.value for o in own}]
    start = SheetOut().dump(mine[0]) if mine else {"agency": own[0].value}
    known = {name: start[name] for name in SheetIn().load_fields if name in start}
    return Setting(setting.show, known, {"agency": own})


def _minutes(item_id: UUID) -> Setting:
    setting = _one(item_id)
    view: ItemView = setting.show["view"]
    text = "" if view.minutes is None or isinstance(view.minutes, Withheld) else view.minutes
    show = {**setting.show, "sheets": queries.sheets(context(), item_id)}
    return Setting(show, {"text": text}, version=view.version)


def _decision(item_id: UUID) -> Setting:
    setting = _one(item_id)
    return Setting({**setting.show, "sheets": queries.sheets(context(), item_id)})


def _attendance(item_id: UUID) -> Setting:
    setting, book = _one(item_id), house().desk.book()
    members = setting.show["view"].members
    found = [] if isinstance(members, Withheld) else list(members)
    options = [
        Option(str(m.id), f"{book.label('agency', m.agency)} {book.label('staff', m.staff_id)}")
        for m in found
    ]
    rows = [{"member_id": str(m.id), "attendance": m.attendance or "present"} for m in found]
    return Setting(setting.show, {"lines": rows}, {"lines.member_id": options})


def _to_item(_: ItemView | SheetView, *, item_id: UUID, **__: Any) -> str:
    return url_for("meeting_pages.item", item_id=item_id)


def _to_calendar(_: object, **__: Any) -> str:
    return url_for("meeting_pages.calendar")


for path, endpoint, title, action, takes, prepare, template, rows, button in (
    ("members", "members", "構成員を選ぶ", actions.choose_members, MembersIn, _members, "form", 4, "選ぶ"),
    ("sheet", "sheet", "準備シートを書く", actions.write_sheet, SheetIn, _sheet, "form", 1, "保存"),
    (
        "attendance",
        "attendance",
        "出欠を記録する",
        actions.take_attendance,
        AttendanceIn,
        _attendance,
        "form",
        0,
        "保存",
    ),
    ("minutes", "minutes", "会議録を書く", actions.write_minutes, MinutesIn, _minutes, "beside", 1, "保存"),
    (
        "additions/new",
        "addition",
        "会議録に追記する",
        actions.add_to_minutes,
        MinutesIn,
        _one,
        "form",
        1,
        "追記する",
    ),
    (
        "decision",
        "decision",
        "決定を記録する",
        actions.decide,
        DecisionIn,
        _decision,
        "beside",
        2,
        "決定を記録する",
    ),
    (
        "members/<uuid:member_id>/remove",
        "remove_member",
        "構成員から外す",
        actions.remove_member,
        None,
        _one,
        "form",
        1,
        "外す",
    ),
):
    bp.form(
        f"{ITEM}/{path}",
        action,
        endpoint=endpoint,
        title=title,
        takes=takes,
        template=f"meeting/{template}.html",
        prepare=prepare,
        then=_to_item,
        blank_rows=rows,
        button=button,
    )
bp.form(
    f"{ITEM}/withdraw",
    actions.withdraw,
    endpoint="withdraw",
    title="議題から外す",
    takes=MeetingReasonIn,
    template="meeting/form.html",
    prepare=_one,
    then=_to_calendar,
    button="外す",
)
