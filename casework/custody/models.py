"""Requests to retire a key-encryption key: no key material, nothing about residents."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from ..db import Base, Versioned, ref, state_column
from ..db.base import key
from .rules import RetirementState


class KeyRetirement(Versioned, Base):
    """One request; at most one of a KEK is open."""

    __tablename__ = "key_retirement"
    __table_args__ = (
        CheckConstraint("approved_by IS NULL OR approved_by <> requested_by", name="two_people"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_when"),
        CheckConstraint(
            "state NOT IN ('approved', 'done') OR approved_by IS NOT NULL", name="approved_first"
        ),
        CheckConstraint("(state IN ('withdrawn', 'done')) = (ended_at IS NOT NULL)", name="ended_when"),
        Index(
            "uq_key_retirement_open",
            "kek_version",
            unique=True,
            sqlite_where=text("state IN ('requested', 'approved')"),
            postgresql_where=text("state IN ('requested', 'approved')"),
        ),
    )
    id: Mapped[UUID] = key()
    kek_version: Mapped[int]
    state: Mapped[str] = state_column(RetirementState)
    requested_by: Mapped[UUID] = ref("staff.id", index=False)
    requested_at: Mapped[datetime]
    approved_by: Mapped[UUID | None] = ref("staff.id", index=False)
    approved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
