"""The plan's flow, what a decision and a closing need, and the shapes of 支援プラン and 評価."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ..cases.rules import CaseTitle
from ..kernel.actor import Permission as P
from ..kernel.errors import BadInput, Refused
from ..kernel.flow import Flow, move


class PlanState(StrEnum):
    DRAFT = "draft"
    EXPLAINED = "explained"
    CONSENTED = "consented"
    IN_CONFERENCE = "in_conference"
    DECIDED = "decided"
    ACTIVE = "active"
    UNDER_REVIEW = "under_review"
    REVISED = "revised"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class ActorKind(StrEnum):
    """Who carries a line of the plan: 本人, 家族, 機関."""

    PERSON = "person"
    FAMILY = "family"
    AGENCY = "agency"


S = PlanState
RUNNING = frozenset({S.DECIDED, S.ACTIVE, S.UNDER_REVIEW})
BEFORE_DECISION = frozenset({S.DRAFT, S.EXPLAINED, S.CONSENTED, S.IN_CONFERENCE})


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What the guards of the plan's flow look at."""

    explained_on: date | None = None
    consent_in_force: bool = False
    agenda_item: UUID | None = None
    agreed: bool = False
    roles: int = 0
    responsible: bool = False
    next_review_on: date | None = None
    evaluated: bool = False


def needs_explanation(facts: PlanFacts) -> None:
    if facts.explained_on is None:
        raise Refused("explained_on_missing", "explained_on")


def needs_consent(facts: PlanFacts) -> None:
    """The person agreed to the plan and to its sharing in 重層的支援会議 (I6, I10)."""
    if not facts.consent_in_force:
        raise Refused("plan_consent_missing")


def needs_agenda(facts: PlanFacts) -> None:
    if facts.agenda_item is None:
        raise Refused("plan_not_on_agenda", "agenda_item_id")


def needs_agreement(facts: PlanFacts) -> None:
    """支援決定 follows the agreement of 重層的支援会議, with consent still in force."""
    needs_consent(facts)
    if not facts.agreed:
        raise Refused("plan_not_agreed")


def needs_roles_and_review(facts: PlanFacts) -> None:
    """An active plan has roles, a responsible person and a review date (I16)."""
    if facts.roles == 0 or not facts.responsible:
        raise Refused("plan_roles_missing", "roles")
    if facts.next_review_on is None:
        raise Refused("review_date_missing", "next_review_on")


def needs_evaluation(facts: PlanFacts) -> None:
    if not facts.evaluated:
        raise Refused("evaluation_missing")


PLAN = Flow(
    "plan",
    PlanState,
    S.DRAFT,
    (
        move("explain", S.DRAFT, S.EXPLAINED, P.PLAN_WRITE, guard=needs_explanation, needs="説明した日"),
        move("consent", S.EXPLAINED, S.CONSENTED, P.PLAN_WRITE, guard=needs_consent, needs="有効な本人同意"),
        move(
            "submit",
            S.CONSENTED,
            S.IN_CONFERENCE,
            P.PLAN_WRITE,
            guard=needs_agenda,
            needs="重層的支援会議の議題",
        ),
        move(
            "decide",
            S.IN_CONFERENCE,
            S.DECIDED,
            P.PLAN_DECIDE,
            guard=needs_agreement,
            needs="会議の合意と有効な同意",
        ),
        move(
            "activate",
            S.DECIDED,
            S.ACTIVE,
            P.PLAN_WRITE,
            guard=needs_roles_and_review,
            needs="役割・担当者・見直し日",
        ),
        move("review", S.ACTIVE, S.UNDER_REVIEW, P.EVALUATION_WRITE),
        move("revise", S.UNDER_REVIEW, S.REVISED, P.PLAN_WRITE, guard=needs_evaluation, needs="評価"),
        move("complete", S.UNDER_REVIEW, S.COMPLETED, P.PLAN_WRITE, guard=needs_evaluation, needs="評価"),
        move("cancel", tuple(BEFORE_DECISION), S.CANCELLED, P.PLAN_WRITE),
    ),
)


