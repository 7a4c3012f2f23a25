"""Run the measurements and print them: `python -m tests.bench [--db postgresql] [--sizes 1000,100000] …`."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casework.crypto import FileKeyStore
from tests.bench.city import PASSWORD, City, fill
from tests.bench.limit import fill_bare
from tests.bench.load import ROOT, Operation, Served, measure, serving, sign_in
from tests.bench.operations import NAMES, bare, ours
from tests.bench.serve import bench_settings
from tests.bench.statements import count_statements
from tests.support.postgres import find_binaries, running_cluster
from tests.support.schema import build_schema, fill_directory
from tests.support.world import make_keystore

KINDS = ("ours", "orm", "driver")
MOST = 20_000
Summary = dict[str, float]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sizes", default="1000,100000", help="numbers of cases, the smallest first")
    parser.add_argument("--clients", default="1,8,32")
    parser.add_argument("--operations", default=",".join(NAMES))
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.8, help="length of one measurement")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench")
    return parser.parse_args()


@contextlib.contextmanager
def databases(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """URLs of two empty databases: the product's and that of the bare equivalents."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'casework.db'}", f"sqlite:///{folder / 'bare.db'}"
        return
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed")
    with running_cluster(binaries) as cluster:
        yield cluster.url(cluster.create()), cluster.url(cluster.create())


def prepare(url: str, bare_url: str, folder: Path, size: int) -> tuple[City, Path]:
    keys = make_keystore(folder / "keystore")
    build_schema(url)
    (folder / "fill").mkdir()
    fill_directory(url, keys, folder / "fill")
    store = FileKeyStore(keys / "keystore.db", keys / "kek")
    city = fill(url, store, bench_settings(url, keys), size)
    fill_bare(bare_url, size)
    return city, keys


def run_size(arguments: argparse.Namespace, size: int) -> dict[str, Any]:
    """All figures for one size: {operation: {clients: {kind: summary}}}, statements and memory."""
    folder = Path(tempfile.mkdtemp(prefix="casework-bench-"))
    try:
        with databases(arguments.db, folder) as (url, bare_url):
            began = time.monotonic()
            city, keys = prepare(url, bare_url, folder, size)
            say(f"{size} cases filled in {time.monotonic() - began:.0f} s")
            found: dict[str, Any] = {"operations": {name: {} for name in arguments.operations.split(",")}}
            for kind in KINDS:
                _measure_kind(arguments, kind, url if kind == "ours" else bare_url, keys, folder, city, found)
            found["statements"] = count_statements(url, keys, city)
            return found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure_kind(
    arguments: argparse.Namespace,
    kind: str,
    url: str,
    keys: Path,
    folder: Path,
    city: City,
    found: dict[str, Any],
) -> None:
    made = ours(city) if kind == "ours" else bare(city)
    with serving(kind, url, keys, folder) as server:
        for name, rows in found["operations"].items():
            headers = {} if kind != "ours" else _headers(server, city, name)
            began = time.monotonic()
            measure(server, headers, made[name], clients=1, seconds=60, most=20)  # warm: name table, plans
            found.setdefault("first_seconds", {})[f"{kind} {name}"] = time.monotonic() - began
            for clients in map(int, arguments.clients.split(",")):
                rows.setdefault(str(clients), {})[kind] = _medians(
                    arguments, server, headers, made[name], clients
                )
        found.setdefault("memory_mb", {})[kind] = server.memory()


def _headers(server: Served, city: City, name: str) -> dict[str, str]:
    login = city.chair if name == "agenda" else city.counselor
    return sign_in(server.port, login, PASSWORD)


def _medians(
    arguments: argparse.Namespace, server: Served, headers: dict[str, str], operation: Operation, clients: int
) -> Summary:
    runs = [
        measure(server, headers, operation, clients=clients, seconds=arguments.seconds, most=MOST).summary()
        for _ in range(arguments.repetitions)
    ]
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def table(size: int, found: dict[str, Any]) -> None:
    say(f"\n{size} cases: ms per operation, medians of the repetitions")
    head = (
        "operation",
        "clients",
        "p50",
        "p95",
        "p99",
        "CPU",
        "op/s",
        "ORM p50",
        "driver",
        "/ORM",
        "/driver",
    )
    say("".join(f"{word:>10}" for word in (*head, "CPU/ORM", "SQL")))
    for name, by_clients in found["operations"].items():
        for clients, kinds in by_clients.items():
            mine, orm, driver = kinds["ours"], kinds["orm"], kinds["driver"]
            numbers = [mine["p50"], mine["p95"], mine["p99"], mine["cpu"], mine["per_second"], orm["p50"]]
            numbers += [driver["p50"], mine["p50"] / orm["p50"], mine["p50"] / driver["p50"]]
            numbers += [mine["cpu"] / orm["cpu"]]
            cells = "".join(f"{number:>10.2f}" for number in numbers)
            say(f"{name:>10}{clients:>10}{cells}{found['statements'][name]:>10}")
    say("memory of the server, MB: " + ", ".join(f"{k} {v:.0f}" for k, v in found["memory_mb"].items()))


def growth(results: dict[str, Any]) -> dict[str, float]:
    """p95 of one client at the largest size through that at the smallest."""
    first, last = results[min(results, key=int)], results[max(results, key=int)]
    clients = next(iter(next(iter(first["operations"].values()))))
    return {
        name: last["operations"][name][clients]["ours"]["p95"] / rows[clients]["ours"]["p95"]
        for name, rows in first["operations"].items()
    }


def main() -> None:
    arguments = options()
    results: dict[str, Any] = {}
    for size in map(int, arguments.sizes.split(",")):
        results[str(size)] = run_size(arguments, size)
        table(size, results[str(size)])
    grown = growth(results)
    say("\ngrowth of p95, largest / smallest: " + ", ".join(f"{k} {v:.2f}" for k, v in grown.items()))
    arguments.out.mkdir(parents=True, exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    kept = {"db": arguments.db, "machine": machine, "growth": grown, "sizes": results}
    path = arguments.out / f"{arguments.db}-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    say(f"written to {path}")


if __name__ == "__main__":
    main()
