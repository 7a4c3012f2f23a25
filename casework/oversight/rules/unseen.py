"""Shapes of 担当者の見られない仕事: whose open work is out of their own sight, and what is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Work(StrEnum):
    """What kind of record waits."""

    CASE = "case"
    INTAKE = "intake"


@dataclass(frozen=True, slots=True)
class UnnamedOwner:
    """Work about a protected person whose owner is not named for them.

    Neither the person nor the record is told. `seers`: active staff of that division who see them now; with 0 nobody
    there does. `withdrawn`: somebody ended the owner's own grant before its day.
    """

    protection_id: UUID
    work: Work
    owner_id: UUID
    owner_agency: str
    seers: int
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class ConflictedOwner:
    """Work that its owner may not open because of a conflict of interest: how many records of a kind, never which."""

    work: Work
    owner_id: UUID
    owner_agency: str
    count: int


@dataclass(frozen=True, slots=True)
class ReceiverDraft:
    """Who takes over what an owner may not open, and for which division."""

    to_staff_id: UUID
    agency: str
