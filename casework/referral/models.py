"""Tables of つなぎ: one row per receiver, forwarding makes the next. Texts carry the case's key."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Confidential, Owned, Versioned, code_column, ref, sealed, state_column
from ..db.base import key
from .rules import OPEN, ReferralState

PENDING_ROWS = text("state IN ('sent', 'acknowledged')")


class Referral(Versioned, Owned, Confidential, Base):
    """A referral to one agency. Its owner holds the duty: the sender until a named person accepts (I2)."""

    __tablename__ = "referral"
    __part_of__ = "case_id"
    __sealed_by__ = "case_id"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint(
            "state NOT IN ('accepted', 'completed') OR accepted_by IS NOT NULL", name="accepted_by_whom"
        ),
        CheckConstraint("state <> 'returned' OR return_reason IS NOT NULL", name="returned_why"),
        CheckConstraint("(state = 'forwarded') = (forwarded_to IS NOT NULL)", name="forwarded_where"),
        CheckConstraint(
            "(state = 'completed') = (completed_on IS NOT NULL AND completed_by IS NOT NULL)",
            name="completed_when",
        ),
        CheckConstraint("(state IN ('sent', 'acknowledged')) = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name="acknowledged_by_whom"),
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by_whom"),
        CheckConstraint("with_consent = (ground IS NULL)", name="ground"),
        CheckConstraint("with_consent = (consent_thread IS NOT NULL)", name="consent"),
        CheckConstraint("to_agency <> from_agency", name="two_agencies"),
        # One receiver at a time: two acceptances of one case cannot both move its ownership.
        Index(
            "uq_referral_pending",
            "case_id",
            unique=True,
            sqlite_where=PENDING_ROWS,
            postgresql_where=PENDING_ROWS,
        ),
        Index("ix_referral_inbox", "to_agency", "state", "sent_at", "id"),
        Index("ix_referral_sent", "from_agency", "state", "sent_at", "id"),
        Index("ix_referral_due", "state", "ack_due_at"),
    )
    id: Mapped[UUID] = key()
    number: Mapped[str] = mapped_column(String(16))
    case_id: Mapped[UUID] = ref("case_file.id")
    state: Mapped[str] = state_column(ReferralState)
    previous_id: Mapped[UUID | None] = ref("referral.id")
    path: Mapped[str]  # agencies that forwarded it before, oldest first, comma separated
    from_staff: Mapped[UUID] = ref("staff.id")
    from_agency: Mapped[str] = ref("agency.code")
    to_agency: Mapped[str] = ref("agency.code")
    reason: Mapped[bytes | None] = sealed()
    wishes: Mapped[bytes | None] = sealed()
    urgent: Mapped[bool]
    with_consent: Mapped[bool]
    consent_thread: Mapped[UUID | None]
    ground: Mapped[str | None] = code_column("sharing_ground")
    keep_role: Mapped[str | None] = code_column("meeting_role")
    items: Mapped[str]  # consent_item codes, comma separated
    sent_at: Mapped[datetime]
    ack_due_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None] = ref("staff.id", index=False)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = ref("staff.id", index=False)
    accepted_by: Mapped[UUID | None] = ref("staff.id", index=False)
    return_reason: Mapped[str | None] = code_column("return_reason")
    return_text: Mapped[bytes | None] = sealed()
    forward_text: Mapped[bytes | None] = sealed()  # what the forwarding agency adds for the next one
    forwarded_to: Mapped[str | None] = ref("agency.code", index=False)
    completed_on: Mapped[date | None]
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[UUID | None] = ref("staff.id", index=False)

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        return cls.state.in_([state.value for state in OPEN])


class ReferralSegment(Confidential, Base):
    """A note segment that goes with the referral, fixed when it was sent."""

    __tablename__ = "referral_segment"
    __part_of__ = "referral_id"
    __table_args__ = (UniqueConstraint("referral_id", "segment_id"),)
    id: Mapped[UUID] = key()
    referral_id: Mapped[UUID] = ref("referral.id", index=False)
    segment_id: Mapped[UUID] = ref("note_segment.id")
