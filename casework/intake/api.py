"""JSON door of 相談受付."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from ..web.schema import PageArgs, page_of
from . import actions, queries
from .schemas import (
    AnsweredLineOut,
    AnswerIn,
    CandidatesOut,
    EmergencyIn,
    IntakeArgs,
    IntakeEditIn,
    IntakeIn,
    IntakeLineOut,
    IntakeOut,
    MergeIn,
    MergeLineOut,
    ReceptionConsentIn,
    SavedFormIn,
    SavedFormOut,
    SearchIn,
    SeekConsentIn,
)

bp = ApiBlueprint("intake", doc="相談受付")

bp.door("POST", "/intakes", actions.receive, takes=IntakeIn, gives=IntakeOut, status=201)
bp.door("GET", "/intakes", queries.listing, query=IntakeArgs, gives=page_of(IntakeLineOut))
bp.door("GET", "/intakes/answered", queries.answered, query=PageArgs, gives=page_of(AnsweredLineOut))
bp.door("GET", "/intakes/duplicates", queries.mergeable, query=PageArgs, gives=page_of(MergeLineOut))
bp.door("POST", "/intakes/candidates", queries.candidates, takes=SearchIn, gives=CandidatesOut)
bp.door("GET", "/intakes/draft", queries.unsent_form, gives=SavedFormOut)
bp.door("PUT", "/intakes/draft", actions.save_form, takes=SavedFormIn, gives=SavedFormOut)
bp.door("DELETE", "/intakes/draft", actions.discard_form, status=204)
bp.door("GET", "/intakes/<uuid:intake_id>", queries.read, gives=IntakeOut)
bp.door(
    "PATCH", "/intakes/<uuid:intake_id>", actions.correct, takes=IntakeEditIn, gives=IntakeOut, edits=True
)
bp.door("POST", "/intakes/<uuid:intake_id>/screen", actions.screen, gives=IntakeOut)
bp.door("POST", "/intakes/<uuid:intake_id>/answer", actions.answer, takes=AnswerIn, gives=IntakeOut)
bp.door("POST", "/intakes/<uuid:intake_id>/keep", actions.keep, gives=IntakeOut)
bp.door(
    "POST",
    "/intakes/<uuid:intake_id>/seek-consent",
    actions.seek_consent,
    takes=SeekConsentIn,
    gives=IntakeOut,
)
bp.door(
    "POST",
    "/intakes/<uuid:intake_id>/consent",
    actions.give_consent,
    takes=ReceptionConsentIn,
    gives=IntakeOut,
)
bp.door("POST", "/intakes/<uuid:intake_id>/emergency", actions.emergency, takes=EmergencyIn, gives=IntakeOut)
bp.door("POST", "/intakes/<uuid:intake_id>/merge", actions.merge, takes=MergeIn, gives=MergeLineOut)
bp.door("POST", "/intakes/<uuid:intake_id>/unmerge", actions.unmerge, gives=MergeLineOut)
