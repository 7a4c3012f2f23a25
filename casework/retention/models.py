"""Tables of 保存と消去. Reasons are sealed with the record's own key and go with it; what stays is the tombstone."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Confidential, Versioned, code_column, ref, sealed, state_column
from ..db.base import key
from .rules import ErasureState, RecordKind

PROPOSED = text("state = 'proposed'")


class Hold(Confidential, Base):
    """消去の保留: as long as it is in force the record is not erased, whatever its years."""

    __tablename__ = "retention_hold"
    __sealed_by__ = "record_id"
    __names__ = "record_id"
    id: Mapped[UUID] = key()
    agency: Mapped[str] = ref("agency.code")
    kind: Mapped[str] = state_column(RecordKind, name="kind", index=False)
    record_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[str] = mapped_column(String(16))
    reason: Mapped[bytes | None] = sealed()
    ends_on: Mapped[date]
    set_by: Mapped[UUID] = ref("staff.id", index=False)
    set_at: Mapped[datetime]
    lifted_by: Mapped[UUID | None] = ref("staff.id", index=False)
    lifted_at: Mapped[datetime | None]


class Erasure(Versioned, Confidential, Base):
    """A proposal to erase a record; approved by a second person it becomes the record's tombstone."""

    __tablename__ = "erasure"
    __sealed_by__ = "record_id"
    __names__ = "record_id"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "state NOT IN ('erased', 'refused') OR decided_by IS NOT NULL", name="decided_by_whom"
        ),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_when"),
        CheckConstraint("state <> 'erased' OR (reason IS NULL AND refusal IS NULL)", name="nothing_told"),
        Index(
            "uq_erasure_proposed",
            "record_id",
            unique=True,
            sqlite_where=PROPOSED,
            postgresql_where=PROPOSED,
        ),
    )
    id: Mapped[UUID] = key()
    agency: Mapped[str] = ref("agency.code")
    kind: Mapped[str] = state_column(RecordKind, name="kind", index=False)
    record_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[str] = mapped_column(String(16))
    schedule: Mapped[str] = mapped_column(String(32))
    ground: Mapped[str] = code_column("erasure_ground")
    state: Mapped[str] = state_column(ErasureState)
    reason: Mapped[bytes | None] = sealed()
    refusal: Mapped[bytes | None] = sealed()
    proposed_by: Mapped[UUID] = ref("staff.id", index=False)
    proposed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = ref("staff.id", index=False)
    decided_at: Mapped[datetime | None]
    rows_erased: Mapped[int] = mapped_column(default=0)
    keys_done_at: Mapped[datetime | None]


class ErasureOwner(Confidential, Base):
    """Whose data key goes with an erased record: an id alone, for the keystore."""

    __tablename__ = "erasure_owner"
    __part_of__ = "erasure_id"
    erasure_id: Mapped[UUID] = ref("erasure.id", index=False, primary_key=True)
    owner: Mapped[UUID] = mapped_column(primary_key=True)
