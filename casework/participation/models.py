"""Tables of participation support, sealed with the case's key."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Confidential, Owned, Versioned, code_column, ref, sealed, state_column
from ..db.base import key
from .rules import ParticipationState, SettlingSide


class Need(Versioned, Owned, Confidential, Base):
    """A person's need of a place; its owner is the participation coordinator."""

    __tablename__ = "participation_need"
    __sealed_by__ = "case_id"
    __table_args__ = (
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_when"),
        CheckConstraint("(state = 'ended') = (end_reason IS NOT NULL)", name="ended_why"),
    )
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    person_id: Mapped[UUID] = ref("person.id")
    plan_id: Mapped[UUID | None] = ref("plan.id", index=False)
    state: Mapped[str] = state_column(ParticipationState)
    wish: Mapped[bytes | None] = sealed()
    conditions: Mapped[bytes | None] = sealed()
    wanted_kind: Mapped[str | None] = code_column("place_kind")
    district: Mapped[str | None] = ref("district.code", index=False)
    requested_at: Mapped[datetime]
    without_place_since: Mapped[date | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = code_column("participation_end_reason")

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        return cls.state != ParticipationState.ENDED.value


class Placement(Confidential, Base):
    """A place tried or taken; at most one of a need is running."""

    __tablename__ = "placement"
    __part_of__ = "need_id"
    __sealed_by__ = "case_id"
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= begins_on", name="period"),
        CheckConstraint("broken_off_reason IS NULL OR ended_on IS NOT NULL", name="broken_off_when"),
        Index(
            "uq_placement_running",
            "need_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )
    id: Mapped[UUID] = key()
    need_id: Mapped[UUID] = ref("participation_need.id")
    case_id: Mapped[UUID] = ref("case_file.id", index=False)
    resource_id: Mapped[UUID] = ref("resource.id")
    begins_on: Mapped[date]
    placed_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    broken_off_reason: Mapped[str | None] = code_column("broken_off_reason")
    text: Mapped[bytes | None] = sealed()
    recorded_at: Mapped[datetime]


class SettlingContact(Confidential, Base):
    """定着支援: a contact with the person or with the host after placement."""

    __tablename__ = "settling_contact"
    __part_of__ = "need_id"
    __sealed_by__ = "case_id"
    id: Mapped[UUID] = key()
    need_id: Mapped[UUID] = ref("participation_need.id")
    placement_id: Mapped[UUID] = ref("placement.id", index=False)
    case_id: Mapped[UUID] = ref("case_file.id", index=False)
    side: Mapped[str] = state_column(SettlingSide, name="side", index=False)
    at: Mapped[datetime]
    text: Mapped[bytes | None] = sealed()
    next_on: Mapped[date | None]
    by: Mapped[UUID] = ref("staff.id", index=False)
    recorded_at: Mapped[datetime]
