"""Power cuts under load: what was acknowledged is there, nothing is half there, keys open, and the trail holds."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import create_engine, select, text

from casework.oversight.queries import verify_trail
from casework.people.models import Person as PersonRow
from casework.usecase import Unreadable
from tests.support.cast import PASSWORD, hire
from tests.support.counts import Count
from tests.support.server import Nursery, Person
from tests.support.world import make_world

SHARE = {"sqlite": 1, "postgresql": 3}  # of the kills: a run on PostgreSQL does a third of those on SQLite
CLIENTS = 4
LONGEST = 30.0  # seconds in which a server that was just started must acknowledge something
BODY = {
    "window": "nandemo",
    "topics": [{"code": "housing", "main": True}, {"code": "debt"}],
    "consent": "not_asked",
    "person": {"name": "架空 花子", "contacts": [{"kind": "phone_home", "value": "0467-00-0000"}]},
    "narrative": "停電の試験",
}


class Ledger:
    """What the clients were told: acknowledged intakes by key; a key without an answer is asked again later."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, str] = {}
        self.unanswered = 0
        self._told = threading.Condition()

    def note(self, key: str, intake: str) -> None:
        with self._told:
            assert self.acknowledged.setdefault(key, intake) == intake, "one key, two effects"
            self._told.notify_all()

    def await_more_than(self, before: int) -> None:
        with self._told:
            assert self._told.wait_for(lambda: len(self.acknowledged) > before, LONGEST), (
                "nothing was acknowledged"
            )


class Client:
    """Somebody who sends receptions without a pause, and sends again under the same key what was not answered."""

    def __init__(self, person: Person, name: str, ledger: Ledger) -> None:
        self._person, self._name, self._ledger = person, name, ledger
        self._turn = 0
        self._open = False

    def work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            if not self.once():
                return

    def once(self) -> bool:
        """One reception; False if its answer never came."""
        if not self._open:
            self._turn += 1
            self._open = True
        key = f"{self._name}-{self._turn:06d}"
        try:
            answer = self._person.ask("POST", "/intakes", BODY, Idempotency_Key=key)
        except requests.RequestException:
            self._ledger.unanswered += 1
            return False
        assert answer.status_code == 201, answer.text
        self._ledger.note(key, answer.json()["id"])
        self._open = False
        return True


def _cut_once(server: Nursery, clients: list[Client], ledger: Ledger, wait: float) -> None:
    """Serve, let everybody work until the first acknowledgement and a little longer, and cut the power."""
    stop, before = threading.Event(), len(ledger.acknowledged)
    server.start()
    threads = [threading.Thread(target=client.work, args=(stop,)) for client in clients]
    for thread in threads:
        thread.start()
    ledger.await_more_than(before)
    time.sleep(wait)
    stop.set()  # whoever is answered now sends nothing more; whoever waits is cut off
    server.kill()
    for thread in threads:
        thread.join()


def _rows(url: str, query: str) -> list[Any]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = list(connection.execute(text(query)))
    engine.dispose()
    return found


@pytest.mark.promise(13)
@pytest.mark.long
@pytest.mark.timeout(7200)
def test_a_power_cut_loses_nothing_acknowledged_and_leaves_nothing_half_written(
    database: str, keystore: Path, tmp_path: Path, count: Count
) -> None:
    (tmp_path / "office").mkdir()
    with make_world(database, tmp_path / "office", keystore) as world:
        hire(world)
    engine = "postgresql" if database.startswith("postgresql") else "sqlite"
    cuts = max(1, count("kills", quick=20, long=1000) // SHARE[engine])
    server, ledger, dice = (
        Nursery(database, tmp_path / "office" / "keys", tmp_path / "log"),
        Ledger(),
        random.Random(11),
    )
    try:
        server.start()
        people = [Person(server, "shakyo", PASSWORD).sign_in() for _ in range(CLIENTS)]
        clients = [Client(person, f"client-{n}", ledger) for n, person in enumerate(people)]
        server.kill()
        for _ in range(cuts):
            _cut_once(server, clients, ledger, dice.uniform(0.0, 0.04))
        server.start()
        for client in clients:
            assert client.once(), "a server that nobody cut off did not answer"
    finally:
        server.close()
    _as_the_ledger_says(database, ledger)
    _keys_and_trail_hold(database, tmp_path)
    assert ledger.unanswered >= cuts // 4, "the cuts came when nobody was waiting"
    count.found(
        cuts=cuts, acknowledged=len(ledger.acknowledged), unanswered=ledger.unanswered, lost=0, half=0
    )


def _as_the_ledger_says(url: str, ledger: Ledger) -> None:
    """Exactly the acknowledged receptions are stored, each whole, with its event and with nothing doubled."""
    stored = {
        str(row[0]).replace("-", "") for row in _rows(url, "SELECT CAST(id AS VARCHAR(36)) FROM intake")
    }
    known = [intake.replace("-", "") for intake in ledger.acknowledged.values()]
    assert (stored, len(set(known))) == (set(known), len(known))
    parts = (
        ("SELECT count(*) FROM person", 1),
        ("SELECT count(*) FROM person_contact", 1),
        ("SELECT count(*) FROM intake_topic", 2),
        ("SELECT count(*) FROM audit_entry WHERE event = 'intake.received' AND outcome = 'done'", 1),
    )
    assert [_rows(url, query)[0][0] for query, _ in parts] == [each * len(known) for _, each in parts]
    if url.startswith("sqlite"):
        assert _rows(url, "PRAGMA integrity_check") == [("ok",)]


def _keys_and_trail_hold(url: str, folder: Path) -> None:
    """On another machine: the keystore opens every owner that was made, and the trail is whole."""
    (folder / "check").mkdir()
    with make_world(url, folder / "check", folder / "office" / "keys") as world:
        verdict = verify_trail(world.ctx())
        assert (verdict.exit_code, verdict.reason) == (0, "ok")
        ctx = world.ctx()
        people = world.session.scalars(ctx.whole(select(PersonRow), PersonRow)).all()
        names = {ctx.unseal(person, "name") for person in people}
        assert not any(isinstance(name, Unreadable) for name in names)
        assert names == {"架空 花子"}
