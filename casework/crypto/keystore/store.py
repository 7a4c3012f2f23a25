"""What the application asks of a keystore: data keys of owners, purpose keys, their making and their end."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, Self, TypeVar
from uuid import UUID

from ..errors import CryptoError, KeyDestroyed, KeyMissing
from . import erasure
from .database import KeyDatabase
from .erasure import Tombstone
from .providers import FileKeks, write_new
from .wrapping import (
    CANARY,
    KekProvider,
    canary_place,
    check_canary,
    commitment,
    data_place,
    purpose_place,
    unwrapped,
)

T = TypeVar("T")
PURPOSES = ("session", "audit", "names", "idempotency", "throttle", "place", "statistics", "second_factor")
BACKUPS_KEPT = timedelta(days=90)
# The owners come as one blob of 16-byte ids: one statement for any number of them.
_SELECT_DATA_KEYS = """
WITH RECURSIVE wanted (at) AS (
    SELECT 1 WHERE length(?1) > 0 UNION ALL SELECT at + 16 FROM wanted WHERE at + 16 <= length(?1)
)
SELECT owner, version, kek_version, wrapped, commitment
FROM data_key WHERE owner IN (SELECT substr(?1, at, 16) FROM wanted)
"""


@dataclass(frozen=True, slots=True)
class DataKey:
    """32 random bytes that seal the fields of one owner."""

    version: int
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KekStatus:
    """A key-encryption key and how many keys are wrapped under it."""

    version: int
    state: str
    created_at: str
    data_keys: int
    purpose_keys: int
    destroyed_at: str | None  # None for a destroyed one whose key material is still to be wiped


class KeyStore(Protocol):
    """What the application needs of a key-management service."""

    def canary(self) -> None: ...
    def status(self) -> list[KekStatus]: ...
    def data_key(self, owner: UUID) -> DataKey: ...
    def data_keys(self, owners: Iterable[UUID]) -> dict[UUID, DataKey]: ...
    def new_data_keys(self, owners: Sequence[UUID]) -> None: ...
    def purpose_key(self, name: str) -> bytes: ...
    def erase(self, owners: Sequence[UUID], at: datetime | None = None) -> None: ...
    def tombstones(self, owners: Iterable[UUID] | None = None) -> list[Tombstone]: ...
    def generation(self) -> int: ...
    def forget(self) -> None: ...


class WrappedKeyStore:
    """SQLite file of wrapped keys, and somebody who keeps the KEKs. Threads and processes share it.

    Every method raises KeystoreUnreadable if the file cannot be read or written, and KeyMissing, KeyDestroyed or
    KeyWrong for the key-encryption key it needs.
    """

    def __init__(self, path: Path, keks: KekProvider, *, backups_kept: timedelta = BACKUPS_KEPT) -> None:
        if not path.is_file():
            raise KeyMissing
        self.database = KeyDatabase(path)
        self.keks = keks
        self._backups_kept = backups_kept
        self._checked: set[int] = set()
        self._turn = threading.RLock()  # a KEK is used in the breath in which it was checked

    def fill(self) -> Self:
        """The first key-encryption key and the purpose keys, for a file that was just made."""
        self.database.build()
        with self.database.transaction() as db:
            add_kek(db, self.keks, 1)
            self._add_purposes(db, PURPOSES, 1)
        return self

    def complete(self) -> list[str]:
        """Make the purpose keys that a newer version asks for and this store lacks; their names."""
        with self.database.transaction() as db:
            there = {name for (name,) in db.execute("SELECT name FROM purpose_key")}
            missing = [name for name in PURPOSES if name not in there]
            self._add_purposes(db, missing, self._active(db))
        return missing

    def _add_purposes(self, db: sqlite3.Connection, names: Iterable[str], version: int) -> None:
        for name in names:
            key = os.urandom(32)
            wrapped = self.wrap(version, key, purpose_place(name, version))
            db.execute(
                "INSERT INTO purpose_key VALUES (?, ?, ?, ?)", (name, version, wrapped, commitment(key))
            )

    def canary(self) -> None:
        """Open the known value of every key-encryption key in use, and every purpose key."""
        rows = self.database.ask("SELECT version, canary FROM kek WHERE state <> 'destroyed'")
        if not rows:
            raise KeyMissing
        for version, canary in rows:
            self.ready(version)
            check_canary(self.keks, version, canary)
        for name in PURPOSES:
            self.purpose_key(name)

    def status(self) -> list[KekStatus]:
        """Every key-encryption key, the oldest first; no key material."""
        rows = self.database.ask(
            "SELECT version, state, created_at,"
            " (SELECT count(*) FROM data_key WHERE kek_version = kek.version),"
            " (SELECT count(*) FROM purpose_key WHERE kek_version = kek.version),"
            " destroyed_at FROM kek ORDER BY version"
        )
        return [KekStatus(*row) for row in rows]

    def data_key(self, owner: UUID) -> DataKey:
        """The key of one owner; KeyMissing if it has none, KeyDestroyed if it was erased."""
        found = self.data_keys([owner])
        if owner in found:
            return found[owner]
        raise KeyDestroyed if self.tombstones([owner]) else KeyMissing

    def data_keys(self, owners: Iterable[UUID]) -> dict[UUID, DataKey]:
        """The keys of the owners that have one, with one query; owners without are left out."""
        wanted = b"".join(owner.bytes for owner in owners)

        def find() -> dict[UUID, DataKey]:
            found: dict[UUID, DataKey] = {}
            for raw, version, kek_version, wrapped, seal in self.database.ask(_SELECT_DATA_KEYS, wanted):
                owner = UUID(bytes=raw)
                place = data_place(owner, version, kek_version)
                found[owner] = DataKey(version, self.unwrap(kek_version, wrapped, seal, place))
            return found

        return self._settled(find)

    def new_data_keys(self, owners: Sequence[UUID]) -> None:
        """Make keys for owners that have none, durable before it returns; existing keys are never replaced.

        KeyDestroyed, and none is made, if one of the owners was erased: an erased key never comes back.
        """
        with self.database.transaction() as db:
            kek_version = self._active(db)
            for owner in owners:
                if db.execute("SELECT 1 FROM tombstone WHERE owner = ?", (owner.bytes,)).fetchone():
                    raise KeyDestroyed
                key = os.urandom(32)
                wrapped = self.wrap(kek_version, key, data_place(owner, 1, kek_version))
                db.execute(
                    "INSERT INTO data_key (owner, version, kek_version, wrapped, commitment, created_at,"
                    " first_kek) VALUES (?, 1, ?, ?, ?, ?, ?) ON CONFLICT (owner) DO NOTHING",
                    (owner.bytes, kek_version, wrapped, commitment(key), now(), kek_version),
                )

    def purpose_key(self, name: str) -> bytes:
        """The 32-byte key of one of PURPOSES, apart from data keys and from each other; KeyMissing if unknown."""

        def find() -> bytes:
            rows = self.database.ask(
                "SELECT kek_version, wrapped, commitment FROM purpose_key WHERE name = ?", name
            )
            if not rows:
                raise KeyMissing
            kek_version, wrapped, seal = rows[0]
            return self.unwrap(kek_version, wrapped, seal, purpose_place(name, kek_version))

        return self._settled(find)

    def erase(self, owners: Sequence[UUID], at: datetime | None = None) -> None:
        """Delete the slots of owners and leave tombstones, durable before it returns; a second time changes nothing.

        KeystoreUnreadable also if the slots are gone but old pages of the file could not be wiped: ask again.
        """
        erasure.erase(self.database, owners, at or datetime.now(UTC))

    def tombstones(self, owners: Iterable[UUID] | None = None) -> list[Tombstone]:
        """The erased among the owners, or all erased, with the two dates at which their erasure is complete."""
        return erasure.tombstones(self.database, owners, self._backups_kept)

    def generation(self) -> int:
        """Grows with every erasure, rotation and retirement, in whatever process it happened."""
        (row,) = self.database.ask("SELECT generation FROM state")
        return int(row[0])

    def forget(self) -> None:
        """Drop the key-encryption keys that this process holds."""
        with self._turn:
            self._checked.clear()
            self.keks.forget()

    def close(self) -> None:
        """Close this thread's connection; the next question opens another."""
        self.database.close()

    def unwrap(self, kek_version: int, wrapped: bytes, seal: bytes, place: bytes) -> bytes:
        with self._turn:
            self.ready(kek_version)
            return unwrapped(self.keks, kek_version, wrapped, seal, place)

    def wrap(self, kek_version: int, key: bytes, place: bytes) -> bytes:
        with self._turn:
            self.ready(kek_version)
            return self.keks.wrap(kek_version, key, place)

    def ready(self, version: int) -> None:
        """Check a KEK before it is used at all: a wrong one would wrap new keys that nobody could open later."""
        with self._turn:
            if version in self._checked:
                return
            try:
                check_canary(self.keks, version, self._canary(version))
            except CryptoError:
                self.keks.forget()  # the right one may be put in its place
                self._canary(version)  # one that is being destroyed is not a wrong one
                raise
            self._checked.add(version)

    def _canary(self, version: int) -> bytes:
        rows = self.database.ask("SELECT state, canary FROM kek WHERE version = ?", version)
        if not rows:
            raise KeyMissing
        state, canary = rows[0]
        if state == "destroyed":
            raise KeyDestroyed
        return bytes(canary)

    def _active(self, db: sqlite3.Connection) -> int:
        """The KEK that wraps new keys, checked."""
        row = db.execute("SELECT version FROM kek WHERE state = 'active'").fetchone()
        if row is None:
            raise KeyMissing
        version = int(row[0])
        self.ready(version)
        return version

    @staticmethod
    def _settled(find: Callable[[], T]) -> T:
        """Asked again when a KEK is gone: its keys were wrapped anew after the row was read, before it was opened."""
        for _ in range(2):
            try:
                return find()
            except (KeyMissing, KeyDestroyed):
                continue
        return find()


