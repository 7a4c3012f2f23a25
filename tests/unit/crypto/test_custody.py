"""KEKs are rotated, rewrapped and retired online; what must not be is refused and changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from casework.crypto import (
    Binding,
    CryptoError,
    FileKeyStore,
    KeyActForbidden,
    KeyDestroyed,
    KeyMissing,
    KeyRing,
    KeyWrong,
)
from casework.crypto.keystore import custody
from casework.crypto.keystore.store import PURPOSES
from tests.unit.crypto.owners import MOTHER, SON

N = len(PURPOSES)


def rewrap(store: FileKeyStore, limit: int = 100) -> int:
    moved = 0
    while True:
        step = custody.rewrap_some(store, limit)
        moved += step.moved
        if step.ended:
            return moved


def everything(folder: Path) -> dict[str, bytes]:
    """The keystore's rows and the key files: what a refused act must leave as it was."""
    with closing(sqlite3.connect(folder / "keystore.db")) as db:
        rows = {"rows": "\n".join(db.iterdump()).encode()}
    return rows | {path.name: path.read_bytes() for path in (folder / "kek").iterdir()}


def states(store: FileKeyStore) -> list[tuple[int, str, int, int]]:
    return [(s.version, s.state, s.data_keys, s.purpose_keys) for s in store.status()]


def test_a_full_round_leaves_every_text_readable_and_the_old_kek_gone(
    store: FileKeyStore, ring: KeyRing, place: Binding, tmp_path: Path
) -> None:
    blob = ring.seal("架空 花子", place)
    other = KeyRing(FileKeyStore(tmp_path / "keystore.db", tmp_path / "kek"))
    other.open(blob, place)
    assert custody.rotate(store, 1) == 2
    late = uuid4()
    other.new_owner(late)
    assert states(store) == [(1, "decrypt_only", 2, N), (2, "active", 1, 0)]
    assert custody.rewrap_state(store).left == 2 + N
    assert rewrap(store) == 2 + N
    assert custody.rewrap_state(store).left == 0
    assert custody.rewrap_state(store).ended_at is not None
    custody.retire(store, 1)
    assert states(store) == [(1, "destroyed", 0, 0), (2, "active", 3, N)]
    assert [path.name for path in (tmp_path / "kek").iterdir()] == ["kek-2.key"]
    assert (tmp_path / "kek" / "kek-2.key").stat().st_mode & 0o777 == 0o400
    assert store.database.ask("SELECT canary FROM kek WHERE version = 1") == [(b"",)]
    for some in (ring, other, KeyRing(FileKeyStore(tmp_path / "keystore.db", tmp_path / "kek"))):
        some.catch_up()
        some.forget()
        assert some.open(blob, place) == "架空 花子"
    found = custody.verify(store)
    assert (found.data_keys, found.purpose_keys, found.keks, found.faults, found.stray) == (3, N, 2, [], [])


