"""Shapes of 福祉資源マップ: places, services and hosts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ResourceDraft:
    """A place or service: what it is, where, for how many; `agency` is the host that may be told of a person."""

    kind: str
    name: str
    district: str | None = None
    agency: str | None = None
    capacity: int | None = None
    accepts: str | None = None
    contact: str | None = None
    remarks: str | None = None


@dataclass(frozen=True, slots=True)
class ResourceView:
    id: UUID
    version: int
    kind: str
    name: str
    district: str | None
    agency: str | None
    capacity: int | None
    accepts: str | None
    contact: str | None
    remarks: str | None
    active: bool
    last_verified_on: date | None
    verified_by: UUID | None
