"""What pages ask of the roof: labels, and texts not yet sent.

The house that knows them stands above this floor; the application puts it in (House.desk).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ...kernel.book import Book


@dataclass(frozen=True, slots=True)
class StoredText:
    """A form as far as it was typed: the posted pairs, when they were kept, and the mark of this state ("" if
    nothing is kept). `others` are marks and times of texts typed into the same form in other windows."""

    pairs: tuple[tuple[str, str], ...] = ()
    saved_at: datetime | None = None
    mark: str = ""
    others: tuple[tuple[str, datetime], ...] = ()
    unreadable: bool = False  # something is kept, but its key is missing or wrong


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the navigation: where it leads, what it is called, whether this page stands under it."""

    href: str
    label: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Proofs:
    """Which second factors the person has, for the page that asks once more who is there."""

    totp: bool
    passkey: bool


class Desk(Protocol):
    """The roof's part of every page. Each call acts for the person who is signed in."""

    def book(self) -> Book:
        """Labels; kept for a minute, because they change a few times a year."""

    def refresh(self) -> None:
        """Read the labels again at the next page: somebody changed them here."""

    def stored(self, form: str, wanted: str = "") -> StoredText:
        """What the person typed into the form at this address and did not send: the text with the mark that is
        wanted, else the newest; nothing for "new"."""

    def discard(self, form: str, mark: str) -> None:
        """Forget one kept state of the form; nothing happens if it is not the present one."""

    def proofs(self) -> Proofs:
        """Which second factors the person has."""

    def navigation(self, path: str) -> Sequence[Place]:
        """Where the roles of the person lead."""
