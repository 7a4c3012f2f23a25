"""Pages of 支援プラン, 評価, 終結 and 中断."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ..cases.pages import case_frame
from ..kernel.book import Option
from ..kernel.clock import tokyo_date
from ..kernel.wareki import format_wareki
from ..web.house import house
from ..web.pages import PageBlueprint, Setting, page
from ..web.pages.blueprint import arguments
from ..web.request import context
from ..web.schema import PageArgs
from . import actions, queries
from .rules import PlanState, PlanView
from .schemas import (
    CloseIn,
    EvaluationIn,
    ExplainIn,
    InterruptIn,
    PlanEditIn,
    PlanIn,
    PlanOut,
    ReasonIn,
    StartIn,
    SubmitIn,
)

bp = PageBlueprint("plan", __name__)
TAB = "plan_pages.of_case"
CASE = "/cases/<uuid:case_id>"
WAY = (
    PlanState.DRAFT,
    PlanState.EXPLAINED,
    PlanState.CONSENTED,
    PlanState.IN_CONFERENCE,
    PlanState.DECIDED,
    PlanState.ACTIVE,
    PlanState.UNDER_REVIEW,
)
ONE = "/plans/<uuid:plan_id>"


@bp.page("/plans/reviews", queries.reviews_due)
def reviews() -> Response:
    """Active plans whose review is near or overdue (I16)."""
    return page("plan/reviews.html", found=queries.reviews_due(context(), **arguments(PageArgs)))


@bp.page(f"{CASE}/plans", queries.plans_of_case)
def of_case(case_id: UUID) -> Response:
    """All versions of the case's plan, and its evaluations."""
    plans = queries.plans_of_case(context(), case_id)
    evaluations = queries.evaluations_of_case(context(), case_id)
    return page("plan/of_case.html", plans=plans, evaluations=evaluations, **case_frame(case_id))


@bp.page(ONE, queries.read_plan)
def plan(plan_id: UUID) -> Response:
    """One version: goals, lines, roles, and what may be done next."""
    view = queries.read_plan(context(), plan_id)
    return page("plan/plan.html", view=view, steps=_steps(view.state), **case_frame(view.case_id, tab=TAB))


def _steps(state: str) -> list[tuple[str, str]]:
    """The way of a version up to its review: what is behind it, where it stands, what comes."""
    names, label = [s.value for s in WAY], house().messages.label
    at = names.index(state) if state in names else -1
    marks = ["done" if n < at else "now" if n == at else "" for n in range(len(names))]
    return [(label("plan_state", name), mark) for name, mark in zip(names, marks, strict=True)]


def _of_case(case_id: UUID) -> Setting:
    return Setting(show={**case_frame(case_id), "back": url_for("plan_pages.of_case", case_id=case_id)})


def _new(case_id: UUID) -> Setting:
    """A new version starts from the newest one, so that nothing is typed twice (I28)."""
    setting, ctx = _of_case(case_id), context()
    start = {"period_from": format_wareki(ctx.today), "responsible_id": str(ctx.actor.id)}
    older = queries.plans_of_case(ctx, case_id)
    known = _texts(queries.read_plan(context(), older[0].id)) if older else {}
    return Setting(setting.show, {**known, **start})


def _one(plan_id: UUID) -> Setting:
    view = queries.read_plan(context(), plan_id)
    back = url_for("plan_pages.plan", plan_id=plan_id)
    return Setting(show={**case_frame(view.case_id, tab=TAB), "view": view, "back": back})


def _edit(plan_id: UUID) -> Setting:
    setting = _one(plan_id)
    view: PlanView = setting.show["view"]
    return Setting(setting.show, _texts(view), version=view.version)


def _texts(view: PlanView) -> dict[str, Any]:
    """A plan as its form shows it: goals as lines of one field, parts without their ids."""
    shown = PlanOut().dump(view)
    shown["goals"] = [goal.text for goal in view.goals]
    for part in ("lines", "roles"):
        shown[part] = [{k: v for k, v in row.items() if k != "id"} for row in shown[part]]
    return {name: shown[name] for name in PlanIn().load_fields if name in shown}


