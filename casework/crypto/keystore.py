"""The keystore: apart from the main database; versioned key-encryption keys in files, data keys wrapped under them."""

from __future__ import annotations

import hashlib
import hmac
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .binding import pack
from .errors import KeyDestroyed, KeyMissing, KeystoreUnreadable, KeyWrong

BUSY_SECONDS = 10.0
PURPOSES = ("session", "audit", "names", "idempotency", "throttle", "place", "statistics")
_CANARY = b"casework keystore canary"
_SCHEMA = """
CREATE TABLE kek (
    version INTEGER PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('active', 'decrypt_only', 'destroyed')),
    created_at TEXT NOT NULL,
    canary BLOB NOT NULL
);
CREATE UNIQUE INDEX one_active ON kek (state) WHERE state = 'active';
CREATE TABLE data_key (
    owner BLOB NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    kek_version INTEGER NOT NULL REFERENCES kek (version),
    wrapped BLOB NOT NULL,
    commitment BLOB NOT NULL,
    created_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE purpose_key (
    name TEXT NOT NULL PRIMARY KEY,
    kek_version INTEGER NOT NULL REFERENCES kek (version),
    wrapped BLOB NOT NULL,
    commitment BLOB NOT NULL
);
"""
# The owners come as one blob of 16-byte ids: one statement for any number of them.
_SELECT_DATA_KEYS = """
WITH RECURSIVE wanted (at) AS (
    SELECT 1 WHERE length(?1) > 0 UNION ALL SELECT at + 16 FROM wanted WHERE at + 16 <= length(?1)
)
SELECT owner, version, kek_version, wrapped, commitment
FROM data_key WHERE owner IN (SELECT substr(?1, at, 16) FROM wanted)
"""
_inherited: list[sqlite3.Connection] = []  # a forked child must not close its parent's connections


@dataclass(frozen=True, slots=True)
class DataKey:
    """32 random bytes that seal the fields of one owner."""

    version: int
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KekStatus:
    """A key-encryption key and how many data keys are wrapped under it."""

    version: int
    state: str
    created_at: str
    data_keys: int


class KeyStore(Protocol):
    """What the application needs of a key-management service."""

    def canary(self) -> None: ...
    def status(self) -> list[KekStatus]: ...
    def data_key(self, owner: UUID) -> DataKey: ...
    def data_keys(self, owners: Iterable[UUID]) -> dict[UUID, DataKey]: ...
    def new_data_keys(self, owners: Sequence[UUID]) -> None: ...
    def purpose_key(self, name: str) -> bytes: ...


