"""印刷記録: which record was put on paper, by whom, for what, and when the paper is destroyed (I22)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Confidential, ref, state_column
from ..db.base import key
from .rules import PrintKind, PrintPurpose


class PrintRecord(Confidential, Base):
    """One print. It says which record, never what stood in it."""

    __tablename__ = "print_record"
    __table_args__ = (UniqueConstraint("number"),)
    id: Mapped[UUID] = key()
    number: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = state_column(PrintKind, name="kind", index=False)
    target: Mapped[UUID] = mapped_column(index=True)
    purpose: Mapped[str] = state_column(PrintPurpose, name="purpose", index=False)
    printed_by: Mapped[UUID] = ref("staff.id")
    printed_at: Mapped[datetime]
    destroy_on: Mapped[date | None]