def _submit(plan_id: UUID) -> Setting:
    items = [
        Option(str(item.id), f"議題{item.sort}({format_wareki(tokyo_date(item.taken_at))}に議題に載せた会議)")
        for item in queries.agenda_of_plan(context(), plan_id)
    ]
    return Setting(_one(plan_id).show, choices={"agenda_item_id": items})


def _evaluate(plan_id: UUID) -> Setting:
    setting, ctx = _one(plan_id), context()
    view: PlanView = setting.show["view"]
    goals = [Option(str(goal.id), goal.text or "") for goal in view.goals]
    rows = [{"goal_id": str(goal.id)} for goal in view.goals]
    initial = {"evaluated_on": format_wareki(ctx.today), "goals": rows}
    return Setting(setting.show, initial, {"goals.goal_id": goals})


def _to_plan(view: PlanView, **_: Any) -> str:
    return url_for("plan_pages.plan", plan_id=view.id)


def _evaluated(_: Any, *, plan_id: UUID) -> str:
    return url_for("plan_pages.plan", plan_id=plan_id)


def _to_case(_: Any, *, case_id: UUID) -> str:
    return url_for("cases_pages.case", case_id=case_id)


bp.form(
    f"{CASE}/plans/new",
    actions.draft_plan,
    endpoint="draft",
    title="支援プランを作る",
    takes=PlanIn,
    template="plan/form.html",
    prepare=_new,
    then=_to_plan,
)
bp.form(
    f"{ONE}/edit",
    actions.edit_plan,
    endpoint="edit",
    title="支援プランを直す",
    takes=PlanEditIn,
    template="plan/form.html",
    prepare=_edit,
    then=_to_plan,
)
bp.form(
    f"{ONE}/revise",
    actions.revise,
    endpoint="revise",
    title="再プラン(次の版を作る)",
    takes=PlanIn,
    template="plan/form.html",
    prepare=_edit,
    then=_to_plan,
)
bp.form(
    f"{ONE}/evaluate",
    actions.evaluate,
    endpoint="evaluate",
    title="評価を記録する",
    takes=EvaluationIn,
    prepare=_evaluate,
    then=_evaluated,
    blank_rows=0,
)
for path, title, action, takes, prepare, button in (
    ("explain", "本人に説明した日を記録する", actions.explain, ExplainIn, _one, "記録する"),
    ("consent", "本人の同意を確かめて進める", actions.record_consent, None, _one, "同意済みにする"),
    ("submit", "重層的支援会議にかける", actions.submit, SubmitIn, _submit, "会議にかける"),
    ("decide", "支援決定をする", actions.decide, None, _one, "決定する"),
    ("start-before", "会議の前に支援を始める", actions.start_before_meeting, StartIn, _one, "始める"),
    ("approve-afterwards", "会議で事後承認する", actions.approve_afterwards, None, _one, "承認する"),
    ("activate", "プランを実施に移す", actions.activate, None, _one, "実施する"),
    ("cancel", "この版を取りやめる", actions.cancel, ReasonIn, _one, "取りやめる"),
):
    bp.form(
        f"{ONE}/{path}",
        action,
        endpoint=path.replace("-", "_"),
        title=title,
        takes=takes,
        prepare=prepare,
        then=_to_plan,
        button=button,
    )
for way, name, ending, shape, word in (
    ("continue", "支援を続ける(継続・再プラン)", actions.continue_support, None, "続ける"),
    ("propose-close", "終結を会議に提案する", actions.propose_close, None, "提案する"),
    ("close", "終結する", actions.close, CloseIn, "終結する"),
    ("interrupt", "中断する", actions.interrupt, InterruptIn, "中断する"),
):
    bp.form(
        f"{CASE}/{way}",
        ending,
        endpoint=way.replace("-", "_") + "_case",
        title=name,
        takes=shape,
        prepare=_of_case,
        then=_to_case,
        button=word,
    )
