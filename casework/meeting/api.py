"""JSON door of 会議, 議題, 準備シート, 会議録 and 対応事項."""

from __future__ import annotations

from ..cases.schemas import NoteIn, NoteOut
from ..web.door import ApiBlueprint
from ..web.schema import PageArgs, page_of
from . import actions, queries
from .schemas import (
    ActionArgs,
    ActionDoneIn,
    ActionOut,
    AgendaIn,
    AgendaItemOut,
    AttendanceIn,
    ConvenedOut,
    DecisionIn,
    MaterialOut,
    MeetingArgs,
    MeetingIn,
    MeetingLineOut,
    MeetingOut,
    MeetingProposalOut,
    MeetingReasonIn,
    MembersIn,
    MinutesIn,
    ReassignIn,
    RecordIn,
    SheetIn,
    SheetOut,
)

bp = ApiBlueprint("meeting", doc="会議")
ONE = "/meetings/<uuid:meeting_id>"
ITEM = "/agenda/<uuid:item_id>"
ACTION = "/action-items/<uuid:action_id>"

bp.door("POST", "/meetings", actions.plan_meeting, takes=MeetingIn, gives=MeetingOut, status=201)
bp.door("GET", "/meetings", queries.meetings, query=MeetingArgs, gives=page_of(MeetingLineOut))
bp.door("GET", ONE, queries.read_meeting, gives=MeetingOut)
bp.door("GET", f"{ONE}/material", queries.material, gives=MaterialOut)
bp.door("POST", f"{ONE}/agenda", actions.take, takes=AgendaIn, gives=AgendaItemOut, status=201)
bp.door("POST", f"{ONE}/convene", actions.convene, takes=MembersIn, gives=MeetingOut)
bp.door("POST", f"{ONE}/share", actions.share, gives=MeetingOut)
bp.door("POST", f"{ONE}/hold", actions.hold, gives=MeetingOut)
bp.door("POST", f"{ONE}/draft-minutes", actions.draft_minutes, gives=MeetingOut)
bp.door("POST", f"{ONE}/confirm", actions.confirm, gives=MeetingOut)
bp.door("POST", f"{ONE}/close", actions.close, gives=MeetingOut)
bp.door("POST", f"{ONE}/cancel", actions.cancel, takes=MeetingReasonIn, gives=MeetingOut)
bp.door("POST", f"{ONE}/secrecy", actions.confirm_secrecy, gives=MeetingOut)
bp.door("GET", "/proposals", queries.proposals, query=PageArgs, gives=page_of(MeetingProposalOut))
bp.door("GET", "/agenda", queries.my_items, query=PageArgs, gives=page_of(ConvenedOut))
bp.door("GET", ITEM, queries.read_item, gives=AgendaItemOut)
bp.door("POST", f"{ITEM}/withdraw", actions.withdraw, takes=MeetingReasonIn, status=204)
bp.door("POST", f"{ITEM}/members", actions.choose_members, takes=MembersIn, gives=AgendaItemOut)
bp.door("POST", f"{ITEM}/members/<uuid:member_id>/remove", actions.remove_member, gives=AgendaItemOut)
bp.door(
    "PUT",
    f"{ITEM}/sheet",
    actions.write_sheet,
    takes=SheetIn,
    gives=SheetOut,
    edits=True,
    shows=queries.own_sheet,
)
bp.door("GET", f"{ITEM}/sheet", queries.own_sheet, gives=SheetOut)
bp.door("GET", f"{ITEM}/sheets", queries.sheets, gives=SheetOut, many=True)
bp.door(
    "POST",
    f"{ITEM}/attendance",
    actions.take_attendance,
    takes=AttendanceIn,
    gives=AgendaItemOut,
    edits=True,
    shows=queries.read_item,
)
bp.door(
    "PUT",
    f"{ITEM}/minutes",
    actions.write_minutes,
    takes=MinutesIn,
    gives=AgendaItemOut,
    edits=True,
    shows=queries.read_item,
)
bp.door(
    "PUT",
    f"{ITEM}/record",
    actions.record,
    takes=RecordIn,
    gives=AgendaItemOut,
    edits=True,
    shows=queries.read_item,
)
bp.door("POST", f"{ITEM}/additions", actions.add_to_minutes, takes=MinutesIn, gives=AgendaItemOut)
bp.door("POST", f"{ITEM}/decision", actions.decide, takes=DecisionIn, gives=AgendaItemOut)
bp.door("POST", f"{ITEM}/notes", actions.note_from_meeting, takes=NoteIn, gives=NoteOut, status=201)
bp.door("GET", "/action-items", queries.action_items, query=ActionArgs, gives=page_of(ActionOut))
bp.door("GET", ACTION, queries.read_action, gives=ActionOut)
bp.door("POST", f"{ACTION}/accept", actions.accept, gives=ActionOut)
bp.door("POST", f"{ACTION}/object", actions.object_, takes=MeetingReasonIn, gives=ActionOut)
bp.door("POST", f"{ACTION}/done", actions.done, takes=ActionDoneIn, gives=ActionOut)
bp.door("POST", f"{ACTION}/cancel", actions.cancel_action, takes=MeetingReasonIn, gives=ActionOut)
bp.door("POST", f"{ACTION}/reassign", actions.reassign, takes=ReassignIn, gives=ActionOut)
