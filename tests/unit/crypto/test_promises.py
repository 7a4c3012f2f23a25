"""The promises about keys: bound to their place, rotation without downtime, erasure that is real (security.md, 6-9)."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from casework.crypto import (
    Binding,
    CiphertextCorrupt,
    ContextMismatch,
    CryptoError,
    FileKeyStore,
    KeyDestroyed,
    KeyMissing,
    KeyRing,
    KeyWrong,
)
from casework.crypto.keystore import custody
from tests.support.counts import Count

ROOT = Path(__file__).parents[3]
TABLES = ("person", "case_note", "plan")
COLUMNS = ("name", "body")


def sealed_at(ring: KeyRing, places: list[Binding]) -> dict[Binding, bytes]:
    return {place: ring.seal(f"架空 {number}", place) for number, place in enumerate(places)}


@pytest.mark.promise(6)
def test_no_text_opens_at_another_place_and_no_flipped_byte_passes(
    ring: KeyRing, store: FileKeyStore
) -> None:
    owners, rows = [uuid4() for _ in range(3)], [uuid4() for _ in range(3)]
    ring.new_owner(*owners)
    places = [Binding(t, c, r, o) for t in TABLES for c in COLUMNS for r in rows for o in owners]
    blobs = sealed_at(ring, places)
    swapped = 0
    for place, blob in blobs.items():
        for other in places:
            if other == place:
                continue
            with pytest.raises(ContextMismatch):
                ring.open(blob, other)
            swapped += 1
    place, blob = next(iter(blobs.items()))
    flipped = 0
    for at in range(len(blob)):
        for bit in (1, 128):
            with pytest.raises(CiphertextCorrupt):
                ring.open(blob[:at] + bytes([blob[at] ^ bit]) + blob[at + 1 :], place)
            flipped += 1
    # A slot that says it is of another version: the wrapping names its version, so nothing is opened.
    store.database.ask("UPDATE data_key SET version = 2 WHERE owner = ?", place.owner.bytes)
    ring.forget()
    with pytest.raises(KeyWrong):
        ring.open(blob, place)
    print(f"{swapped} swaps and {flipped} flipped bytes refused, each with the right error")
    assert swapped == len(places) * (len(places) - 1)


@pytest.mark.promise(6)
def test_no_slot_opens_for_another_owner_or_with_a_flipped_byte(store: FileKeyStore) -> None:
    owners = [uuid4() for _ in range(8)]
    store.new_data_keys(owners)
    rows = dict(store.database.ask("SELECT owner, wrapped FROM data_key"))
    seals = dict(store.database.ask("SELECT owner, commitment FROM data_key"))
    refused = 0

    def refuse(owner: UUID, wrapped: bytes, seal: bytes) -> None:
        nonlocal refused
        store.database.ask(
            "UPDATE data_key SET wrapped = ?, commitment = ? WHERE owner = ?", wrapped, seal, owner.bytes
        )
        with pytest.raises(KeyWrong):
            store.data_key(owner)
        refused += 1

    for owner in owners:
        for other in owners:
            if other != owner:
                refuse(owner, rows[other.bytes], seals[other.bytes])
    owner = owners[0]
    whole, seal = rows[owner.bytes], seals[owner.bytes]
    for at in range(len(whole)):
        refuse(owner, whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], seal)
    for at in range(len(seal)):
        refuse(owner, whole, seal[:at] + bytes([seal[at] ^ 1]) + seal[at + 1 :])
    print(f"{refused} swapped or flipped slots refused")
    assert refused == 8 * 7 + 60 + 32


JOB = """
import sys
from pathlib import Path
from casework.crypto import FileKeyStore, KeyActForbidden
from casework.crypto.keystore import custody

store = FileKeyStore(Path(sys.argv[1]), Path(sys.argv[2]))
once = len(sys.argv) > 3
print("ready", flush=True)
while True:
    custody.rotate(store, max(s.version for s in store.status() if s.state == "active"))
    while not custody.rewrap_some(store, 50).ended:
        pass
    for status in store.status():
        if status.state != "active" and status.destroyed_at is None:
            try:
                custody.retire(store, status.version)
            except KeyActForbidden:  # the next pass empties it
                pass
    print("round", flush=True)
    if once:
        break
