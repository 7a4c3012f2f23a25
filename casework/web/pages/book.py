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
    """A form as far as it was typed: the posted pairs and when they were kept."""

    pairs: tuple[tuple[str, str], ...]
    saved_at: datetime


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

    def stored(self, form: str) -> StoredText | None:
        """What the person typed into the form at this address and did not send."""

    def discard(self, form: str) -> None:
        """Forget what was kept of the form; nothing happens if nothing was."""

    def proofs(self) -> Proofs:
        """Which second factors the person has."""

    def navigation(self, path: str) -> Sequence[Place]:
        """Where the roles of the person lead."""
