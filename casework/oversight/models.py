"""Tables of oversight; those of the trail itself stand in casework/audit."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Confidential, Versioned, ref, sealed, state_column
from ..db.base import key
from .rules.unusual import FindingState, FindingVerdict, UnusualRule


class UnusualAccess(Versioned, Confidential, Base):
    """A finding of one rule about one person and day; reviewed by somebody else, in words that are sealed."""

    __tablename__ = "unusual_access"
    __sealed_by__ = "id"
    __table_args__ = (
        UniqueConstraint("rule", "actor_id", "day"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> actor_id", name="reviewed_by_another"),
        CheckConstraint(
            "(state = 'reviewed') = (verdict IS NOT NULL AND text IS NOT NULL AND reviewed_by IS NOT NULL "
            "AND reviewed_at IS NOT NULL)",
            name="reviewed",
        ),
    )
    id: Mapped[UUID] = key()
    rule: Mapped[str] = state_column(UnusualRule, name="rule", index=False)
    actor_id: Mapped[UUID] = ref("staff.id")
    day: Mapped[date]
    since: Mapped[datetime]
    until: Mapped[datetime]
    numbers: Mapped[str]  # JSON, counts by name
    state: Mapped[str] = state_column(FindingState)
    found_at: Mapped[datetime] = mapped_column(index=True)
    verdict: Mapped[str | None] = state_column(FindingVerdict, name="verdict", index=False)
    text: Mapped[bytes | None] = sealed()
    reviewed_by: Mapped[UUID | None] = ref("staff.id", index=False)
    reviewed_at: Mapped[datetime | None]
