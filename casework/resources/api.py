"""JSON door of 福祉資源マップ."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from ..web.schema import page_of
from . import actions, queries
from .schemas import ResourceArgs, ResourceEditIn, ResourceIn, ResourceOut

bp = ApiBlueprint("resources", doc="福祉資源")

ONE = "/resources/<uuid:resource_id>"

bp.door("GET", "/resources", queries.search, query=ResourceArgs, gives=page_of(ResourceOut))
bp.door("POST", "/resources", actions.add_resource, takes=ResourceIn, gives=ResourceOut, status=201)
bp.door("GET", ONE, queries.read_resource, gives=ResourceOut)
bp.door(
    "PUT",
    ONE,
    actions.edit_resource,
    takes=ResourceEditIn,
    gives=ResourceOut,
    edits=True,
    shows=queries.read_resource,
)
bp.door("POST", f"{ONE}/verify", actions.verify_resource, gives=ResourceOut)
bp.door("POST", f"{ONE}/retire", actions.retire_resource, gives=ResourceOut)
