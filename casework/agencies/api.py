"""JSON door of the directory and the code lists."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from . import actions, queries
from .schemas import (
    AgencyOut,
    CodeArgs,
    CodeIn,
    CodeOut,
    CodeRetireIn,
    DistrictOut,
    InitiativeOut,
    WindowOut,
)

bp = ApiBlueprint("agencies", doc="課・機関・窓口・圏域・取組・コード表")

bp.door("GET", "/agencies", queries.agencies, gives=AgencyOut, many=True)
bp.door("GET", "/windows", queries.windows, gives=WindowOut, many=True)
bp.door("GET", "/districts", queries.districts, gives=DistrictOut, many=True)
bp.door("GET", "/initiatives", queries.initiatives, gives=InitiativeOut, many=True)
bp.door("GET", "/codes", queries.codes, query=CodeArgs, gives=CodeOut, many=True)
bp.door("POST", "/codes", actions.add_code, takes=CodeIn, gives=CodeOut, status=201)
bp.door("POST", "/codes/<list>/<code>/retire", actions.retire_code, takes=CodeRetireIn, gives=CodeOut)
