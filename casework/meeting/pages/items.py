"""One case of a meeting: who is told, preparation sheets side by side, minutes while the meeting runs, the decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from ...agencies.queries import agencies
from ...cases.rules import NoteView
from ...cases.schemas import NoteIn
from ...kernel.book import Option
from ...kernel.wareki import format_moment
from ...kernel.withheld import Withheld
from ...web.house import house
from ...web.pages import Setting, page
from ...web.pages.blueprint import arguments
from ...web.request import context
from ...web.schema import PageArgs
from .. import actions, queries
from ..rules import (
    BEFORE_MATERIAL,
    CITY_DIVISION,
    CONFIRMED,
    LEAD,
    MINUTED,
    PLAN_CONFERENCE,
    ItemView,
    MeetingState,
    SheetView,
)
from ..schemas import AttendanceIn, MeetingReasonIn, MembersIn, MinutesIn, RecordIn, SheetIn, SheetOut
from .base import ITEM, bp, grounds, own_agencies

_COMING = frozenset(
    {MeetingState.CONVENED.value, MeetingState.MATERIAL_SHARED.value, MeetingState.HELD.value}
)


@bp.page("/agenda", queries.my_items)
def my_items() -> Response:
    """The items one is convened for, after secrecy was confirmed, and the meetings that wait for it."""
    found = queries.my_items(context(), **arguments(PageArgs))
    called = queries.meetings(context()).items
    waiting = [m for m in called if not m.secrecy_confirmed and m.state in _COMING]
    return page("meeting/my_items.html", found=found, waiting=waiting)


@bp.page(ITEM, queries.read_item)
def item(item_id: UUID) -> Response:
    """One item with its material."""
    view = queries.read_item(context(), item_id)
    sheets = queries.sheets(context(), item_id)
    return page("meeting/item.html", view=view, sheets=sheets, may=_stages(view))


def _stages(view: ItemView) -> dict[str, bool]:
    """What the state of the meeting allows at this item; permissions are asked apart."""
    at = None if view.meeting_state is None else MeetingState(view.meeting_state)
    before = at in (*BEFORE_MATERIAL, MeetingState.MATERIAL_SHARED)
    stages = {
        "members": at in BEFORE_MATERIAL,
        "sheet": before,
        "record": at in MINUTED,
        "addition": at in CONFIRMED,
        "withdraw": before,
    }
    return {name: allowed and not view.withdrawn for name, allowed in stages.items()}


def _one(item_id: UUID) -> Setting:
    view = queries.read_item(context(), item_id)
    back, name = url_for("meeting_pages.item", item_id=item_id), f"議題 {view.sort}"
    about = f"{view.number or ''} {name} {view.purpose or ''}".strip()
    return Setting({"view": view, "back": back, "crumbs": [(back, name)], "about": about})


def _member(item_id: UUID, member_id: UUID) -> Setting:
    """Who is to leave an item."""
    setting, book = _one(item_id), house().desk.book()
    members = setting.show["view"].members
    found = [] if isinstance(members, Withheld) else [m for m in members if m.id == member_id]
    who = "、".join(f"{book.label('agency', m.agency)} {book.label('staff', m.staff_id)}" for m in found)
    return Setting({**setting.show, "about": f"{setting.show['about']}: {who}"})


def _members(item_id: UUID) -> Setting:
    """Rows already chosen, and empty ones; the ground says why each may be told."""
    setting = _one(item_id)
    view: ItemView = setting.show["view"]
    start = {"members": [{"ground": view.basis}]} if view.basis != "plan_conference" else {}
    choices = {"members.ground": grounds(view.basis), "members.case_id": (), "members.agency": _seats()}
    return Setting(setting.show, start, choices)


def _seats() -> list[Option]:
    """Who may be convened: the divisions of 支援会議, and agencies outside the city."""
    found = [a for a in agencies(context()) if a.retired_on is None]
    inside = [Option(a.code, a.name, "支援会議の構成課") for a in found if a.support_meeting_member]
    return inside + [Option(a.code, a.name, "市の外の機関") for a in found if a.kind != CITY_DIVISION]


def _sheet(item_id: UUID) -> Setting:
    setting, own = _one(item_id), own_agencies()
    here = next((o for o in own if o.value == request.args.get("agency")), own[0])
    mine = [s for s in queries.sheets(context(), item_id) if s.agency == here.value]
    start = SheetOut().dump(mine[0]) if mine else {"agency": here.value}
    known = {name: start[name] for name in SheetIn().load_fields if name in start and name != "version"}
    show = {**setting.show, "beside": [o for o in own if o is not here]}
    return Setting(show, known, {"agency": [here]}, mine[0].version if mine else 0)


def _record(item_id: UUID) -> Setting:
    """One screen for one case: the minutes as far as they are written, and the decision to be made."""
    setting, book = _one(item_id), house().desk.book()
    view: ItemView = setting.show["view"]
    text = "" if view.minutes is None or isinstance(view.minutes, Withheld) else view.minutes
    lines = queries.read_meeting(context(), view.meeting_id).items
    show = {**setting.show, "sheets": queries.sheets(context(), item_id), "lines": lines}
    roles = [o for o in book.offered("meeting_role") if o.value != LEAD]
    return Setting(show, {"text": text}, {"actions.role": roles}, view.version)


def _note(item_id: UUID) -> Setting:
    """A note that keeps this meeting as its origin (I7)."""
    setting = _one(item_id)
    view: ItemView = setting.show["view"]
    start = {
        "happened_at": format_moment(context().now),
        "method": view.basis if view.basis == PLAN_CONFERENCE else "support_meeting",
        "agency": own_agencies()[0].value,
        "segments": [{"segment_class": "fact"}],
    }
    choices = {"agency": own_agencies(), "quotes": (), "segments.about_id": (), "segments.origin_item": ()}
    return Setting(setting.show, start, choices)


def _attendance(item_id: UUID) -> Setting:
    setting, book = _one(item_id), house().desk.book()
    members = setting.show["view"].members
    listed = () if isinstance(members, Withheld) else members
    now = context().now
    found = [m for m in listed if m.access_ends_at is None or m.access_ends_at > now]  # not those removed
    options = [
        Option(str(m.id), f"{book.label('agency', m.agency)} {book.label('staff', m.staff_id)}")
        for m in found
    ]
    rows = [
        {"member_id": str(m.id), "attendance": m.attendance or "present", "proxy": m.proxy} for m in found
    ]
    return Setting(setting.show, {"lines": rows}, {"lines.member_id": options}, setting.show["view"].version)


def _to_item(_: ItemView | SheetView | NoteView, *, item_id: UUID, **__: Any) -> str:
    return url_for("meeting_pages.item", item_id=item_id)


def _to_calendar(_: object, **__: Any) -> str:
    return url_for("meeting_pages.calendar")


for path, endpoint, title, action, takes, prepare, template, rows, button in (
    ("members", "members", "構成員を選ぶ", actions.choose_members, MembersIn, _members, "form", 4, "選ぶ"),
    ("sheet", "sheet", "準備シートを書く", actions.write_sheet, SheetIn, _sheet, "sheet", 1, "保存"),
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
    ("record", "record", "会議を記録する", actions.record, RecordIn, _record, "record", 1, "保存"),
    (
        "notes/new",
        "note",
        "会議で知ったことを支援経過に書く",
        actions.note_from_meeting,
        NoteIn,
        _note,
        "note",
        1,
        "記録する",
    ),
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
        "members/<uuid:member_id>/remove",
        "remove_member",
        "構成員から外す",
        actions.remove_member,
        None,
        _member,
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
