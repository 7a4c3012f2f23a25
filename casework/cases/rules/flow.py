"""The case's states, its flow and the guards of its moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.errors import Refused
from ...kernel.flow import Flow, move


class CaseState(StrEnum):
    OPEN = "open"
    ASSESSING = "assessing"
    PLANNING = "planning"
    SUPPORTING = "supporting"
    EVALUATING = "evaluating"
    CLOSING = "closing"
    CLOSED = "closed"
    INTERRUPTED = "interrupted"
    FOLLOW_UP = "follow_up"
    REOPENED = "reopened"


S = CaseState
ENDED = frozenset({S.CLOSED, S.INTERRUPTED, S.REOPENED})
IN_SUPPORT = frozenset({S.OPEN, S.ASSESSING, S.PLANNING, S.SUPPORTING, S.EVALUATING, S.CLOSING})


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the guards of the case's flow look at; each use case fills what its move needs."""

    lead_id: UUID | None = None
    lead_agency: str | None = None
    assessed: bool = False
    consent_in_force: bool = False
    plan_decided: bool = False
    approved_afterwards: bool = False
    wish_recorded: bool = False
    evaluated: bool = False
    verdict: str | None = None
    after_lead_agency: str | None = None
    after_lead_id: UUID | None = None
    attempts: int = 0
    attempt_kinds: int = 0
    attempts_needed: int = 0
    kinds_needed: int = 0


def needs_lead(facts: CaseFacts) -> None:
    """主担当 person and agency before assessment."""
    if facts.lead_id is None or facts.lead_agency is None:
        raise Refused("lead_missing", "lead_id")


def needs_assessment_and_consent(facts: CaseFacts) -> None:
    """Without consent in force the case stays here and uses 支援会議 (I6)."""
    if not facts.assessed:
        raise Refused("assessment_missing")
    if not facts.consent_in_force:
        raise Refused("plan_sharing_consent_missing")


def needs_decided_plan(facts: CaseFacts) -> None:
    """支援決定, or support that begins before its meeting and is marked until approved (I17)."""
    if not (facts.plan_decided or facts.approved_afterwards):
        raise Refused("plan_not_decided")


def needs_evaluation(facts: CaseFacts) -> None:
    if not facts.evaluated:
        raise Refused("evaluation_missing")


def needs_closing_papers(facts: CaseFacts) -> None:
    """終結: the wish (or why not), an evaluation, the meeting's verdict and the 主担当 for afterwards (I14, I15)."""
    needs_evaluation(facts)
    if not facts.wish_recorded:
        raise Refused("wish_missing", "wish")
    if facts.verdict != "close":
        raise Refused("verdict_close_missing")
    if facts.after_lead_agency is None or facts.after_lead_id is None:
        raise Refused("after_lead_missing", "after_lead_id")


def needs_attempts_and_verdict(facts: CaseFacts) -> None:
    """中断: logged attempts of at least two kinds and the meeting's verdict; it is not a shortcut (I15)."""
    if facts.attempts < facts.attempts_needed or facts.attempt_kinds < facts.kinds_needed:
        raise Refused(
            "attempts_missing",
            found=facts.attempts,
            needed=facts.attempts_needed,
            kinds=facts.attempt_kinds,
            kinds_needed=facts.kinds_needed,
        )
    if facts.verdict != "interrupt":
        raise Refused("verdict_interrupt_missing")


CASE = Flow(
    "case",
    CaseState,
    S.OPEN,
    (
        move("assess", S.OPEN, S.ASSESSING, P.CASE_ASSESS, guard=needs_lead, needs="主担当の機関と担当者"),
        move(
            "plan",
            S.ASSESSING,
            S.PLANNING,
            P.CASE_PLAN,
            guard=needs_assessment_and_consent,
            needs="アセスメントと重層的支援会議での共有の同意",
        ),
        move(
            "support",
            S.PLANNING,
            S.SUPPORTING,
            P.CASE_DECIDE,
            guard=needs_decided_plan,
            needs="支援決定(または事後承認の印)",
        ),
        move("evaluate", S.SUPPORTING, S.EVALUATING, P.CASE_EVALUATE),
        move(
            "continue",
            S.EVALUATING,
            S.SUPPORTING,
            P.CASE_EVALUATE,
            guard=needs_decided_plan,
            needs="新しい版のプランの支援決定",
        ),
        move("propose_close", S.EVALUATING, S.CLOSING, P.CASE_EVALUATE, guard=needs_evaluation, needs="評価"),
        move(
            "close",
            S.CLOSING,
            S.CLOSED,
            P.CASE_CLOSE,
            guard=needs_closing_papers,
            needs="本人の意向・評価・会議の判定・終結後の主担当",
        ),
        move(
            "interrupt",
            (S.ASSESSING, S.PLANNING, S.SUPPORTING, S.EVALUATING),
            S.INTERRUPTED,
            P.CASE_INTERRUPT,
            guard=needs_attempts_and_verdict,
            needs="二種類以上の接触の試みと会議の判定",
        ),
        move("follow_up", S.CLOSED, S.FOLLOW_UP, P.CASE_FOLLOW_UP),
        move("reopen", (S.CLOSED, S.FOLLOW_UP, S.INTERRUPTED), S.REOPENED, P.CASE_REOPEN),
    ),
)


def case_number(day: date, sequence: int, *, apart: bool = False) -> str:
    """Number of a case: the fiscal year (April to March) in 令和 and a sequence, R8-00012. Numbers may have gaps.

    Cases that are protected from the first moment have a sequence `apart`, R8-H0012, so that none is missed among
    the others.
    """
    mark = f"H{sequence:04d}" if apart else f"{sequence:05d}"
    return f"R{fiscal_year(day) - 2018}-{mark}"


def fiscal_year(day: date) -> int:
    """The year in which the fiscal year of the day began."""
    return day.year if day.month >= 4 else day.year - 1


def needs_running(state: str) -> None:
    """The file may be worked on; a closed file takes additions only (I18)."""
    if CaseState(state) not in IN_SUPPORT:
        raise Refused("case_ended", state=state)


def needs_owner_state(state: str) -> None:
    """The file still has an owner to change: everything but an ended case (I1)."""
    if CaseState(state) in ENDED:
        raise Refused("case_ended", state=state)


def needs_named_lead(
    lead_id: UUID | None, lead_agency: str | None, *, stepping_out: UUID, roles: int
) -> None:
    """多機関協働 steps out only with agreed roles and a 主担当 other than the one who steps out (I14)."""
    if lead_id is None or lead_agency is None:
        raise Refused("lead_missing", "lead_id")
    if lead_id == stepping_out:
        raise Refused("lead_is_coordinator", "lead_id")
    if roles == 0:
        raise Refused("roles_missing")
