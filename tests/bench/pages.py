"""Pages beside the JSON answers that show the same: `python -m tests.bench.pages [--db …] [--sizes 1000,100000]`.

Per page: p50 and p95 of one client, server CPU, statements, and the bytes that travel; goals of the pages are a CPU
of at most twice the JSON's, p95 under 100 ms, statements that do not grow, 15 kB for a page and 60 kB with its assets.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from casework.app import create_app
from casework.web.pages.frame import STATIC
from tests.bench.__main__ import databases, prepare, say
from tests.bench.city import PASSWORD, City
from tests.bench.load import ROOT, Operation, measure, serving, sign_in
from tests.bench.operations import API, HOT
from tests.bench.serve import bench_settings
from tests.bench.statements import engine_of, statements

TIMES, LATE, PAGE, FIRST = 2.0, 100.0, 15.0, 60.0  # the goals: ratio, ms, kB, kB
HEAD = ("page", "p50", "p95", "CPU", "JSON p50", "JSON CPU", "CPU ratio", "SQL", "JSON SQL", "kB")


@dataclass(frozen=True)
class Pair:
    """A page, who opens it, and the JSON answers that show the same; none where JSON has no such answer."""

    name: str
    path: str
    json: tuple[str, ...]
    chair: bool = False


def pairs(city: City) -> list[Pair]:
    """`{case}` and its like stand for the hot cases of an office in turn."""
    meeting, item = f"/meetings/{city.meeting}", f"/agenda/{city.items[0]}"
    return [
        Pair("today", "/", ()),
        Pair("cases", "/cases", ("/cases",)),
        Pair("case", "/cases/{case}", ("/cases/{case}/file?purpose=support",)),
        Pair(
            "notes",
            "/cases/{case}/notes?purpose=support",
            ("/cases/{case}", "/cases/{case}/notes?purpose=support"),
        ),
        Pair("family", "/cases/{case}/people", ("/cases/{case}", "/households/{household}")),
        Pair("person", "/persons/{person}", ("/persons/{person}",)),
        Pair("reception", "/intakes/new", ()),
        Pair("intakes", "/intakes", ("/intakes",)),
        Pair("referrals", "/referrals", ("/referrals",)),
        Pair("resources", "/resources", ("/resources",)),
        Pair("plan form", "/cases/{case}/plans/new", ()),
        Pair("calendar", "/meetings", ("/meetings",), chair=True),
        Pair("meeting", meeting, (meeting,), chair=True),
        Pair("item", item, (item, f"{item}/sheets"), chair=True),
    ]


def fill_in(path: str, city: City, turn: int) -> str:
    case, person, household = city.cases[turn % min(HOT, len(city.cases))]
    return path.format(case=case, person=person, household=household)


def operation(paths: Sequence[str], city: City) -> Operation:
    return lambda turn: [("GET", fill_in(path, city, turn), None) for path in paths]


def measured(pair: Pair, server: Any, city: City, seconds: float, repetitions: int) -> dict[str, Any]:
    """Milliseconds of the page and of its JSON, each the median of the repetitions."""
    headers = sign_in(server.port, city.chair if pair.chair else city.counselor, PASSWORD)
    found: dict[str, Any] = {}
    for kind, paths in (("page", (pair.path,)), ("json", tuple(f"{API}{path}" for path in pair.json))):
        if not paths:
            continue
        work = operation(paths, city)
        measure(server, headers, work, clients=1, seconds=30, most=10)  # warm
        runs = [
            measure(server, headers, work, clients=1, seconds=seconds, most=5000).summary()
            for _ in range(repetitions)
        ]
        found[kind] = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    return found


def counted(url: str, keys: Path, city: City) -> dict[str, dict[str, float]]:
    """Statements and compressed size of each page, in this process."""
    app = create_app(bench_settings(url, keys))
    engine = engine_of(app)
    found = {}
    for pair in pairs(city):
        client = app.test_client()
        login = city.chair if pair.chair else city.counselor
        client.post(f"{API}/session", json={"login": login, "password": PASSWORD})
        page, text = _count(client, engine, [fill_in(pair.path, city, 0)])
        json_, _ = _count(client, engine, [f"{API}{fill_in(path, city, 0)}" for path in pair.json])
        found[pair.name] = {"sql": page, "json_sql": json_, "kb": len(gzip.compress(text, 5)) / 1000}
    engine.dispose()
    return found


def _count(client: FlaskClient, engine: Any, paths: Sequence[str]) -> tuple[int, bytes]:
    count, text = 0, b""
    for _ in range(2):  # the second time is what an office meets
        with statements(engine) as seen:
            for path in paths:
                answer = client.get(path)
                if answer.status_code != 200:
                    raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:400]}")
                text = answer.data
        count = len(seen)
    return count, text


def assets_kb() -> float:
    """What a first visit loads beside the page, compressed."""
    base = (STATIC.parent / "templates" / "web" / "base.html").read_text(encoding="utf-8")
    names = sorted(set(re.findall(r"asset\('([^']+)'\)", base)))
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names) / 1000


def run_size(arguments: argparse.Namespace, size: int) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="casework-bench-"))
    try:
        with databases(arguments.db, folder) as (url, bare_url):
            city, keys = prepare(url, bare_url, folder, size)
            with serving("ours", url, keys, folder) as server:
                found = {
                    pair.name: measured(pair, server, city, arguments.seconds, arguments.repetitions)
                    for pair in pairs(city)
                }
            for name, numbers in counted(url, keys, city).items():
                found[name] |= numbers
            return found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def misses(row: dict[str, Any], assets: float) -> list[str]:
    """The goals that a page does not reach."""
    wrong = []
    if "json" in row and row["page"]["cpu"] > TIMES * row["json"]["cpu"]:
        wrong.append("ratio")
    if row["page"]["p95"] > LATE:
        wrong.append("p95")
    if row["kb"] > PAGE or row["kb"] + assets > FIRST:
        wrong.append("weight")
    return wrong


def table(size: int, found: dict[str, Any]) -> None:
    assets = assets_kb()
    say(f"\n{size} cases: pages and their JSON, ms; assets of a first visit {assets:.1f} kB")
    say("".join(f"{word:>10}" for word in HEAD))
    for name, row in found.items():
        page, plain = row["page"], row.get("json")
        numbers = [page["p50"], page["p95"], page["cpu"]]
        numbers += [plain["p50"], plain["cpu"], page["cpu"] / plain["cpu"]] if plain else [0.0] * 3
        cells = "".join(f"{number:>10.1f}" for number in numbers)
        cells += f"{row['sql']:>10}{row['json_sql']:>10}{row['kb']:>10.1f}"
        say(f"{name:>10}{cells}  {' '.join(misses(row, assets))}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pages", description=__doc__)
    parser.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sizes", default="1000,100000")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.8)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench")
    arguments = parser.parse_args()
    results: dict[str, Any] = {}
    for size in map(int, arguments.sizes.split(",")):
        results[str(size)] = run_size(arguments, size)
        table(size, results[str(size)])
    first, last = results[min(results, key=int)], results[max(results, key=int)]
    grown = [name for name, row in last.items() if row["sql"] > first[name]["sql"]]
    say(f"\nstatements that grow with the city: {', '.join(grown) or 'none'}")
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / f"pages-{arguments.db}-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps({"db": arguments.db, "sizes": results}, indent=1), encoding="utf-8")
    say(f"written to {path}")


if __name__ == "__main__":
    main()
