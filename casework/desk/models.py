"""書きかけ: forms being typed, sealed (I27)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Confidential, ref, sealed
from ..db.base import key


class UnsentForm(Confidential, Base):
    """One form of one person, kept while they type so that a time-out, a crash or a colleague's edit loses nothing.

    Each row has a data key of its own; a form that was sent or thrown away is emptied, and its row used again.
    """

    __tablename__ = "unsent_form"
    __table_args__ = (UniqueConstraint("staff_id", "form"),)
    __sealed_by__ = "id"
    __path__ = "form"
    id: Mapped[UUID] = key()
    staff_id: Mapped[UUID] = ref("staff.id", index=False)
    form: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes | None] = sealed()
    saved_at: Mapped[datetime]
