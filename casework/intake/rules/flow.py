"""相談受付: its states, its moves and what each needs (flow.md section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...kernel.fiscal import fiscal_year
from ...kernel.flow import Flow, move


class IntakeState(StrEnum):
    RECEIVED = "received"
    IN_SCREENING = "in_screening"
    ANSWERED = "answered"
    KEPT_BY_DIVISION = "kept_by_division"
    REFERRED = "referred"
    SEEKING_CONSENT = "seeking_consent"
    EMERGENCY = "emergency"
    MERGED_DUPLICATE = "merged_duplicate"


class ReceptionConsent(StrEnum):
    """Where consent stood when the person came: 同意あり, 不同意, 未確認, 確認できない."""

    GIVEN = "given"
    REFUSED = "refused"
    NOT_ASKED = "not_asked"
    CANNOT_ASK = "cannot_ask"


S = IntakeState
OPEN = frozenset({S.RECEIVED, S.IN_SCREENING, S.SEEKING_CONSENT})
URGENT = frozenset({"life", "within_day"})


@dataclass(frozen=True, slots=True)
class ScreeningFacts:
    """What the guards look at; each use case fills what its move needs."""

    today: date | None = None
    now: datetime | None = None
    urgency: str | None = None
    reason: str | None = None
    next_place: str | None = None
    recontact_on: date | None = None
    kind: str | None = None
    notified_to: str | None = None
    notified_at: datetime | None = None
    text: str | None = None
    itself: bool = False
    survivors: int = 0


def needs_answer(facts: ScreeningFacts) -> None:
    """No intake ends without a reason and a next place (I4); urgent ones are not answered on the spot."""
    if not facts.reason:
        raise BadInput("answer_reason_missing", "reason")
    if not facts.next_place:
        raise BadInput("next_place_missing", "next_place")
    if facts.urgency in URGENT:
        raise Refused("urgent_not_answered", "urgency")


def needs_recontact(facts: ScreeningFacts) -> None:
    """A day on which the person is asked again, today or later."""
    if facts.recontact_on is None or facts.today is None:
        raise BadInput("recontact_missing", "recontact_on")
    if facts.recontact_on < facts.today:
        raise BadInput("recontact_past", "recontact_on")


def needs_report(facts: ScreeningFacts) -> None:
    """What was reported to whom, and when; the moment cannot lie ahead (I29)."""
    if not facts.text:
        raise BadInput("report_missing", "text")
    if not facts.kind:
        raise BadInput("emergency_kind_missing", "kind")
    if not facts.notified_to:
        raise BadInput("notified_to_missing", "notified_to")
    if facts.notified_at is None or facts.now is None:
        raise BadInput("notified_at_missing", "notified_at")
    if facts.notified_at > facts.now:
        raise BadInput("report_ahead", "notified_at")


def needs_survivor(facts: ScreeningFacts) -> None:
    """Exactly one surviving intake or case, and not the intake itself."""
    if facts.survivors != 1:
        raise BadInput("survivor_one", "into_intake")
    if facts.itself:
        raise BadInput("survivor_itself", "into_intake")


INTAKE = Flow(
    "intake",
    IntakeState,
    S.RECEIVED,
    (
        move("screen", S.RECEIVED, S.IN_SCREENING, P.INTAKE_SCREEN),
        move(
            "answer",
            OPEN,
            S.ANSWERED,
            P.INTAKE_SCREEN,
            guard=needs_answer,
            needs="理由と次の相談先、緊急でないこと",
        ),
        move("keep", OPEN, S.KEPT_BY_DIVISION, P.INTAKE_SCREEN),
        move("refer", OPEN, S.REFERRED, P.INTAKE_SCREEN),
        move(
            "seek_consent",
            OPEN,
            S.SEEKING_CONSENT,
            P.INTAKE_SCREEN,
            guard=needs_recontact,
            needs="次に連絡する日",
        ),
        move(
            "emergency",
            OPEN | {S.ANSWERED},
            S.EMERGENCY,
            P.ALERT_RAISE,
            guard=needs_report,
            needs="種別、通報・連絡した先とその日時",
        ),
        move(
            "merge",
            OPEN,
            S.MERGED_DUPLICATE,
            P.INTAKE_MERGE,
            guard=needs_survivor,
            needs="残す受付または支援記録",
        ),
        move("unmerge", S.MERGED_DUPLICATE, S.IN_SCREENING, P.INTAKE_MERGE),
    ),
)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: read aloud without mistakes


def number_for(kind: str, day: date, row_id: UUID) -> str:
    """受付番号 and the like: letter, fiscal year, seven characters of the row's random part ("U2026-7K3M9QX").

    No counter: numbers of people who came are nobody's business, and two windows never wait for each other.
    """
    rest = row_id.int & (32**7 - 1)
    tail = "".join(ALPHABET[(rest >> shift) & 31] for shift in range(30, -1, -5))
    return f"{kind}{fiscal_year(day)}-{tail}"
