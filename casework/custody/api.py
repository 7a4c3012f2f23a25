"""JSON door of the keys: their state, and the two people that a retirement needs."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from . import actions, queries
from .schemas import KeysOut, RetirementIn, RetirementOut

bp = ApiBlueprint("custody", doc="鍵の状態と廃棄の申請")
ONE = "/keys/retirements/<uuid:retirement_id>"

bp.door("GET", "/keys", queries.show_keys, gives=KeysOut)
bp.door(
    "POST",
    "/keys/retirements",
    actions.request_retirement,
    takes=RetirementIn,
    gives=RetirementOut,
    status=201,
)
bp.door("GET", ONE, queries.read_retirement, gives=RetirementOut)
bp.door("POST", f"{ONE}/approve", actions.approve_retirement, gives=RetirementOut)
bp.door("POST", f"{ONE}/withdraw", actions.withdraw_retirement, gives=RetirementOut)
