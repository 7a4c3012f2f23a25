"""Tables of outreach, sealed with the case's key."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Confidential, Owned, Versioned, code_column, ref, sealed, state_column
from ..db.base import key
from .rules import OutreachBasis, OutreachState


class OutreachEpisode(Versioned, Owned, Confidential, Base):
    """アウトリーチ for one person or household of a case; its owner is the worker."""

    __tablename__ = "outreach_episode"
    __sealed_by__ = "case_id"
    __table_args__ = (
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_when"),
        CheckConstraint("(state = 'ended') = (end_reason IS NOT NULL)", name="ended_why"),
    )
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    person_id: Mapped[UUID | None] = ref("person.id")
    state: Mapped[str] = state_column(OutreachState)
    basis: Mapped[str] = state_column(OutreachBasis, name="basis", index=False)
    trigger: Mapped[str] = code_column("outreach_trigger")
    background: Mapped[bytes | None] = sealed()
    started_at: Mapped[datetime]
    last_visit_at: Mapped[datetime | None]
    next_on: Mapped[date | None] = mapped_column(index=True)
    handed_to: Mapped[str | None] = ref("agency.code", index=False)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = code_column("outreach_end_reason")

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        return cls.state != OutreachState.ENDED.value


class SafetyNote(Confidential, Base):
    """安全上の留意点, with the date on which it must be looked at again; a newer one replaces an older by time."""

    __tablename__ = "safety_note"
    __part_of__ = "episode_id"
    __sealed_by__ = "case_id"
    id: Mapped[UUID] = key()
    episode_id: Mapped[UUID] = ref("outreach_episode.id")
    case_id: Mapped[UUID] = ref("case_file.id", index=False)
    text: Mapped[bytes | None] = sealed()
    not_to_do: Mapped[bytes | None] = sealed()
    by_two: Mapped[bool]
    review_on: Mapped[date]
    written_by: Mapped[UUID] = ref("staff.id", index=False)
    written_at: Mapped[datetime]


class Visit(Confidential, Base):
    """A visit or another attempt, with its result; only additions."""

    __tablename__ = "visit"
    __part_of__ = "episode_id"
    __sealed_by__ = "case_id"
    __table_args__ = (
        CheckConstraint("minutes IS NULL OR minutes BETWEEN 0 AND 1440", name="minutes"),
        Index("ix_visit_log", "episode_id", "at", "id"),
    )
    id: Mapped[UUID] = key()
    episode_id: Mapped[UUID] = ref("outreach_episode.id", index=False)
    case_id: Mapped[UUID] = ref("case_file.id", index=False)
    at: Mapped[datetime]
    method: Mapped[str] = code_column("contact_method")
    result: Mapped[str] = code_column("contact_result")
    minutes: Mapped[int | None]
    by_two: Mapped[bool]
    basis: Mapped[str] = state_column(OutreachBasis, name="basis", index=False)
    with_whom: Mapped[bytes | None] = sealed()
    text: Mapped[bytes | None] = sealed()
    next_step: Mapped[bytes | None] = sealed()
    next_on: Mapped[date | None]
    by: Mapped[UUID] = ref("staff.id", index=False)
    recorded_at: Mapped[datetime]
