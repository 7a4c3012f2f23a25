"""JSON door of 保存と消去."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from ..web.schema import PageArgs
from . import actions, queries
from .schemas import (
    DecisionIn,
    DueOut,
    ErasureOut,
    HoldIn,
    HoldOut,
    ProposalIn,
    RefusalIn,
    ScheduleOut,
    TombstonePage,
)

bp = ApiBlueprint("retention", doc="保存と消去")

bp.door("GET", "/retention/schedule", queries.schedule, gives=ScheduleOut, many=True)
bp.door("GET", "/retention/due", queries.due_list, gives=DueOut)
bp.door("GET", "/retention/holds", queries.holds, gives=HoldOut, many=True)
bp.door("POST", "/retention/holds", actions.hold, takes=HoldIn, gives=HoldOut, status=201)
bp.door("POST", "/retention/holds/<uuid:hold_id>/lift", actions.lift, gives=HoldOut)
bp.door("GET", "/erasures", queries.erasures, gives=ErasureOut, many=True)
bp.door("POST", "/erasures", actions.propose, takes=ProposalIn, gives=ErasureOut, many=True, status=201)
bp.door("POST", "/erasures/approve", actions.approve, takes=DecisionIn, gives=ErasureOut, many=True)
bp.door("POST", "/erasures/<uuid:erasure_id>/refuse", actions.refuse, takes=RefusalIn, gives=ErasureOut)
bp.door("POST", "/erasures/<uuid:erasure_id>/withdraw", actions.withdraw, gives=ErasureOut)
bp.door("GET", "/tombstones", queries.tombstones, query=PageArgs, gives=TombstonePage)
