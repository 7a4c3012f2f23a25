"""The register of resources; it holds no personal data."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Versioned, code_column, ref
from ..db.base import key


class Resource(Versioned, Base):
    """A place, service or host; retired, never deleted, because placements point to it."""

    __tablename__ = "resource"
    __table_args__ = (
        CheckConstraint("capacity IS NULL OR capacity BETWEEN 0 AND 10000", name="capacity"),
        Index("ix_resource_search", "kind", "district", "active"),
    )
    id: Mapped[UUID] = key()
    kind: Mapped[str] = code_column("place_kind")
    name: Mapped[str]
    district: Mapped[str | None] = ref("district.code", index=False)
    agency: Mapped[str | None] = ref("agency.code", index=False)
    capacity: Mapped[int | None]
    accepts: Mapped[str | None]
    contact: Mapped[str | None]
    remarks: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    last_verified_on: Mapped[date | None]
    verified_by: Mapped[UUID | None] = ref("staff.id", index=False)
    recorded_at: Mapped[datetime]
