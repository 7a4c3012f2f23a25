"""Shapes of 書きかけ: a form as far as it was typed, and the mark by which a window knows its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

LONGEST = 400_000  # characters of one kept form: several minutes of a long meeting
MOST = 200  # forms that one person may leave unfinished at a time
NEW = "new"  # instead of a mark: an empty form, whatever is kept


@dataclass(frozen=True, slots=True)
class Mark:
    """One state of one kept form. A window that knows an older state, or none, keeps its text beside it."""

    id: UUID
    version: int

    def __str__(self) -> str:
        return f"{self.id.hex}.{self.version}"


def mark_of(text: str) -> Mark | None:
    """The mark behind its text; None for anything else: such a window starts a text of its own."""
    name, _, version = text.partition(".")
    try:
        return Mark(UUID(hex=name), int(version))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class UnsentDraft:
    """`form` is the path of the page, `content` the posted pairs as JSON text, `mark` what the window kept last."""

    form: str
    content: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class UnsentLine:
    form: str
    saved_at: datetime
    mark: str


@dataclass(frozen=True, slots=True)
class UnsentView:
    """What a form starts from, and what else is kept of it: typed in other windows, or before."""

    content: str | None
    line: UnsentLine | None
    others: tuple[UnsentLine, ...]


@dataclass(frozen=True, slots=True)
class Pile:
    """One pile on the desk: how many pieces wait, counted up to a page; `more` says that there are more than that."""

    name: str
    count: int
    more: bool
