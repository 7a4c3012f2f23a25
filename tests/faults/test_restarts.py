"""The database restarts under load: an error on COMMIT means "unknown", and the same key settles it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from casework.oversight.queries import verify_trail
from tests.support.cast import PASSWORD, hire
from tests.support.counts import Count
from tests.support.postgres import DURABLE, Cluster, find_binaries, running_cluster
from tests.support.schema import build_schema, fill_directory
from tests.support.server import Nursery, Person
from tests.support.tools import missing
from tests.support.world import make_world

CLIENTS, PATIENCE = 4, 60.0
BODY = {
    "window": "nandemo",
    "topics": [{"code": "housing", "main": True}, {"code": "debt"}],
    "consent": "not_asked",
    "narrative": "再起動の試験",
}


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A cluster of this test's own, durable: others go on working while it restarts."""
    binaries = find_binaries()
    if binaries is None:
        missing("PostgreSQL")
    with running_cluster(binaries, DURABLE) as made:
        yield made


class Sender:
    """Sends receptions without a pause, each under one key until it is answered with 201."""

    def __init__(self, person: Person, name: str) -> None:
        self._person, self._name = person, name
        self.done: dict[str, str] = {}
        self.statuses: Counter[int] = Counter()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._work)

    def _work(self) -> None:
        while not self.stop.is_set():
            self._settle(f"{self._name}-{len(self.done):06d}")

    def _settle(self, key: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self._person.ask("POST", "/intakes", BODY, Idempotency_Key=key)
            self.statuses[answer.status_code] += 1
            if answer.status_code == 201:
                self.done[key] = answer.json()["id"]
                return
            time.sleep(0.02)
        self.stop.set()


@pytest.mark.promise(14)
@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.timeout(7200)
def test_a_database_that_restarts_at_once_loses_nothing_and_doubles_nothing(
    cluster: Cluster, keystore: Path, tmp_path: Path, count: Count
) -> None:
    restarts = count("restarts", quick=3, long=200)
    url = cluster.url(cluster.create())
    for name in ("fill", "office", "check"):
        (tmp_path / name).mkdir()
    build_schema(url)
    fill_directory(url, keystore, tmp_path / "fill")
    with make_world(url, tmp_path / "office", keystore) as world:
        hire(world)
    server = Nursery(url, tmp_path / "office" / "keys", tmp_path / "log")
    try:
        server.start()
        senders = [
            Sender(Person(server, "shakyo", PASSWORD).sign_in(), f"client-{n}") for n in range(CLIENTS)
        ]
        for sender in senders:
            sender.thread.start()
        for _ in range(restarts):
            _until_more(senders)
            cluster.restart_at_once()
        _until_more(senders)
    finally:
        for sender in senders:
            sender.stop.set()
            sender.thread.join()
        server.close()
    done = {intake for sender in senders for intake in sender.done.values()}
    statuses = sum((sender.statuses for sender in senders), Counter[int]())
    assert set(statuses) <= {201, 503}, statuses
    assert len(done) == statuses[201]
    assert _stored(url) == {intake.replace("-", "") for intake in done}
    with make_world(url, tmp_path / "check", tmp_path / "office" / "keys") as world:
        verdict = verify_trail(world.ctx())
    assert (verdict.exit_code, verdict.reason) == (0, "ok")
    count.found(restarts=restarts, acknowledged=len(done), refused=statuses[503], lost=0, doubled=0)


def _until_more(senders: list[Sender]) -> None:
    """Everybody was answered again since now."""
    before = [len(sender.done) for sender in senders]
    deadline = time.monotonic() + PATIENCE
    while any(len(s.done) <= was for s, was in zip(senders, before, strict=True)):
        assert time.monotonic() < deadline, [s.statuses for s in senders]
        time.sleep(0.02)


def _stored(url: str) -> set[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        rows: list[Any] = list(connection.execute(text("SELECT id FROM intake")))
        doubled = "SELECT count(*) FROM audit_entry WHERE event = 'intake.received' AND outcome = 'done'"
        assert connection.execute(text(doubled)).scalar_one() == len(rows)
    engine.dispose()
    return {row[0].hex for row in rows}