def test_the_bytes_of_a_retired_key_are_overwritten(
    store: FileKeyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    custody.rotate(store, 1)
    rewrap(store)
    kept = tmp_path / "hard-link"
    kept.hardlink_to(tmp_path / "kek" / "kek-1.key")  # the same blocks of the disk, under a name that stays
    custody.retire(store, 1)
    assert kept.read_bytes() == bytes(32)


def test_an_old_copy_of_the_keystore_opens_nothing_after_the_retirement(
    store: FileKeyStore, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db")) as copy:
        store.database.connection().backup(copy)
    custody.rotate(store, 1)
    rewrap(store)
    custody.retire(store, 1)
    old = FileKeyStore(tmp_path / "old.db", tmp_path / "kek")
    for owner in (MOTHER, SON):
        with pytest.raises(KeyMissing):
            old.data_key(owner)
    old.close()


def unknown(store: FileKeyStore) -> None:
    custody.retire(store, 7)


def active(store: FileKeyStore) -> None:
    custody.retire(store, 1)


def overtaken(store: FileKeyStore) -> None:
    custody.rotate(store, 2)


@pytest.mark.parametrize("act", [unknown, active, overtaken])
def test_what_must_not_be_is_refused_and_changes_nothing(
    act: Callable[[FileKeyStore], None], store: FileKeyStore, tmp_path: Path
) -> None:
    before = everything(tmp_path)
    with pytest.raises(KeyActForbidden) as refusal:
        act(store)
    assert refusal.value.reason == act.__name__
    assert everything(tmp_path) == before


def test_a_kek_that_still_wraps_a_single_key_is_not_retired(store: FileKeyStore, tmp_path: Path) -> None:
    custody.rotate(store, 1)
    custody.rewrap_some(store, 1)  # the purpose keys and one data key: one is left
    before = everything(tmp_path)
    with pytest.raises(KeyActForbidden, match="in_use"):
        custody.retire(store, 1)
    assert everything(tmp_path) == before


def test_of_two_rotations_at_once_one_is_refused(store: FileKeyStore, tmp_path: Path) -> None:
    def turn(_: int) -> str:
        mine = FileKeyStore(tmp_path / "keystore.db", tmp_path / "kek")
        try:
            return str(custody.rotate(mine, 1))
        except KeyActForbidden as refusal:
            return refusal.reason
        finally:
            mine.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(turn, range(4)))
    assert answers == ["2", "overtaken", "overtaken", "overtaken"]
    assert [s.version for s in store.status()] == [1, 2]
    assert custody.verify(store).stray == []


def test_a_rotation_that_was_cut_off_leaves_its_file_and_the_next_passes_over_it(
    store: FileKeyStore, tmp_path: Path
) -> None:
    store.keks.make(2)  # on the disk, and then the power went
    left = (tmp_path / "kek" / "kek-2.key").read_bytes()
    assert custody.verify(store).stray == [2]
    assert custody.rotate(store, 1) == 3
    assert (tmp_path / "kek" / "kek-2.key").read_bytes() == left


def test_a_retirement_that_was_cut_off_is_found_and_ended(
    store: FileKeyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    custody.rotate(store, 1)
    rewrap(store)

    def power_cut(version: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store.keks, "destroy", power_cut)
    with pytest.raises(KeyboardInterrupt):
        custody.retire(store, 1)
    monkeypatch.undo()
    assert custody.verify(store).faults == [("kek", "1", "not_wiped")]
    store.canary()
    custody.retire(store, 1)
    assert custody.verify(store).faults == []
    assert not (tmp_path / "kek" / "kek-1.key").exists()
    before = everything(tmp_path)
    custody.retire(store, 1)
    assert everything(tmp_path) == before


def test_a_key_that_does_not_open_is_left_and_named(store: FileKeyStore, tmp_path: Path) -> None:
    store.database.ask("UPDATE data_key SET wrapped = zeroblob(60) WHERE owner = ?", MOTHER.bytes)
    custody.rotate(store, 1)
    assert custody.rewrap_some(store) == custody.Rewrapped(moved=1 + N, unopened=1, ended=True)
    assert custody.verify(store).faults == [("data_key", str(MOTHER), "key_wrong")]
    with pytest.raises(KeyActForbidden, match="in_use"):
        custody.retire(store, 1)
    store.erase([MOTHER])
    custody.retire(store, 1)
    assert custody.verify(store).faults == []


@pytest.mark.parametrize("damage", ["wrong", "truncated", "missing"])
def test_a_bad_active_key_is_not_rotated_away(damage: str, store: FileKeyStore, tmp_path: Path) -> None:
    path = tmp_path / "kek" / "kek-1.key"
    right = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(b"k" * (32 if damage == "wrong" else 31))
    again = FileKeyStore(tmp_path / "keystore.db", tmp_path / "kek")
    before = everything(tmp_path)
    with pytest.raises(CryptoError) as refusal:
        custody.rotate(again, 1)
    assert refusal.value.code == ("key_missing" if damage == "missing" else "key_wrong")
    assert everything(tmp_path) == before
    path.unlink(missing_ok=True)
    path.write_bytes(right)
    again.canary()  # the right one, put back, is taken without a restart
    again.close()


def test_a_pass_goes_on_where_the_last_step_ended(store: FileKeyStore) -> None:
    owners = [uuid4() for _ in range(25)]
    store.new_data_keys(owners)
    keys = store.data_keys(owners)
    custody.rotate(store, 1)
    moved = [custody.rewrap_some(store, 10).moved for _ in range(3)]
    assert moved == [10 + N, 10, 7]
    assert store.data_keys(owners) == keys
    custody.rotate(store, 2)
    assert rewrap(store, 10) == 27 + N
    assert [(s.version, s.data_keys) for s in store.status()] == [(1, 0), (2, 0), (3, 27)]


def test_a_slot_says_under_which_keks_it_ever_lay(store: FileKeyStore) -> None:
    custody.rotate(store, 1)
    rewrap(store)
    late = uuid4()
    store.new_data_keys([late])
    store.erase([MOTHER, late])
    custody.rotate(store, 2)
    rewrap(store)
    custody.retire(store, 1)
    assert [s.kek_retired_at for s in store.tombstones()] == [None, None]
    custody.retire(store, 2)
    assert all(s.kek_retired_at is not None for s in store.tombstones())


def test_swapped_slots_are_found_by_verify(store: FileKeyStore) -> None:
    rows = store.database.ask("SELECT wrapped, commitment FROM data_key WHERE owner = ?", SON.bytes)
    store.database.ask(
        "UPDATE data_key SET wrapped = ?, commitment = ? WHERE owner = ?", *rows[0], MOTHER.bytes
    )
    assert custody.verify(store).faults == [("data_key", str(MOTHER), KeyWrong.code)]


def test_an_erased_owner_is_not_a_fault(store: FileKeyStore) -> None:
    store.erase([MOTHER])
    assert custody.verify(store).faults == []
    with pytest.raises(KeyDestroyed):
        store.data_key(MOTHER)
