"""JSON door of oversight: the checkpoints of the trail."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from . import queries
from .schemas import CheckpointOut

bp = ApiBlueprint("oversight", doc="証跡の確認")

bp.door("GET", "/audit/checkpoints", queries.checkpoints, gives=CheckpointOut, many=True)
