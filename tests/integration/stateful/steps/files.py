"""The case: assessment, consent, disclosure, its ends."""

from __future__ import annotations

from casework.cases import actions as cases
from casework.cases import schemas as c
from casework.plan import actions as plan
from casework.plan import schemas as pl
from tests.integration.stateful import people as p
from tests.integration.stateful.run import REFUSED, Run, load, move, step

WORKERS = ("coordinator", "shakyo", "coordinator", "korei")
move("take_up", ("coordinator",), "case", cases.take_up, load(c.MoveIn, {}))
move("assess", WORKERS, "case", cases.start_assessment, load(c.MoveIn, {}))
move("start_planning", ("coordinator",), "case", cases.start_planning, load(c.MoveIn, {}))
move(
    "save_assessment",
    WORKERS,
    "case",
    cases.save_assessment,
    load(c.AssessmentIn, {"sections": [{"section": "health", "text": "架空"}]}),
)
move("propose", WORKERS, "case", cases.propose_for_meeting, load(c.ProposalIn, {"reason": "架空の理由"}))
move(
    "propose_conference",
    ("coordinator",),
    "case",
    cases.propose_for_meeting,
    load(c.ProposalIn, {"reason": "架空", "basis": "plan_conference"}),
)
move(
    "alert",
    ("shakyo", "coordinator", "korei"),
    "case",
    cases.raise_alert,
    load(c.AlertIn, {"kind": "life", "text": "架空の危険"}),
)
move("propose_close", WORKERS, "case", plan.propose_close)
move(
    "interrupt",
    ("leader", "coordinator"),
    "case",
    plan.interrupt,
    load(pl.InterruptIn, {"interrupt_reason": "contact_lost", "text": "架空"}),
)


@step("shakyo", "coordinator", needs="case")
def name_lead(run: Run, who: str, roll: int) -> None:
    name = ("coordinator", "korei")[roll % 2]
    body = load(c.LeadIn, {"lead_id": str(run.people[name].id), "agency": p.AGENCY[name]})
    run.do("name_lead", who, cases.name_lead, run.pick("case", roll), body)


@step("shakyo", "coordinator", needs="case")
def record_consent(run: Run, who: str, roll: int) -> None:
    purpose = ("plan_conference_sharing", "referral_sharing")[roll % 2]
    body = load(c.ConsentIn, p.consent(purpose, run.day()))
    made = run.do(
        "record_consent", who, cases.record_consent, run.pick("case", roll), run.pick("person", roll), body
    )
    if made is not REFUSED:
        run.keep("thread", made.thread_id)


@step("shakyo", "coordinator", needs="thread")
def withdraw_consent(run: Run, who: str, roll: int) -> None:
    body = load(c.ConsentChangeIn, {"state": "withdrawn"})
    run.do(
        "withdraw_consent", who, cases.change_consent, run.pick("case", roll), run.pick("thread", roll), body
    )


@step("shakyo", "coordinator", needs="case")
def disclose(run: Run, who: str, roll: int) -> None:
    ground = (f"consent:{run.pick('thread', roll)}", "emergency", "life_protection")[roll % 3]
    body = {
        "to_agency": "korei_ikiiki",
        "ground": ground,
        "channel": "liaison",
        "items": ["consultation"],
        "what": "架空",
    }
    run.do("disclose", who, cases.disclose, run.pick("case", roll), load(c.DisclosureIn, body))


@step("coordinator", "shakyo", needs="case")
def step_out(run: Run, who: str, roll: int) -> None:
    lead = {"lead_id": str(run.people["korei"].id), "lead_agency": "korei_ikiiki"} if roll % 2 else {}
    run.do(
        "step_out", who, cases.step_out, run.pick("case", roll), load(c.StepOutIn, {"reason": "架空", **lead})
    )


@step("shakyo", "coordinator", needs="case")
def reopen(run: Run, who: str, roll: int) -> None:
    made = run.do(
        "reopen",
        who,
        cases.reopen,
        run.pick("case", roll),
        load(c.ReopenIn, {"agency": "shakyo", "reason": "架空"}),
    )
    if made is not REFUSED:
        run.keep("case", made.id)


@step("leader", "coordinator", "leader", needs="case")
def close(run: Run, who: str, roll: int) -> None:
    body = {
        "close_reason": "goal_reached",
        "after_lead_agency": "korei_ikiiki",
        "after_lead_id": str(run.people["korei"].id),
    }
    run.do("close", who, plan.close, run.pick("case", roll), load(pl.CloseIn, body))
