"""Writing and checking the trail: canonical length-prefixed bytes, SHA-256 chained, one sequence without gaps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Connection, String, Table, insert, select, type_coerce, update
from sqlalchemy.orm import Session

from ..db import CLEARED
from ..kernel.errors import Unavailable
from .models import AuditCheckpoint, AuditEntry, AuditHead

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
_CHECKPOINTS = cast(Table, AuditCheckpoint.__table__)
_ISSUED = select(_CHECKPOINTS.c.size, _CHECKPOINTS.c.line).order_by(_CHECKPOINTS.c.size)


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
class Stored:
    """The trail as it lies in the store, value by value: what a hand in the file left there is not smoothed over."""

    entries: Iterable[dict[str, Any]]
    head: tuple[Any, Any] | None
    issued: list[tuple[int, str]]


@contextmanager
def stored(session: Session) -> Iterator[Stored]:
    """One view of entries, head and checkpoints, whatever others append meanwhile; `entries` are read as they come."""
    session.rollback()
    if session.get_bind().dialect.name == "sqlite":
        connection = session.connection()
        driver: Any = connection.connection.driver_connection
        usual, driver.text_factory = driver.text_factory, _as_written
        try:
            yield _stored(connection)
        finally:
            driver.text_factory = usual
        return
    connection = session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    yield _stored(connection)


def _stored(connection: Connection) -> Stored:
    head = connection.execute(_HEAD, execution_options=_CLEARED).one_or_none()
    issued = connection.execute(_ISSUED, execution_options=_CLEARED).all()
    return Stored(
        _entries(connection), None if head is None else (head[0], head[1]), [(s, t) for s, t in issued]
    )


def _as_written(text: bytes) -> str:
    """Bytes that are no text stay different from every text."""
    return text.decode("utf-8", "surrogateescape")


def _entries(connection: Connection) -> Iterator[dict[str, Any]]:
    at = _ENTRIES.c.at
    raw = type_coerce(at, String).label("at") if connection.dialect.name == "sqlite" else at
    query = select(*(raw if c is at else c for c in _ENTRIES.c)).order_by(_ENTRIES.c.seq)
    result = connection.execute(query, execution_options={CLEARED: True, "yield_per": 1000})
    for row in result.mappings():
        yield dict(row)


def lock_head(session: Session) -> tuple[int, bytes]:
    """How many entries there are and the digest of the last; nobody appends until this transaction ends."""
    found = session.connection().execute(_LOCK_HEAD, execution_options=_CLEARED).one_or_none()
    if found is None:
        raise Unavailable("trail_missing")
    return found[0], found[1]
