"""A PostgreSQL cluster of the tests' own: in a temporary folder, on a socket there, gone when the run ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
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


def find_binaries() -> Path | None:
    """The newest installed server's folder (Debian keeps it off PATH), or None."""
    debian = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if debian:
        return max(debian, key=lambda folder: int(folder.parent.name))
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found else None


class Cluster:
    """A running server. Databases are numbered; nobody but this run can reach the socket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

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
def running_cluster(binaries: Path) -> Iterator[Cluster]:
    """Start a cluster and stop it at the end; it also dies with this process, however that ends."""
    folder = Path(tempfile.mkdtemp(prefix="casework-pg-", dir=in_memory()))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        _initialise(binaries, folder)
        server = _start(binaries, folder)
        try:
            cluster = Cluster(folder)
            _await(cluster, server, folder / "log")
            yield cluster
        finally:
            server.send_signal(signal.SIGINT)  # fast: does not wait for clients that a failed test left
            server.wait(timeout=READY_WITHIN_SECONDS)
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


def _start(binaries: Path, folder: Path) -> subprocess.Popen[bytes]:
    options = [*SPEED, "listen_addresses=", f"unix_socket_directories={folder}", "max_connections=200"]
    command = [*_as_server(), str(binaries / "postgres"), "-D", str(folder / "data")]
    command += [part for option in options for part in ("-c", option)]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder)


def _await(cluster: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while True:
        try:
            cluster.connect().close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')}") from None
            time.sleep(0.05)
        else:
            return
