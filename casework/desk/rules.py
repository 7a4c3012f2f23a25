"""Shapes of 書きかけ: a form as far as it was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

LONGEST = 400_000  # characters of one kept form: several minutes of a long meeting


@dataclass(frozen=True, slots=True)
class UnsentDraft:
    """`form` is the path of the page, `content` the posted pairs as JSON text."""

    form: str
    content: str


@dataclass(frozen=True, slots=True)
class UnsentView:
    form: str
    content: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class UnsentLine:
    form: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Pile:
    """One pile on the desk: how many pieces wait, counted up to a page; `more` says that there are more than that."""

    name: str
    count: int
    more: bool
