"""書きかけ: forms being typed, sealed (I27)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Confidential, Versioned, ref, sealed
from ..db.base import key


class UnsentForm(Versioned, Confidential, Base):
    """One form of one person, kept while they type so that a time-out, a crash or a colleague's edit loses nothing.

    Each row has a data key of its own; a form that was sent or thrown away is emptied, and its row used again. Two
    windows with the same form have a row each: what one keeps is never written over by the other.
    """

    __tablename__ = "unsent_form"
    __table_args__ = (Index("ix_unsent_form_window", "staff_id", "form"),)
    __sealed_by__ = "id"
    __path__ = "form"
    id: Mapped[UUID] = key()
    staff_id: Mapped[UUID] = ref("staff.id", index=False)
    form: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes | None] = sealed()
    saved_at: Mapped[datetime]
