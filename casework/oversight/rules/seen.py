"""だれが見たか: shapes of the answer to "who saw this record"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

LONGEST = 20_000  # lines of one file; a longer period is asked for in parts


class SeenKind(StrEnum):
    """What kind of act an event was."""

    READ = "read"  # 見た
    CHANGED = "changed"  # 書いた
    REFUSED = "refused"  # 断られた


@dataclass(frozen=True, slots=True)
class SeenDraft:
    """Which record (its number, or a person of a case) and from which day to which, both included."""

    number: str | None
    person: UUID | None
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class SeenLine:
    """One visit to the record: who, when, what, with which outcome and for which purpose; never what stood there."""

    seq: int
    at: datetime
    actor: str
    actor_name: str
    agency: str
    event: str
    kind: SeenKind
    outcome: str
    purpose: str


@dataclass(frozen=True, slots=True)
class PersonMark:
    """A person of the case, without a name: the reader answers requests and sees no content."""

    person_id: UUID
    role: str


@dataclass(frozen=True, slots=True)
class SeenView:
    """The visits, the newest first; `number` names the case or intake that was asked for."""

    number: str
    person: UUID | None
    persons: tuple[PersonMark, ...]
    lines: tuple[SeenLine, ...]
    next: str | None
