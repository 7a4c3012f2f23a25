"""The case's flow and its guards, consent "in force", provenance of notes, and the shapes of the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ..kernel.actor import Permission as P
from ..kernel.errors import Refused
from ..kernel.flow import Flow, move


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


class ConsentState(StrEnum):
    UNKNOWN = "unknown"
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CANNOT_ASK = "cannot_ask"


class SegmentClass(StrEnum):
    """How a disclosure request treats a piece of narrative: 事実, 本人の言葉, 第三者の言葉, 機関情報, 意見, 方針."""

    FACT = "fact"
    PERSON_WORD = "person_word"
    THIRD_PARTY_WORD = "third_party_word"
    AGENCY_INFORMATION = "agency_information"
    OPINION = "opinion"
    PLAN = "plan"


class Section(StrEnum):
    """Sections of the assessment form (アセスメントシート)."""

    HEALTH = "health"
    DISABILITY = "disability"
    WORK = "work"
    HOUSING = "housing"
    FINANCES = "finances"
    INSURANCE_PENSION = "insurance_pension"
    LIFE_HISTORY = "life_history"
    SUPPORT_HISTORY = "support_history"
    STRENGTHS = "strengths"
    PRESENTING_ISSUE = "presenting_issue"
    FAMILY_WISHES = "family_wishes"
    ISSUES_AND_BACKGROUND = "issues_and_background"
    DIRECTION = "direction"


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


# -- consent -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """The newest row of a consent thread, as the rules see it."""

    thread_id: UUID
    purpose: str
    state: ConsentState
    given_on: date | None
    expires_on: date | None
    recipients: frozenset[str]
    items: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sharing:
    """A wish to share: for which purpose, with whom, which items, on which day."""

    purpose: str
    recipients: frozenset[str]
    items: frozenset[str]
    on: date


def in_force(rows: list[ConsentRow], wish: Sharing) -> ConsentRow | None:
    """The consent that covers the wish on that day, if any (I6, I10): given, not expired, all recipients, all items."""
    for row in rows:
        if row.state is not ConsentState.GIVEN or row.purpose != wish.purpose:
            continue
        if row.given_on is None or row.given_on > wish.on:
            continue
        if row.expires_on is not None and row.expires_on < wish.on:
            continue
        if wish.recipients <= row.recipients and wish.items <= row.items:
            return row
    return None


# -- provenance (I7) ---------------------------------------------------------------------------------

BOUND_BASES = frozenset({"act_106_6", "hardship_act_9", "child_council"})


def may_carry(origin_basis: str | None, origin_item: UUID | None, *, to_basis: str | None, to_item: UUID | None) -> bool:
    """Whether a fact may enter a channel: what was first learned in a meeting with statutory secrecy stays with it.

    `to_basis` is the receiving channel's legal basis (None: consent only or no basis); the same agenda item, or a
    later item of the same case on the same basis, is the same circle.
    """
    if origin_basis not in BOUND_BASES:
        return True
    return to_basis == origin_basis or (origin_item is not None and origin_item == to_item)


# -- shapes ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseOpening:
    """What a new case starts from; the opener's house fills it (intake, reopening)."""

    owner_id: UUID
    owner_agency: str
    subjects: tuple[UUID, ...]
    household_id: UUID | None = None
    household_members: tuple[UUID, ...] = ()
    topics: tuple[tuple[str, bool], ...] = ()
    window: str | None = None
    danger: bool = False
    previous_id: UUID | None = None
    next_contact_on: date | None = None


@dataclass(frozen=True, slots=True)
class IssueView:
    list: str
    code: str
    main: bool


@dataclass(frozen=True, slots=True)
class CasePersonView:
    person_id: UUID
    role: str
    name: str | None
    kana: str | None


@dataclass(frozen=True, slots=True)
class AssignmentView:
    id: UUID
    agency: str
    staff_id: UUID | None
    role: str
    task: str | None
    due_on: date | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One row of a case list."""

    id: UUID
    number: str
    state: str
    owner_id: UUID
    owner_agency: str
    lead_agency: str | None
    danger: bool
    to_be_approved: bool
    names: tuple[str, ...]
    opened_at: datetime
    next_contact_on: date | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """The case file's cover: who owns and leads it, whom it is about, what may be done next."""

    id: UUID
    number: str
    state: str
    version: int
    owner_id: UUID
    owner_agency: str
    lead_id: UUID | None
    lead_agency: str | None
    multi_agency: bool
    danger: bool
    to_be_approved: bool
    previous_id: UUID | None
    household_id: UUID | None
    window: str | None
    opened_at: datetime
    last_contact_at: datetime | None
    next_contact_on: date | None
    closed_at: datetime | None
    close_reason: str | None
    interrupt_reason: str | None
    after_lead_agency: str | None
    after_lead_id: UUID | None
    people: tuple[CasePersonView, ...]
    issues: tuple[IssueView, ...]
    assignments: tuple[AssignmentView, ...]
    moves: tuple[str, ...] = field(default=())
