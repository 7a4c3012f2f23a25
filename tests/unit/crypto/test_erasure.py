"""An erased key is gone for good, in every process, and its tombstone says when no old copy can bring it back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from casework.crypto import Binding, CryptoError, FileKeyStore, KeyDestroyed, KeyRing
from casework.crypto.keystore import database
from tests.unit.crypto.owners import MOTHER, SON

AT = datetime(2026, 4, 6, 1, 0, tzinfo=UTC)


def wrapped(store: FileKeyStore, owner: UUID) -> bytes:
    rows = store.database.ask("SELECT wrapped FROM data_key WHERE owner = ?", owner.bytes)
    return bytes(rows[0][0])


def test_an_erased_key_is_destroyed_and_its_neighbour_is_not(
    ring: KeyRing, store: FileKeyStore, place: Binding
) -> None:
    other = Binding("case_note", "body", place.row, SON)
    blob, kept = ring.seal("架空 花子", place), ring.seal("架空 次郎", other)
    ring.erase(MOTHER)
    ring.erase(MOTHER, SON.__class__(int=7))
    for question in (
        lambda: ring.open(blob, place),
        lambda: ring.seal("架空", place),
        lambda: ring.new_owner(uuid4(), MOTHER),
        lambda: store.data_key(MOTHER),
    ):
        with pytest.raises(KeyDestroyed):
            question()
    assert ring.open(kept, other) == "架空 次郎"
    assert store.data_keys([MOTHER, SON]).keys() == {SON}


def test_a_refused_new_owner_leaves_no_key_of_its_fellows(ring: KeyRing, store: FileKeyStore) -> None:
    fellow = uuid4()
    ring.erase(MOTHER)
    with pytest.raises(KeyDestroyed):
        ring.new_owner(fellow, MOTHER)
    assert store.data_keys([fellow, MOTHER]) == {}


def test_another_process_drops_an_erased_key_at_its_next_use_case(
    ring: KeyRing, place: Binding, tmp_path: Path
) -> None:
    elsewhere = FileKeyStore(tmp_path / "keystore.db", tmp_path / "kek")
    warm = KeyRing(elsewhere)
    blob = ring.seal("架空 花子", place)
    assert warm.open(blob, place) == "架空 花子"
    ring.erase(MOTHER)
    warm.catch_up()
    with pytest.raises(KeyDestroyed):
        warm.open(blob, place)
    elsewhere.close()


def test_an_answer_overtaken_by_an_erasure_is_not_held(
    ring: KeyRing, store: FileKeyStore, place: Binding, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob, asked = ring.seal("架空 花子", place), store.data_keys
    ring.forget()

    def slow(owners: list[UUID]) -> object:
        found = asked(owners)
        ring.erase(MOTHER)
        return found

    monkeypatch.setattr(store, "data_keys", slow)
    assert ring.open(blob, place) == "架空 花子"  # this question was first
    monkeypatch.undo()
    with pytest.raises(KeyDestroyed):
        ring.open(blob, place)


def test_a_ring_that_cannot_ask_holds_nothing(
    ring: KeyRing, store: FileKeyStore, place: Binding, tmp_path: Path
) -> None:
    blob = ring.seal("架空 花子", place)
    store.close()
    (tmp_path / "keystore.db").rename(tmp_path / "away.db")
    ring.catch_up()
    with pytest.raises(CryptoError):
        ring.open(blob, place)
    (tmp_path / "away.db").rename(tmp_path / "keystore.db")
    ring.catch_up()
    assert ring.open(blob, place) == "架空 花子"


def test_the_tombstone_tells_two_dates(store: FileKeyStore) -> None:
    store.erase([MOTHER], AT)
    store.erase([MOTHER], AT + timedelta(days=9))
    (stone,) = store.tombstones([MOTHER, SON])
    assert (stone.owner, stone.erased_at, stone.kek_retired_at) == (MOTHER, AT, None)
    assert (stone.backups_until, stone.complete_at()) == (AT + timedelta(days=90), None)
    assert store.tombstones() == [stone]
    assert store.tombstones([SON]) == []
    retired = AT + timedelta(days=120)
    store.database.ask("UPDATE kek SET state = 'destroyed', destroyed_at = ?", retired.isoformat())
    (stone,) = store.tombstones()
    assert (stone.kek_retired_at, stone.complete_at()) == (retired, retired)


def test_of_an_owner_without_a_slot_an_older_backup_may_know_one(store: FileKeyStore) -> None:
    stranger = uuid4()
    store.erase([stranger], AT)
    assert store.tombstones([stranger])[0].kek_retired_at is None
    with pytest.raises(KeyDestroyed):
        store.new_data_keys([stranger])


def test_the_slots_are_wiped_from_every_file(store: FileKeyStore, tmp_path: Path) -> None:
    owners = [uuid4() for _ in range(2000)]
    store.new_data_keys(owners)
    slots = {owner: wrapped(store, owner) for owner in owners}
    store.erase(owners[::3])
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    left = [owner for owner in owners[::3] if slots[owner] in files or slots[owner][12:40] in files]
    assert left == []
    assert all(slots[owner] in files for owner in owners[1::3])


def test_a_wiping_that_somebody_holds_up_is_told_and_done_later(
    store: FileKeyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = wrapped(store, MOTHER)
    store.close()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(tmp_path / "keystore.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM kek").fetchall()
        with pytest.raises(CryptoError):
            store.erase([MOTHER])
        with pytest.raises(KeyDestroyed):
            store.data_key(MOTHER)
    store.erase([MOTHER])
    assert all(slot not in path.read_bytes() for path in tmp_path.glob("keystore.db*"))


def test_a_keystore_of_the_first_form_is_brought_up(store: FileKeyStore, tmp_path: Path) -> None:
    key = store.data_key(MOTHER)
    store.close()
    with closing(sqlite3.connect(tmp_path / "keystore.db")) as db, db:
        db.execute("DROP TABLE tombstone")
        db.execute("DROP TABLE state")
        db.execute("ALTER TABLE data_key DROP COLUMN first_kek")
        db.execute("ALTER TABLE kek DROP COLUMN destroyed_at")
        db.execute("PRAGMA user_version = 0")
    again = FileKeyStore(tmp_path / "keystore.db", tmp_path / "kek")
    again.canary()
    assert (again.data_key(MOTHER), again.generation()) == (key, 0)
    again.close()


def test_a_keystore_of_a_newer_form_is_left_alone(store: FileKeyStore, tmp_path: Path) -> None:
    store.close()
    with closing(sqlite3.connect(tmp_path / "keystore.db")) as db, db:
        db.execute("PRAGMA user_version = 3")
    with pytest.raises(CryptoError):
        FileKeyStore(tmp_path / "keystore.db", tmp_path / "kek").canary()
