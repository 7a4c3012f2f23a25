"""受付 and つなぎ: intakes and referrals."""

from __future__ import annotations

from casework.intake import actions as intake
from casework.intake import schemas as i
from casework.referral import actions as referral
from casework.referral import schemas as r
from tests.integration.stateful import people as p
from tests.integration.stateful.run import REFUSED, Run, load, move, step


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


move("screen", p.COUNSELORS, "intake", intake.screen)
move("take_over", (*p.COUNSELORS, "coordinator"), "intake", intake.take_over)
move(
    "answer",
    p.COUNSELORS,
    "intake",
    intake.answer,
    load(i.IntakeAnswerIn, {"reason": "listened", "next_place": "none_needed"}),
)
move("answer_without_reason", p.COUNSELORS, "intake", intake.answer, load(i.IntakeAnswerIn, {}))
move("acknowledge", ("seikatsu", "korei", "shakyo"), "referral", referral.acknowledge)
move(
    "return",
    ("seikatsu", "korei", "shakyo"),
    "referral",
    referral.return_,
    load(r.ReferralReturnIn, {"reason": "out_of_scope"}),
)
move(
    "return_without_reason", ("seikatsu", "korei"), "referral", referral.return_, load(r.ReferralReturnIn, {})
)
move("withdraw", ("shakyo", "coordinator"), "referral", referral.withdraw)
