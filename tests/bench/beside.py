"""Two states of the project beside each other: `python -m tests.bench.beside OLD_CHECKOUT [--rounds N]`.

Each state fills a city of its own, and both are asked in turn for the same operation or page; what is told is the
median of the ratios of CPU time. Another load on the machine moves both alike, and not the one that runs after.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
AT_A_TIME = 4
LIMIT = 1.25
Who = tuple[Any, dict[str, str]]  # a signed-in client and its headers
Job = tuple[Who, Callable[[int], Any]]


def answer(root: str, cases: int) -> None:
    """One side: names first, then a line of ms per question. Run by path: an old checkout has no such module."""
    sys.path.insert(0, root)
    folder = Path(tempfile.mkdtemp(prefix="casework-beside-"))
    try:
        jobs, turns = _jobs(folder, cases), Counter[str]()
        for name, job in jobs.items():
            _timed(job, name, turns)
        print(json.dumps(list(jobs)), flush=True)
        for line in sys.stdin:
            name = line.rstrip("\n")
            print(_timed(jobs[name], name, turns), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _jobs(folder: Path, cases: int) -> dict[str, Job]:
    """Who asks, and for what at each turn: the operations, the pages, and the JSON that shows the same."""
    from tests.bench.__main__ import prepare
    from tests.bench.operations import ours
    from tests.bench.pages import operation, pairs
    from tests.bench.serve import make_app

    url = f"sqlite:///{folder / 'casework.db'}"
    city, keys = prepare(url, f"sqlite:///{folder / 'bare.db'}", folder, cases)
    app = make_app("ours", url, keys)
    _settle()
    chair, counselor = _signed_in(app, city.chair), _signed_in(app, city.counselor)
    jobs = {name: (chair if name == "agenda" else counselor, work) for name, work in ours(city).items()}
    for pair in pairs(city):
        who = chair if pair.chair else counselor
        jobs[f"{pair.name} page"] = (who, operation([pair.path], city))
        if pair.json:
            jobs[f"{pair.name} page JSON"] = (who, operation([f"/api/v1{p}" for p in pair.json], city))
    return jobs


def _settle() -> None:
    """As the state's own server begins; an old one knows of nothing."""
    if find_spec("casework.kernel.garbage") is not None:
        import_module("casework.kernel.garbage").settle()


def _signed_in(app: Any, login: str) -> Who:
    from tests.bench.city import PASSWORD

    client = app.test_client()
    client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
    return client, {"X-CSRFToken": client.get("/api/v1/session").get_json()["csrf_token"]}


def _timed(job: Job, name: str, turns: Counter[str]) -> float:
    """Milliseconds of CPU for one turn."""
    (client, headers), work = job
    began = time.process_time()
    for _ in range(AT_A_TIME):
        turns[name] += 1
        for method, path, body in work(turns[name]):
            found = client.open(path, method=method, json=body, headers=headers)
            if found.status_code >= 300:
                raise RuntimeError(f"{method} {path}: {found.status_code}")
    return (time.process_time() - began) / AT_A_TIME * 1000


class Side:
    """A state that answers in a process of its own."""

    def __init__(self, root: Path, cases: int) -> None:
        command = [sys.executable, __file__, "--answer", str(root), "--cases", str(cases)]
        self._process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.names: list[str] = json.loads(self._line())

    def ask(self, name: str) -> float:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        return float(self._line())

    def close(self) -> None:
        self._process.communicate(timeout=60)

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("one side ended; what it said stands above")
        return line


def compare(old: Side, new: Side, name: str, rounds: int) -> tuple[float, float, float]:
    """Median ms before and after, and the median of their ratios; each side goes first every other time."""
    before, after = [], []
    for turn in range(rounds):
        pair = [(old, before), (new, after)]
        for side, found in pair if turn % 2 else reversed(pair):
            found.append(side.ask(name))
    ratios = [b / a for a, b in zip(before, after, strict=True)]
    return statistics.median(before), statistics.median(after), statistics.median(ratios)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.beside", description=__doc__)
    parser.add_argument("old", nargs="?", type=Path, help="a checkout of the state before")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--only", default="", help="names of operations and pages, all if left out")
    parser.add_argument("--answer", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.answer:
        answer(arguments.answer, arguments.cases)
        return
    old, new = Side(arguments.old.resolve(), arguments.cases), Side(ROOT, arguments.cases)
    wanted = arguments.only.split(",") if arguments.only else old.names
    print(f"{'':24}{'before':>10}{'after':>10}{'ratio':>8}")
    for name in wanted:
        before, after, ratio = compare(old, new, name, arguments.rounds)
        over = "  over the limit" if ratio > LIMIT else ""
        print(f"{name:24}{before:>10.1f}{after:>10.1f}{ratio:>8.2f}{over}", flush=True)
    for side in (old, new):
        side.close()


if __name__ == "__main__":
    main()
