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


REASON_NEEDED = frozenset({ConsentState.REFUSED, ConsentState.CANNOT_ASK})
# A change of a thread; from the left the states that may follow. Asking again is a new row like everything else.
NEXT = {
    ConsentState.UNKNOWN: frozenset(ConsentState) - {ConsentState.WITHDRAWN, ConsentState.EXPIRED},
    ConsentState.ASKED: frozenset(ConsentState) - {ConsentState.WITHDRAWN, ConsentState.EXPIRED},
    ConsentState.CANNOT_ASK: frozenset({ConsentState.ASKED, ConsentState.GIVEN, ConsentState.REFUSED}),
    ConsentState.REFUSED: frozenset({ConsentState.ASKED, ConsentState.GIVEN}),
    ConsentState.GIVEN: frozenset({ConsentState.GIVEN, ConsentState.WITHDRAWN, ConsentState.EXPIRED}),
    ConsentState.WITHDRAWN: frozenset({ConsentState.ASKED, ConsentState.GIVEN}),
    ConsentState.EXPIRED: frozenset({ConsentState.ASKED, ConsentState.GIVEN}),
}
FIRST = frozenset(ConsentState) - {ConsentState.WITHDRAWN, ConsentState.EXPIRED}


@dataclass(frozen=True, slots=True)
class Terms:
    """A consent row before it is written, as far as the rules look at it."""

    state: ConsentState
    recipients: frozenset[str]
    items: frozenset[str]
    holder: str | None
    form: str | None
    given_on: date | None
    expires_on: date | None
    reason: str | None


def needs_terms(terms: Terms, today: date) -> None:
    """What each state must say: a given consent names recipients, items, date, form and holder (I10)."""
    if terms.state in REASON_NEEDED and not terms.reason:
        raise BadInput("consent_reason_missing", "reason")
    if terms.state is not ConsentState.GIVEN:
        return
    for name in ("recipients", "items", "given_on", "form", "holder"):
        if not getattr(terms, name):
            raise BadInput("consent_incomplete", name)
    if terms.given_on is not None and terms.given_on > today:
        raise BadInput("day_ahead", "given_on")
    if terms.given_on is not None and terms.expires_on is not None and terms.expires_on < terms.given_on:
        raise BadInput("consent_expires_before", "expires_on")


def needs_next(before: ConsentState, after: ConsentState) -> None:
    """Whether a thread may go on like this; a withdrawal ends sharing, and only a new yes starts it again."""
    if after not in NEXT[before]:
        raise Refused("consent_change_impossible", "state", before=before.value, after=after.value)


def needs_narrower(before: Terms, after: Terms) -> None:
    """A consent in force can be narrowed; more recipients or items need a new consent of their own."""
    if before.state is not ConsentState.GIVEN or after.state is not ConsentState.GIVEN:
        return
    for name in ("recipients", "items"):
        if not getattr(after, name) <= getattr(before, name):
            raise Refused("consent_only_narrower", name)
    if before.expires_on is not None and (after.expires_on is None or after.expires_on > before.expires_on):
        raise Refused("consent_only_narrower", "expires_on")
