"""JSON door of 支援プラン, 評価, 終結 and 中断."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from ..web.schema import page_of
from . import actions, queries
from .schemas import (
    CloseIn,
    EvaluationIn,
    EvaluationOut,
    ExplainIn,
    InterruptIn,
    PlanAgendaOut,
    PlanEditIn,
    PlanIn,
    PlanLineOut,
    PlanOut,
    ReasonIn,
    ReviewArgs,
    StartIn,
    SubmitIn,
)

bp = ApiBlueprint("plan", doc="支援プラン・評価・終結")

bp.door("POST", "/cases/<uuid:case_id>/plans", actions.draft_plan, takes=PlanIn, gives=PlanOut, status=201)
bp.door("GET", "/cases/<uuid:case_id>/plans", queries.plans_of_case, gives=PlanLineOut, many=True)
bp.door("GET", "/plans/reviews", queries.reviews_due, query=ReviewArgs, gives=page_of(PlanLineOut))
bp.door("GET", "/plans/<uuid:plan_id>", queries.read_plan, gives=PlanOut)
bp.door(
    "PUT",
    "/plans/<uuid:plan_id>",
    actions.edit_plan,
    takes=PlanEditIn,
    gives=PlanOut,
    edits=True,
    shows=queries.read_plan,
)
bp.door("GET", "/plans/<uuid:plan_id>/agenda", queries.agenda_of_plan, gives=PlanAgendaOut, many=True)
bp.door("POST", "/plans/<uuid:plan_id>/explain", actions.explain, takes=ExplainIn, gives=PlanOut)
bp.door("POST", "/plans/<uuid:plan_id>/consent", actions.record_consent, gives=PlanOut)
bp.door("POST", "/plans/<uuid:plan_id>/submit", actions.submit, takes=SubmitIn, gives=PlanOut)
bp.door("POST", "/plans/<uuid:plan_id>/decide", actions.decide, gives=PlanOut)
bp.door(
    "POST",
    "/plans/<uuid:plan_id>/start-before-meeting",
    actions.start_before_meeting,
    takes=StartIn,
    gives=PlanOut,
)
bp.door("POST", "/plans/<uuid:plan_id>/approve-afterwards", actions.approve_afterwards, gives=PlanOut)
bp.door("POST", "/plans/<uuid:plan_id>/activate", actions.activate, gives=PlanOut)
bp.door("POST", "/plans/<uuid:plan_id>/revise", actions.revise, takes=PlanIn, gives=PlanOut, status=201)
bp.door("POST", "/plans/<uuid:plan_id>/cancel", actions.cancel, takes=ReasonIn, gives=PlanOut)
bp.door(
    "POST",
    "/plans/<uuid:plan_id>/evaluations",
    actions.evaluate,
    takes=EvaluationIn,
    gives=EvaluationOut,
    status=201,
)
bp.door(
    "GET", "/cases/<uuid:case_id>/evaluations", queries.evaluations_of_case, gives=EvaluationOut, many=True
)
bp.door("POST", "/cases/<uuid:case_id>/continue", actions.continue_support, status=204)
bp.door("POST", "/cases/<uuid:case_id>/propose-close", actions.propose_close, status=204)
bp.door("POST", "/cases/<uuid:case_id>/close", actions.close, takes=CloseIn, status=204)
bp.door("POST", "/cases/<uuid:case_id>/interrupt", actions.interrupt, takes=InterruptIn, status=204)
