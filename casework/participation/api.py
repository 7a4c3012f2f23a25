"""JSON door of 参加支援."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from ..web.schema import PageArgs, page_of
from . import actions, queries
from .schemas import AssessIn, BreakOffIn, EndIn, NeedIn, NeedLineOut, NeedOut, SettlingIn, TrialIn

bp = ApiBlueprint("participation", doc="参加支援")

bp.door(
    "POST",
    "/cases/<uuid:case_id>/participation",
    actions.request_support,
    takes=NeedIn,
    gives=NeedOut,
    status=201,
)
bp.door("GET", "/cases/<uuid:case_id>/participation", queries.needs_of_case, gives=NeedLineOut, many=True)
bp.door("GET", "/participation", queries.my_needs, query=PageArgs, gives=page_of(NeedLineOut))
bp.door(
    "GET", "/participation/without-place", queries.without_place, query=PageArgs, gives=page_of(NeedLineOut)
)
bp.door("GET", "/participation/<uuid:need_id>", queries.read_need, gives=NeedOut)
bp.door("POST", "/participation/<uuid:need_id>/assess", actions.assess, takes=AssessIn, gives=NeedOut)
bp.door("POST", "/participation/<uuid:need_id>/match", actions.match, gives=NeedOut)
bp.door("POST", "/participation/<uuid:need_id>/develop", actions.develop, gives=NeedOut)
bp.door("POST", "/participation/<uuid:need_id>/trial", actions.try_out, takes=TrialIn, gives=NeedOut)
bp.door("POST", "/participation/<uuid:need_id>/place", actions.place, gives=NeedOut)
bp.door("POST", "/participation/<uuid:need_id>/settle", actions.settle, gives=NeedOut)
bp.door(
    "POST", "/participation/<uuid:need_id>/settling", actions.log_settling, takes=SettlingIn, gives=NeedOut
)
bp.door("POST", "/participation/<uuid:need_id>/stabilise", actions.stabilise, gives=NeedOut)
bp.door("POST", "/participation/<uuid:need_id>/break-off", actions.break_off, takes=BreakOffIn, gives=NeedOut)
bp.door("POST", "/participation/<uuid:need_id>/end", actions.end, takes=EndIn, gives=NeedOut)
