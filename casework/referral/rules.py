"""つなぎ: the referral's flow and guards, and the shapes of the house (flow.md sections 2 and 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ..kernel.actor import Permission as P
from ..kernel.errors import BadInput, Refused
from ..kernel.flow import Flow, move


class ReferralState(StrEnum):
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    FORWARDED = "forwarded"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"


S = ReferralState
PENDING = frozenset({S.SENT, S.ACKNOWLEDGED})  # not yet answered: the sender owns the case (I2)
OPEN = PENDING | {S.ACCEPTED}
PURPOSE = "referral_sharing"  # consent_purpose under which a referral shares
GROUND_OF_CONSENT = "consent"  # sharing_ground that the form with consent stands for


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """What the guards look at; each use case fills what its move needs."""

    today: date | None = None
    accepted_by: UUID | None = None
    reason: str | None = None
    next_agency: str | None = None
    path: tuple[str, ...] = ()
    owner_agency: str | None = None
    completed_on: date | None = None
    sent_on: date | None = None


def needs_acceptor(facts: AnswerFacts) -> None:
    """Ownership moves on acceptance by a named person only (I2)."""
    if facts.accepted_by is None:
        raise BadInput("acceptor_missing", "accepted_by")


def needs_return_reason(facts: AnswerFacts) -> None:
    """A return carries a reason (I3)."""
    if not facts.reason:
        raise BadInput("return_reason_missing", "reason")


def needs_next_agency(facts: AnswerFacts) -> None:
    """Exactly one next agency, which has not had the referral before and is not the sender."""
    if not facts.next_agency:
        raise BadInput("next_agency_missing", "to_agency")
    if facts.next_agency in facts.path or facts.next_agency == facts.owner_agency:
        raise Refused("already_in_chain", "to_agency")


def needs_contact_day(facts: AnswerFacts) -> None:
    """完了: the day the person was actually contacted, between sending and today."""
    if facts.completed_on is None or facts.today is None:
        raise BadInput("completed_on_missing", "completed_on")
    if facts.completed_on > facts.today:
        raise BadInput("date_ahead", "completed_on")
    if facts.sent_on is not None and facts.completed_on < facts.sent_on:
        raise BadInput("completed_before_sent", "completed_on")


REFERRAL = Flow(
    "referral",
    ReferralState,
    S.SENT,
    (
        move("acknowledge", S.SENT, S.ACKNOWLEDGED, P.REFERRAL_ANSWER),
        move(
            "accept",
            PENDING,
            S.ACCEPTED,
            P.REFERRAL_ANSWER,
            guard=needs_acceptor,
            needs="引き受ける担当者の名前",
        ),
        move(
            "return",
            PENDING,
            S.RETURNED,
            P.REFERRAL_ANSWER,
            guard=needs_return_reason,
            needs="差し戻しの理由",
        ),
        move(
            "forward",
            PENDING,
            S.FORWARDED,
            P.REFERRAL_ANSWER,
            guard=needs_next_agency,
            needs="次の一つの機関",
        ),
        move("withdraw", PENDING, S.WITHDRAWN, P.REFERRAL_WITHDRAW),
        move(
            "complete",
            S.ACCEPTED,
            S.COMPLETED,
            P.REFERRAL_COMPLETE,
            guard=needs_contact_day,
            needs="本人と連絡がとれた日",
        ),
    ),
)


# -- shapes ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReferralDraft:
    """A つなぎ as typed. With consent: in force for receiver and items; without: a ground is named."""

    to_agency: str
    reason: str
    with_consent: bool
    ground: str | None = None
    wishes: str | None = None
    urgent: bool = False
    keep_role: str | None = None
    items: tuple[str, ...] = ()
    segments: tuple[UUID, ...] = ()


def check_draft(draft: ReferralDraft, owner_agency: str) -> None:
    """Rules that need no store (forms 同意あり・なし): without consent only what a named ground lets tell."""
    if draft.to_agency == owner_agency:
        raise BadInput("referral_to_itself", "to_agency")
    if len(set(draft.items)) != len(draft.items) or len(set(draft.segments)) != len(draft.segments):
        raise BadInput("item_twice", "items")
    if draft.with_consent:
        if draft.ground is not None:
            raise BadInput("ground_unfit", "ground")
        if not draft.items:
            raise BadInput("items_missing", "items")
        return
    if draft.ground is None:
        raise BadInput("referral_ground_missing", "ground")
    if draft.ground == GROUND_OF_CONSENT:
        raise BadInput("ground_unfit", "ground")
    if draft.segments:
        raise Refused("segments_need_consent", "segments")


@dataclass(frozen=True, slots=True)
class AcceptDraft:
    """Who takes it over: a person of the receiving agency, the actor if nobody else is named."""

    accepted_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReturnDraft:
    reason: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ForwardDraft:
    """The one next agency, and what the forwarding agency adds for it."""

    to_agency: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class CompleteDraft:
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class SharedSegment:
    """A piece of the case's notes that goes with the referral."""

    about_id: UUID | None
    said_by: str | None
    segment_class: str
    text: str | None


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A つなぎ as sender, receiver and coordinator see it: what was shared, not the case."""

    id: UUID
    number: str
    case_id: UUID
    state: str
    version: int
    owner_id: UUID
    owner_agency: str
    from_staff: UUID
    from_agency: str
    to_agency: str
    path: tuple[str, ...]
    previous_id: UUID | None
    reason: str | None
    wishes: str | None
    urgent: bool
    with_consent: bool
    ground: str | None
    keep_role: str | None
    items: tuple[str, ...]
    segments: tuple[SharedSegment, ...]
    sent_at: datetime
    ack_due_at: datetime
    overdue: bool
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None
    answered_at: datetime | None
    answered_by: UUID | None
    accepted_by: UUID | None
    return_reason: str | None
    return_text: str | None
    forwarded_to: str | None
    forward_text: str | None
    completed_on: date | None
    moves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """One row of the inbox, the sent list or the board: who holds what since when."""

    id: UUID
    number: str
    case_id: UUID
    state: str
    owner_id: UUID
    owner_agency: str
    from_agency: str
    to_agency: str
    urgent: bool
    sent_at: datetime
    ack_due_at: datetime
    overdue: bool
    return_reason: str | None


@dataclass(frozen=True, slots=True)
class OverdueLine:
    """What supervisors of both sides see of a late acknowledgement: number, agencies and age, no names."""

    number: str
    from_agency: str
    to_agency: str
    urgent: bool
    sent_at: datetime
    ack_due_at: datetime
    days: int
