"""Engines: SQLite by default (WAL, durable, foreign keys), PostgreSQL by one setting; writers take turns on SQLite."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import InstrumentedAttribute

from .base import Base
from .guard import CLEARED, GuardedSession, guard_engine

db = SQLAlchemy(
    model_class=Base,
    session_options={"class_": GuardedSession, "expire_on_commit": False},
    disable_autonaming=True,
)

WRITE = "casework_write"  # execution option: this transaction will write, take the lock at once

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
)


def open_store(engine: Engine) -> None:
    """Prepare an engine of the application once: pragmas, explicit transactions, the last guard."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    guard_engine(engine)


def newest(engine: Engine, column: InstrumentedAttribute[Any], most: int) -> list[Any]:
    """The last values of a column, before anybody is there: for the check at start that keys and store belong
    together. Nothing is handed to a use case. Empty if the table is not made yet."""
    query = select(column).where(column.is_not(None)).order_by(column.class_.id.desc()).limit(most)
    try:
        with engine.connect() as connection:
            return list(connection.scalars(query, execution_options={CLEARED: True}))
    except (OperationalError, ProgrammingError) as trouble:
        if "no such table" in str(trouble.orig) or getattr(trouble.orig, "sqlstate", "") == "42P01":
            return []
        raise


def _sqlite_connect(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _sqlite_begin(conn: Connection) -> None:
    writes = conn.get_execution_options().get(WRITE)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN", execution_options={CLEARED: True})


_turns: dict[str, threading.Lock] = {}
_turns_guard = threading.Lock()


@contextmanager
def writer_turn(engine: Engine) -> Iterator[None]:
    """Queue writers in order on SQLite: a lock between threads and a file lock between processes.

    SQLite's own busy wait starves waiters (p95 314 ms under 8 clients against 30 ms with a queue, performance.md).
    PostgreSQL needs none.
    """
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        yield
        return
    with _turns_guard:
        turn = _turns.setdefault(path, threading.Lock())
    with turn:
        lock = os.open(f"{path}.turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)
