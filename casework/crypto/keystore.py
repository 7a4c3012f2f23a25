"""The keystore: apart from the main database; versioned key-encryption keys in files, data keys wrapped under them."""

from __future__ import annotations

import hashlib
import hmac
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .binding import pack
from .errors import KeyDestroyed, KeyMissing, KeyWrong

_DATA_KEYS = "SELECT owner, version, kek_version, wrapped, commitment FROM data_key WHERE owner IN (?)"
PURPOSES = ("session", "audit", "names", "idempotency", "throttle")
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


@dataclass(frozen=True, slots=True)
class DataKey:
    version: int
    key: bytes


class KeyStore(Protocol):
    """What the application needs of a key-management service."""

    def canary(self) -> None: ...
    def data_keys(self, owners: Iterable[UUID]) -> dict[UUID, DataKey]: ...
    def new_data_keys(self, owners: Sequence[UUID]) -> None: ...
    def purpose_key(self, name: str) -> bytes: ...


class FileKeyStore:
    """SQLite file of wrapped keys beside a folder of `kek-<n>.key` files (0400). Threads and processes share it."""

    def __init__(self, path: Path, kek_dir: Path) -> None:
        if not path.is_file():
            raise KeyMissing
        self._path = path
        self._kek_dir = kek_dir
        self._local = threading.local()
        self._keks: dict[int, bytes] = {}

    @classmethod
    def create(cls, path: Path, kek_dir: Path) -> FileKeyStore:
        """A new keystore with its first key-encryption key; refuses to touch an existing one."""
        if path.exists() or (kek_dir.exists() and any(kek_dir.iterdir())):
            raise FileExistsError("a keystore stands here already")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kek_dir.mkdir(parents=True, exist_ok=True)
        kek_dir.chmod(0o700)
        kek = os.urandom(32)
        handle = os.open(kek_dir / "kek-1.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(handle, "wb") as file:
            file.write(kek)
            file.flush()
            os.fsync(file.fileno())
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        store = cls(path, kek_dir)
        with store._transaction() as db:
            for statement in _SCHEMA.split(";\n"):
                db.execute(statement)
            canary = _wrap(kek, _CANARY, pack(b"canary", b"1"))
            db.execute("INSERT INTO kek VALUES (1, 'active', ?, ?)", (_now(), canary))
            for name in PURPOSES:
                key = os.urandom(32)
                wrapped = _wrap(kek, key, _purpose_aad(name, 1))
                db.execute("INSERT INTO purpose_key VALUES (?, 1, ?, ?)", (name, wrapped, commitment(key)))
        return store

    def canary(self) -> None:
        """Open the known value of every key-encryption key in use; KeyMissing or KeyWrong if one cannot."""
        rows = self._db().execute("SELECT version, canary FROM kek WHERE state <> 'destroyed'").fetchall()
        if not rows:
            raise KeyMissing
        for version, canary in rows:
            if _unwrap(self._kek(version), canary, pack(b"canary", str(version).encode())) != _CANARY:
                raise KeyWrong

    def data_keys(self, owners: Iterable[UUID]) -> dict[UUID, DataKey]:
        """The keys of the owners that have one; owners without are left out."""
        found: dict[UUID, DataKey] = {}
        wanted = [owner.bytes for owner in owners]
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            for row in self._db().execute(_DATA_KEYS.replace("?", marks), part):
                owner = UUID(bytes=row[0])
                found[owner] = DataKey(row[1], self._open(row[3], row[4], row[2], _data_aad(owner, row[1], row[2])))
        return found

    def new_data_keys(self, owners: Sequence[UUID]) -> None:
        """Make keys for owners that have none, durable before it returns; existing keys are never replaced."""
        with self._transaction() as db:
            (kek_version,) = db.execute("SELECT version FROM kek WHERE state = 'active'").fetchone()
            kek = self._kek(kek_version)
            for owner in owners:
                key = os.urandom(32)
                wrapped = _wrap(kek, key, _data_aad(owner, 1, kek_version))
                db.execute(
                    "INSERT OR IGNORE INTO data_key VALUES (?, 1, ?, ?, ?, ?)",
                    (owner.bytes, kek_version, wrapped, commitment(key), _now()),
                )

    def purpose_key(self, name: str) -> bytes:
        """The key of one purpose (session, audit, …); they are separate from data keys and from each other."""
        query = "SELECT kek_version, wrapped, commitment FROM purpose_key WHERE name = ?"
        row = self._db().execute(query, (name,)).fetchone()
        if row is None:
            raise KeyMissing
        return self._open(row[1], row[2], row[0], _purpose_aad(name, row[0]))

    def status(self) -> list[tuple[int, str, int]]:
        """(version, state, data keys wrapped under it) of every key-encryption key; no key material."""
        query = (
            "SELECT k.version, k.state, (SELECT count(*) FROM data_key d WHERE d.kek_version = k.version) "
            "FROM kek k ORDER BY k.version"
        )
        return [tuple(row) for row in self._db().execute(query)]

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._local, "db", None)
        if connection is not None:
            connection.close()
            self._local.db = None

    def _open(self, wrapped: bytes, seal: bytes, kek_version: int, aad: bytes) -> bytes:
        key = _unwrap(self._kek(kek_version), wrapped, aad)
        if not hmac.compare_digest(commitment(key), seal):
            raise KeyWrong
        return key

    def _kek(self, version: int) -> bytes:
        if version not in self._keks:
            self._keks[version] = self._read_kek(version)
        return self._keks[version]

    def _read_kek(self, version: int) -> bytes:
        state = self._db().execute("SELECT state FROM kek WHERE version = ?", (version,)).fetchone()
        if state is not None and state[0] == "destroyed":
            raise KeyDestroyed
        try:
            kek = (self._kek_dir / f"kek-{version}.key").read_bytes()
        except OSError:
            raise KeyMissing from None
        if len(kek) != 32:
            raise KeyWrong
        return kek

    def _db(self) -> sqlite3.Connection:
        """One connection per thread and process; a forked child opens its own."""
        if getattr(self._local, "db", None) is None or self._local.pid != os.getpid():
            connection = sqlite3.connect(self._path, isolation_level=None, timeout=10)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("PRAGMA foreign_keys=ON")
            self._local.db, self._local.pid = connection, os.getpid()
        return self._local.db  # type: ignore[no-any-return]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        db = self._db()
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")


def commitment(key: bytes) -> bytes:
    """Binds a wrapped key to its value: a wrapping that opens to another key is found."""
    return hashlib.sha256(b"casework-key-commitment-1" + key).digest()


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


def _data_aad(owner: UUID, version: int, kek_version: int) -> bytes:
    return pack(b"casework-data-key-1", owner.bytes, version.to_bytes(4, "big"), kek_version.to_bytes(4, "big"))


def _purpose_aad(name: str, kek_version: int) -> bytes:
    return pack(b"casework-purpose-key-1", name.encode(), kek_version.to_bytes(4, "big"))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
