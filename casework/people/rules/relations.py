"""Declarations of staff, and when a recorded person is the declared one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ...kernel.errors import BadInput
from ...kernel.wareki import PartialDate


class RelationDeclared(StrEnum):
    """Whom a staff member declares."""

    SELF = "self"
    HOUSEHOLD = "household"
    RELATION = "relation"


@dataclass(frozen=True, slots=True)
class DeclarationDraft:
    kind: str
    name: str
    kana: str | None = None
    birth: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class DeclarationView:
    """One's own words back; whether anybody matches is told to nobody."""

    id: UUID
    kind: str
    name: str | None
    kana: str | None
    birth: str | None
    declared_at: datetime


@dataclass(frozen=True, slots=True)
class ConflictDraft:
    staff_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class ConflictView:
    """A link by numbers, for the privacy officer."""

    id: UUID
    staff_id: UUID
    person_id: UUID
    found_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Key:
    """Folded name and reading, and the birth as far as known ("YYYY", "YYYY-MM" or "YYYY-MM-DD")."""

    name: str
    kana: str
    birth: str


def same_person(declared: Key, recorded: Key) -> bool:
    """Name or reading is the same, and where both births are known one begins the other."""
    named = bool(declared.name) and declared.name == recorded.name
    read = bool(declared.kana) and declared.kana == recorded.kana
    births = declared.birth, recorded.birth
    return (named or read) and (births[0].startswith(births[1]) or births[1].startswith(births[0]))


def check_declaration(draft: DeclarationDraft, today: date) -> None:
    if draft.kind not in {kind.value for kind in RelationDeclared}:
        raise BadInput("unknown_choice", "kind")
    if len(draft.name.strip()) < 2:
        raise BadInput("search_too_short", "name")
    if draft.birth is not None and draft.birth.earliest() > today:
        raise BadInput("date_in_future", "birth")
