"""JSON door of oversight: checkpoints, who saw a record, and unusual access with its review."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from . import actions, queries
from .schemas import (
    CheckpointOut,
    FindingArgs,
    FindingOut,
    FindingPageOut,
    FindingReviewIn,
    SeenArgs,
    SeenFileArgs,
    SeenOut,
    seen_csv,
)

bp = ApiBlueprint("oversight", doc="証跡の確認")

FINDING = "/unusual-access/<uuid:finding_id>"

bp.door("GET", "/audit/checkpoints", queries.checkpoints, gives=CheckpointOut, many=True)
bp.door("GET", "/audit/readers", queries.who_saw, query=SeenArgs, gives=SeenOut)
bp.download(
    "/audit/readers.csv", queries.all_who_saw, query=SeenFileArgs, mimetype="text/csv", write=seen_csv
)
bp.door("GET", "/unusual-access", queries.findings, query=FindingArgs, gives=FindingPageOut)
bp.door("POST", "/unusual-access/scan", actions.scan, status=204)
bp.door("GET", FINDING, queries.finding, gives=FindingOut)
bp.door("POST", f"{FINDING}/review", actions.review, takes=FindingReviewIn, gives=FindingOut)
