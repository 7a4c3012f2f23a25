"""Tables of sealed statistics. Only protected numbers are stored: an edition is written once and never changed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Unrecorded, state_column
from ..db.base import key
from .rules import StatKind


class Edition(Base):
    """One sealed period. `digest` binds all its numbers under the statistics key, which `key_mark` tells apart."""

    __tablename__ = "stat_edition"
    __table_args__ = (UniqueConstraint("period"),)
    id: Mapped[UUID] = key()
    period: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = state_column(StatKind, name="kind", index=False)
    first_day: Mapped[date]
    last_day: Mapped[date]
    fiscal_year: Mapped[int] = mapped_column(index=True)
    menu_version: Mapped[int]
    rule_version: Mapped[int]
    key_mark: Mapped[str] = mapped_column(String(16))
    audit: Mapped[str]  # the report of the self-audit, JSON
    digest: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime]


class EditionTable(Unrecorded, Base):
    """A table of an edition: what is counted, by which dimensions."""

    __tablename__ = "stat_table"
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("stat_edition.id"), primary_key=True)
    table_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    sort: Mapped[int]
    unit: Mapped[str] = mapped_column(String(128))
    of: Mapped[str] = mapped_column(String(32))
    dims: Mapped[str]  # comma separated
    group: Mapped[str] = mapped_column("table_group", String(64))
    answer: Mapped[str] = mapped_column(String(64))


class EditionCell(Unrecorded, Base):
    """One number that may be seen: a multiple of the base, or NULL for hidden."""

    __tablename__ = "stat_cell"
    __table_args__ = (CheckConstraint("shown IS NULL OR (shown >= 10 AND shown % 5 = 0)", name="protected"),)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("stat_edition.id"), primary_key=True)
    table_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column("cell_key", String(160))  # codes of the cell, comma separated
    shown: Mapped[int | None]
