"""One effect per key: each POST sent one to five times, at once, in any order, after a crash, with another body."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import create_engine, text

from casework.oversight.actions.upkeep import KEPT, purge_replies
from tests.support.cast import PASSWORD, Seat, hire
from tests.support.counts import Count
from tests.support.server import Nursery, Person
from tests.support.world import World, make_world

CLIENTS, BATCH = 4, 24
PLACE = {"kind": "salon", "remarks": "架空の場所"}


def _post(person: Person, key: str, body: dict[str, Any]) -> requests.Response | None:
    try:
        return person.ask("POST", "/resources", body, Idempotency_Key=key)
    except requests.RequestException:
        return None  # the server died: nobody knows whether it was done


class Sender:
    """Sends each key one to five times, mixed with others; some servers die meanwhile; then asks what became of it."""

    def __init__(self, server: Nursery, dice: random.Random) -> None:
        self.server, self.dice = server, dice
        self.answers: dict[str, set[tuple[int, str]]] = {}
        self.sent: Counter[str] = Counter()
        self.crashes = self.unknown = 0
        self.people = [Person(server, "participation", PASSWORD).sign_in() for _ in range(CLIENTS)]

    def batch(self, keys: list[str], *, crash: bool) -> None:
        """One batch at once, each key at least once more after a crash."""
        sends = [key for key in keys for _ in range(self.dice.randint(1, 5))]
        self.dice.shuffle(sends)
        with ThreadPoolExecutor(CLIENTS) as pool:
            running = [
                pool.submit(_post, self.people[n % CLIENTS], key, body(key)) for n, key in enumerate(sends)
            ]
            if crash:
                running[len(running) // 3].result()
                self.server.kill()
                self.server.start()
                self.crashes += 1
            for key, future in zip(sends, running, strict=True):
                self._note(key, future.result())
        for key in keys:
            self._note(key, _post(self.people[0], key, body(key)))

    def _note(self, key: str, answer: requests.Response | None) -> None:
        self.sent[key] += 1
        if answer is None:
            self.unknown += 1
            return
        self.answers.setdefault(key, set()).add((answer.status_code, answer.text))


def body(key: str) -> dict[str, Any]:
    return PLACE | {"name": f"架空 {key}"}


@pytest.mark.promise(15)
@pytest.mark.long
@pytest.mark.timeout(7200)
def test_a_key_has_one_effect_however_often_it_is_sent(
    database: str, keystore: Path, tmp_path: Path, count: Count
) -> None:
    keys = [f"one-effect-{n:06d}" for n in range(count("keys", quick=96, long=10_000))]
    (tmp_path / "office").mkdir()
    with make_world(database, tmp_path / "office", keystore) as world:
        hire(world)
    server = Nursery(database, tmp_path / "office" / "keys", tmp_path / "log")
    try:
        server.start()
        sender = Sender(server, random.Random(15))
        for turn, at in enumerate(range(0, len(keys), BATCH)):
            sender.batch(keys[at : at + BATCH], crash=turn % 2 == 1)
        others = [
            _post(sender.people[1], key, body(key) | {"remarks": "別の内容"})
            for key in keys[:: max(1, len(keys) // 50)]
        ]
        elsewhere = sender.people[2].ask("POST", "/resources/none", {}, Idempotency_Key=keys[0])
    finally:
        server.close()
    assert {(o.status_code, o.json()["code"]) for o in others if o is not None} == {
        (422, "idempotency_key_reused")
    }
    assert elsewhere.status_code in (404, 405)
    assert {key: len(found) for key, found in sender.answers.items()} == dict.fromkeys(keys, 1)
    assert {status for found in sender.answers.values() for status, _ in found} == {201}
    assert _names(database) == Counter(f"架空 {key}" for key in keys)
    count.found(
        keys=len(keys), sent=sender.sent.total(), crashes=sender.crashes, unknown=sender.unknown, doubled=0
    )


def _names(url: str) -> Counter[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = Counter(str(row[0]) for row in connection.execute(text("SELECT name FROM resource")))
    engine.dispose()
    return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_key_is_a_new_request_once_its_answer_was_purged(world: World) -> None:
    """The promise holds for a week; whoever asks again later is told so in the documents, and gets a second effect."""
    hire(world)
    seat = Seat(world, "participation")
    first = seat.post("/resources", body("x"), 201, Idempotency_Key="after-purge-1")
    world.later(days=KEPT.days - 1)
    seat.come_back()
    assert purge_replies(world.ctx()) == 0
    assert seat.post("/resources", body("x"), 201, Idempotency_Key="after-purge-1") == first
    world.later(days=2)
    seat.come_back()
    assert purge_replies(world.ctx()) == 1
    assert seat.post("/resources", body("x"), 201, Idempotency_Key="after-purge-1")["id"] != first["id"]
