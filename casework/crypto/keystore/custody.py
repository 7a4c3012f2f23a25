"""Acts of the keepers of the KEKs: rotate, rewrap, retire, verify. Online, and each may be killed at any point.

A KEK exists before the row that names it, and a row says `destroyed` before the KEK goes: whatever is cut off can be
begun again. Nothing here returns key material.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from ..errors import CryptoError, KeyActForbidden, KeyDestroyed, KeyMissing, KeyWrong
from .store import WrappedKeyStore, add_kek, now
from .wrapping import commitment, data_place, purpose_place

BATCH = 100  # keys wrapped anew in one transaction: writers wait no longer than for these
_CHUNK = 1000
_UNOPENED = (KeyWrong, KeyMissing, KeyDestroyed)


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """What one step did: keys moved, keys that do not open and were left as they are, whether the pass is over."""

    moved: int
    unopened: int
    ended: bool


@dataclass(frozen=True, slots=True)
class RewrapState:
    """Where the rewrapping stands: keys still under an old KEK, and when the last pass began and ended."""

    left: int
    started_at: str | None
    ended_at: str | None


@dataclass(slots=True)
class Findings:
    """What `verify` saw. A fault is (what, which, code); `stray` are KEKs that this keystore does not know."""

    data_keys: int = 0
    purpose_keys: int = 0
    keks: int = 0
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    stray: list[int] = field(default_factory=list)


def rotate(store: WrappedKeyStore, expected: int) -> int:
    """Make a new KEK the active one; the old one opens what it wrapped. `expected` is the KEK active until now.

    KeyActForbidden("overtaken") if it is not: of two rotations at once one is refused. A KEK that lies about without
    being known here is never overwritten, for a newer copy of the keystore may know it: its number is passed over.
    """
    with store.database.transaction() as db:
        if db.execute("SELECT version FROM kek WHERE state = 'active'").fetchone() != (expected,):
            raise KeyActForbidden("overtaken")
        store.ready(expected)
        newest: int = db.execute("SELECT max(version) FROM kek").fetchone()[0]
        version = max(newest, *store.keks.present()) + 1
        db.execute("UPDATE kek SET state = 'decrypt_only' WHERE version = ?", (expected,))
        add_kek(db, store.keks, version)
        db.execute("UPDATE state SET rewrap_cursor = NULL, generation = generation + 1")
    return version


def rewrap_some(store: WrappedKeyStore, limit: int = BATCH) -> Rewrapped:
    """Wrap up to `limit` keys anew under the active KEK, in one transaction, from where the last step ended.

    A key that does not open stays as it is and is counted; it keeps its old KEK from being retired.
    """
    with store.database.transaction() as db:
        active = _active(db)
        store.ready(active)
        (cursor,) = db.execute("SELECT rewrap_cursor FROM state").fetchone()
        moved = unopened = 0
        if cursor is None:
            cursor = b""
            db.execute("UPDATE state SET rewrap_started_at = ?, rewrap_ended_at = NULL", (now(),))
            moved, unopened = _rewrap_purposes(store, db, active)
        rows = db.execute(
            "SELECT owner, version, kek_version, wrapped, commitment FROM data_key"
            " WHERE owner > ? AND kek_version <> ? ORDER BY owner LIMIT ?",
            (cursor, active, limit),
        ).fetchall()
        for row in rows:
            done = _rewrap_slot(store, db, active, row)
            moved, unopened = moved + done, unopened + (not done)
        ended = len(rows) < limit
        db.execute("UPDATE state SET rewrap_cursor = ?", (None if ended else rows[-1][0],))
        if ended:
            db.execute("UPDATE state SET rewrap_ended_at = ?", (now(),))
    return Rewrapped(moved, unopened, ended)


def rewrap_state(store: WrappedKeyStore) -> RewrapState:
    (row,) = store.database.ask(
        "SELECT (SELECT count(*) FROM data_key WHERE kek_version <> a.version)"
        " + (SELECT count(*) FROM purpose_key WHERE kek_version <> a.version),"
        " rewrap_started_at, rewrap_ended_at FROM state, kek AS a WHERE a.state = 'active'"
    )
    return RewrapState(*row)


def retirable(store: WrappedKeyStore, version: int) -> None:
    """KeyActForbidden unless nothing needs the KEK any more: unknown, active, in_use."""
    for status in store.status():
        if status.version == version:
            if status.state == "active":
                raise KeyActForbidden("active")
            if status.data_keys or status.purpose_keys:
                raise KeyActForbidden("in_use")
            return
    raise KeyActForbidden("unknown")


def retire(store: WrappedKeyStore, version: int) -> None:
    """Destroy an old KEK for good: what lies wrapped under it in old copies of the keystore opens never again.

    KeyActForbidden as `retirable` says. One that was cut off is ended by asking again; a third time changes nothing.
    """
    with store.database.transaction() as db:
        retirable(store, version)  # inside the transaction: nobody can wrap under it any more
        ended = db.execute(
            "UPDATE kek SET state = 'destroyed', canary = x'' WHERE version = ? AND state = 'decrypt_only'",
            (version,),
        )
        if ended.rowcount:
            db.execute("UPDATE state SET generation = generation + 1")
    store.keks.destroy(version)
    with store.database.transaction() as db:
        db.execute(
            "UPDATE kek SET destroyed_at = ? WHERE version = ? AND destroyed_at IS NULL", (now(), version)
        )
    store.forget()


def verify(store: WrappedKeyStore) -> Findings:
    """Open every slot, purpose key and canary; find destroyed KEKs that are still there and KEKs nobody knows."""
    found = Findings()
    there, known = store.keks.present(), store.status()
    found.stray = sorted(there - {status.version for status in known})
    for status in known:
        found.keks += 1
        if status.state == "destroyed":
            if status.version in there or status.destroyed_at is None:
                found.faults.append(("kek", str(status.version), "not_wiped"))
            continue
        _try(found, "kek", str(status.version), partial(_check_kek, store, status.version))
    for (name,) in store.database.ask("SELECT name FROM purpose_key ORDER BY name"):
        found.purpose_keys += 1
        _try(found, "purpose_key", name, partial(store.purpose_key, name))
    for owner in _owners(store):
        found.data_keys += 1
        _try(found, "data_key", str(owner), partial(_check_slot, store, owner))
    return found


def _try(found: Findings, what: str, which: str, question: Callable[[], object]) -> None:
    try:
        question()
    except CryptoError as failure:
        found.faults.append((what, which, failure.code))


def _check_kek(store: WrappedKeyStore, version: int) -> None:
    store.forget()  # what lies there now, not what was read at the start
    store.ready(version)


def _check_slot(store: WrappedKeyStore, owner: UUID) -> None:
    try:
        store.data_key(owner)
    except KeyDestroyed:
        if not store.tombstones([owner]):  # erased since the list was read
            raise


def _owners(store: WrappedKeyStore) -> Iterator[UUID]:
    last, query = b"", "SELECT owner FROM data_key WHERE owner > ? ORDER BY owner LIMIT ?"
    while rows := store.database.ask(query, last, _CHUNK):
        last = rows[-1][0]
        yield from (UUID(bytes=raw) for (raw,) in rows)


def _active(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT version FROM kek WHERE state = 'active'").fetchone()
    if row is None:
        raise KeyMissing
    return int(row[0])


def _rewrap_purposes(store: WrappedKeyStore, db: sqlite3.Connection, active: int) -> tuple[int, int]:
    rows = db.execute(
        "SELECT name, kek_version, wrapped, commitment FROM purpose_key WHERE kek_version <> ?", (active,)
    ).fetchall()
    moved = 0
    for name, kek_version, wrapped, seal in rows:
        try:
            key = store.unwrap(kek_version, wrapped, seal, purpose_place(name, kek_version))
        except _UNOPENED:
            continue
        again = store.wrap(active, key, purpose_place(name, active))
        db.execute(
            "UPDATE purpose_key SET kek_version = ?, wrapped = ?, commitment = ? WHERE name = ?",
            (active, again, commitment(key), name),
        )
        moved += 1
    return moved, len(rows) - moved


def _rewrap_slot(store: WrappedKeyStore, db: sqlite3.Connection, active: int, row: Any) -> bool:
    """Whether the key could be opened and now lies under the active KEK."""
    raw, version, kek_version, wrapped, seal = row
    owner = UUID(bytes=raw)
    try:
        key = store.unwrap(kek_version, wrapped, seal, data_place(owner, version, kek_version))
    except _UNOPENED:
        return False
    again = store.wrap(active, key, data_place(owner, version, active))
    db.execute("UPDATE data_key SET kek_version = ?, wrapped = ? WHERE owner = ?", (active, again, raw))
    return True
