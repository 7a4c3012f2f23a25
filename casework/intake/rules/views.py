"""What is shown of 相談受付: the form, lines of lists, candidates of the search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


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
    """`known_elsewhere`: yes or no, with contact divisions only; protected persons count as unknown (I13)."""

    items: tuple[Candidate, ...]
    known_elsewhere: bool
    contacts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SavedForm:
    """What was typed so far into a form not yet sent (I27)."""

    content: str | None
    saved_at: datetime | None
