"""JSON door of 開示請求."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from ..web.schema import PageArgs
from . import actions, queries
from .schemas import (
    CopyOut,
    ExportIn,
    ExtensionIn,
    GivingIn,
    GivingOut,
    PartIn,
    RegisterIn,
    RequestOut,
    RequestPage,
    ReturnIn,
)

bp = ApiBlueprint("disclosure", doc="開示請求")
ONE = "/disclosure-requests/<uuid:request_id>"

bp.door("GET", "/disclosure-requests", queries.requests, query=PageArgs, gives=RequestPage)
bp.door("POST", "/disclosure-requests", actions.register, takes=RegisterIn, gives=RequestOut, status=201)
bp.door("GET", ONE, queries.read_request, gives=RequestOut)
bp.door("POST", f"{ONE}/extend", actions.extend, takes=ExtensionIn, gives=RequestOut)
bp.door("POST", f"{ONE}/accept-proposals", actions.accept_proposals, gives=RequestOut)
bp.door("POST", f"{ONE}/parts/<uuid:part_id>", actions.decide, takes=PartIn, gives=RequestOut)
bp.door("POST", f"{ONE}/submit", actions.submit, gives=RequestOut)
bp.door("POST", f"{ONE}/send-back", actions.send_back, takes=ReturnIn, gives=RequestOut)
bp.door("POST", f"{ONE}/approve", actions.approve, gives=RequestOut)
bp.door("POST", f"{ONE}/withdraw", actions.withdraw, gives=RequestOut)
bp.door("POST", f"{ONE}/close", actions.close, gives=RequestOut)
bp.door("POST", f"{ONE}/exports", actions.export, takes=ExportIn, gives=GivingOut, status=201)
bp.door(
    "POST",
    "/disclosure-givings/<uuid:giving_id>/again",
    actions.give_again,
    takes=GivingIn,
    gives=GivingOut,
    status=201,
)
bp.door("GET", "/disclosure-givings/<uuid:giving_id>/file", queries.read_copy, gives=CopyOut)
