"""Consent (本人同意): its states and when it is in force for a wish to share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from ...kernel.errors import BadInput, Refused


class ConsentState(StrEnum):
    UNKNOWN = "unknown"
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CANNOT_ASK = "cannot_ask"


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """The newest row of a consent thread, as the rules see it."""

    thread_id: UUID
    purpose: str
    state: ConsentState
    given_on: date | None
    expires_on: date | None
    recipients: frozenset[str]
    items: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sharing:
    """A wish to share: for which purpose, with whom, which items, on which day."""

    purpose: str
    recipients: frozenset[str]
    items: frozenset[str]
    on: date


def in_force(rows: list[ConsentRow], wish: Sharing) -> ConsentRow | None:
    """The consent that covers the wish on that day, if any (I6, I10): given, not expired, all recipients, all items."""
    for row in rows:
        if row.state is not ConsentState.GIVEN or row.purpose != wish.purpose:
            continue
        if row.given_on is None or row.given_on > wish.on:
            continue
        if row.expires_on is not None and row.expires_on < wish.on:
            continue
        if wish.recipients <= row.recipients and wish.items <= row.items:
            return row
    return None