class FileKeyStore:
    """SQLite file of wrapped keys beside a folder of `kek-<n>.key` files (0400). Threads and processes share it.

    Every method raises KeystoreUnreadable if the file cannot be read or written, and KeyMissing, KeyDestroyed or
    KeyWrong for the key-encryption key it needs.
    """

    def __init__(self, path: Path, kek_dir: Path) -> None:
        if not path.is_file():
            raise KeyMissing
        self._path = path.absolute()
        self._kek_dir = kek_dir
        self._local = threading.local()
        self._keks: dict[int, bytes] = {}

    @classmethod
    def create(cls, path: Path, kek_dir: Path) -> FileKeyStore:
        """A new keystore with its first key-encryption key; FileExistsError if one, or a key file, is there."""
        if path.exists() or (kek_dir.exists() and any(kek_dir.iterdir())):
            raise FileExistsError("a keystore stands here already")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kek_dir.mkdir(parents=True, exist_ok=True)
        kek_dir.chmod(0o700)
        kek = os.urandom(32)
        _write_new(kek_dir / "kek-1.key", kek, 0o400)
        _write_new(path, b"", 0o600)
        store = cls(path, kek_dir)
        with store._transaction() as db:
            for statement in _SCHEMA.split(";\n"):
                db.execute(statement)
            canary = _wrap(kek, _CANARY, _canary_aad(1))
            db.execute("INSERT INTO kek VALUES (1, 'active', ?, ?)", (_now(), canary))
            store._add_purposes(db, PURPOSES, kek, 1)
        return store

    def complete(self) -> list[str]:
        """Make the purpose keys that a newer version asks for and this store lacks; their names."""
        version = max(s.version for s in self.status() if s.state == "active")
        with self._transaction() as db:
            there = {name for (name,) in db.execute("SELECT name FROM purpose_key")}
            missing = [name for name in PURPOSES if name not in there]
            self._add_purposes(db, missing, self._kek(version), version)
        return missing

    @staticmethod
    def _add_purposes(db: sqlite3.Connection, names: Iterable[str], kek: bytes, version: int) -> None:
        for name in names:
            key = os.urandom(32)
            wrapped = _wrap(kek, key, _purpose_aad(name, version))
            db.execute(
                "INSERT INTO purpose_key VALUES (?, ?, ?, ?)", (name, version, wrapped, commitment(key))
            )

    def canary(self) -> None:
        """Open the known value of every key-encryption key in use, and every purpose key."""
        rows = self._ask("SELECT version, canary FROM kek WHERE state <> 'destroyed'")
        if not rows:
            raise KeyMissing
        for version, canary in rows:
            _check_canary(self._kek(version), version, canary)
        for name in PURPOSES:
            self.purpose_key(name)

    def status(self) -> list[KekStatus]:
        """Every key-encryption key, the oldest first; no key material."""
        rows = self._ask(
            "SELECT version, state, created_at,"
            " (SELECT count(*) FROM data_key WHERE kek_version = kek.version) FROM kek ORDER BY version"
        )
        return [KekStatus(*row) for row in rows]

    def data_key(self, owner: UUID) -> DataKey:
        """The key of one owner; KeyMissing if it has none."""
        found = self.data_keys([owner])
        if owner not in found:
            raise KeyMissing
        return found[owner]

    def data_keys(self, owners: Iterable[UUID]) -> dict[UUID, DataKey]:
        """The keys of the owners that have one, with one query; owners without are left out."""
        found: dict[UUID, DataKey] = {}
        rows = self._ask(_SELECT_DATA_KEYS, b"".join(owner.bytes for owner in owners))
        for raw, version, kek_version, wrapped, seal in rows:
            owner = UUID(bytes=raw)
            place = _data_aad(owner, version, kek_version)
            found[owner] = DataKey(version, self._open(wrapped, seal, kek_version, place))
        return found

    def new_data_keys(self, owners: Sequence[UUID]) -> None:
        """Make keys for owners that have none, durable before it returns; existing keys are never replaced."""
        with self._transaction() as db:
            active = db.execute("SELECT version FROM kek WHERE state = 'active'").fetchone()
            if active is None:
                raise KeyMissing
            kek_version: int = active[0]
            kek = self._kek(kek_version)
            for owner in owners:
                key = os.urandom(32)
                wrapped = _wrap(kek, key, _data_aad(owner, 1, kek_version))
                db.execute(
                    "INSERT INTO data_key VALUES (?, 1, ?, ?, ?, ?) ON CONFLICT (owner) DO NOTHING",
                    (owner.bytes, kek_version, wrapped, commitment(key), _now()),
                )

    def purpose_key(self, name: str) -> bytes:
        """The 32-byte key of one of PURPOSES, apart from data keys and from each other; KeyMissing if unknown."""
        rows = self._ask("SELECT kek_version, wrapped, commitment FROM purpose_key WHERE name = ?", name)
        if not rows:
            raise KeyMissing
        kek_version, wrapped, seal = rows[0]
        return self._open(wrapped, seal, kek_version, _purpose_aad(name, kek_version))

    def close(self) -> None:
        """Close this thread's connection; the next question opens another."""
        connection: sqlite3.Connection | None = getattr(self._local, "db", None)
        if connection is not None and self._local.pid == os.getpid():
            connection.close()
            self._local.db = None

    def _open(self, wrapped: bytes, seal: bytes, kek_version: int, aad: bytes) -> bytes:
        key = _unwrap(self._kek(kek_version), wrapped, aad)
        if not hmac.compare_digest(commitment(key), seal):
            raise KeyWrong
        return key

    def _kek(self, version: int) -> bytes:
        """Read from its file once per process."""
        if version not in self._keks:
            self._keks[version] = self._read_kek(version)
        return self._keks[version]

    def _read_kek(self, version: int) -> bytes:
        rows = self._ask("SELECT state, canary FROM kek WHERE version = ?", version)
        if not rows:
            raise KeyMissing
        state, canary = rows[0]
        if state == "destroyed":
            raise KeyDestroyed
        try:
            kek = (self._kek_dir / f"kek-{version}.key").read_bytes()
        except OSError:
            raise KeyMissing from None
        # Before it is used at all: a wrong one would wrap new keys that nobody could open later.
        _check_canary(kek, version, canary)
        return kek

    def _ask(self, query: str, *values: object) -> list[Any]:
        try:
            return self._db().execute(query, values).fetchall()
        except sqlite3.Error:
            raise KeystoreUnreadable from None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, on the disk when it ends."""
        try:
            db = self._db()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")
        except sqlite3.Error:
            raise KeystoreUnreadable from None

    def _db(self) -> sqlite3.Connection:
        """One connection per thread and process; never made anew for a file that is gone."""
        connection: sqlite3.Connection | None = getattr(self._local, "db", None)
        if connection is not None and self._local.pid == os.getpid():
            return connection
        if connection is not None:
            _inherited.append(connection)
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_SECONDS
        )
        try:
            for setting in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {setting}")
        except sqlite3.Error:
            connection.close()
            raise
        self._local.db, self._local.pid = connection, os.getpid()
        return connection


def commitment(key: bytes) -> bytes:
    """Binds a wrapped key to its value: AES-GCM alone lets a wrapping be made that opens under two keys."""
    return hashlib.sha256(b"casework-key-commitment-1" + key).digest()


def _write_new(path: Path, content: bytes, mode: int) -> None:
    """A file that was not there, on the disk with its name before this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _wrap(kek: bytes, key: bytes, aad: bytes) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(kek).encrypt(nonce, key, aad)


def _unwrap(kek: bytes, wrapped: bytes, aad: bytes) -> bytes:
    if len(wrapped) < 12 + 16:
        raise KeyWrong
    try:
        return AESGCM(kek).decrypt(wrapped[:12], wrapped[12:], aad)
    except InvalidTag:
        raise KeyWrong from None


def _check_canary(kek: bytes, version: int, canary: bytes) -> None:
    if len(kek) != 32 or _unwrap(kek, canary, _canary_aad(version)) != _CANARY:
        raise KeyWrong


def _canary_aad(kek_version: int) -> bytes:
    return pack(b"casework-canary-1", kek_version.to_bytes(4, "big"))


def _data_aad(owner: UUID, version: int, kek_version: int) -> bytes:
    return pack(
        b"casework-data-key-1", owner.bytes, version.to_bytes(4, "big"), kek_version.to_bytes(4, "big")
    )


def _purpose_aad(name: str, kek_version: int) -> bytes:
    return pack(b"casework-purpose-key-1", name.encode(), kek_version.to_bytes(4, "big"))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
