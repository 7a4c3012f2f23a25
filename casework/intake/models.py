"""Tables of 相談受付. Narrative, visitor and ways of contact are sealed with the intake's own key."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Confidential, Owned, Versioned, code_column, ref, sealed, state_column
from ..db.base import key
from .rules import OPEN, IntakeState, ReceptionConsent

WITH_CASE = "'kept_by_division', 'referred', 'emergency'"


class Intake(Versioned, Owned, Confidential, Base):
    """One reception at a window, owned by its recorder at once; ends with a reason and place, or a case (I4)."""

    __tablename__ = "intake"
    __sealed_by__ = "id"
    __follows__ = ("case_id", "merged_into_case", "merged_into_intake")
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint(f"state NOT IN ({WITH_CASE}) OR case_id IS NOT NULL", name="case_opened"),
        CheckConstraint(
            "state <> 'answered' OR (answer_reason IS NOT NULL AND next_place IS NOT NULL)",
            name="answered_how",
        ),
        CheckConstraint("state <> 'seeking_consent' OR next_contact_on IS NOT NULL", name="recontact_when"),
        CheckConstraint(
            "state <> 'merged_duplicate' OR (merged_into_intake IS NULL) <> (merged_into_case IS NULL)",
            name="merged_where",
        ),
        CheckConstraint("merged_into_intake IS NULL OR merged_into_intake <> id", name="not_into_itself"),
        CheckConstraint("(consent = 'cannot_ask') = (consent_reason IS NOT NULL)", name="consent_why"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_whom"),
        Index("ix_intake_agency_list", "owner_agency", "state", "received_at", "id"),
        Index("ix_intake_owner_list", "owner_id", "state", "received_at", "id"),
    )
    __carried_by__ = frozenset({"counselor", "coordinator"})
    id: Mapped[UUID] = key()
    number: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = state_column(IntakeState)
    window: Mapped[str] = ref("service_window.code")
    received_on: Mapped[date]
    received_at: Mapped[datetime]
    recorder_id: Mapped[UUID] = ref("staff.id")
    person_id: Mapped[UUID] = ref("person.id")
    visitor_name: Mapped[bytes | None] = sealed()
    visitor_phone: Mapped[bytes | None] = sealed()
    visitor_relation: Mapped[str | None] = code_column("relation")
    wishes: Mapped[bytes | None] = sealed()
    narrative: Mapped[bytes | None] = sealed()
    intake_route: Mapped[str | None] = code_column("intake_route")
    urgency: Mapped[str | None] = code_column("urgency")
    consent: Mapped[str] = state_column(ReceptionConsent, name="consent", index=False)
    consent_reason: Mapped[str | None] = code_column("cannot_ask_reason")
    safe_hours: Mapped[bytes | None] = sealed()
    safe_remarks: Mapped[bytes | None] = sealed()
    message_ok: Mapped[bool | None]
    letter_ok: Mapped[bool | None]
    next_contact_on: Mapped[date | None] = mapped_column(index=True)
    answer_reason: Mapped[str | None] = code_column("answer_reason")
    next_place: Mapped[str | None] = code_column("next_place")
    answer_text: Mapped[bytes | None] = sealed()
    decided_by: Mapped[UUID | None] = ref("staff.id", index=False)
    decided_at: Mapped[datetime | None]
    case_id: Mapped[UUID | None] = ref("case_file.id")
    merged_into_intake: Mapped[UUID | None] = ref("intake.id")
    merged_into_case: Mapped[UUID | None] = ref("case_file.id")

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        return cls.state.in_([state.value for state in OPEN])


class IntakeTopic(Confidential, Base):
    """One 相談内容 of an intake; at most one is the most pressing."""

    __tablename__ = "intake_topic"
    __part_of__ = "intake_id"
    __table_args__ = (
        UniqueConstraint("intake_id", "code"),
        Index(
            "uq_intake_topic_main",
            "intake_id",
            unique=True,
            sqlite_where=text("main"),
            postgresql_where=text("main"),
        ),
    )
    id: Mapped[UUID] = key()
    intake_id: Mapped[UUID] = ref("intake.id", index=False)
    sort: Mapped[int]
    code: Mapped[str] = code_column("consult_topic")
    main: Mapped[bool]


class IntakeSavedForm(Versioned, Confidential, Base):
    """The form a staff member is typing, saved as they type and sealed (I27); one per person."""

    __tablename__ = "intake_draft"
    __sealed_by__ = "id"
    __table_args__ = (UniqueConstraint("staff_id"),)
    id: Mapped[UUID] = key()
    staff_id: Mapped[UUID] = ref("staff.id", index=False)
    content: Mapped[bytes | None] = sealed()
    saved_at: Mapped[datetime]
