"""A PostgreSQL cluster of the tests' own: in a temporary folder, on a socket there, gone when the run ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.tools import in_memory

READY_WITHIN_SECONDS = 60
SPEED = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "shared_buffers=64MB",
)
# What a power cut of the database is tried with: a commit that was acknowledged has left the process.
DURABLE = ("autovacuum=off", "shared_buffers=64MB")


def find_binaries() -> Path | None:
    """The newest installed server's folder (Debian keeps it off PATH), or None."""
    debian = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if debian:
        return max(debian, key=lambda folder: int(folder.parent.name))
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found else None


class Cluster:
    """A running server. Databases are numbered; nobody but this run can reach the socket."""

    def __init__(self, binaries: Path, folder: Path, options: Sequence[str]) -> None:
        self._binaries, self._folder, self._options = binaries, folder, options
        self._numbers = count(1)
        self._server = _start(binaries, folder, options)
        self._await()

    def stop(self) -> None:
        """Fast: does not wait for clients that a failed test left."""
        self._server.send_signal(signal.SIGINT)
        self._server.wait(timeout=READY_WITHIN_SECONDS)

    def restart_at_once(self) -> None:
        """Immediate, as after a power cut: nothing is written out, the log is replayed at the start."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(timeout=READY_WITHIN_SECONDS)
        self._server = _start(self._binaries, self._folder, self._options)
        self._await()

    def _await(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while True:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                if self._server.poll() is not None or time.monotonic() > deadline:
                    log = (self._folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start: {log}") from None
                time.sleep(0.05)
            else:
                return

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def connect(self, name: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(host=str(self._folder), user="postgres", dbname=name, autocommit=True)

    def create(self, template: str = "template0") -> str:
        """A new database with the content of the template; returns its name."""
        name = f"test_{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY {}").format(
                    sql.Identifier(name), sql.Identifier(template), sql.Identifier("file_copy")
                )
            )
        return name

    def drop(self, name: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def running_cluster(binaries: Path, options: Sequence[str] = SPEED) -> Iterator[Cluster]:
    """Start a cluster and stop it at the end; it also dies with this process, however that ends."""
    folder = Path(tempfile.mkdtemp(prefix="casework-pg-", dir=in_memory()))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        _initialise(binaries, folder)
        cluster = Cluster(binaries, folder, options)
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_server() -> list[str]:
    """PostgreSQL refuses root: step down to its own user. The signal is sent when the test process is gone."""
    step_down = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *step_down, "--pdeathsig=QUIT", "--"]


def _initialise(binaries: Path, folder: Path) -> None:
    command = [
        *(*_as_server(), str(binaries / "initdb"), "-D", str(folder / "data"), "--username=postgres"),
        *("--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        raise RuntimeError(f"initdb: {done.stderr}")


def _start(binaries: Path, folder: Path, chosen: Sequence[str]) -> subprocess.Popen[bytes]:
    options = [*chosen, "listen_addresses=", f"unix_socket_directories={folder}", "max_connections=200"]
    command = [*_as_server(), str(binaries / "postgres"), "-D", str(folder / "data")]
    command += [part for option in options for part in ("-c", option)]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder)
