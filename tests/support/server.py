"""Start, kill and talk to a real server of the application over HTTP on loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """One serving process over a database and a keystore; `start` after a kill serves the same data at the same port,
    so that a page that is still open finds it again."""

    def __init__(
        self, url: str, folder: Path, keystore: Path, start: datetime | None, **settings: str
    ) -> None:
        self._url = url
        self._folder = folder
        self._settings = {f"CASEWORK_{name.upper()}": value for name, value in settings.items()}
        self.keys = folder / "served-keys"
        if not self.keys.exists():
            shutil.copytree(keystore, self.keys)
        self._clock = folder / "clock"
        self._clock.write_text("" if start is None else start.isoformat(), encoding="ascii")
        self.log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.base = ""

    def start(self) -> None:
        port_file = self._folder / "port"
        port_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.support.serve", self._url, str(self.keys)]
        command += [str(self._clock), str(port_file), self.base.rpartition(":")[2] or "0"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, env=_environment() | self._settings
            )
        deadline = time.monotonic() + 60
        while not (port_file.exists() and port_file.read_text(encoding="ascii")):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(
                    f"the server did not start: {self.log.read_text(encoding='utf-8')[-2000:]}"
                )
            time.sleep(0.05)
        self.base = f"http://127.0.0.1:{port_file.read_text(encoding='ascii')}"

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def now(self) -> datetime:
        return datetime.fromisoformat(self._clock.read_text(encoding="ascii"))

    def later(self, **delta: float) -> None:
        """Move the server's clock."""
        moved = self._folder / "clock.new"
        moved.write_text((self.now() + timedelta(**delta)).isoformat(), encoding="ascii")
        moved.replace(self._clock)


class Nursery:
    """A server whose serving process is killed and replaced within milliseconds (tests.support.nursery)."""

    def __init__(self, url: str, keystore: Path, log: Path, threads: int = 8) -> None:
        command = [sys.executable, "-m", "tests.support.nursery", url, str(keystore), str(threads)]
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=out,
                text=True,
                env=_environment(),
            )
        self.base = f"http://127.0.0.1:{self._answer()}"

    def start(self) -> None:
        self._tell("start")

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        self._tell("kill")

    def close(self) -> None:
        """End the nursery and what it serves."""
        if self._process.poll() is None:
            self._tell("kill")
        self._process.communicate(timeout=30)

    def _tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        assert self._answer() == "done"

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line:
            raise RuntimeError("the nursery ended; its log says why")
        return line


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CASEWORK_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error::DeprecationWarning:casework"}


@contextmanager
def running_server(url: str, folder: Path, keystore: Path, start: datetime | None = None) -> Iterator[Server]:
    server = Server(url, folder, keystore, start)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@dataclass
class Person:
    """Somebody with a browser: signs in with a password and keeps the cookie and its token."""

    server: Server | Nursery
    login: str
    password: str
    http: requests.Session = field(default_factory=requests.Session)
    me: dict[str, Any] = field(default_factory=dict)

    def come_back(self) -> None:
        """Sign in again, after the session ended."""
        self.sign_in()

    def sign_in(self) -> Person:
        self.http.headers.pop("X-CSRFToken", None)
        body = {"login": self.login, "password": self.password}
        answer = self.http.post(f"{self.server.base}/api/v1/session", json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        self.me = self.get("/session")
        self.http.headers["X-CSRFToken"] = self.me["csrf_token"]
        return self

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        url = f"{self.server.base}/api/v1{path}"
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        # A move without content carries no body; everything else is JSON.
        return self.http.request(method, url, json=body, headers=given, timeout=30)

    def get(self, path: str, status: int = 200) -> Any:
        return self._expect(self.ask("GET", path), status)

    def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        return self._expect(self.ask("POST", path, body, **headers), status)

    def put(self, path: str, body: Any, status: int = 200, **headers: str) -> Any:
        return self._expect(self.ask("PUT", path, body, **headers), status)

    def patch(self, path: str, body: Any, status: int = 200, **headers: str) -> Any:
        return self._expect(self.ask("PATCH", path, body, **headers), status)

    def delete(self, path: str, status: int = 204) -> Any:
        return self._expect(self.ask("DELETE", path), status)

    @staticmethod
    def _expect(answer: requests.Response, status: int) -> Any:
        asked = f"{answer.request.method} {answer.request.path_url}"
        assert answer.status_code == status, f"{asked}: {answer.status_code}, not {status}: {answer.text}"
        return answer.json() if answer.content else None
