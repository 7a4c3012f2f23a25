"""Asking a server on loopback: bounded loops over kept connections, and what the server's process spent."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
Request = tuple[str, str, Any]  # method, path, body
Operation = Callable[[int], list[Request]]  # the requests of the n-th turn; their sum is one operation


@dataclass
class Served:
    """A serving process, its port and what it has spent."""

    process: subprocess.Popen[bytes]
    port: int

    def cpu(self) -> float:
        """Seconds of processor time, user and system."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> float:
        """Resident memory in MB."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def serving(kind: str, url: str, keys: Path, folder: Path) -> Iterator[Served]:
    """Start a server of a kind (ours, orm, driver) and end it."""
    port_file = folder / f"port-{kind}"
    port_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.bench.serve", kind, url, str(keys), str(port_file)]
    with (folder / f"{kind}.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 180
        while not (port_file.exists() and port_file.read_text(encoding="ascii")):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / f"{kind}.log").read_text(encoding="utf-8")[-2000:])
            time.sleep(0.05)
        yield Served(process, int(port_file.read_text(encoding="ascii")))
    finally:
        process.kill()
        process.wait()


class Caller:
    """One client: a kept connection with its cookie and token."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = headers or {}

    def ask(self, method: str, path: str, body: Any = None) -> bytes:
        content = None if body is None else json.dumps(body).encode()
        headers = {**self._headers, **({} if content is None else {"Content-Type": "application/json"})}
        self._http.request(method, path, content, headers)
        answer = self._http.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:400].decode()}")
        return text

    def close(self) -> None:
        self._http.close()


def sign_in(port: int, login: str, password: str) -> dict[str, str]:
    """Headers of a signed-in person."""
    http_ = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps({"login": login, "password": password})
    http_.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
    answer = http_.getresponse()
    answer.read()
    cookies = [value.split(";")[0] for name, value in answer.getheaders() if name == "Set-Cookie"]
    headers = {"Cookie": "; ".join(cookies)}
    http_.request("GET", "/api/v1/session", headers=headers)
    headers["X-CSRFToken"] = json.loads(http_.getresponse().read())["csrf_token"]
    http_.close()
    return headers


@dataclass
class Figures:
    """One measurement: milliseconds per operation, server CPU, throughput."""

    times: list[float] = field(default_factory=list)
    cpu_ms: float = 0.0
    per_second: float = 0.0

    def summary(self) -> dict[str, float]:
        cuts = statistics.quantiles(self.times, n=100, method="inclusive")
        found = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98]}
        return {**found, "cpu": self.cpu_ms, "per_second": self.per_second, "count": float(len(self.times))}


def measure(
    server: Served, headers: dict[str, str], operation: Operation, *, clients: int, seconds: float, most: int
) -> Figures:
    """Repeat an operation from several clients until `seconds` or `most` turns are over; any error ends the run."""
    found = Figures()
    troubles: list[BaseException] = []
    turns = iter(range(most))
    lock = threading.Lock()
    end = time.monotonic() + seconds

    def loop() -> None:
        caller = Caller(server.port, headers)
        try:
            while time.monotonic() < end and not troubles:
                with lock:
                    turn = next(turns, None)
                if turn is None:
                    return
                requests = operation(turn)
                start = time.perf_counter()
                for request in requests:
                    caller.ask(*request)
                found.times.append((time.perf_counter() - start) * 1000)
        except (OSError, RuntimeError, http.client.HTTPException) as trouble:
            troubles.append(trouble)
        finally:
            caller.close()

    before, began = server.cpu(), time.monotonic()
    threads = [threading.Thread(target=loop) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise troubles[0]
    found.cpu_ms = (server.cpu() - before) * 1000 / len(found.times)
    found.per_second = len(found.times) / (time.monotonic() - began)
    return found
