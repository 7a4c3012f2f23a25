"""会議と対応事項: the two flows, their guards, and which legal basis needs consent (I6, I8, I18, I19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from ...cases.rules import DISCLOSING_BASES
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...kernel.flow import Flow, move

SUPPORT_MEETING = "act_106_6"  # 支援会議 (社会福祉法106条の6)
PLAN_CONFERENCE = "plan_conference"  # 重層的支援会議 (要綱)
CITY_DIVISION = "city_division"
SHARING = "plan_conference_sharing"  # consent_purpose of a meeting without secrecy of its own
LEAD, SUPPORT = "lead", "support"  # meeting_role


class MeetingState(StrEnum):
    PLANNED = "planned"
    CONVENED = "convened"
    MATERIAL_SHARED = "material_shared"
    HELD = "held"
    MINUTES_DRAFT = "minutes_draft"
    MINUTES_CONFIRMED = "minutes_confirmed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ActionState(StrEnum):
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    OBJECTED = "objected"
    DONE = "done"
    OVERDUE = "overdue"
    CANCELLED = "cancelled"


M = MeetingState
BEFORE_MATERIAL = frozenset({M.PLANNED, M.CONVENED})  # the member list may still change (I8)
RUNNING = frozenset({M.PLANNED, M.CONVENED, M.MATERIAL_SHARED, M.HELD, M.MINUTES_DRAFT})
MINUTED = frozenset({M.HELD, M.MINUTES_DRAFT})  # attendance, minutes and decisions are taken down
CONFIRMED = frozenset({M.MINUTES_CONFIRMED, M.CLOSED})


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """What the guards look at: open items, those without a member, and those not minuted."""

    items: int = 0
    unattended: int = 0
    unminuted: int = 0
    reason: str | None = None


def needs_members(facts: MeetingFacts) -> None:
    """Members are fixed for every item before the material opens (I8)."""
    if not facts.items:
        raise Refused("agenda_empty")
    if facts.unattended:
        raise Refused("members_missing")


def needs_minutes(facts: MeetingFacts) -> None:
    """Only complete minutes are confirmed: each item has its text and its decision."""
    if facts.unminuted:
        raise Refused("minutes_missing", count=facts.unminuted)


def needs_cancel_reason(facts: MeetingFacts) -> None:
    if not facts.reason:
        raise BadInput("cancel_reason_missing", "reason")


MEETING = Flow(
    "meeting",
    MeetingState,
    M.PLANNED,
    (
        # Convening again while convened adds members, on record, before the material opens.
        move(
            "convene",
            BEFORE_MATERIAL,
            M.CONVENED,
            P.MEETING_CONVENE,
            guard=needs_members,
            needs="議題ごとの構成員",
        ),
        move(
            "share",
            M.CONVENED,
            M.MATERIAL_SHARED,
            P.MEETING_RUN,
            guard=needs_members,
            needs="議題ごとの構成員",
        ),
        move("hold", M.MATERIAL_SHARED, M.HELD, P.MEETING_RUN),
        move("draft_minutes", M.HELD, M.MINUTES_DRAFT, P.MEETING_RUN),
        move(
            "confirm",
            M.MINUTES_DRAFT,
            M.MINUTES_CONFIRMED,
            P.MEETING_CONFIRM,
            guard=needs_minutes,
            needs="議題ごとの会議録と決定",
        ),
        move("close", M.MINUTES_CONFIRMED, M.CLOSED, P.MEETING_RUN),
        move(
            "cancel",
            M.PLANNED,
            M.CANCELLED,
            P.MEETING_PLAN,
            guard=needs_cancel_reason,
            needs="取りやめの理由",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """What the guards of an action item look at."""

    today: date | None = None
    due_on: date | None = None
    done_on: date | None = None
    reason: str | None = None
    person: UUID | None = None


def needs_objection(facts: ActionFacts) -> None:
    if not facts.reason:
        raise BadInput("objection_reason_missing", "reason")


def needs_cancelling_reason(facts: ActionFacts) -> None:
    if not facts.reason:
        raise BadInput("action_cancel_reason_missing", "reason")


def needs_done_day(facts: ActionFacts) -> None:
    if facts.done_on is None:
        raise BadInput("done_on_missing", "done_on")
    if facts.today is None or facts.done_on > facts.today:
        raise BadInput("done_on_ahead", "done_on")


def needs_past_due(facts: ActionFacts) -> None:
    if facts.due_on is None or facts.today is None or facts.due_on >= facts.today:
        raise Refused("not_past_due")


def needs_person(facts: ActionFacts) -> None:
    """Person and date again, as at the decision (I19)."""
    if facts.person is None:
        raise BadInput("action_person_missing", "staff_id")
    if facts.due_on is None:
        raise BadInput("action_date_missing", "due_on")


A = ActionState
OPEN_ACTIONS = frozenset({A.ASSIGNED, A.ACCEPTED, A.OBJECTED, A.OVERDUE})
ACTION = Flow(
    "action_item",
    ActionState,
    A.ASSIGNED,
    (
        move("accept", A.ASSIGNED, A.ACCEPTED, P.ACTION_ANSWER),
        move("object", A.ASSIGNED, A.OBJECTED, P.ACTION_ANSWER, guard=needs_objection, needs="異議の理由"),
        move(
            "done", (A.ACCEPTED, A.OVERDUE), A.DONE, P.ACTION_ANSWER, guard=needs_done_day, needs="実施した日"
        ),
        move(
            "mark_overdue",
            (A.ASSIGNED, A.ACCEPTED),
            A.OVERDUE,
            P.ACTION_TRACK,
            guard=needs_past_due,
            needs="過ぎた期限",
        ),
        move(
            "cancel",
            (A.ASSIGNED, A.OBJECTED, A.OVERDUE),
            A.CANCELLED,
            P.ACTION_TRACK,
            guard=needs_cancelling_reason,
            needs="取り消しの理由",
        ),
        move("reassign", A.OBJECTED, A.ASSIGNED, P.ACTION_TRACK, guard=needs_person, needs="担当者と期限"),
    ),
)


def needs_consent(basis: str) -> bool:
    """Whether a case comes to a meeting on this basis only with consent in force (I6)."""
    return basis not in DISCLOSING_BASES


def check_convener(basis: str, kind: str) -> None:
    """支援会議 is organised by the municipality (社会福祉法106条の6)."""
    if basis == SUPPORT_MEETING and kind != CITY_DIVISION:
        raise Refused("convener_not_city", "convener")


def check_not_confirmed(state: str) -> None:
    """Confirmed minutes are immutable; corrections are additions (I18)."""
    if MeetingState(state) in CONFIRMED:
        raise Refused("minutes_confirmed")


def check_minuted(state: str) -> None:
    """Attendance, minutes and decisions belong to a meeting that was held and is not confirmed."""
    check_not_confirmed(state)
    if MeetingState(state) not in MINUTED:
        raise Refused("meeting_not_held")


def check_members_open(state: str) -> None:
    """The member list is fixed once the material opens (I8)."""
    check_not_confirmed(state)
    if MeetingState(state) not in BEFORE_MATERIAL:
        raise Refused("members_fixed")
