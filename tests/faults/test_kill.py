"""Power cuts under load: what was acknowledged is there, nothing is half there, and the trail holds."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import create_engine, text

from casework.oversight.queries import verify_trail
from tests.support.cast import PASSWORD, hire
from tests.support.counts import Count
from tests.support.server import ROOT, Person, Server
from tests.support.world import make_world

SHARE = {"sqlite": 1, "postgresql": 3}  # of the kills: a run on PostgreSQL does a third of those on SQLite
CLIENTS = 4
BODY = {
    "window": "nandemo",
    "topics": [{"code": "housing", "main": True}, {"code": "debt"}],
    "consent": "not_asked",
    "person": {"name": "架空 花子", "contacts": [{"kind": "phone_home", "value": "0467-00-0000"}]},
    "narrative": "停電の試験",
}


class Ledger:
    """What the clients were told: acknowledged intakes by key, and keys whose answer never came."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, str] = {}
        self.unknown: list[str] = []
        self.lock = threading.Lock()


def _client(person: Person, ledger: Ledger, stop: threading.Event, name: str) -> None:
    turn = 0
    while not stop.is_set():
        key = f"{name}-{turn:06d}"
        turn += 1
        try:
            answer = person.ask("POST", "/intakes", BODY, Idempotency_Key=key)
        except requests.RequestException:
            with ledger.lock:
                ledger.unknown.append(key)
            return
        with ledger.lock:
            if answer.status_code == 201:
                ledger.acknowledged[key] = answer.json()["id"]
            else:
                ledger.unknown.append(key)


def _cut_once(server: Server, ledger: Ledger, dice: random.Random, turn: int) -> None:
    stop = threading.Event()
    people = [Person(server, "shakyo", PASSWORD).sign_in() for _ in range(CLIENTS)]
    threads = [
        threading.Thread(target=_client, args=(person, ledger, stop, f"cut{turn:04d}-{n}"))
        for n, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    if (
        turn % 2
    ):  # every other cut comes early, the others once the clients are at work, on a slow machine too
        _until_one_is_acknowledged(ledger, f"cut{turn:04d}-")
    time.sleep(dice.uniform(0.05, 0.5))
    server.kill()
    stop.set()
    for thread in threads:
        thread.join()


def _until_one_is_acknowledged(ledger: Ledger, prefix: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with ledger.lock:
            if any(key.startswith(prefix) for key in ledger.acknowledged):
                return
        time.sleep(0.01)


def _rows(url: str, query: str) -> list[Any]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = list(connection.execute(text(query)))
    engine.dispose()
    return found


@pytest.mark.promise(13)
@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_power_cut_loses_nothing_acknowledged_and_leaves_nothing_half_written(
    database: str, keystore: Path, tmp_path: Path, count: Count
) -> None:
    (tmp_path / "office").mkdir()
    with make_world(database, tmp_path / "office", keystore) as world:
        hire(world)
    engine = "postgresql" if database.startswith("postgresql") else "sqlite"
    cuts = max(1, count("kills", quick=20, long=1000) // SHARE[engine])
    server, ledger, dice = (
        Server(database, tmp_path, tmp_path / "office" / "keys", None),
        Ledger(),
        random.Random(11),
    )
    try:
        for turn in range(cuts):
            server.start()
            _cut_once(server, ledger, dice, turn)
        server.start()
        asked_again = _ask_again(server, ledger)
    finally:
        server.kill()
    stored = {row[0] for row in _rows(database, "SELECT CAST(id AS VARCHAR(36)) FROM intake")}
    known = {i.replace("-", "") for i in (*ledger.acknowledged.values(), *asked_again)}
    assert {s.replace("-", "") for s in stored} == known
    assert len(ledger.acknowledged) >= cuts // 2
    _nothing_half_written(database)
    (tmp_path / "check").mkdir()
    with make_world(database, tmp_path / "check", tmp_path / "office" / "keys") as world:
        verdict = verify_trail(world.ctx())
    assert (verdict.exit_code, verdict.reason) == (0, "ok")
    count.found(cuts=cuts, acknowledged=len(ledger.acknowledged), unknown=len(ledger.unknown), lost=0)


def _ask_again(server: Server, ledger: Ledger) -> list[str]:
    """Whoever got no answer asks again with the same key: one effect, whether the first had committed or not."""
    person = Person(server, "shakyo", PASSWORD).sign_in()
    found = []
    for key in ledger.unknown:
        first = person.post("/intakes", BODY, status=201, Idempotency_Key=key)["id"]
        again = person.post("/intakes", BODY, status=201, Idempotency_Key=key)["id"]
        assert first == again
        found.append(first)
    return found


def _nothing_half_written(url: str) -> None:
    intakes = _rows(url, "SELECT count(*) FROM intake")[0][0]
    assert _rows(url, "SELECT count(*) FROM intake_topic")[0][0] == 2 * intakes
    assert _rows(url, "SELECT count(*) FROM person_contact")[0][0] == intakes
    done = "SELECT count(*) FROM audit_entry WHERE event = 'intake.received' AND outcome = 'done'"
    assert _rows(url, done)[0][0] == intakes


@pytest.mark.promise(11)
@pytest.mark.long
@pytest.mark.timeout(7200)
def test_sixteen_writers_at_once_neither_fork_nor_gap_the_trail(
    database: str, keystore: Path, tmp_path: Path, count: Count
) -> None:
    """Sixteen writers at once: in the quick form four processes of four threads, in the long one sixteen processes."""
    each = count("events_per_writer", quick=10, long=5000)
    processes = count("processes", quick=4, long=16)
    (tmp_path / "office").mkdir()
    with make_world(database, tmp_path / "office", keystore) as world:
        writer = world.staff("架空 書手", ("counselor", "shakyo"))
        before = verify_trail(world.ctx()).entries
    keys, threads = str(tmp_path / "office" / "keys"), 16 // processes
    told = (database, keys, str(writer), "shakyo", str(threads), str(each))
    command = [sys.executable, "-m", "tests.support.writer", *told]
    writers = [subprocess.Popen(command, cwd=ROOT) for _ in range(processes)]
    assert [w.wait(timeout=7000) for w in writers] == [0] * processes
    (tmp_path / "check").mkdir()
    with make_world(database, tmp_path / "check", tmp_path / "office" / "keys") as world:
        verdict = verify_trail(world.ctx())
    assert (verdict.exit_code, verdict.reason) == (0, "ok")
    assert verdict.entries >= before + processes * threads * each
    received = _rows(database, "SELECT count(*) FROM audit_entry WHERE event = 'intake.received'")[0][0]
    assert received == processes * threads * each
    count.found(events=received, forks=0, gaps=0)