class FileKeyStore(WrappedKeyStore):
    """The keystore beside a folder of `kek-<n>.key` files (0400)."""

    def __init__(self, path: Path, kek_dir: Path, *, backups_kept: timedelta = BACKUPS_KEPT) -> None:
        super().__init__(path, FileKeks(kek_dir), backups_kept=backups_kept)

    @classmethod
    def create(cls, path: Path, kek_dir: Path) -> FileKeyStore:
        """A new keystore with its first key-encryption key; FileExistsError if one, or a key file, is there."""
        if kek_dir.exists() and any(kek_dir.iterdir()):
            raise FileExistsError("key files stand here already")
        make_file(path)
        return cls(path, kek_dir).fill()


def make_file(path: Path) -> None:
    """An empty file for a keystore; FileExistsError if something is there."""
    if path.exists():
        raise FileExistsError("a keystore stands here already")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_new(path, b"", 0o600)


def add_kek(db: sqlite3.Connection, keks: KekProvider, version: int) -> None:
    """A new KEK, lasting before the row that names it as the active one."""
    keks.make(version)
    canary = keks.wrap(version, CANARY, canary_place(version))
    db.execute(
        "INSERT INTO kek (version, state, created_at, canary) VALUES (?, 'active', ?, ?)",
        (version, now(), canary),
    )


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