def suggested_review(start: date, months: int) -> date:
    """The same day some months later, or that month's last day (見直しの目安)."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def check_period(begin: date, end: date | None) -> None:
    if end is not None and end < begin:
        raise BadInput("period_reversed", "period_to")


# -- shapes ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineDraft:
    what: str
    who: str
    agency: str | None = None
    by_when: date | None = None
    how_often: str | None = None
    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class RoleDraft:
    agency: str
    staff_id: UUID | None
    task: str
    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """支援プラン as typed; a decided version takes no more of these."""

    period_from: date
    issues: str
    wish: str
    long_term_goal: str
    period_to: date | None = None
    emergency: str | None = None
    outreach_needed: bool = False
    participation_needed: bool = False
    next_review_on: date | None = None
    responsible_id: UUID | None = None
    goals: tuple[str, ...] = ()
    lines: tuple[LineDraft, ...] = ()
    roles: tuple[RoleDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainDraft:
    explained_on: date


@dataclass(frozen=True, slots=True)
class SubmitDraft:
    agenda_item_id: UUID


@dataclass(frozen=True, slots=True)
class StartDraft:
    """Support that cannot wait for its meeting: why (I17)."""

    reason: str


@dataclass(frozen=True, slots=True)
class ReasonDraft:
    reason: str


@dataclass(frozen=True, slots=True)
class GoalResultDraft:
    goal_id: UUID
    status: str
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class EvaluationDraft:
    """評価: each goal's result, observed changes, what remains, the wish (or why it could not be had), the verdict."""

    evaluated_on: date
    verdict: str
    goals: tuple[GoalResultDraft, ...] = ()
    changes: tuple[str, ...] = ()
    remains: str | None = None
    wish: str | None = None
    wish_absent_reason: str | None = None


@dataclass(frozen=True, slots=True)
class CloseDraft:
    close_reason: str
    after_lead_agency: str
    after_lead_id: UUID
    handover: str | None = None


@dataclass(frozen=True, slots=True)
class InterruptDraft:
    interrupt_reason: str
    text: str


@dataclass(frozen=True, slots=True)
class GoalView:
    id: UUID
    text: str | None


@dataclass(frozen=True, slots=True)
class LineView:
    id: UUID
    what: str | None
    who: str
    agency: str | None
    by_when: date | None
    how_often: str | None
    initiative: str | None


@dataclass(frozen=True, slots=True)
class RoleView:
    id: UUID
    agency: str
    staff_id: UUID | None
    task: str | None
    initiative: str | None


@dataclass(frozen=True, slots=True)
class PlanView:
    """One version of a plan with its goals, lines and roles, and what may be done next."""

    id: UUID
    case_id: UUID
    revision: int
    state: str
    version: int
    period_from: date
    period_to: date | None
    issues: str | None
    wish: str | None
    long_term_goal: str | None
    emergency: str | None
    outreach_needed: bool
    participation_needed: bool
    responsible_id: UUID | None
    explained_on: date | None
    agenda_item_id: UUID | None
    decided_on: date | None
    decided_by: UUID | None
    decided_agency: str | None
    started_before: bool
    next_review_on: date | None
    review_overdue: bool
    goals: tuple[GoalView, ...]
    lines: tuple[LineView, ...]
    roles: tuple[RoleView, ...]
    moves: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class PlanAgendaView:
    """An agenda item that carries the plan; `taken_at` is when it was put on the agenda."""

    id: UUID
    sort: int
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class PlanLineView:
    """One row of a list of plans."""

    id: UUID
    case_id: UUID
    revision: int
    state: str
    period_from: date
    next_review_on: date | None
    review_overdue: bool
    case: CaseTitle | None = None  # in lists across cases


@dataclass(frozen=True, slots=True)
class GoalResultView:
    goal_id: UUID
    status: str
    remark: str | None


@dataclass(frozen=True, slots=True)
class EvaluationView:
    id: UUID
    case_id: UUID
    plan_id: UUID
    evaluated_on: date
    verdict: str
    wish: str | None
    wish_absent_reason: str | None
    remains: str | None
    goals: tuple[GoalResultView, ...]
    changes: tuple[str, ...]
    author_id: UUID
    recorded_at: datetime
