"""JSON door of oversight: checkpoints, who saw a record, unusual access, and owners who lost sight of their work."""

from __future__ import annotations

from ..people.schemas import NameGrantIn, ProtectionGrantOut
from ..web.door import ApiBlueprint
from . import actions, queries
from .schemas import (
    CheckpointOut,
    ConflictedOwnerOut,
    FindingArgs,
    FindingOut,
    FindingPageOut,
    FindingReviewIn,
    ReceiverIn,
    SeenArgs,
    SeenFileArgs,
    SeenOut,
    UnnamedOwnerOut,
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
bp.door("GET", "/protections/unnamed-owners", queries.unnamed_owners, gives=UnnamedOwnerOut, many=True)
bp.door(
    "POST",
    "/protections/<uuid:protection_id>/successors",
    actions.name_successor,
    takes=NameGrantIn,
    gives=ProtectionGrantOut,
    status=201,
)
bp.door("GET", "/conflicts/owners", queries.conflicted_owners, gives=ConflictedOwnerOut, many=True)
bp.door(
    "POST",
    "/conflicts/owners/<uuid:owner_id>/replace",
    actions.replace_owner,
    takes=ReceiverIn,
    status=204,
)
