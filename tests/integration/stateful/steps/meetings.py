"""会議: proposals, agendas, members, decisions."""

from __future__ import annotations

from casework.meeting import actions as meeting
from casework.meeting import queries as meetings
from casework.meeting import schemas as m
from tests.integration.stateful import people as p
from tests.integration.stateful.run import REFUSED, Run, load, move, step


@step("office", "clerk")
def take_to_meeting(run: Run, who: str, roll: int) -> None:
    """Plan a meeting and put a case on its agenda, on the basis that its office may call."""
    basis = "plan_conference" if who == "clerk" else "act_106_6"
    chair = run.people["leader" if who == "clerk" else "chair"]
    body = {
        "basis": basis,
        "convener": p.AGENCY[who],
        "chair_id": str(chair.id),
        "planned_at": run.at(days=7),
    }
    made = run.do(
        "plan_meeting",
        who,
        meeting.plan_meeting,
        load(m.MeetingIn, body | {"secretariat_id": str(run.people[who].id)}),
    )
    if made is REFUSED:
        return
    run.keep("meeting", made.id)
    run.hands[made.id] = basis
    waiting = [
        row
        for row in run.do("proposals", who, meetings.proposals).items
        if row.case_id in run.things.get("case", [])
    ]
    for row in waiting[:1]:
        plans = [str(x) for x in run.things.get("plan", [])[-1:]] if basis == "plan_conference" else []
        agenda = {
            "proposal_id": str(row.id),
            "purpose": "架空",
            "items": ["consultation"],
            **({"plan_id": plans[0]} if plans and roll % 3 else {}),
        }
        item = run.do(f"take_{basis}", who, meeting.take, made.id, load(m.AgendaIn, agenda))
        if item is not REFUSED:
            run.keep("item", item.id)
            run.hands[item.id] = basis


@step("clerk", needs="plan")
def take_conference(run: Run, who: str, roll: int) -> None:
    """The same by the office of 重層的支援会議."""
    take_to_meeting(run, "clerk", 1)


@step("chair", "leader", needs="item")
def choose_members(run: Run, who: str, roll: int) -> None:
    item = run.pick("item", roll)
    who = run.rightly("item", item, ("chair", "leader"), who)
    ground = "consent" if who == "leader" else "act_106_6"
    rows = [
        {"agency": a, "ground": ground, "staff_id": str(run.people[n].id)}
        for n, a in (("korei", "korei_ikiiki"), ("member", "community_care_1"))
    ]
    run.do(
        "choose_members",
        who,
        meeting.choose_members,
        run.pick("item", roll),
        load(m.MembersIn, {"members": rows}),
    )


move("convene", ("chair", "leader"), "meeting", meeting.convene, load(m.MembersIn, {"members": []}))
move("secrecy", ("korei", "member"), "meeting", meeting.confirm_secrecy)
move("share", ("chair", "leader"), "meeting", meeting.share)
move("hold", ("office", "clerk"), "meeting", meeting.hold)
move(
    "minutes", ("office", "clerk"), "item", meeting.write_minutes, load(m.MinutesIn, {"text": "架空の会議録"})
)
move("draft_minutes", ("office", "clerk"), "meeting", meeting.draft_minutes)
move("confirm", ("chair", "leader"), "meeting", meeting.confirm)
move(
    "object", ("korei", "coordinator"), "action", meeting.object_, load(m.MeetingReasonIn, {"reason": "架空"})
)
move("accept_action", ("korei", "coordinator"), "action", meeting.accept)


@step("korei", "member", "stranger", needs="item")
def read_item(run: Run, who: str, roll: int) -> None:
    run.do("read_item", who, meetings.read_item, run.pick("item", roll))


@step("chair", "leader", needs="item")
def decide(run: Run, who: str, roll: int) -> None:
    item = run.pick("item", roll)
    who = run.rightly("item", item, ("chair", "leader"), who)
    lead, agency = (
        (run.people["coordinator"], "shakyo") if roll % 2 else (run.people["korei"], "korei_ikiiki")
    )
    more = {"plan_agreed": True} if who == "leader" else {}
    verdict = {"verdict": ("continue", "close", "interrupt")[roll % 3]} if who == "leader" else {}
    body = p.decision(lead, agency, run.day(days=14) if roll % 5 else None, **more, **verdict)
    made = run.do("decide", who, meeting.decide, item, load(m.DecisionIn, body))
    if made is not REFUSED and made.decision is not None:
        for action in made.decision.actions:
            run.keep("action", action.id)


@step("coordinator", "korei", needs="action")
def finish_action(run: Run, who: str, roll: int) -> None:
    """What is left undone stands against the erasure of its case."""
    action = run.pick("action", roll)
    run.do("accept_action", who, meeting.accept, action)
    run.do(
        "finish_action",
        who,
        meeting.done,
        action,
        load(m.ActionDoneIn, {"done_on": run.day(), "result": "架空の結果"}),
    )