store.close()
"""


def job(folder: Path, *more: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-W",
        "error",
        "-c",
        JOB,
        str(folder / "keystore.db"),
        str(folder / "kek"),
        *more,
    ]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)


class Load:
    """Writers and readers, each pair of four with a keystore and a ring of its own, as processes have them."""

    def __init__(self, folder: Path) -> None:
        self.sealed: list[tuple[Binding, bytes, str]] = []
        self.requests = 0
        self.errors: list[str] = []
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._rings = [KeyRing(FileKeyStore(folder / "keystore.db", folder / "kek"), 50) for _ in range(4)]
        self._threads = [
            threading.Thread(target=self._run, args=(act, self._rings[number % 4], random.Random(number)))
            for number in range(8)
            for act in (self._write, self._read)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, act: Any, ring: KeyRing, dice: random.Random) -> None:
        while not self._stop.is_set():
            try:
                ring.catch_up()
                act(ring, dice)
            except CryptoError as failure:
                self.errors.append(failure.code)
            with self._lock:
                self.requests += 1
            time.sleep(0.01)
        ring.store.close()  # type: ignore[attr-defined]

    def _write(self, ring: KeyRing, dice: random.Random) -> None:
        place = Binding("case_note", "body", uuid4(), uuid4())
        ring.new_owner(place.owner)
        text = f"架空 {dice.random()}"
        self.sealed.append((place, ring.seal(text, place), text))

    def _read(self, ring: KeyRing, dice: random.Random) -> None:
        if self.sealed:
            place, blob, text = dice.choice(self.sealed)
            assert ring.open(blob, place) == text


@pytest.mark.long
@pytest.mark.promise(8)
def test_rotation_under_load_with_its_job_killed(tmp_path: Path, count: Count) -> None:
    kills, requests = count("kills", quick=3, long=100), count("requests", quick=400, long=10_000)
    FileKeyStore.create(tmp_path / "keystore.db", tmp_path / "kek").close()
    load, dice, rounds, done = Load(tmp_path), random.Random(8), 0, 0
    load.start()
    try:
        while done < kills or load.requests < requests:
            worker = job(tmp_path)
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
            time.sleep(dice.uniform(0.0, 0.4))
            worker.send_signal(signal.SIGKILL)
            rounds += worker.communicate(timeout=60)[0].count("round")
            done += 1
    finally:
        load.stop()
    last = job(tmp_path, "once")
    last.communicate(timeout=120)
    assert last.returncode == 0
    fresh = FileKeyStore(tmp_path / "keystore.db", tmp_path / "kek")
    ring, unreadable = KeyRing(fresh), 0
    for place, blob, text in load.sealed:
        unreadable += ring.open(blob, place) != text
    found = custody.verify(fresh)
    states = [s.state for s in fresh.status()]
    fresh.close()
    count.found(errors=len(load.errors), unreadable=unreadable, faults=len(found.faults))
    count.found(answered=load.requests, killed=done, rounds=rounds, texts=len(load.sealed), keks=len(states))
    assert (load.errors, unreadable, found.faults) == ([], 0, [])
    assert states.count("active") == 1
    assert "decrypt_only" not in states


def backup_of(folder: Path, name: str) -> Path:
    """The keystore as a backup holds it."""
    target = folder / f"{name}.backup"
    with closing(sqlite3.connect(folder / "keystore.db")) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
    return target


def restored(folder: Path, backup: Path) -> FileKeyStore:
    """A backup put in place on another machine, with the KEKs of today."""
    machine = folder / f"machine-{uuid4().hex}"
    machine.mkdir()
    shutil.copyfile(backup, machine / "keystore.db")
    return FileKeyStore(machine / "keystore.db", folder / "kek")


def recoverable(ring: KeyRing, texts: dict[Binding, bytes]) -> int:
    found = 0
    for place, blob in texts.items():
        try:
            ring.open(blob, place)
            found += 1
        except (KeyDestroyed, KeyMissing):
            pass
    return found


@pytest.mark.long
@pytest.mark.promise(9)
def test_what_was_erased_comes_back_from_nowhere(tmp_path: Path, count: Count) -> None:
    erased = count("erased", quick=50, long=1000)
    store = FileKeyStore.create(tmp_path / "keystore.db", tmp_path / "kek")
    ring, owners = KeyRing(store), [uuid4() for _ in range(erased * 4)]
    ring.new_owner(*owners)
    texts = sealed_at(
        ring, [Binding("person", "name", uuid4(), owner) for owner in owners]
    )  # the oldest database
    gone = {p: b for n, (p, b) in enumerate(texts.items()) if n % 4 == 1}
    kept = {p: b for p, b in texts.items() if p not in gone}
    slots = {bytes(o): bytes(w) for o, w in store.database.ask("SELECT owner, wrapped FROM data_key")}
    oldest = backup_of(tmp_path, "oldest")
    warm = KeyRing(FileKeyStore(tmp_path / "keystore.db", tmp_path / "kek"))
    warm.prefetch(owners)
    ring.erase(*(place.owner for place in gone))
    warm.catch_up()
    after = backup_of(tmp_path, "after")
    files = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file() and p != oldest)
    left = sum(slots[p.owner.bytes] in files or slots[p.owner.bytes][12:44] in files for p in gone)
    control = sum(slots[p.owner.bytes] in files for p in kept)  # the search can find
    # the oldest database beside the newest keystore, in this process, in another, restored elsewhere
    newest = restored(tmp_path, after)
    came_back = sum(recoverable(r, gone) for r in (ring, warm, KeyRing(newest)))
    # the oldest keystore gives them back only as long as its KEK is there: that is the first of the two dates
    before_retirement = recoverable(KeyRing(restored(tmp_path, oldest)), gone)
    assert all(stone.kek_retired_at is None for stone in store.tombstones())
    custody.rotate(store, 1)
    while not custody.rewrap_some(store).ended:
        pass
    custody.retire(store, 1)
    old = restored(tmp_path, oldest)
    with pytest.raises((KeyMissing, KeyDestroyed)):
        KeyRing(old)  # not even its purpose keys open
    opened = 0
    for place in gone:
        with suppress(KeyMissing, KeyDestroyed):
            opened += bool(old.data_key(place.owner))
    assert all(stone.kek_retired_at is not None for stone in store.tombstones())
    ring.catch_up()
    neighbours = recoverable(ring, kept)
    count.found(recoverable=came_back + opened, slots_left=left, neighbours_unreadable=len(kept) - neighbours)
    assert (len(gone), came_back, opened, left) == (erased, 0, 0, 0)
    assert (before_retirement, neighbours, control) == (erased, len(kept), len(kept))
