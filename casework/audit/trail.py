"""Writing and checking the trail: canonical length-prefixed bytes, SHA-256 chained, one sequence without gaps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from ..db import CLEARED
from ..kernel.errors import Unavailable
from .models import AuditEntry, AuditHead

ZERO = bytes(32)
FORMAT = b"casework-audit-1"


@dataclass(frozen=True, slots=True)
class Event:
    """What the gate says of one visit. Everything is a name or an identifier; no personal data."""

    at: datetime
    actor: str
    session: str
    event: str
    outcome: str
    kind: str
    target: str
    case_id: str
    purpose: str
    changes: tuple[tuple[str, ...], ...]


def canonical(seq: int, previous: bytes, fields: dict[str, Any]) -> bytes:
    """The bytes that are hashed: each part behind its 4-byte length, in the fixed order of the table."""
    parts = [FORMAT, str(seq).encode(), previous]
    at: datetime = fields["at"]
    parts.append(at.astimezone(UTC).isoformat(timespec="microseconds").encode())
    names = ("actor", "session", "event", "outcome", "kind", "target", "case_id", "purpose", "changes")
    parts += [str(fields[name]).encode() for name in names]
    return b"".join(len(p).to_bytes(4, "big") + p for p in parts)


def digest(seq: int, previous: bytes, fields: dict[str, Any]) -> bytes:
    return hashlib.sha256(canonical(seq, previous, fields)).digest()


# Built once: building them anew for every visit costs more than running them.
_ENTRIES = cast(Table, AuditEntry.__table__)
_HEADS = cast(Table, AuditHead.__table__)
_HEAD = select(AuditHead.seq, AuditHead.digest).where(AuditHead.id == 1)
_LOCK_HEAD = _HEAD.with_for_update()
_ADD = insert(_ENTRIES)
_MOVE_HEAD = update(_HEADS).where(_HEADS.c.id == 1)
_CLEARED = {CLEARED: True}


def append(session: Session, events: Iterable[Event]) -> None:
    """Add events at the end of the chain, inside the session's transaction; the head is locked here, last."""
    connection = session.connection()
    head = connection.execute(_LOCK_HEAD, execution_options=_CLEARED).one_or_none()
    if head is None:
        raise Unavailable("trail_missing")
    seq, previous = head
    rows = []
    for event in events:
        seq += 1
        fields = {name: getattr(event, name) for name in Event.__slots__ if name != "changes"}
        fields["changes"] = json.dumps(event.changes, ensure_ascii=True, separators=(",", ":"))
        this = digest(seq, previous, fields)
        rows.append({**fields, "seq": seq, "previous": previous, "digest": this})
        previous = this
    connection.execute(_ADD, rows, execution_options=_CLEARED)
    connection.execute(_MOVE_HEAD, {"seq": seq, "digest": previous}, execution_options=_CLEARED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of a verification: exit code 0 ok, 1 tampered, 2 incomplete; `at` is the first bad sequence."""

    exit_code: int
    entries: int
    at: int | None
    reason: str


def verify(session: Session) -> Verdict:
    """Walk the whole chain and compare it with its head; finds changed, missing, doubled and moved entries."""
    previous, expected = ZERO, 1
    for entry in _entries(session):
        if entry["seq"] != expected:
            return Verdict(1, expected - 1, expected, "gap")
        if entry["previous"] != previous or entry["digest"] != digest(expected, previous, entry):
            return Verdict(1, expected - 1, expected, "changed")
        previous, expected = entry["digest"], expected + 1
    head = session.execute(_HEAD, execution_options=_CLEARED).one_or_none()
    if head is None:
        return Verdict(2, expected - 1, None, "no_head")
    if head.seq > expected - 1:
        return Verdict(2, expected - 1, expected, "tail_missing")
    if (head.seq, head.digest) != (expected - 1, previous):
        return Verdict(1, expected - 1, head.seq, "head_differs")
    return Verdict(0, expected - 1, None, "ok")


def _entries(session: Session) -> Iterator[dict[str, Any]]:
    query = select(_ENTRIES).order_by(AuditEntry.seq)
    result = session.execute(query, execution_options={CLEARED: True, "yield_per": 1000})
    for row in result.mappings():
        yield dict(row)
