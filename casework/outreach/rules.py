"""The outreach flow and the shapes of episodes and visits; a visit without contact is a result, not a failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ..cases.rules import CaseTitle
from ..kernel.actor import Permission as P
from ..kernel.errors import BadInput, Refused
from ..kernel.flow import Flow, move


class OutreachState(StrEnum):
    IDENTIFIED = "identified"
    PREPARING = "preparing"
    APPROACHING = "approaching"
    RELATING = "relating"
    PLANNED = "planned"
    ACCOMPANIED = "accompanied"
    HANDED_OVER = "handed_over"
    STABLE = "stable"
    ENDED = "ended"
    PAUSED = "paused"


class OutreachBasis(StrEnum):
    """On what ground: 支援会議 before consent, the person's consent after it (flow.md section 2, 6)."""

    SUPPORT_MEETING = "support_meeting"
    CONSENT = "consent"


S = OutreachState
ACTIVE = tuple(s for s in S if s not in (S.ENDED, S.PAUSED))
TIES = frozenset({"met", "brief", "through_door"})  # contact with the person, if only through the door


@dataclass(frozen=True, slots=True)
class OutreachFacts:
    """What the guards look at."""

    contacts: int = 0
    attempts: int = 0
    consent: bool = False
    handed_to: str | None = None
    end_reason: str | None = None


def needs_attempt(facts: OutreachFacts) -> None:
    if facts.attempts == 0:
        raise Refused("outreach_attempt_missing")


def needs_contact(facts: OutreachFacts) -> None:
    """A relation begins with contact to the person, if only through the door."""
    if facts.contacts == 0:
        raise Refused("outreach_contact_missing")


def needs_consent(facts: OutreachFacts) -> None:
    """Planning with the person runs under 重層的支援会議, by consent."""
    if not facts.consent:
        raise Refused("outreach_consent_missing")


def needs_receiver(facts: OutreachFacts) -> None:
    if facts.handed_to is None:
        raise Refused("outreach_receiver_missing", "to_agency")


def needs_end_reason(facts: OutreachFacts) -> None:
    if facts.end_reason is None:
        raise Refused("outreach_end_reason_missing", "reason")


OUTREACH = Flow(
    "outreach",
    OutreachState,
    S.IDENTIFIED,
    (
        move("prepare", S.IDENTIFIED, S.PREPARING, P.OUTREACH_WRITE),
        move("approach", S.PREPARING, S.APPROACHING, P.OUTREACH_WRITE),
        move(
            "relate", S.APPROACHING, S.RELATING, P.OUTREACH_WRITE, guard=needs_contact, needs="本人との接触"
        ),
        move("plan", S.RELATING, S.PLANNED, P.OUTREACH_WRITE, guard=needs_consent, needs="本人同意"),
        move("accompany", S.PLANNED, S.ACCOMPANIED, P.OUTREACH_WRITE),
        move(
            "hand_over",
            (S.RELATING, S.PLANNED, S.ACCOMPANIED),
            S.HANDED_OVER,
            P.OUTREACH_WRITE,
            guard=needs_receiver,
            needs="つなぎ先",
        ),
        move("stabilise", (S.ACCOMPANIED, S.HANDED_OVER), S.STABLE, P.OUTREACH_WRITE),
        move(
            "end",
            (S.STABLE, S.PAUSED),
            S.ENDED,
            P.OUTREACH_WRITE,
            guard=needs_end_reason,
            needs="終了の理由",
        ),
        move("pause", ACTIVE, S.PAUSED, P.OUTREACH_WRITE),
        move("resume", S.PAUSED, S.APPROACHING, P.OUTREACH_WRITE),
    ),
)


def check_visit(at: datetime, now: datetime, minutes: int | None) -> None:
    """A visit lies in the past and takes at most a day."""
    if at > now:
        raise BadInput("visit_in_future", "at")
    if minutes is not None and not 0 <= minutes <= 1440:
        raise BadInput("minutes_out_of_range", "minutes")


@dataclass(frozen=True, slots=True)
class EpisodeDraft:
    """Who is sought, why, on which ground, by whom."""

    trigger: str
    basis: str
    worker_id: UUID
    worker_agency: str
    person_id: UUID | None = None
    background: str | None = None


@dataclass(frozen=True, slots=True)
class SafetyDraft:
    """安全上の留意点: what to mind, what not to do with this person, visits by two; with a review date."""

    text: str
    review_on: date
    by_two: bool = False
    not_to_do: str | None = None


@dataclass(frozen=True, slots=True)
class VisitDraft:
    at: datetime
    method: str
    result: str
    minutes: int | None = None
    by_two: bool = False
    with_whom: str | None = None
    text: str | None = None
    next_step: str | None = None
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class StepDraft:
    """A move of the episode: why, and where it needs them, the receiver or the code of the end."""

    reason: str | None = None
    to_agency: str | None = None
    end_reason: str | None = None


@dataclass(frozen=True, slots=True)
class SafetyView:
    id: UUID
    text: str | None
    not_to_do: str | None
    by_two: bool
    review_on: date
    review_overdue: bool
    written_by: UUID
    written_at: datetime


@dataclass(frozen=True, slots=True)
class VisitView:
    id: UUID
    at: datetime
    method: str
    result: str
    minutes: int | None
    by_two: bool
    with_whom: str | None
    text: str | None
    next_step: str | None
    next_on: date | None
    by: UUID


@dataclass(frozen=True, slots=True)
class EpisodeLine:
    """One row of a list of episodes."""

    id: UUID
    case_id: UUID
    state: str
    owner_id: UUID
    owner_agency: str
    started_at: datetime
    last_visit_at: datetime | None
    next_on: date | None
    case: CaseTitle | None = None  # in lists across cases


@dataclass(frozen=True, slots=True)
class EpisodeView:
    """An outreach episode with its safety notes first, and its visits newest first."""

    id: UUID
    case_id: UUID
    person_id: UUID | None
    state: str
    version: int
    basis: str
    trigger: str
    background: str | None
    owner_id: UUID
    owner_agency: str
    started_at: datetime
    last_visit_at: datetime | None
    next_on: date | None
    handed_to: str | None
    ended_at: datetime | None
    end_reason: str | None
    effort_minutes: int
    safety: tuple[SafetyView, ...]
    visits: tuple[VisitView, ...]
    moves: tuple[str, ...] = field(default=())
