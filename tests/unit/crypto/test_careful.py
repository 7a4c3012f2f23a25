"""What a keystore does beside opening keys: it checks before use, waits for the disk, asks again, and forgets."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from casework.crypto import Binding, DataKey, FileKeyStore, KeyDestroyed, KeyMissing, KeyRing, KeyWrong
from casework.crypto.keystore.providers import FileKeks
from casework.crypto.keystore.store import WrappedKeyStore
from casework.crypto.keystore.wrapping import CANARY, canary_place, check_canary
from tests.unit.crypto.owners import MOTHER, ROW, SON

PLACE = b"a place"


class Watched(FileKeyStore):
    """Counts the questions for data keys and how often it was told to forget."""

    asked = forgot = 0

    def data_keys(self, owners: Iterable[Any]) -> dict[Any, DataKey]:
        self.asked += 1
        return super().data_keys(owners)

    def forget(self) -> None:
        self.forgot += 1
        super().forget()


@pytest.fixture
def again(store: FileKeyStore, tmp_path: Path) -> Iterable[Watched]:
    """Another process over the same keystore."""
    opened = Watched(tmp_path / "keystore.db", tmp_path / "kek")
    yield opened
    opened.close()


@pytest.fixture
def elsewhere(tmp_path: Path) -> bytes:
    """The KEK of another installation."""
    FileKeyStore.create(tmp_path / "other" / "keystore.db", tmp_path / "other" / "kek").close()
    return (tmp_path / "other" / "kek" / "kek-1.key").read_bytes()


def _put(tmp_path: Path, kek: bytes) -> None:
    path = tmp_path / "kek" / "kek-1.key"
    path.unlink(missing_ok=True)
    path.write_bytes(kek)


def test_a_ring_knows_what_was_sealed_in_its_installation(
    ring: KeyRing, place: Binding, tmp_path: Path
) -> None:
    blob = ring.seal("架空", place)
    other = FileKeyStore.create(tmp_path / "other" / "keystore.db", tmp_path / "other" / "kek")
    assert ring.sealed_here(blob) is True
    assert KeyRing(other).sealed_here(blob) is False
    other.close()


def test_nothing_is_dropped_while_nothing_was_erased(again: Watched, place: Binding) -> None:
    ring = KeyRing(again)
    blob = ring.seal("架空", place)
    for _ in range(3):
        ring.catch_up()
        ring.open(blob, place)
    assert (again.asked, again.forgot) == (1, 0)


def test_an_erasure_elsewhere_drops_data_keys_and_keks(
    store: FileKeyStore, again: Watched, place: Binding
) -> None:
    ring = KeyRing(again)
    ring.seal("架空", place)
    store.erase([SON])
    ring.catch_up()
    ring.seal("架空", place)
    assert (again.asked, again.forgot) == (2, 1)


# -- KEKs are checked before they are used ------------------------------------------------------------------------


def test_a_canary_of_another_value_is_a_wrong_key(store: FileKeyStore) -> None:
    check_canary(store.keks, 1, store.keks.wrap(1, CANARY, canary_place(1)))
    with pytest.raises(KeyWrong):
        check_canary(store.keks, 1, store.keks.wrap(1, b"another value", canary_place(1)))


def test_after_a_wrong_key_the_right_one_is_taken_up(
    again: Watched, tmp_path: Path, elsewhere: bytes
) -> None:
    right = (tmp_path / "kek" / "kek-1.key").read_bytes()
    _put(tmp_path, elsewhere)
    with pytest.raises(KeyWrong):
        again.canary()
    _put(tmp_path, right)
    again.canary()


@pytest.mark.parametrize("act", ["wrap", "complete", "new_data_keys"])
def test_a_wrong_key_wraps_nothing(again: Watched, tmp_path: Path, elsewhere: bytes, act: str) -> None:
    _put(tmp_path, elsewhere)
    acts = {
        "wrap": lambda: again.wrap(1, bytes(32), PLACE),
        "complete": again.complete,
        "new_data_keys": lambda: again.new_data_keys([uuid4()]),
    }
    with pytest.raises(KeyWrong):
        acts[act]()


def test_what_was_forgotten_is_read_and_checked_anew(
    again: Watched, tmp_path: Path, elsewhere: bytes
) -> None:
    assert again.data_key(MOTHER)
    _put(tmp_path, elsewhere)
    assert again.data_key(MOTHER)  # still held
    again.forget()
    with pytest.raises(KeyWrong):
        again.wrap(1, bytes(32), PLACE)
    (tmp_path / "kek" / "kek-1.key").unlink()
    again.forget()
    with pytest.raises(KeyMissing):
        again.data_key(MOTHER)


def test_a_forgotten_kek_is_not_trusted_because_it_was_once(
    again: Watched, tmp_path: Path, elsewhere: bytes
) -> None:
    again.ready(1)
    _put(tmp_path, elsewhere)
    again.forget()
    with pytest.raises(KeyWrong):
        again.ready(1)


def test_a_kek_that_goes_while_it_is_checked_is_destroyed_and_not_wrong(
    store: FileKeyStore, tmp_path: Path
) -> None:
    class Leaving(FileKeks):
        def unwrap(self, version: int, wrapped: bytes, place: bytes) -> bytes:
            with store.database.transaction() as db:
                db.execute("UPDATE kek SET state = 'destroyed'")
            raise KeyMissing

    leaving = WrappedKeyStore(tmp_path / "keystore.db", Leaving(tmp_path / "kek"))
    with pytest.raises(KeyDestroyed):
        leaving.ready(1)
    leaving.close()


def test_a_key_that_is_gone_is_asked_for_three_times() -> None:
    asked = []

    def find() -> bytes:
        asked.append(1)
        raise KeyMissing

    with pytest.raises(KeyMissing):
        WrappedKeyStore._settled(find)
    assert len(asked) == 3


# -- files --------------------------------------------------------------------------------------------------------


def test_a_keystore_makes_its_folders_for_itself_alone(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "er" / "keystore.db"
    before = os.umask(0)
    try:
        FileKeyStore.create(place, tmp_path / "kek").close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError, match="a keystore stands here already"):
        FileKeyStore.create(place, tmp_path / "other-kek")


@pytest.fixture
def keks(tmp_path: Path) -> FileKeks:
    made = FileKeks(tmp_path / "kek-folder")
    made.make(1)
    return made


def test_an_empty_key_is_wrapped_and_opened_like_any_other(keks: FileKeks) -> None:
    wrapped = keks.wrap(1, b"", PLACE)
    assert keks.unwrap(1, wrapped, PLACE) == b""
    with pytest.raises(KeyWrong):
        keks.unwrap(1, wrapped[:-1], PLACE)


def test_a_destroyed_kek_is_not_held_either(keks: FileKeks) -> None:
    wrapped = keks.wrap(1, bytes(32), PLACE)
    keks.destroy(1)
    with pytest.raises(KeyMissing):
        keks.unwrap(1, wrapped, PLACE)
    assert keks.present() == set()
    keks.destroy(1)


def test_each_overwriting_and_the_name_reach_the_disk(
    keks: FileKeks, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = keks._path(1)
    waited: list[tuple[bool, bytes]] = []
    modes: list[int] = []
    sync, opening = os.fsync, Path.open

    def fsync(handle: int) -> None:
        folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        waited.append((folder, b"" if folder else path.read_bytes()))
        sync(handle)

    def watched(self: Path, *given: Any, **more: Any) -> Any:
        if self == path and given and given[0] == "r+b":
            modes.append(stat.S_IMODE(self.stat().st_mode))
        return opening(self, *given, **more)

    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "open", watched)
    keks.destroy(1)
    assert modes == [0o600]
    assert [folder for folder, _ in waited] == [False, False, True]
    assert waited[0][1] not in (before, bytes(32))
    assert waited[1][1] == bytes(32)


def test_a_kek_that_cannot_be_destroyed_says_so(keks: FileKeks, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlink(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(KeyMissing):
        keks.destroy(1)


def test_a_folder_that_is_not_there_holds_no_kek(tmp_path: Path) -> None:
    assert FileKeks(tmp_path / "nowhere").present() == set()


# -- erasure ------------------------------------------------------------------------------------------------------


def test_the_generation_grows_when_something_was_buried_and_only_then(store: FileKeyStore) -> None:
    began, unknown = store.generation(), uuid4()
    store.erase([MOTHER])
    store.erase([MOTHER])
    assert store.generation() == began + 1
    store.erase([unknown])  # an older backup may know its slot
    assert store.generation() == began + 2
    assert {stone.owner for stone in store.tombstones([MOTHER, unknown])} == {MOTHER, unknown}
    assert {stone.owner for stone in store.tombstones([SON, unknown, ROW])} == {unknown}
