"""JSON door of アウトリーチ."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from ..web.schema import page_of
from . import actions, queries
from .schemas import (
    EpisodeArgs,
    EpisodeIn,
    EpisodeLineOut,
    EpisodeOut,
    SafetyIn,
    StepIn,
    VisitIn,
    VisitOut,
)

bp = ApiBlueprint("outreach", doc="アウトリーチ")

bp.door(
    "POST", "/cases/<uuid:case_id>/outreach", actions.start, takes=EpisodeIn, gives=EpisodeOut, status=201
)
bp.door("GET", "/cases/<uuid:case_id>/outreach", queries.episodes_of_case, gives=EpisodeLineOut, many=True)
bp.door("GET", "/outreach", queries.my_episodes, query=EpisodeArgs, gives=page_of(EpisodeLineOut))
bp.door("GET", "/outreach/<uuid:episode_id>", queries.read_episode, gives=EpisodeOut)
bp.door(
    "POST",
    "/outreach/<uuid:episode_id>/safety",
    actions.write_safety,
    takes=SafetyIn,
    gives=EpisodeOut,
    status=201,
)
bp.door(
    "POST", "/outreach/<uuid:episode_id>/visits", actions.visit, takes=VisitIn, gives=VisitOut, status=201
)
bp.door("POST", "/outreach/<uuid:episode_id>/<move>", actions.step, takes=StepIn, gives=EpisodeOut)
