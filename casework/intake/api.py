"""JSON door of 相談受付."""

from __future__ import annotations

from ..people.schemas import SearchIn
from ..web.door import ApiBlueprint
from ..web.schema import PageArgs, page_of
from . import actions, queries
from .schemas import (
    IntakeAnsweredLineOut,
    IntakeAnswerIn,
    IntakeArgs,
    IntakeCandidatesOut,
    IntakeEditIn,
    IntakeEmergencyIn,
    IntakeIn,
    IntakeLineOut,
    IntakeMergeIn,
    IntakeMergeLineOut,
    IntakeOut,
    IntakeSavedFormIn,
    IntakeSavedFormOut,
    IntakeSeekConsentIn,
    ReceptionConsentIn,
)

bp = ApiBlueprint("intake", doc="相談受付")

bp.door("POST", "/intakes", actions.receive, takes=IntakeIn, gives=IntakeOut, status=201)
bp.door("POST", "/intakes/candidates", queries.candidates, takes=SearchIn, gives=IntakeCandidatesOut)
bp.door("GET", "/intakes", queries.listing, query=IntakeArgs, gives=page_of(IntakeLineOut))
bp.door("GET", "/intakes/answered", queries.answered, query=PageArgs, gives=page_of(IntakeAnsweredLineOut))
bp.door("GET", "/intakes/duplicates", queries.mergeable, query=PageArgs, gives=page_of(IntakeMergeLineOut))
bp.door("GET", "/intakes/draft", queries.unsent_form, gives=IntakeSavedFormOut)
bp.door("PUT", "/intakes/draft", actions.save_form, takes=IntakeSavedFormIn, gives=IntakeSavedFormOut)
bp.door("DELETE", "/intakes/draft", actions.discard_form, status=204)
bp.door("GET", "/intakes/<uuid:intake_id>", queries.read, gives=IntakeOut)
bp.door(
    "PATCH",
    "/intakes/<uuid:intake_id>",
    actions.correct,
    takes=IntakeEditIn,
    gives=IntakeOut,
    edits=True,
    shows=queries.read,
)
bp.door("POST", "/intakes/<uuid:intake_id>/screen", actions.screen, gives=IntakeOut)
bp.door("POST", "/intakes/<uuid:intake_id>/take-over", actions.take_over, gives=IntakeOut)
bp.door("POST", "/intakes/<uuid:intake_id>/answer", actions.answer, takes=IntakeAnswerIn, gives=IntakeOut)
bp.door("POST", "/intakes/<uuid:intake_id>/keep", actions.keep, gives=IntakeOut)
bp.door(
    "POST",
    "/intakes/<uuid:intake_id>/seek-consent",
    actions.seek_consent,
    takes=IntakeSeekConsentIn,
    gives=IntakeOut,
)
bp.door(
    "POST",
    "/intakes/<uuid:intake_id>/consent",
    actions.give_consent,
    takes=ReceptionConsentIn,
    gives=IntakeOut,
)
bp.door(
    "POST", "/intakes/<uuid:intake_id>/emergency", actions.emergency, takes=IntakeEmergencyIn, gives=IntakeOut
)
bp.door(
    "POST", "/intakes/<uuid:intake_id>/merge", actions.merge, takes=IntakeMergeIn, gives=IntakeMergeLineOut
)
bp.door("POST", "/intakes/<uuid:intake_id>/unmerge", actions.unmerge, gives=IntakeMergeLineOut)
