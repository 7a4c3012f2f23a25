"""Reading plans and evaluations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_

from ..cases.models import Case
from ..cases.queries import titles
from ..cases.rules import CaseTitle
from ..kernel.actor import Permission as P
from ..meeting.models import AgendaItem
from ..meeting.rules import PLAN_CONFERENCE
from ..usecase import Context, Page, use_case
from ..usecase.page import after_moment, cut
from .models import Evaluation, GoalResult, ObservedChange, Plan, PlanGoal, PlanLine, PlanRole
from .rules import (
    PLAN,
    EvaluationView,
    GoalResultView,
    GoalView,
    LineView,
    PlanAgendaView,
    PlanLineView,
    PlanState,
    PlanView,
    RoleView,
)


@use_case(P.PLAN_READ, event="plan.read", reads=True)
def read_plan(ctx: Context, plan_id: UUID) -> PlanView:
    """Open one version of a plan."""
    return view(ctx, ctx.load(Plan, plan_id))


@use_case(P.PLAN_READ, event="plan.listed", reads=True)
def plans_of_case(ctx: Context, case_id: UUID) -> list[PlanLineView]:
    """All versions of a case's plan, newest first."""
    ctx.load(Case, case_id, permission=P.CASE_READ)
    query = ctx.select(Plan).where(Plan.case_id == case_id).order_by(Plan.revision.desc())
    return [_line(ctx, plan) for plan in ctx.all(query)]


@use_case(P.PLAN_READ, event="plan.reviews_listed", reads=True)
def reviews_due(ctx: Context, *, after: str | None = None) -> Page[PlanLineView]:
    """Active plans whose review is due within the warning time or overdue (I16)."""
    limit = ctx.today + timedelta(days=ctx.settings.review_warn_days)
    query = ctx.select(Plan).where(Plan.state == PlanState.ACTIVE.value, Plan.next_review_on <= limit)
    query = after_moment(query, Plan.created_at, Plan.id, after).limit(ctx.settings.page_size + 1)
    rows, following = cut(ctx.all(query), ctx.settings.page_size, lambda r: (r.created_at, r.id))
    cases = titles(ctx, (plan.case_id for plan in rows))
    return Page(tuple(_line(ctx, plan, cases.get(plan.case_id)) for plan in rows), following)


@use_case(P.PLAN_READ, event="evaluation.listed", reads=True)
def evaluations_of_case(ctx: Context, case_id: UUID) -> list[EvaluationView]:
    """Evaluations of a case, newest first."""
    case = ctx.load(Case, case_id, permission=P.CASE_READ)
    rows = ctx.parts(case, Evaluation, order=Evaluation.recorded_at.desc())
    return evaluation_views(ctx, rows)


@use_case(P.PLAN_READ, event="plan.agenda_listed", reads=True)
def agenda_of_plan(ctx: Context, plan_id: UUID) -> list[PlanAgendaView]:
    """The agenda items of 重層的支援会議 under which this version may be submitted."""
    plan = ctx.load(Plan, plan_id)
    case = ctx.load(Case, plan.case_id, permission=P.CASE_READ)
    items = ctx.parts(case, AgendaItem, *carries(plan))
    return [PlanAgendaView(item.id, item.sort, item.taken_at) for item in items]


def carries(plan: Plan) -> tuple[ColumnElement[bool], ...]:
    """Items of 重層的支援会議 on the agenda that carry this version, or no plan yet."""
    return (
        or_(AgendaItem.plan_id == plan.id, AgendaItem.plan_id.is_(None)),
        AgendaItem.basis == PLAN_CONFERENCE,
        AgendaItem.withdrawn_at.is_(None),
    )


def view(ctx: Context, plan: Plan) -> PlanView:
    """Step: a loaded plan as its View."""
    texts = ("issues", "wish", "long_term_goal", "emergency")
    sealed: dict[str, Any] = {name: ctx.unseal(plan, name) for name in texts}
    plain: dict[str, Any] = {name: getattr(plan, name) for name in _PLAIN}
    return PlanView(
        **plain,
        **sealed,
        review_overdue=overdue(plan, ctx.today),
        goals=tuple(
            GoalView(g.id, ctx.unseal(g, "text")) for g in ctx.parts(plan, PlanGoal, order=PlanGoal.sort)
        ),
        lines=tuple(_line_view(ctx, row) for row in ctx.parts(plan, PlanLine, order=PlanLine.sort)),
        roles=tuple(
            RoleView(r.id, r.agency, r.staff_id, ctx.unseal(r, "task"), r.initiative)
            for r in ctx.parts(plan, PlanRole)
        ),
        moves=ctx.moves(PLAN, plan),
    )


_PLAIN = (
    "id",
    "case_id",
    "revision",
    "state",
    "version",
    "period_from",
    "period_to",
    "outreach_needed",
    "participation_needed",
    "responsible_id",
    "explained_on",
    "agenda_item_id",
    "decided_on",
    "decided_by",
    "decided_agency",
    "started_before",
    "next_review_on",
)


def overdue(plan: Plan, today: date) -> bool:
    return plan.state == PlanState.ACTIVE and plan.next_review_on is not None and plan.next_review_on < today


def _line_view(ctx: Context, row: PlanLine) -> LineView:
    return LineView(
        row.id,
        ctx.unseal(row, "what"),
        row.who,
        row.agency,
        row.by_when,
        ctx.unseal(row, "how_often"),
        row.initiative,
    )


def _line(ctx: Context, plan: Plan, case: CaseTitle | None = None) -> PlanLineView:
    return PlanLineView(
        plan.id,
        plan.case_id,
        plan.revision,
        plan.state,
        plan.period_from,
        plan.next_review_on,
        overdue(plan, ctx.today),
        case,
    )


def evaluation_views(ctx: Context, rows: Sequence[Evaluation]) -> list[EvaluationView]:
    """Step: loaded evaluations with their goals and changes, in two statements whatever their number."""
    results: dict[Any, list[GoalResult]] = ctx.parts_of(rows, GoalResult)
    changes: dict[Any, list[ObservedChange]] = ctx.parts_of(rows, ObservedChange)
    return [
        EvaluationView(
            id=row.id,
            case_id=row.case_id,
            plan_id=row.plan_id,
            evaluated_on=row.evaluated_on,
            verdict=row.verdict,
            wish=ctx.unseal(row, "wish"),
            wish_absent_reason=ctx.unseal(row, "wish_absent_reason"),
            remains=ctx.unseal(row, "remains"),
            goals=tuple(
                GoalResultView(g.goal_id, g.status, ctx.unseal(g, "remark")) for g in results[row.id]
            ),
            changes=tuple(sorted(c.code for c in changes[row.id])),
            author_id=row.author_id,
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]
