"""Sealing and serving statistics: `python -m tests.bench.sealing [--db …] [--sizes 1000,100000]`.

Per size: seconds to seal a month, a quarter and a fiscal year of a synthetic caseload over 36 months; then the median
server time of a sealed table beside a JSON answer of the same size that is only read from memory, both through the
same frame: sign-in, policy, trail.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import statistics
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from casework.accounts import actions as accounts
from casework.accounts.rules import RoleDraft, StaffDraft
from casework.app import create_app
from casework.crypto import FileKeyStore, KeyRing
from casework.demo.loader import load
from casework.kernel.actor import Role
from casework.kernel.clock import MovableClock
from casework.statistics import actions, queries
from casework.web.request import context
from casework.web.system import system_context
from tests.bench.__main__ import databases, say
from tests.bench.city import PASSWORD
from tests.bench.serve import bench_settings
from tests.support.client import LoneClient
from tests.support.schema import build_schema, fill_directory
from tests.support.world import make_keystore

END = date(2026, 4, 1)
NOW = datetime(2026, 4, 8, 1, tzinfo=UTC)
PERIODS = ("2025-05", "2025-Q1", "FY2025")
TABLE = "case.area5*age"
ROUNDS = 300
SECONDS, TIMES = 10.0, 1.5  # the goals: a seal at 100,000 cases; a table beside constant JSON


def run(kind: str, size: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="casework-bench-"))
    try:
        with databases(kind, folder) as (url, _):
            keys = make_keystore(folder / "keystore")
            build_schema(url)
            (folder / "fill").mkdir()
            fill_directory(url, keys, folder / "fill")
            settings = bench_settings(url, keys)
            store = FileKeyStore(keys / "keystore.db", keys / "kek")
            load(settings, KeyRing(store), cases=size, months=36, end=END, seed=1)
            app = create_app(settings, clock=MovableClock(NOW))
            app.test_client_class = LoneClient
            _seal(app, size)
            _serve(app, size)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _seal(app: Flask, size: int) -> None:
    for period in PERIODS:
        gc.disable()
        start = time.perf_counter()
        with app.app_context(), system_context() as ctx:
            actions.seal(ctx, period)
        gc.enable()
        say(f"{size:>7} cases  seal {period:<8} {time.perf_counter() - start:6.2f} s   goal {SECONDS:.0f} s")


def _serve(app: Flask, size: int) -> None:
    client = _signed_in(app)
    path = f"/api/v1/statistics/tables/{TABLE}?period=FY2025"
    body = client.get(path).get_json()
    table = _median(client, path)
    constant = _constant(app, body)
    bare = _median(client, path)
    constant()
    say(
        f"{size:>7} cases  table {table:.2f} ms, constant JSON of the same size through the same frame {bare:.2f} ms, "
        f"ratio {table / bare:.2f}   goal {TIMES}"
    )


def _signed_in(app: Flask) -> FlaskClient:
    with app.app_context(), system_context() as ctx:
        role = RoleDraft(Role.SUPERVISOR, "fukushi_somu", date(2020, 4, 1))
        draft = StaffDraft("bench.kacho", "架空 課長", "fukushi_somu", PASSWORD, (role,), must_change=False)
        accounts.create(ctx, draft)
    client = app.test_client()
    answer = client.post("/api/v1/session", json={"login": "bench.kacho", "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


def _constant(app: Flask, body: dict[str, Any]) -> Any:
    """Let the same door answer from memory: what reading the sealed table costs is then the difference."""
    rule = next(r for r in app.url_map.iter_rules() if r.endpoint.endswith("table_get"))
    before = app.view_functions[rule.endpoint]
    text = app.json.dumps(body)

    def answer(**_: Any) -> Any:
        queries.menu(context())
        return app.response_class(text, mimetype="application/json")

    app.view_functions[rule.endpoint] = answer

    def back() -> None:
        app.view_functions[rule.endpoint] = before

    return back


def _median(client: FlaskClient, path: str) -> float:
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        assert client.get(path).status_code == 200
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sealing", description=__doc__)
    parser.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sizes", default="1000,100000")
    arguments = parser.parse_args()
    for size in arguments.sizes.split(","):
        run(arguments.db, int(size))


if __name__ == "__main__":
    main()
