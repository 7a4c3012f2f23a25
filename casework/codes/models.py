"""The table of codes of all lists."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class Code(Base):
    """One entry of a list. `status` says how sure its wording is: C complete, P partly seen, U usual practice."""

    __tablename__ = "code"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="period"),
        CheckConstraint("status IN ('C', 'P', 'U')", name="status"),
    )
    list: Mapped[str] = mapped_column(String(64), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    ja: Mapped[str]
    en: Mapped[str]
    status: Mapped[str] = mapped_column(String(1))
    sort: Mapped[int]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
