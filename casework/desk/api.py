"""JSON door of 書きかけ: the pages' script keeps what is being typed here."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from . import actions, queries
from .schemas import UnsentIn, UnsentOut

bp = ApiBlueprint("desk", doc="書きかけ")

bp.door("GET", "/unsent", queries.all_unsent, gives=UnsentOut, many=True)
bp.door("PUT", "/unsent", actions.keep, takes=UnsentIn, gives=UnsentOut)
