"""相談受付: the intake's flow and guards, the topics rule, and the shapes of the house (flow.md sections 3 and 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from ..kernel.actor import Permission as P
from ..kernel.errors import BadInput, Refused
from ..kernel.fiscal import fiscal_year
from ..kernel.flow import Flow, move

if TYPE_CHECKING:
    from ..people.rules import PersonDraft


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
    """No intake ends without a recorded reason and a next place (I4); urgent ones are not answered on the spot."""
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
        raise BadInput("moment_ahead", "notified_at")


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
    """受付番号 and the like: letter, fiscal year and seven characters of the row's random part ("U2026-7K3M9QX").

    No counter: numbers of people who came are nobody's business, and two windows never wait for each other.
    """
    rest = row_id.int & (32**7 - 1)
    tail = "".join(ALPHABET[(rest >> shift) & 31] for shift in range(30, -1, -5))
    return f"{kind}{fiscal_year(day)}-{tail}"


# Fields that may be corrected as long as the intake is open.
EDITABLE = OPEN


@dataclass(frozen=True, slots=True)
class TopicDraft:
    code: str
    main: bool = False


def check_topics(topics: Sequence[TopicDraft]) -> None:
    """At least one 相談内容, none twice, and exactly one 最も困っていること when any is marked."""
    if not topics:
        raise BadInput("topic_missing", "topics")
    if len({t.code for t in topics}) != len(topics):
        raise BadInput("topic_twice", "topics")
    marked = [n for n, topic in enumerate(topics) if topic.main]
    if len(marked) > 1:
        raise BadInput("two_main", f"topics.{marked[1]}.main")


def main_topic(topics: Sequence[TopicDraft]) -> str | None:
    """The most pressing topic: the marked one, or the only one."""
    marked = [t.code for t in topics if t.main]
    if marked:
        return marked[0]
    return topics[0].code if len(topics) == 1 else None


# -- shapes ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VisitorDraft:
    """来談者, when another person than the one it is about comes or calls."""

    name: str | None = None
    phone: str | None = None
    relation: str | None = None


@dataclass(frozen=True, slots=True)
class ReceptionConsentDraft:
    """Consent given at the window: recipients are agencies, items are codes (個人情報保護法69条2項1号)."""

    recipients: tuple[str, ...]
    items: tuple[str, ...]
    given_on: date
    form: str | None = None
    purpose: str = "referral_sharing"
    proxy: str | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class SafeWaysDraft:
    """How to reach the person without harm: hours, may a message be left, may a letter be sent."""

    hours: str | None = None
    message_ok: bool | None = None
    letter_ok: bool | None = None
    remarks: str | None = None


@dataclass(frozen=True, slots=True)
class IntakeDraft:
    """A reception as typed. Only window, one topic and the consent state are required (I5)."""

    window: str
    topics: tuple[TopicDraft, ...]
    consent: ReceptionConsent
    consent_reason: str | None = None
    consent_given: ReceptionConsentDraft | None = None
    received_on: date | None = None
    person_id: UUID | None = None
    person: PersonDraft | None = None
    visitor: VisitorDraft | None = None
    wishes: str | None = None
    narrative: str | None = None
    intake_route: str | None = None
    urgency: str | None = None
    safe_ways: SafeWaysDraft | None = None
    next_contact_on: date | None = None


@dataclass(frozen=True, slots=True)
class IntakeEdit:
    """A correction of an open intake: the whole form again, without person and consent."""

    topics: tuple[TopicDraft, ...]
    visitor: VisitorDraft | None = None
    wishes: str | None = None
    narrative: str | None = None
    intake_route: str | None = None
    urgency: str | None = None
    safe_ways: SafeWaysDraft | None = None
    next_contact_on: date | None = None


def check_reception(draft: IntakeDraft, today: date) -> None:
    """Rules that need no store: topics, the consent state and what it asks for, a reception day not ahead."""
    check_topics(draft.topics)
    if draft.received_on is not None and draft.received_on > today:
        raise BadInput("date_ahead", "received_on")
    check_next_contact(draft.next_contact_on, draft.received_on or today)
    if draft.person_id is not None and draft.person is not None:
        raise BadInput("person_twice", "person")
    given = draft.consent is ReceptionConsent.GIVEN
    if given != (draft.consent_given is not None):
        raise BadInput("consent_given_missing" if given else "consent_given_unfit", "consent_given")
    if (draft.consent is ReceptionConsent.CANNOT_ASK) != (draft.consent_reason is not None):
        raise BadInput("consent_reason_fit", "consent_reason")
    if draft.consent_given is not None:
        check_given(draft.consent_given, today)


def check_next_contact(day: date | None, earliest: date) -> None:
    """次の連絡日 lies ahead of the reception."""
    if day is not None and day < earliest:
        raise BadInput("next_contact_past", "next_contact_on")


def check_given(consent: ReceptionConsentDraft, today: date) -> None:
    """Who, what and since when must be said (I10)."""
    if not consent.recipients:
        raise BadInput("recipients_missing", "consent_given.recipients")
    if not consent.items:
        raise BadInput("items_missing", "consent_given.items")
    if consent.given_on > today:
        raise BadInput("date_ahead", "consent_given.given_on")
    if consent.expires_on is not None and consent.expires_on < consent.given_on:
        raise BadInput("expires_before_given", "consent_given.expires_on")


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """Answered on the spot: why, and where the person turns next (a code, explained by text if needed)."""

    reason: str | None = None
    next_place: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class SeekConsentDraft:
    recontact_on: date | None = None


@dataclass(frozen=True, slots=True)
class EmergencyDraft:
    """Abuse or danger: kind, what was reported to whom, and when (I29)."""

    kind: str | None = None
    notified_to: str | None = None
    notified_at: datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class MergeDraft:
    into_intake: UUID | None = None
    into_case: UUID | None = None


@dataclass(frozen=True, slots=True)
class TopicView:
    code: str
    main: bool


@dataclass(frozen=True, slots=True)
class VisitorView:
    name: str | None
    phone: str | None
    relation: str | None


@dataclass(frozen=True, slots=True)
class SafeWaysView:
    hours: str | None
    message_ok: bool | None
    letter_ok: bool | None
    remarks: str | None


@dataclass(frozen=True, slots=True)
class IntakeView:
    """The 相談受付・申込票 as its readers see it."""

    id: UUID
    number: str
    state: str
    version: int
    window: str
    owner_id: UUID
    owner_agency: str
    recorder_id: UUID
    received_on: date
    received_at: datetime
    person_id: UUID
    person_name: str | None
    person_kana: str | None
    visitor: VisitorView
    topics: tuple[TopicView, ...]
    wishes: str | None
    narrative: str | None
    intake_route: str | None
    urgency: str | None
    consent: str
    consent_reason: str | None
    safe_ways: SafeWaysView
    next_contact_on: date | None
    answer_reason: str | None
    next_place: str | None
    answer_text: str | None
    case_id: UUID | None
    merged_into_intake: UUID | None
    merged_into_case: UUID | None
    moves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IntakeLine:
    """One row of an intake list."""

    id: UUID
    number: str
    state: str
    window: str
    owner_id: UUID
    owner_agency: str
    received_on: date
    urgency: str | None
    main_topic: str | None
    person_name: str | None
    next_contact_on: date | None
    case_id: UUID | None


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """What a supervisor sees of an answered intake: nothing of the person."""

    number: str
    window: str
    main_topic: str | None
    reason: str | None
    next_place: str | None
    received_on: date


@dataclass(frozen=True, slots=True)
class MergeLine:
    """What is shown to whoever merges duplicates without reading them."""

    id: UUID
    number: str
    state: str
    version: int
    window: str
    main_topic: str | None
    received_on: date


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be the one at the window, and the reasons why (kana, name, birth, address, phone)."""

    person_id: UUID
    name: str | None
    kana: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """`known_elsewhere` says yes or no and names contact divisions only; protected persons count as unknown (I13)."""

    items: tuple[Candidate, ...]
    known_elsewhere: bool
    contacts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SavedForm:
    """What was typed so far into a form not yet sent (I27)."""

    content: str | None
    saved_at: datetime | None
