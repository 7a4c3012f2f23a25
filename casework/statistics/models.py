"""Tables of sealed statistics. Only protected numbers are stored: an edition is written once and never changed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Confidential, Unrecorded, Versioned, ref, sealed, state_column
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


class Indicator(Versioned, Base):
    """数値目標 of a goal of the city plan, from one of its viewpoints; fed by a figure or entered by hand."""

    __tablename__ = "plan_indicator"
    id: Mapped[UUID] = key()
    goal: Mapped[str] = mapped_column(String(8))
    viewpoint: Mapped[str] = mapped_column(String(128))
    title: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(32))
    source: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[UUID] = ref("staff.id", index=False)
    made_at: Mapped[datetime]


class IndicatorYear(Base):
    """The target of an indicator for a fiscal year, and its figure if that is entered by hand."""

    __tablename__ = "plan_indicator_year"
    __table_args__ = (UniqueConstraint("indicator_id", "fiscal_year"),)
    id: Mapped[UUID] = key()
    indicator_id: Mapped[UUID] = ref("plan_indicator.id", index=False)
    fiscal_year: Mapped[int]
    target: Mapped[int | None]
    actual: Mapped[int | None]


class Finding(Confidential, Base):
    """What a hearing or questionnaire found, sealed: people's words are in it."""

    __tablename__ = "plan_finding"
    __sealed_by__ = "id"
    id: Mapped[UUID] = key()
    goal: Mapped[str] = mapped_column(String(8))
    viewpoint: Mapped[str] = mapped_column(String(128))
    method: Mapped[str] = mapped_column(String(64))
    evaluator: Mapped[str] = mapped_column(String(64))
    fiscal_year: Mapped[int] = mapped_column(index=True)
    text: Mapped[bytes | None] = sealed()
    by: Mapped[UUID] = ref("staff.id", index=False)
    at: Mapped[datetime]
