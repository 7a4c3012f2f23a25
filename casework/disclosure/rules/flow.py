"""The states of a request, its flow, and the days the law gives (個人情報保護法83条)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.clock import TOKYO
from ...kernel.errors import Refused
from ...kernel.fiscal import fiscal_year
from ...kernel.flow import Flow, move


class RequestState(StrEnum):
    """開示請求の状態."""

    DECIDING = "deciding"  # 検討中
    IN_REVIEW = "in_review"  # 審査待ち
    APPROVED = "approved"  # 審査済み
    GIVEN = "given"  # 交付済み
    CLOSED = "closed"  # 終了
    WITHDRAWN = "withdrawn"  # 取下げ


S = RequestState
OPEN = frozenset({S.DECIDING, S.IN_REVIEW, S.APPROVED, S.GIVEN})
UNANSWERED = (S.DECIDING, S.IN_REVIEW, S.APPROVED)
DAYS = 30  # 83条1項: within 30 days of the request; 83条2項: extended by at most as many
OVERDUE_DAYS = (
    60  # a late answer is still owed; the record stays open to the office for so long, and no longer
)


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What the guards look at: who acts, who decided pieces or handed them in, and how many are undecided."""

    actor: UUID | None = None
    deciders: Collection[UUID] = ()
    undecided: int = 0


def needs_every_verdict(facts: RequestFacts) -> None:
    """Every piece has its decision."""
    if facts.undecided:
        raise Refused("parts_undecided", count=facts.undecided)


def needs_second_person(facts: RequestFacts) -> None:
    """Nobody reviews what they decided or handed in themselves."""
    if facts.actor in facts.deciders:
        raise Refused("review_own_decision")


REQUEST = Flow(
    "disclosure_request",
    RequestState,
    S.DECIDING,
    (
        move(
            "submit",
            S.DECIDING,
            S.IN_REVIEW,
            P.DISCLOSURE_DECIDE,
            guard=needs_every_verdict,
            needs="every piece decided, with a reason where withheld",
        ),
        move(
            "send_back",
            S.IN_REVIEW,
            S.DECIDING,
            P.DISCLOSURE_REVIEW,
            guard=needs_second_person,
            needs="a second person, and what to look at again",
        ),
        move(
            "approve",
            S.IN_REVIEW,
            S.APPROVED,
            P.DISCLOSURE_REVIEW,
            guard=needs_second_person,
            needs="a second person; the pieces unchanged since they were decided",
        ),
        move("give", {S.APPROVED, S.GIVEN}, S.GIVEN, P.DISCLOSURE_EXPORT, needs="step-up; to whom and how"),
        move("withdraw", UNANSWERED, S.WITHDRAWN, P.DISCLOSURE_DECIDE, needs=""),
        move("close", S.GIVEN, S.CLOSED, P.DISCLOSURE_DECIDE, needs=""),
    ),
)


def due_day(received_on: date) -> date:
    """The last day for the decision: 30 days, the day of the request not counted (民法140条)."""
    return received_on + timedelta(days=DAYS)


def extended_day(received_on: date) -> date:
    """The last day after one extension (83条2項)."""
    return due_day(received_on) + timedelta(days=DAYS)


def access_ends(due_on: date) -> datetime:
    """When the record closes to the office even if the request was forgotten."""
    return datetime.combine(due_on + timedelta(days=OVERDUE_DAYS + 1), time(), TOKYO)


def request_number(day: date, sequence: int) -> str:
    """開R8-0003 is written D8-0003: numbered through a fiscal year."""
    return f"D{fiscal_year(day) - 2018}-{sequence:04d}"
