"""Tables of the case file. Narrative is sealed with the case's key; each piece says who, about whom, which class."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import (
    Base,
    Confidential,
    Dated,
    Owned,
    Unrecorded,
    Versioned,
    code_column,
    ref,
    sealed,
    state_column,
)
from ..db.base import key
from .rules import ENDED, CaseState, ConsentState, SegmentClass, Verdict


class Case(Versioned, Owned, Confidential, Base):
    """One episode of support for a household. `multi_agency`: taken up by 多機関協働; `danger`: I29."""

    __tablename__ = "case_file"
    __sealed_by__ = "id"
    __table_args__ = (
        CheckConstraint("(lead_id IS NULL) OR (lead_agency IS NOT NULL)", name="lead_has_agency"),
        CheckConstraint(
            "state NOT IN ('closed', 'interrupted') OR closed_at IS NOT NULL", name="closed_when"
        ),
        UniqueConstraint("number"),
        Index("ix_case_file_list", "opened_at", "id"),
        Index("ix_case_file_agency_list", "owner_agency", "state", "opened_at", "id"),
        Index("ix_case_file_owner_list", "owner_id", "state", "opened_at", "id"),
    )
    __carried_by__ = frozenset({"counselor", "coordinator", "agency_member"})
    id: Mapped[UUID] = key()
    number: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = state_column(CaseState)
    household_id: Mapped[UUID | None] = ref("household.id")
    lead_id: Mapped[UUID | None] = ref("staff.id")
    lead_agency: Mapped[str | None] = ref("agency.code")
    multi_agency: Mapped[bool] = mapped_column(default=False)
    danger: Mapped[bool] = mapped_column(default=False)
    protected: Mapped[bool] = mapped_column(default=False)
    to_be_approved: Mapped[bool] = mapped_column(default=False)  # support began before its meeting (I17)
    previous_id: Mapped[UUID | None] = ref("case_file.id")
    window: Mapped[str | None] = ref("service_window.code")
    opened_at: Mapped[datetime]
    last_contact_at: Mapped[datetime | None]
    next_contact_on: Mapped[date | None] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None] = code_column("close_reason")
    interrupt_reason: Mapped[str | None] = code_column("interrupt_reason")
    after_lead_agency: Mapped[str | None] = ref("agency.code", index=False)
    after_lead_id: Mapped[UUID | None] = ref("staff.id", index=False)
    issue_revision: Mapped[int] = mapped_column(default=0)  # so that editing issues moves the version

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        return cls.state.not_in([state.value for state in ENDED])


class CaseCounter(Unrecorded, Base):
    """The last case number of a fiscal year, locked while a case is opened."""

    __tablename__ = "case_counter"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class CasePerson(Confidential, Base):
    """Whom a case is about: role subject, household or other."""

    __tablename__ = "case_person"
    __part_of__ = "case_id"
    __table_args__ = (
        CheckConstraint("role IN ('subject', 'household', 'other')", name="role"),
        UniqueConstraint("case_id", "person_id"),
    )
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    person_id: Mapped[UUID] = ref("person.id")
    role: Mapped[str] = mapped_column(String(16))


class CaseIssue(Confidential, Base):
    """A topic, issue or compound issue of the case, by code list."""

    __tablename__ = "case_issue"
    __part_of__ = "case_id"
    __table_args__ = (
        CheckConstraint("list IN ('consult_topic', 'issue', 'compound_issue')", name="list"),
        UniqueConstraint("case_id", "list", "code"),
    )
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    list: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(64))
    main: Mapped[bool]


class CaseStep(Confidential, Base):
    """A move of the case or a change of its owner or lead, for the timeline; `why` is sealed."""

    __tablename__ = "case_step"
    __part_of__ = "case_id"
    __sealed_by__ = "case_id"
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    kind: Mapped[str] = mapped_column(String(32))  # name of the move, or owner_changed, lead_changed
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    to_staff: Mapped[UUID | None]
    to_agency: Mapped[str | None]
    why: Mapped[bytes | None] = sealed()
    by: Mapped[UUID]
    at: Mapped[datetime]


class Assignment(Confidential, Base):
    """An agency's part in a case: role code (lead, support, watch, information), person, due date, until when."""

    __tablename__ = "assignment"
    __part_of__ = "case_id"
    __sealed_by__ = "case_id"
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    agency: Mapped[str] = ref("agency.code")
    staff_id: Mapped[UUID | None] = ref("staff.id")
    role: Mapped[str] = code_column("meeting_role")
    task: Mapped[bytes | None] = sealed()
    due_on: Mapped[date | None]
    decided_in: Mapped[UUID | None]  # agenda item that decided it
    assigned_by: Mapped[UUID]
    assigned_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class AccessGrant(Dated, Confidential, Base):
    """Named, dated leave to read one case for a purpose (code, and in words); nobody grants to themselves."""

    __tablename__ = "access_grant"
    __part_of__ = "case_id"
    __sealed_by__ = "case_id"
    __table_args__ = (CheckConstraint("staff_id <> given_by", name="not_oneself"),)
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    staff_id: Mapped[UUID] = ref("staff.id")
    purpose_code: Mapped[str] = code_column("grant_purpose")
    purpose: Mapped[bytes] = sealed()
    given_by: Mapped[UUID] = ref("staff.id")
    given_at: Mapped[datetime]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class EmergencyAccess(Dated, Confidential, Base):
    """緊急閲覧: somebody opened a case without a reason of sight, for danger to life; reviewed by another person.

    `until` is the end that was asked for, `ends_at` the end that counts. `alarm`: the person's last of a day.
    """

    __tablename__ = "emergency_access"
    __part_of__ = "case_id"
    __sealed_by__ = "case_id"
    __table_args__ = (
        CheckConstraint("until > begins_at AND ends_at <= until", name="period"),
        CheckConstraint("(verdict IS NULL) = (reviewed_at IS NULL)", name="reviewed_when"),
        CheckConstraint("(verdict IS NULL) = (reviewed_by IS NULL)", name="reviewed_by_whom"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> staff_id", name="not_oneself"),
        CheckConstraint("verdict <> 'not_justified' OR follow_up IS NOT NULL", name="followed_up"),
    )
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    staff_id: Mapped[UUID] = ref("staff.id")
    agency: Mapped[str] = ref("agency.code")
    category: Mapped[str] = code_column("emergency_kind")
    reason: Mapped[bytes] = sealed()
    begins_at: Mapped[datetime] = mapped_column(index=True)
    until: Mapped[datetime]
    ends_at: Mapped[datetime]
    alarm: Mapped[bool]
    review_due_at: Mapped[datetime]
    verdict: Mapped[str | None] = state_column(Verdict, name="verdict")
    follow_up: Mapped[bytes | None] = sealed()
    reviewed_by: Mapped[UUID | None] = ref("staff.id", index=False)
    reviewed_at: Mapped[datetime | None]


class Assessment(Confidential, Base):
    """A saved assessment; each save is a new revision (世帯アセスメント)."""

    __tablename__ = "assessment"
    __part_of__ = "case_id"
    __table_args__ = (UniqueConstraint("case_id", "revision"),)
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    revision: Mapped[int]
    housing_kind: Mapped[str | None] = code_column("housing_kind")
    author_id: Mapped[UUID] = ref("staff.id")
    saved_at: Mapped[datetime]


class AssessmentSection(Confidential, Base):
    """One section of an assessment (health, work, housing, …), sealed."""

    __tablename__ = "assessment_section"
    __part_of__ = "assessment_id"
    __sealed_by__ = "case_id"
    __table_args__ = (UniqueConstraint("assessment_id", "section"),)
    id: Mapped[UUID] = key()
    assessment_id: Mapped[UUID] = ref("assessment.id")
    case_id: Mapped[UUID] = ref("case_file.id")
    section: Mapped[str] = mapped_column(String(32))
    text: Mapped[bytes | None] = sealed()


class PersonFact(Confidential, Base):
    """What an assessment says of one person by code: attribute, work_status, health_insurance, …"""

    __tablename__ = "person_fact"
    __part_of__ = "assessment_id"
    id: Mapped[UUID] = key()
    assessment_id: Mapped[UUID] = ref("assessment.id")
    person_id: Mapped[UUID] = ref("person.id")
    list: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(64))


