"""Threads, processes and forked children share one keystore; nobody's key is ever replaced."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from casework.crypto import Binding, FileKeyStore, KeyRing
from casework.crypto.keystore import database
from tests.unit.crypto.owners import MOTHER

ROOT = Path(__file__).parents[3]
WORKER = """
import hashlib, json, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID
from casework.crypto import FileKeyStore

store = FileKeyStore(Path(sys.argv[1]), Path(sys.argv[2]))
owners = [UUID(int=number) for number in range(1, 201)]

def make(start):
    mine = owners[start:] + owners[:start]
    for at in range(0, len(mine), 5):
        store.new_data_keys(mine[at : at + 5])
    found = {owner.hex: hashlib.sha256(key.key).hexdigest() for owner, key in store.data_keys(mine).items()}
    store.close()
    return found

print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(4) as pool:
    seen = list(pool.map(make, (0, 50, 100, 150)))
json.dump(seen, sys.stdout)
"""


def started(store_file: Path, kek_dir: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", WORKER, str(store_file), str(kek_dir)]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_threads_of_two_processes_agree_on_every_key(store: FileKeyStore, tmp_path: Path) -> None:
    workers = [started(tmp_path / "keystore.db", tmp_path / "kek") for _ in range(2)]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    answers = [worker.communicate(timeout=120)[0] for worker in together(workers)]
    assert [worker.returncode for worker in workers] == [0, 0]
    views = [view for answer in answers for view in json.loads(answer)]
    assert len(views) == 8
    assert all(view == views[0] for view in views)
    assert len(set(views[0].values())) == 200


def together(workers: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    """Lets all start before the first is waited for."""
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return workers


def test_threads_seal_and_open_through_one_small_ring(store: FileKeyStore) -> None:
    ring, owners = KeyRing(store, cache_size=5), [uuid4() for _ in range(20)]
    ring.new_owner(*owners)

    def work(number: int) -> bool:
        place = Binding("case_note", "body", UUID(int=number), owners[number % len(owners)])
        if number % 50 == 0:
            ring.forget()
        blob = ring.seal(f"架空 {number}", place)
        ring.prefetch(owners[number % 7 :: 3])
        return ring.open(blob, place) == f"架空 {number}"

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(800)))
    assert len(ring._held) <= 5


def in_a_child(work: Callable[[], bool]) -> bool:
    """Whether `work` succeeds in a forked copy of this process."""
    child = os.fork()
    if child == 0:
        done = False
        try:
            done = work()
        finally:
            os._exit(0 if done else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_forked_child_uses_a_connection_of_its_own(store: FileKeyStore) -> None:
    ring, owner = KeyRing(store), uuid4()
    place = Binding("case_note", "body", UUID(int=1), MOTHER)
    blob, parents = ring.seal("架空 花子", place), store.database.connection()

    def child() -> bool:
        store.close()
        store.new_data_keys([owner])
        fresh = store.database.connection()
        ring.forget()
        opened = ring.open(blob, place) == "架空 花子"
        store.close()
        kept_open = any(connection is parents for connection in database._inherited)
        return opened and fresh is not parents and kept_open

    assert in_a_child(child)
    assert store.database.connection() is parents
    assert database._inherited == []
    assert store.data_keys([owner]).keys() == {owner}


def test_a_child_that_fails_is_noticed() -> None:
    assert not in_a_child(lambda: False)


def test_each_thread_has_a_connection_of_its_own(store: FileKeyStore) -> None:
    def mine() -> int:
        connection = store.database.connection()
        same = store.database.connection() is connection
        found = id(connection) if same else 0
        store.close()
        return found

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(mine).result() not in {0, id(store.database.connection())}


@pytest.mark.parametrize("keys", [1, 50, 100, 150])
def test_a_killed_writer_leaves_whole_keys_only(keys: int, store: FileKeyStore, tmp_path: Path) -> None:
    owners = [UUID(int=number) for number in range(1, 201)]
    worker = started(tmp_path / "keystore.db", tmp_path / "kek")
    together([worker])
    while len(store.data_keys(owners)) < keys and worker.poll() is None:
        pass
    worker.kill()
    worker.communicate(timeout=60)
    found = store.data_keys(owners)
    assert len(found) >= keys
    assert len(found) % 5 == 0
    store.new_data_keys(owners)
    after = store.data_keys(owners)
    assert len(after) == 200
    assert {owner: after[owner] for owner in found} == found
