"""Tables of the trail; triggers (SQLite) and grants (PostgreSQL) refuse UPDATE and DELETE on the entries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Unrecorded


class AuditEntry(Unrecorded, Base):
    """One visit to the gate. `changes` lists [kind, table, row, column names] - names, never values."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_visits", "actor", "event", "at"),)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(36))
    session: Mapped[str] = mapped_column(String(36))
    event: Mapped[str] = mapped_column(String(64), index=True)
    outcome: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(64))
    target: Mapped[str] = mapped_column(String(64), index=True)
    case_id: Mapped[str] = mapped_column(String(36), index=True)
    purpose: Mapped[str] = mapped_column(String(64))
    changes: Mapped[str]
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditHead(Unrecorded, Base):
    """The last sequence and digest; locked last in every transaction so that the chain cannot fork."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditCheckpoint(Base):
    """A signed statement about the first `size` entries, once issued never changed; `line` is what was handed out."""

    __tablename__ = "audit_checkpoint"
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[str]


class ReadCount(Unrecorded, Base):
    """How many sealed records somebody opened in an hour, over all processes; no more than a number."""

    __tablename__ = "read_count"
    actor: Mapped[str] = mapped_column(String(36), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    opened: Mapped[int]