class Consent(Confidential, Base):
    """One row of a consent's history (I10): a change is a new row of the same thread; nothing is overwritten."""

    __tablename__ = "consent"
    __part_of__ = "person_id"
    __sealed_by__ = "person_id"
    __follows__ = ("case_id",)
    __table_args__ = (
        CheckConstraint("state <> 'given' OR given_on IS NOT NULL", name="given_when"),
        UniqueConstraint("thread_id", "revision"),
    )
    id: Mapped[UUID] = key()
    thread_id: Mapped[UUID] = mapped_column(index=True)
    revision: Mapped[int]
    person_id: Mapped[UUID] = ref("person.id")
    case_id: Mapped[UUID | None] = ref("case_file.id")
    purpose: Mapped[str] = code_column("consent_purpose")
    state: Mapped[str] = state_column(ConsentState)
    holder: Mapped[str | None] = ref("agency.code", index=False)
    form: Mapped[str | None] = code_column("consent_form")
    given_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    proxy: Mapped[bytes | None] = sealed()
    reason: Mapped[bytes | None] = sealed()
    recorded_by: Mapped[UUID] = ref("staff.id", index=False)
    recorded_at: Mapped[datetime]


class ConsentScope(Confidential, Base):
    """A recipient (agency code) or an item (code) that a consent row covers."""

    __tablename__ = "consent_scope"
    __part_of__ = "consent_id"
    __table_args__ = (CheckConstraint("kind IN ('recipient', 'item')", name="kind"),)
    id: Mapped[UUID] = key()
    consent_id: Mapped[UUID] = ref("consent.id")
    kind: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(64))


