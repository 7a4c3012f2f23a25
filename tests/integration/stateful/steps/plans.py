"""プラン, アウトリーチ and 参加支援."""

from __future__ import annotations

from casework.outreach import actions as outreach
from casework.outreach import schemas as o
from casework.participation import actions as participation
from casework.participation import schemas as pa
from casework.plan import actions as plan
from casework.plan import schemas as pl
from tests.integration.stateful import people as p
from tests.integration.stateful.run import REFUSED, Run, load, move, step


@step("coordinator", needs="case")
def draft_plan(run: Run, who: str, roll: int) -> None:
    body = load(pl.PlanIn, p.plan(run.people["coordinator"], run.day(), run.day(days=60)))
    made = run.do("draft_plan", who, plan.draft_plan, run.pick("case", roll), body)
    if made is not REFUSED:
        run.keep("plan", made.id)


@step("coordinator", needs="plan")
def explain(run: Run, who: str, roll: int) -> None:
    run.do(
        "explain", who, plan.explain, run.pick("plan", roll), load(pl.ExplainIn, {"explained_on": run.day()})
    )


@step("coordinator", needs="item")
def submit(run: Run, who: str, roll: int) -> None:
    body = load(pl.SubmitIn, {"agenda_item_id": str(run.pick("item", 0))})
    run.do("submit", who, plan.submit, run.pick("plan", roll), body)


@step("coordinator", needs="plan")
def evaluate(run: Run, who: str, roll: int) -> None:
    wish = {"wish": "架空の意向"} if roll % 3 else {}
    body = load(pl.EvaluationIn, {"evaluated_on": run.day(), "verdict": "close", **wish})
    run.do("evaluate", who, plan.evaluate, run.pick("plan", roll), body)


move("plan_consent", ("coordinator",), "plan", plan.record_consent)
move("plan_decide", ("leader", "coordinator"), "plan", plan.decide)
move("activate", ("coordinator",), "plan", plan.activate)


@step("coordinator", needs="case")
def start_outreach(run: Run, who: str, roll: int) -> None:
    basis = ("support_meeting", "consent")[roll % 2]
    body = {
        "trigger": "not_reached",
        "basis": basis,
        "worker_id": str(run.people["outreach"].id),
        "worker_agency": "shakyo",
    }
    made = run.do("start_outreach", who, outreach.start, run.pick("case", roll), load(o.EpisodeIn, body))
    if made is not REFUSED:
        run.keep("episode", made.id)


@step("outreach", needs="episode")
def visit(run: Run, who: str, roll: int) -> None:
    body = {
        "at": run.at(hours=-1),
        "method": ("home_visit", "home_visit", "letter")[roll % 3],
        "result": ("absent", "met", "letter_left")[roll % 3],
        "minutes": 30,
    }
    run.do("visit", who, outreach.visit, run.pick("episode", roll), load(o.VisitIn, body))


@step("coordinator", needs="case")
def request_participation(run: Run, who: str, roll: int) -> None:
    body = {
        "person_id": str(run.pick("person", roll)),
        "coordinator_id": str(run.people["participation"].id),
        "coordinator_agency": "shakyo",
        "wish": "架空",
    }
    made = run.do(
        "request_participation",
        who,
        participation.request_support,
        run.pick("case", roll),
        load(pa.NeedIn, body),
    )
    if made is not REFUSED:
        run.keep("need", made.id)
