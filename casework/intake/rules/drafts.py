"""What is typed into 相談受付・申込票, and the rules that need no store (flow.md section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from ...kernel.errors import BadInput
from .flow import ReceptionConsent

if TYPE_CHECKING:
    from ...people.rules import PersonDraft


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
    form: str
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
    protect_reason: str | None = (
        None  # the person's own word at the first contact: nobody else sees them (I12)
    )


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