class Note(Confidential, Base):
    """経過記録: when, how, with whom, next step; its narrative is in segments. Corrections are additions (I18)."""

    __tablename__ = "note"
    __sealed_by__ = "case_id"
    __table_args__ = (
        CheckConstraint("minutes IS NULL OR minutes >= 0", name="minutes"),
        Index("ix_note_timeline", "case_id", "happened_at", "id"),
    )
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id", index=False)
    happened_at: Mapped[datetime]
    method: Mapped[str] = code_column("contact_method")
    with_whom: Mapped[bytes | None] = sealed()
    next_step: Mapped[bytes | None] = sealed()
    next_due_on: Mapped[date | None]
    minutes: Mapped[int | None]
    author_id: Mapped[UUID] = ref("staff.id")
    author_agency: Mapped[str] = ref("agency.code")
    corrects_id: Mapped[UUID | None] = ref("note.id")
    after_closing: Mapped[bool]
    recorded_at: Mapped[datetime]


class NoteSegment(Confidential, Base):
    """One piece of narrative. `origin_basis`: the meeting's legal basis under which it was first learned (I7)."""

    __tablename__ = "note_segment"
    __part_of__ = "note_id"
    __sealed_by__ = "case_id"
    id: Mapped[UUID] = key()
    note_id: Mapped[UUID] = ref("note.id")
    case_id: Mapped[UUID] = ref("case_file.id")
    sort: Mapped[int]
    about_id: Mapped[UUID | None] = ref("person.id")
    said_by: Mapped[bytes | None] = sealed()
    segment_class: Mapped[str] = state_column(SegmentClass, name="segment_class", index=False)
    text: Mapped[bytes | None] = sealed()
    origin_basis: Mapped[str | None] = code_column("meeting_basis")
    origin_item: Mapped[UUID | None]


class Alert(Confidential, Base):
    """Abuse or danger to life, raised by anyone at any step and never hidden by a state (I29)."""

    __tablename__ = "alert"
    __part_of__ = "case_id"
    __sealed_by__ = "case_id"
    __table_args__ = (CheckConstraint("(reported_to IS NULL) = (reported_at IS NULL)", name="reported_when"),)
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    kind: Mapped[str] = code_column("emergency_kind")
    text: Mapped[bytes | None] = sealed()
    reported_to: Mapped[str | None] = code_column("notified_to")
    reported_at: Mapped[datetime | None]
    raised_by: Mapped[UUID] = ref("staff.id")
    raised_at: Mapped[datetime]


class Disclosure(Confidential, Base):
    """Something told outside the division: what, to whom, on what ground, by whom (I11).

    On channel "request" the person themself asked for their record (開示請求), and there is no receiving agency.
    """

    __tablename__ = "disclosure"
    __part_of__ = "case_id"
    __sealed_by__ = "case_id"
    __table_args__ = (CheckConstraint("(to_agency IS NULL) = (channel = 'request')", name="to_whom"),)
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    to_agency: Mapped[str | None] = ref("agency.code")
    ground: Mapped[str] = mapped_column(String(64))  # consent:<thread>, a meeting basis, or emergency
    channel: Mapped[str] = mapped_column(String(32))  # referral, meeting, liaison, host, notice, request
    items: Mapped[str]  # consent_item codes, comma separated
    what: Mapped[bytes | None] = sealed()
    by: Mapped[UUID] = ref("staff.id")
    at: Mapped[datetime]


class MeetingProposal(Confidential, Base):
    """A case waiting to be taken onto an agenda, and why (second return, counselor's wish, coordinator)."""

    __tablename__ = "meeting_proposal"
    __part_of__ = "case_id"
    __sealed_by__ = "case_id"
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    reason: Mapped[bytes | None] = sealed()
    cause: Mapped[str] = mapped_column(String(32))  # wished, second_return, coordinator
    basis: Mapped[str] = code_column("meeting_basis")
    proposed_by: Mapped[UUID] = ref("staff.id")
    proposed_at: Mapped[datetime]
    taken_at: Mapped[datetime | None] = mapped_column(index=True)


class ContactAttempt(Confidential, Base):
    """接触の試み: how and with which result; "absent" and "through the door" are results, not failures."""

    __tablename__ = "contact_attempt"
    __part_of__ = "case_id"
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    at: Mapped[datetime]
    method: Mapped[str] = code_column("contact_method")
    result: Mapped[str] = code_column("contact_result")
    by: Mapped[UUID] = ref("staff.id", index=False)
    recorded_at: Mapped[datetime]
