"""The demo city for browser tests: built once per run, whoever needs it first, and copied for each server."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casework.demo.staff import sign_ins
from tests.support.server import ROOT, Server, running_server


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who a role of the demo city is, and the passphrase that `casework demo` prints."""

    role: str
    login: str
    password: str


ROLES = {role: SignIn(role, login, words) for role, login, words, _ in sign_ins()}


def build(folder: Path) -> None:
    """`casework demo` in a process of its own; about a minute."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("CASEWORK_")}
    env |= {
        "CASEWORK_ENV": "testing",
        "CASEWORK_DATABASE_URL": f"sqlite:///{folder / 'casework.db'}",
        "CASEWORK_KEYSTORE_PATH": str(folder / "keys" / "keystore.db"),
        "CASEWORK_KEK_DIR": str(folder / "keys" / "kek"),
    }
    command = [sys.executable, "-c", "from casework.commands import cli; cli()", "demo"]
    made = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=280, check=False
    )
    if made.returncode:
        raise RuntimeError(f"the demo city was not built: {made.stdout[-1000:]} {made.stderr[-3000:]}")
    with closing(sqlite3.connect(folder / "casework.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def served(city: Path, folder: Path, start: datetime | None = None) -> Iterator[Server]:
    """A server on a copy of the city; with `start` its clock stands still until a test moves it."""
    database = folder / "casework.db"
    shutil.copyfile(city / "casework.db", database)
    with running_server(f"sqlite:///{database}", folder, city / "keys", start) as server:
        yield server


def rows(city: Path, statement: str) -> list[tuple[str, ...]]:
    """Columns that are not sealed (ids, states), read beside the application."""
    with closing(sqlite3.connect(f"file:{city / 'casework.db'}?mode=ro", uri=True)) as connection:
        return list(connection.execute(statement))
