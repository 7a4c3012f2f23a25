"""The keystore's file: an SQLite database, one connection per thread and process, brought to the newest form."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import KeystoreUnreadable

BUSY_SECONDS = 10.0
FORM = 2
_FORM_1 = """
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
)
"""
# `first_kek` and `last_kek`: the KEKs under which a slot ever lay, which is what old backups may hold of it.
# `generation` grows with every erasure and retirement: whoever holds keys in memory drops them when it has moved.
_FORM_2 = """
ALTER TABLE kek ADD COLUMN destroyed_at TEXT;
ALTER TABLE data_key ADD COLUMN first_kek INTEGER NOT NULL DEFAULT 1;
CREATE TABLE tombstone (
    owner BLOB NOT NULL PRIMARY KEY,
    erased_at TEXT NOT NULL,
    first_kek INTEGER NOT NULL,
    last_kek INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL,
    rewrap_cursor BLOB,
    rewrap_started_at TEXT,
    rewrap_ended_at TEXT
);
INSERT INTO state (id, generation) VALUES (1, 0);
PRAGMA user_version = 2
"""
_inherited: list[sqlite3.Connection] = []  # a forked child must not close its parent's connections


class KeyDatabase:
    """Every method raises KeystoreUnreadable if the file is gone, damaged, of a newer form or locked too long."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._local = threading.local()

    def ask(self, query: str, *values: object) -> list[Any]:
        try:
            return self.connection().execute(query, values).fetchall()
        except sqlite3.Error:
            raise KeystoreUnreadable from None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, on the disk when it ends."""
        try:
            with _immediate(self.connection()) as db:
                yield db
        except sqlite3.Error:
            raise KeystoreUnreadable from None

    def empty_log(self) -> None:
        """Write the log into the file and cut it to nothing: it holds earlier forms of the pages."""
        if self.ask("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]:
            raise KeystoreUnreadable

    def compact(self) -> None:
        """Write the file anew and cut the log: pages that were moved about keep parts of what was deleted."""
        self.ask("VACUUM")
        self.empty_log()

    def build(self) -> None:
        """The tables, in a file that is still empty."""
        with self.transaction() as db:
            _run(db, _FORM_1)
            _run(db, _FORM_2)

    def close(self) -> None:
        """Close this thread's connection; the next question opens another."""
        connection: sqlite3.Connection | None = getattr(self._local, "db", None)
        if connection is not None and self._local.pid == os.getpid():
            connection.close()
            self._local.db = None

    def connection(self) -> sqlite3.Connection:
        """One per thread and process; never made anew for a file that is gone."""
        connection: sqlite3.Connection | None = getattr(self._local, "db", None)
        if connection is not None and self._local.pid == os.getpid():
            return connection
        if connection is not None:
            _inherited.append(connection)
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_SECONDS
        )
        try:
            for setting in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {setting}")
            _bring_up(connection)
        except BaseException:
            connection.close()
            raise
        self._local.db, self._local.pid = connection, os.getpid()
        return connection


def _bring_up(db: sqlite3.Connection) -> None:
    """A keystore of an older version gets the columns it lacks; one of a newer version is left alone."""
    form = _form(db)
    if form > FORM:
        raise sqlite3.DatabaseError("a keystore of a newer version")
    if form == FORM or not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'kek'").fetchone():
        return
    with _immediate(db):
        if _form(db) < FORM:  # somebody else may have been first
            _run(db, _FORM_2)


def _form(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def _immediate(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def _run(db: sqlite3.Connection, script: str) -> None:
    for statement in script.split(";\n"):
        db.execute(statement)
