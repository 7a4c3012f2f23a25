"""評価, 終結 and 中断: a case ends with the wish, an evaluation, the meeting's verdict and a 主担当 afterwards."""

from __future__ import annotations

from uuid import UUID

from ...accounts.queries import staff_in_agency
from ...agencies.models import Agency
from ...cases.actions import advance
from ...cases.models import Case, ContactAttempt
from ...cases.rules import CaseFacts
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...meeting.queries import verdict_for
from ...usecase import Context, use_case
from .. import queries
from ..models import Evaluation, GoalResult, ObservedChange, Plan, PlanGoal
from ..rules import (
    PLAN,
    RUNNING,
    CloseDraft,
    EvaluationDraft,
    EvaluationView,
    InterruptDraft,
    PlanFacts,
    PlanState,
)


@use_case(P.EVALUATION_WRITE, event="evaluation.written")
def evaluate(ctx: Context, plan_id: UUID, draft: EvaluationDraft) -> EvaluationView:
    """Evaluate the running plan: goals, observed changes, what remains, the wish; the case goes into evaluation."""
    plan = ctx.load(Plan, plan_id)
    if draft.wish is None and draft.wish_absent_reason is None:
        raise BadInput("wish_or_reason", "wish")
    if draft.evaluated_on > ctx.today:
        raise BadInput("date_in_future", "evaluated_on")
    ctx.codes(
        ("verdict", draft.verdict, "verdict"),
        *(("observed_change", code, f"changes.{n}") for n, code in enumerate(draft.changes)),
        *(("goal_status", g.status, f"goals.{n}.status") for n, g in enumerate(draft.goals)),
    )
    plan.state = PLAN.after(plan.state, "review").value
    case = ctx.load(Case, plan.case_id, permission=P.CASE_EVALUATE)
    advance(ctx, case, "evaluate", CaseFacts())
    row = Evaluation(
        case_id=case.id,
        plan_id=plan.id,
        evaluated_on=draft.evaluated_on,
        verdict=draft.verdict,
        author_id=ctx.actor.id,
        recorded_at=ctx.now,
    )
    ctx.add(row)
    ctx.seal(row, wish=draft.wish, wish_absent_reason=draft.wish_absent_reason, remains=draft.remains)
    _add_results(ctx, plan, row, draft)
    ctx.session.flush()
    return queries.evaluation_views(ctx, [row])[0]


@use_case(P.CASE_EVALUATE, event="case.support_continued")
def continue_support(ctx: Context, case_id: UUID) -> None:
    """継続・再プラン: back into support, on a newly decided version of the plan."""
    case = ctx.load(Case, case_id)
    plan = _newest(ctx, case)
    renewed = plan is not None and plan.state in (PlanState.DECIDED, PlanState.ACTIVE)
    advance(ctx, case, "continue", CaseFacts(plan_decided=renewed))


@use_case(P.CASE_EVALUATE, event="case.closing_proposed")
def propose_close(ctx: Context, case_id: UUID) -> None:
    """Propose the end of a case to its meeting; needs an evaluation."""
    case = ctx.load(Case, case_id)
    advance(ctx, case, "propose_close", CaseFacts(evaluated=bool(ctx.parts(case, Evaluation))))


@use_case(P.CASE_CLOSE, event="case.closed")
def close(ctx: Context, case_id: UUID, draft: CloseDraft) -> None:
    """終結: with the wish, an evaluation, the meeting's verdict and the 主担当 for afterwards (I14, I15)."""
    case = ctx.load(Case, case_id)
    ctx.codes(("close_reason", draft.close_reason, "close_reason"))
    ctx.load(Agency, draft.after_lead_agency, permission=P.DIRECTORY_READ, field="after_lead_agency")
    staff_in_agency(ctx, draft.after_lead_id, draft.after_lead_agency, field="after_lead_id")
    evaluations = ctx.parts(case, Evaluation, order=Evaluation.recorded_at.desc())
    verdict, _item = verdict_for(ctx, case)
    facts = CaseFacts(
        evaluated=bool(evaluations),
        wish_recorded=bool(evaluations)
        and (evaluations[0].wish is not None or evaluations[0].wish_absent_reason is not None),
        verdict=verdict,
        after_lead_agency=draft.after_lead_agency,
        after_lead_id=draft.after_lead_id,
    )
    advance(ctx, case, "close", facts, why=draft.handover)
    case.closed_at, case.close_reason = ctx.now, draft.close_reason
    case.after_lead_agency, case.after_lead_id = draft.after_lead_agency, draft.after_lead_id
    case.multi_agency = False
    _end_plans(ctx, case)


@use_case(P.CASE_INTERRUPT, event="case.interrupted")
def interrupt(ctx: Context, case_id: UUID, draft: InterruptDraft) -> None:
    """中断: only after logged contact attempts of at least two kinds and the meeting's verdict (I15)."""
    case = ctx.load(Case, case_id)
    ctx.codes(("interrupt_reason", draft.interrupt_reason, "interrupt_reason"))
    attempts = ctx.parts(case, ContactAttempt)
    verdict, _item = verdict_for(ctx, case)
    facts = CaseFacts(
        attempts=len(attempts),
        attempt_kinds=len({a.method for a in attempts}),
        attempts_needed=ctx.settings.interruption_min_attempts,
        kinds_needed=ctx.settings.interruption_min_kinds,
        verdict=verdict,
    )
    advance(ctx, case, "interrupt", facts, why=draft.text)
    case.closed_at, case.interrupt_reason = ctx.now, draft.interrupt_reason
    _end_plans(ctx, case)


def _newest(ctx: Context, case: Case) -> Plan | None:
    query = ctx.select(Plan, permission=P.PLAN_READ).where(Plan.case_id == case.id)
    found: list[Plan] = ctx.all(query.order_by(Plan.revision.desc()).limit(1))
    return found[0] if found else None


def _end_plans(ctx: Context, case: Case) -> None:
    """What still runs or waits ends with the case: evaluated plans are completed, undecided ones cancelled."""
    for plan in ctx.all(ctx.select(Plan, permission=P.PLAN_READ).where(Plan.case_id == case.id)):
        if plan.state == PlanState.UNDER_REVIEW:
            plan.state = PLAN.after(plan.state, "complete", PlanFacts(evaluated=True)).value
        elif plan.state in RUNNING:
            plan.ended_with_case = True
        elif plan.state not in (PlanState.REVISED, PlanState.COMPLETED, PlanState.CANCELLED):
            plan.state = PLAN.after(plan.state, "cancel").value


def _add_results(ctx: Context, plan: Plan, row: Evaluation, draft: EvaluationDraft) -> None:
    goals = {goal.id for goal in ctx.parts(plan, PlanGoal)}
    seen: set[UUID] = set()
    for n, result in enumerate(draft.goals):
        if result.goal_id not in goals or result.goal_id in seen:
            raise BadInput("unknown_reference", f"goals.{n}.goal_id")
        seen.add(result.goal_id)
        added = GoalResult(
            evaluation_id=row.id, case_id=row.case_id, goal_id=result.goal_id, status=result.status
        )
        ctx.add(added)
        ctx.seal(added, remark=result.remark)
    if len(set(draft.changes)) != len(draft.changes):
        raise Refused("change_named_twice", "changes")
    ctx.add(*(ObservedChange(evaluation_id=row.id, code=code) for code in draft.changes))
