"""What people try in the stateful test: each step is one use case by one person, right or wrong at that moment."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from casework.accounts import actions as accounts
from casework.accounts import queries as account_queries
from casework.accounts.rules import HandOverDraft, RoleDraft, RoleEnd, StaffDetail
from casework.cases import actions as cases
from casework.cases import queries as case_queries
from casework.cases import schemas as c
from casework.db import CLEARED
from casework.intake import actions as intake
from casework.intake import schemas as i
from casework.kernel.actor import Actor, Role
from casework.kernel.errors import CaseworkError, Refused, Unavailable
from casework.meeting import actions as meeting
from casework.meeting import queries as meetings
from casework.meeting import schemas as m
from casework.outreach import actions as outreach
from casework.outreach import schemas as o
from casework.participation import actions as participation
from casework.participation import schemas as pa
from casework.people import queries as people
from casework.people import schemas as pe
from casework.plan import actions as plan
from casework.plan import schemas as pl
from casework.referral import actions as referral
from casework.referral import schemas as r
from casework.usecase import Replayed, Reply
from tests.integration.stateful import people as p
from tests.support.world import World

REFUSED = object()


class Run:
    """One run: the people, what was made so far, and the counts of what succeeded and what was refused."""

    def __init__(self, world: World, counts: dict[str, list[int]]) -> None:
        self.world, self.counts = world, counts
        self.people = p.cast(world)
        self.things: dict[str, list[UUID]] = {}
        self.stored: Callable[[], tuple[int, ...]] | None = None  # how many rows the tables of the work hold
        self.hands: dict[UUID, str] = {}  # agency to which a referral went, basis of a meeting and its items
        self.owned: Callable[[Run], None] | None = None  # looks whether everything open has an owner (I1)
        self.last, self.why = ("", "", False), ""
        self.fault = (
            ""  # what befalls the next commit: "lost" before it is written, or "unknown", written unheard
        )
        self.seen = UUID(int=0)  # the row that was last asked for by sight alone
        self.faults = 0

    # -- helpers -------------------------------------------------------------------------------------

    def pick(self, kind: str, roll: int) -> UUID:
        made = self.things.get(kind)
        return made[-1 - roll % min(len(made), 3)] if made else UUID(int=roll)

    def keep(self, kind: str, thing: UUID) -> None:
        if thing not in self.things.setdefault(kind, []):
            self.things[kind].append(thing)

    def rightly(self, kind: str, thing: UUID, who: tuple[str, ...], tried: str) -> str:
        """Who of those named could do it to this very thing; whoever was chosen if nobody is known to fit."""
        wanted = self.hands.get(thing)
        if kind == "referral":
            fits = [name for name in who if p.AGENCY[name] == wanted]
        elif kind in ("meeting", "item"):
            ours = ("chair", "office") if wanted == "act_106_6" else ("leader", "clerk")
            fits = [name for name in who if name in ours]
        else:
            fits = []
        return fits[0] if fits else tried

    def day(self, **delta: float) -> str:
        return (self.world.clock.now() + timedelta(hours=9) + timedelta(**delta)).date().isoformat()

    def at(self, **delta: float) -> str:
        return (self.world.clock.now() + timedelta(**delta)).isoformat()

    def number(self, case: UUID) -> str:
        """The number that somebody says on the telephone."""
        asked = text("SELECT number FROM case_file WHERE id = :id")
        found = self.world.session.scalar(asked, {"id": case.hex}, execution_options={CLEARED: True})
        self.world.session.rollback()
        return str(found or "none")

    def do(self, name: str, who: str, use_case: Callable[..., Any], *args: Any) -> Any:
        """The result, or REFUSED: a refusal is an answer, any other error is a fault of the house."""
        done, refused = self.counts.setdefault(name, [0, 0]), self.counts[name]
        self.last = (name, who, False)
        before = self.stored() if self.stored is not None else None
        try:
            given = [_draft(a) for a in args]
            result = self._run(use_case, self.people[who], given)
        except Replayed:  # it was done although nobody heard of it, and asking again did nothing twice
            done[0] += 1
            self.last = (name, who, True)
            return REFUSED
        except (CaseworkError, ValidationError) as refusal:
            self.why = str(refusal)
            refused[1] += 1
            assert before is None or self.stored is None or self.stored() == before, (
                f"{name} refused, but stored"
            )
            return REFUSED
        done[0] += 1
        self.last = (name, who, True)
        return result

    def _run(self, use_case: Callable[..., Any], actor: Actor, given: list[Any]) -> Any:
        """The use case; if a fault was asked for, its first commit breaks, and the same request is made again."""
        fault, self.fault = self.fault, ""
        if not fault:
            return self.world.run(use_case, actor, *given)
        self.faults += 1
        wish = (
            None if use_case.use_case.reads else Reply("run", f"fault-{self.faults}", b"\0" * 32, _no_answer)
        )  # type: ignore[attr-defined]
        before = self.stored() if self.stored is not None else ()
        with broken_commit(self.world, written=fault == "unknown"), contextlib.suppress(Unavailable):
            use_case(self.world.ctx(actor, reply=wish), *given)
            raise AssertionError("a commit broke, and the answer was good news")
        if fault == "lost" and self.stored is not None:
            assert self.stored() == before, "a commit broke, and something is stored"
        try:
            return use_case(self.world.ctx(actor, reply=wish), *given)
        except Refused as told:
            if (
                fault == "unknown" and told.code == "done_out_of_sight"
            ):  # done, and what came of it is hidden since
                raise Replayed(200, "") from told
            raise


def _no_answer(_: Any) -> tuple[int, str]:
    return 200, ""


@contextlib.contextmanager
def broken_commit(world: World, *, written: bool) -> Iterator[None]:
    """The next commit fails: nothing is written, or all is written and the answer is lost on the way."""
    session = world.session
    plain = session.commit

    def broken() -> None:
        session.commit = plain  # type: ignore[method-assign]
        if written:
            plain()
        raise OperationalError("COMMIT", None, ConnectionError("lost"))

    session.commit = broken  # type: ignore[method-assign]
    try:
        yield
    finally:
        session.commit = plain  # type: ignore[method-assign]


def _draft(given: Any) -> Any:
    return given[0]().load(given[1]) if isinstance(given, tuple) else given


def load(schema: type[Schema], body: dict[str, Any]) -> tuple[type[Schema], dict[str, Any]]:
    return (schema, body)


Step = Callable[[Run, str, int], None]
STEPS: dict[str, tuple[tuple[str, ...], Step]] = {}
NEEDS: dict[str, str] = {}  # the kind of thing without which a step is in vain


def possible(run: Run) -> list[str]:
    """Steps that have something to be done to."""
    return [name for name in sorted(STEPS) if NEEDS.get(name, "") in ("", *run.things)]


def step(*who: str, needs: str = "") -> Callable[[Step], Step]:
    """Register a step with those who rightly do it; the machine sometimes lets somebody else try."""

    def wrap(body: Step) -> Step:
        STEPS[body.__name__] = (who, body)
        NEEDS[body.__name__] = needs
        return body

    return wrap


def _move(name: str, who: tuple[str, ...], kind: str, use_case: Callable[..., Any], *body: Any) -> None:
    def try_it(run: Run, actor: str, roll: int) -> None:
        thing = run.pick(kind, roll)
        chosen = run.rightly(kind, thing, who, actor) if actor in who else actor
        run.do(name, chosen, use_case, thing, *body)

    STEPS[name] = (who, try_it)
    NEEDS[name] = kind


# -- 受付 and つなぎ ---------------------------------------------------------------------------------------


@step(*p.COUNSELORS)
def receive(run: Run, who: str, roll: int) -> None:
    made = run.do("receive", who, intake.receive, load(i.IntakeIn, p.intake()))
    unheard = run.last[2] and made is REFUSED
    rightly = who in p.COUNSELORS and not unheard
    assert made is not REFUSED or not rightly, "I5: an intake without consent or name was refused"
    if made is not REFUSED:
        run.keep("intake", made.id)
        run.keep("person", made.person_id)


@step(*p.COUNSELORS, needs="intake")
def keep(run: Run, who: str, roll: int) -> None:
    made = run.do("keep", who, intake.keep, run.pick("intake", roll))
    if made is not REFUSED:
        run.keep("case", made.case_id)


@step(*p.COUNSELORS, needs="intake")
def refer_intake(run: Run, who: str, roll: int) -> None:
    body = load(r.ReferralIn, p.referral(p.DIVISIONS[roll % 3], with_consent=False))
    made = run.do("refer_intake", who, referral.refer_intake, run.pick("intake", roll), body)
    if made is not REFUSED:
        run.hands[made.id] = made.to_agency
        run.keep("case", made.case_id)
        run.keep("referral", made.id)


@step("shakyo", "seikatsu", "korei", "coordinator", needs="case")
def send(run: Run, who: str, roll: int) -> None:
    body = load(r.ReferralIn, p.referral(p.DIVISIONS[roll % 3], with_consent=roll % 4 == 0))
    made = run.do("send", who, referral.send, run.pick("case", roll), body)
    if made is not REFUSED:
        run.hands[made.id] = made.to_agency
        run.keep("referral", made.id)


@step("seikatsu", "korei", "shakyo", needs="referral")
def accept(run: Run, who: str, roll: int) -> None:
    thing = run.pick("referral", roll)
    who = run.rightly("referral", thing, ("seikatsu", "korei", "shakyo"), who)
    body = load(r.ReferralAcceptIn, {"accepted_by": str(run.people[who].id)} if roll % 3 else {})
    run.do("accept", who, referral.accept, thing, body)


@step("seikatsu", "korei", "shakyo", needs="referral")
def forward(run: Run, who: str, roll: int) -> None:
    body = load(r.ReferralForwardIn, {"to_agency": p.DIVISIONS[roll % 3]})
    thing = run.pick("referral", roll)
    who = run.rightly("referral", thing, ("seikatsu", "korei", "shakyo"), who)
    made = run.do("forward", who, referral.forward, thing, body)
    if made is not REFUSED:
        run.hands[made.id] = made.to_agency
        run.keep("referral", made.id)


_move("screen", p.COUNSELORS, "intake", intake.screen)
_move(
    "answer",
    p.COUNSELORS,
    "intake",
    intake.answer,
    load(i.IntakeAnswerIn, {"reason": "listened", "next_place": "none_needed"}),
)
_move("answer_without_reason", p.COUNSELORS, "intake", intake.answer, load(i.IntakeAnswerIn, {}))
_move("acknowledge", ("seikatsu", "korei", "shakyo"), "referral", referral.acknowledge)
_move(
    "return",
    ("seikatsu", "korei", "shakyo"),
    "referral",
    referral.return_,
    load(r.ReferralReturnIn, {"reason": "out_of_scope"}),
)
_move(
    "return_without_reason", ("seikatsu", "korei"), "referral", referral.return_, load(r.ReferralReturnIn, {})
)
_move("withdraw", ("shakyo", "coordinator"), "referral", referral.withdraw)

# -- case ------------------------------------------------------------------------------------------------

WORKERS = ("coordinator", "shakyo", "coordinator", "korei")
_move("take_up", ("coordinator",), "case", cases.take_up, load(c.MoveIn, {}))
_move("assess", WORKERS, "case", cases.start_assessment, load(c.MoveIn, {}))
_move("start_planning", ("coordinator",), "case", cases.start_planning, load(c.MoveIn, {}))
_move(
    "save_assessment",
    WORKERS,
    "case",
    cases.save_assessment,
    load(c.AssessmentIn, {"sections": [{"section": "health", "text": "架空"}]}),
)
_move("propose", WORKERS, "case", cases.propose_for_meeting, load(c.ProposalIn, {"reason": "架空の理由"}))
_move(
    "propose_conference",
    ("coordinator",),
    "case",
    cases.propose_for_meeting,
    load(c.ProposalIn, {"reason": "架空", "basis": "plan_conference"}),
)
_move(
    "alert",
    ("shakyo", "coordinator", "korei"),
    "case",
    cases.raise_alert,
    load(c.AlertIn, {"kind": "life", "text": "架空の危険"}),
)
_move("propose_close", WORKERS, "case", plan.propose_close)
_move(
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
    ground = ("consent", "life", "act_106_6")[roll % 3]
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


@step("admin")
def disable(run: Run, who: str, roll: int) -> None:
    """Somebody leaves: without a receiver it is refused as soon as work is open (I1); the seat is filled again."""
    leaver = ("shakyo", "seikatsu", "korei")[roll % 3]
    to = run.world.actor("counselor", p.AGENCY[leaver], f"架空 後任 {leaver}").id if roll % 2 else None
    done = run.do("disable", who, accounts.disable, run.people[leaver].id, HandOverDraft(to))
    if done is REFUSED and not run.last[2]:  # if it was done and nobody heard of it, it was done
        return
    proposed = run.do("enable", who, accounts.enable, run.people[leaver].id)
    assert proposed is not REFUSED, run.why
    (change,) = (c for c in proposed.changes if c.kind == "enable")
    other = "admin" if who == "second" else "second"
    assert run.do("approve_alone", who, accounts.approve_change, change.id) is REFUSED, "a right given by one"
    assert run.do("approve", other, accounts.approve_change, change.id) is not REFUSED, run.why


@step("admin")
def take_role(run: Run, who: str, roll: int) -> None:
    """A role ends by two people, and work that no role would carry needs a receiver (I1); it comes back likewise."""
    holder = p.COUNSELORS[roll % 3]
    person, agency = run.people[holder].id, p.AGENCY[holder]
    to = run.world.actor("counselor", agency, f"架空 後任 {holder}").id if roll % 2 else None
    held = next(role.id for role in _account(run, person).roles if role.in_force)
    run.do("propose_end", who, accounts.end_role, person, held, RoleEnd(None, to))
    if not run.last[2]:
        return
    other = "admin" if who == "second" else "second"
    (ending,) = (c for c in _account(run, person).changes if c.kind == "role_end")
    assert run.do("approve_alone", who, accounts.approve_change, ending.id) is REFUSED, "a right taken by one"
    if (
        run.do("take_role", other, accounts.approve_change, ending.id) is REFUSED
    ):  # work, and nobody to take it
        assert to is None, run.why
        assert run.do("refuse_change", other, accounts.refuse_change, ending.id) is not REFUSED, run.why
        return
    if run.owned is not None:
        run.owned(run)
    again = run.do("propose_role", who, accounts.add_role, person, RoleDraft(Role.COUNSELOR, agency))
    (giving,) = (c for c in again.changes if c.kind == "role_add")
    assert run.do("give_role", other, accounts.approve_change, giving.id) is not REFUSED, run.why
    run.last = ("take_role", other, True)


def _account(run: Run, person: UUID) -> StaffDetail:
    return run.world.run(account_queries.show_staff, run.people["admin"], person)


@step("admin")
def time_passes(run: Run, who: str, roll: int) -> None:
    run.world.later(days=1 + roll % 20)


# -- 保護 and 閲覧の許可 -----------------------------------------------------------------------------------


@step("shakyo", "seikatsu", "korei", needs="case")
def protect(run: Run, who: str, roll: int) -> None:
    """支援措置: from here on nobody sees the person without a grant of their own (I12)."""
    if roll % 4:  # a protected city would be a silent one
        look_at_person(run, who, roll)
        return
    body = load(pe.ProtectIn, {"ground": "own_word", "reason": "架空の理由", "valid_from": run.day()})
    run.do("protect", who, cases.protect_person, run.pick("case", roll), run.pick("person", roll), body)


@step("shakyo", "coordinator", "stranger", "korei", needs="person")
def look_at_person(run: Run, who: str, roll: int) -> None:
    run.seen = run.pick("person", roll)
    run.do("look_at_person", who, people.read_person, run.seen)


@step("privacy", needs="case")
def give_leave(run: Run, who: str, roll: int) -> None:
    body = {
        "staff_id": str(run.people["supervisor"].id),
        "agency": "fukushi_somu",
        "purpose_code": "supervision",
        "purpose": "架空の目的",
        "ends_at": run.at(days=1 + roll % 3),
    }
    made = run.do("give_leave", who, cases.grant_access, run.pick("case", roll), load(c.GrantIn, body))
    if made is not REFUSED:
        run.keep("leave", made.id)


@step("privacy", needs="leave")
def end_leave(run: Run, who: str, roll: int) -> None:
    run.do("end_leave", who, cases.end_grant, run.pick("case", roll), run.pick("leave", roll))


@step("supervisor", needs="leave")
def read_by_leave(run: Run, who: str, roll: int) -> None:
    """Only a leave opens a case to a supervisor, and only until it ends, by whatever way it ends."""
    if who != "supervisor":
        return
    run.seen = run.pick("case", roll)
    run.do("read_by_leave", who, case_queries.read_case, run.seen)


@step("stranger", needs="case")
def open_in_emergency(run: Run, who: str, roll: int) -> None:
    """緊急閲覧 of a case of other divisions: for hours, and never through protection (I22)."""
    run.seen = run.pick("case", roll)
    body = {
        "number": run.number(run.seen),
        "category": "life",
        "reason": "架空の理由",
        "hours": 1 + roll % 5,  # five are too many
    }
    made = run.do("open_in_emergency", who, cases.open_emergency, load(c.EmergencyIn, body))
    if made is not REFUSED:
        assert made.ends_at - made.begins_at <= timedelta(hours=4)
        run.keep("emergency", made.id)


@step("stranger", needs="emergency")
def read_in_emergency(run: Run, who: str, roll: int) -> None:
    """Nothing else opens these cases to a division that never had to do with them."""
    if who != "stranger":
        return
    run.seen = run.pick("case", roll)
    run.do("read_in_emergency", who, case_queries.read_case, run.seen)


@step("privacy", needs="emergency")
def review_emergency(run: Run, who: str, roll: int) -> None:
    verdict = (
        {"verdict": "not_justified", "follow_up": "架空の対応"} if roll % 2 else {"verdict": "justified"}
    )
    access = run.pick("emergency", roll)
    run.do("review_emergency", who, cases.review_emergency, access, load(c.ReviewIn, verdict))


@step("stranger", needs="emergency")
def end_emergency(run: Run, who: str, roll: int) -> None:
    run.do("end_emergency", who, cases.end_emergency, run.pick("emergency", roll))


# -- 会議 ------------------------------------------------------------------------------------------------


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


_move("convene", ("chair", "leader"), "meeting", meeting.convene, load(m.MembersIn, {"members": []}))
_move("secrecy", ("korei", "member"), "meeting", meeting.confirm_secrecy)
_move("share", ("chair", "leader"), "meeting", meeting.share)
_move("hold", ("office", "clerk"), "meeting", meeting.hold)
_move(
    "minutes", ("office", "clerk"), "item", meeting.write_minutes, load(m.MinutesIn, {"text": "架空の会議録"})
)
_move("draft_minutes", ("office", "clerk"), "meeting", meeting.draft_minutes)
_move("confirm", ("chair", "leader"), "meeting", meeting.confirm)
_move(
    "object", ("korei", "coordinator"), "action", meeting.object_, load(m.MeetingReasonIn, {"reason": "架空"})
)
_move("accept_action", ("korei", "coordinator"), "action", meeting.accept)


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


# -- プラン, アウトリーチ, 参加支援 --------------------------------------------------------------------------


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


_move("plan_consent", ("coordinator",), "plan", plan.record_consent)
_move("plan_decide", ("leader", "coordinator"), "plan", plan.decide)
_move("activate", ("coordinator",), "plan", plan.activate)


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
        "method": "home_visit",
        "result": ("absent", "met")[roll % 2],
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
