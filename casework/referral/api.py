"""JSON door of つなぎ."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from ..web.schema import PageArgs, page_of
from . import actions, queries
from .schemas import (
    ReferralAcceptIn,
    ReferralArgs,
    ReferralBoardArgs,
    ReferralCompleteIn,
    ReferralForwardIn,
    ReferralIn,
    ReferralLineOut,
    ReferralOut,
    ReferralOverdueLineOut,
    ReferralReturnIn,
)

bp = ApiBlueprint("referral", doc="つなぎ")
ONE = "/referrals/<uuid:referral_id>"

bp.door(
    "POST",
    "/intakes/<uuid:intake_id>/refer",
    actions.refer_intake,
    takes=ReferralIn,
    gives=ReferralOut,
    status=201,
)
bp.door(
    "POST", "/cases/<uuid:case_id>/referrals", actions.send, takes=ReferralIn, gives=ReferralOut, status=201
)
bp.door("GET", "/referrals", queries.listing, query=ReferralArgs, gives=page_of(ReferralLineOut))
bp.door("GET", "/referrals/board", queries.board, query=ReferralBoardArgs, gives=page_of(ReferralLineOut))
bp.door("GET", "/referrals/overdue", queries.overdue, query=PageArgs, gives=page_of(ReferralOverdueLineOut))
bp.door("GET", ONE, queries.read, gives=ReferralOut)
bp.door("POST", f"{ONE}/acknowledge", actions.acknowledge, gives=ReferralOut)
bp.door("POST", f"{ONE}/accept", actions.accept, takes=ReferralAcceptIn, gives=ReferralOut)
bp.door("POST", f"{ONE}/return", actions.return_, takes=ReferralReturnIn, gives=ReferralOut)
bp.door("POST", f"{ONE}/forward", actions.forward, takes=ReferralForwardIn, gives=ReferralOut)
bp.door("POST", f"{ONE}/withdraw", actions.withdraw, gives=ReferralOut)
bp.door("POST", f"{ONE}/complete", actions.complete, takes=ReferralCompleteIn, gives=ReferralOut)
