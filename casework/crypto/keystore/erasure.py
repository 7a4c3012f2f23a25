"""Forgetting a key: its slot goes, a tombstone stays, and two dates say when no old copy can bring it back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from .database import KeyDatabase

# The owners come as one blob of 16-byte ids: one statement for any number of them.
_TOMBSTONES = """
WITH RECURSIVE wanted (at) AS (
    SELECT 1 WHERE length(?1) > 0 UNION ALL SELECT at + 16 FROM wanted WHERE at + 16 <= length(?1)
)
SELECT t.owner, t.erased_at,
    (SELECT count(*) FROM kek WHERE version BETWEEN t.first_kek AND t.last_kek AND destroyed_at IS NULL),
    (SELECT max(destroyed_at) FROM kek WHERE version BETWEEN t.first_kek AND t.last_kek)
FROM tombstone AS t
WHERE ?1 IS NULL OR t.owner IN (SELECT substr(?1, at, 16) FROM wanted)
ORDER BY t.erased_at, t.owner
"""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An erased key. The erasure is complete when the KEKs its slot ever lay under are destroyed, and when the last
    backup of the keystore that holds the slot has expired."""

    owner: UUID
    erased_at: datetime
    kek_retired_at: datetime | None  # None: a KEK that opens old slots is still there
    backups_until: datetime

    def complete_at(self) -> datetime | None:
        """The later of the two dates; None as long as the first is not known."""
        return None if self.kek_retired_at is None else max(self.kek_retired_at, self.backups_until)


def erase(database: KeyDatabase, owners: Sequence[UUID], at: datetime) -> None:
    """Idempotent and durable; KeystoreUnreadable also when old pages could not be wiped: ask again."""
    with database.transaction() as db:
        gone = [_bury(db, owner, at.isoformat(timespec="seconds")) for owner in owners]
        if any(gone):
            db.execute("UPDATE state SET generation = generation + 1")
    database.compact()


def _bury(db: sqlite3.Connection, owner: UUID, at: str) -> bool:
    """Whether anything was left to bury."""
    slot = db.execute(
        "SELECT first_kek, kek_version FROM data_key WHERE owner = ?", (owner.bytes,)
    ).fetchone()
    # Of an owner without a slot an older backup may still know one.
    first, last = slot or (1, db.execute("SELECT max(version) FROM kek").fetchone()[0])
    made = db.execute(
        "INSERT INTO tombstone VALUES (?, ?, ?, ?) ON CONFLICT (owner) DO NOTHING",
        (owner.bytes, at, first, last),
    )
    lost = db.execute("DELETE FROM data_key WHERE owner = ?", (owner.bytes,))
    return bool(made.rowcount or lost.rowcount)


def tombstones(
    database: KeyDatabase, owners: Iterable[UUID] | None, backups_kept: timedelta
) -> list[Tombstone]:
    """Of these owners, or of all, in the order of their erasure; owners that were not erased are left out."""
    wanted = None if owners is None else b"".join(owner.bytes for owner in owners)
    rows = database.ask(_TOMBSTONES, wanted)
    found = []
    for raw, erased, at_risk, retired in rows:
        at = datetime.fromisoformat(erased)
        last = at if retired is None else max(at, datetime.fromisoformat(retired))
        found.append(Tombstone(UUID(bytes=raw), at, None if at_risk else last, at + backups_kept))
    return found
