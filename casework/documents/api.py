"""JSON door of 帳票: recording a print, and one's own prints."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from . import actions, queries
from .schemas import PrintIn, PrintOut

bp = ApiBlueprint("documents", doc="帳票")

bp.door("POST", "/prints/<kind>/<uuid:target>", actions.print_out, takes=PrintIn, gives=PrintOut, status=201)
bp.door("GET", "/prints", queries.my_prints, gives=PrintOut, many=True)
