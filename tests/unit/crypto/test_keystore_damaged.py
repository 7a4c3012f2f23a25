"""A keystore that is missing, wrong, damaged or of another installation refuses clearly, and makes nothing anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from casework.crypto import (
    FileKeyStore,
    KeyDestroyed,
    KeyMissing,
    KeyRing,
    KeystoreUnreadable,
    KeyWrong,
)
from casework.crypto.keystore import database
from tests.unit.crypto.owners import MOTHER, SON
from tests.unit.crypto.test_keystore import PURPOSES, alter, refusals, reopened, replace_kek


def test_a_keystore_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing):
        reopened(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_key_file_that_is_gone_is_missing(store: FileKeyStore, tmp_path: Path) -> None:
    (tmp_path / "kek" / "kek-1.key").unlink()
    assert refusals(reopened(tmp_path)) == {KeyMissing}


def test_a_key_file_is_read_once(store: FileKeyStore, tmp_path: Path) -> None:
    (tmp_path / "kek" / "kek-1.key").unlink()
    store.canary()
    assert store.data_keys([MOTHER]).keys() == {MOTHER}


@pytest.mark.parametrize("content", [b"", b"short", b"k" * 31, b"k" * 33])
def test_a_key_file_of_another_length_is_wrong(content: bytes, store: FileKeyStore, tmp_path: Path) -> None:
    replace_kek(tmp_path, content)
    assert refusals(reopened(tmp_path)) == {KeyWrong}


def test_a_key_file_with_another_key_is_wrong(store: FileKeyStore, tmp_path: Path) -> None:
    replace_kek(tmp_path, b"k" * 32)
    strange = reopened(tmp_path)
    for question in (
        strange.canary,
        lambda: strange.data_key(MOTHER),
        lambda: strange.purpose_key("session"),
    ):
        with pytest.raises(KeyWrong):
            question()
    strange.close()


def test_a_wrong_key_file_makes_no_new_keys(store: FileKeyStore, tmp_path: Path) -> None:
    replace_kek(tmp_path, b"k" * 32)
    strange, owner = reopened(tmp_path), uuid4()
    with pytest.raises(KeyWrong):
        strange.new_data_keys([owner])
    strange.close()
    assert store.data_keys([owner]) == {}


def test_the_key_file_of_another_installation_is_wrong(store: FileKeyStore, tmp_path: Path) -> None:
    other = FileKeyStore.create(tmp_path / "other" / "keystore.db", tmp_path / "other" / "kek")
    other.close()
    assert refusals(reopened(tmp_path, tmp_path / "other" / "kek")) == {KeyWrong}


def test_a_destroyed_key_says_so(store: FileKeyStore, tmp_path: Path) -> None:
    alter(tmp_path, "UPDATE kek SET state = 'destroyed'")
    (tmp_path / "kek" / "kek-1.key").unlink()
    tombstone = reopened(tmp_path)
    for question in (lambda: tombstone.data_key(MOTHER), lambda: tombstone.purpose_key("session")):
        with pytest.raises(KeyDestroyed):
            question()
    with pytest.raises(KeyMissing):
        tombstone.canary()
    with pytest.raises(KeyMissing):
        tombstone.new_data_keys([uuid4()])
    tombstone.close()


def test_wrapped_keys_are_bound_to_their_owner_and_purpose(store: FileKeyStore, tmp_path: Path) -> None:
    alter(
        tmp_path,
        "UPDATE data_key SET (wrapped, commitment) ="
        " (SELECT wrapped, commitment FROM data_key WHERE owner = ?) WHERE owner = ?",
        SON.bytes,
        MOTHER.bytes,
    )
    alter(
        tmp_path,
        "UPDATE purpose_key SET (wrapped, commitment) ="
        " (SELECT wrapped, commitment FROM purpose_key WHERE name = 'names') WHERE name = 'session'",
    )
    for question in (lambda: store.data_key(MOTHER), lambda: store.purpose_key("session"), store.canary):
        with pytest.raises(KeyWrong):
            question()
    assert len(store.data_key(SON).key) == 32


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE data_key SET version = 2 WHERE owner = ?",
        "UPDATE data_key SET wrapped = zeroblob(60) WHERE owner = ?",
        "UPDATE data_key SET wrapped = zeroblob(27) WHERE owner = ?",
        "UPDATE data_key SET wrapped = x'' WHERE owner = ?",
        "UPDATE data_key SET commitment = zeroblob(32) WHERE owner = ?",
    ],
)
def test_an_altered_slot_is_wrong(damage: str, store: FileKeyStore, tmp_path: Path) -> None:
    alter(tmp_path, damage, MOTHER.bytes)
    with pytest.raises(KeyWrong):
        store.data_key(MOTHER)
    assert store.data_keys([SON]).keys() == {SON}


def test_a_store_of_an_older_version_gets_the_purposes_it_lacks_and_keeps_the_others(
    store: FileKeyStore, tmp_path: Path
) -> None:
    before = {name: store.purpose_key(name) for name in PURPOSES}
    with closing(sqlite3.connect(tmp_path / "keystore.db")) as db, db:
        db.execute("DELETE FROM purpose_key WHERE name = 'statistics'")
    with pytest.raises(KeyMissing):
        store.canary()
    assert store.complete() == ["statistics"]
    store.canary()
    assert store.complete() == []
    after = {name: store.purpose_key(name) for name in PURPOSES}
    assert after.pop("statistics") != before.pop("statistics")
    assert after == before


def test_a_keystore_without_a_needed_purpose_refuses_to_start(store: FileKeyStore, tmp_path: Path) -> None:
    alter(tmp_path, "DELETE FROM purpose_key WHERE name = 'place'")
    with pytest.raises(KeyMissing):
        store.canary()
    with pytest.raises(KeyMissing):
        KeyRing(store)


@pytest.mark.parametrize("content", [b"", b"this is no keystore" * 500])
def test_a_file_that_is_no_keystore_is_unreadable(
    content: bytes, store: FileKeyStore, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "keystore.db").write_bytes(content)
    assert refusals(reopened(other, tmp_path / "kek")) == {KeystoreUnreadable}


def test_a_keystore_that_vanished_is_not_made_anew(store: FileKeyStore, tmp_path: Path) -> None:
    store.close()
    (tmp_path / "keystore.db").unlink()
    with pytest.raises(KeystoreUnreadable):
        store.data_key(MOTHER)
    assert not (tmp_path / "keystore.db").exists()


def test_a_keystore_locked_too_long_is_unreadable_and_recovers(
    store: FileKeyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    waiting, owner = reopened(tmp_path), uuid4()
    with closing(sqlite3.connect(tmp_path / "keystore.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(KeystoreUnreadable):
            waiting.new_data_keys([owner])
        assert waiting.data_keys([MOTHER]).keys() == {MOTHER}
        holder.execute("ROLLBACK")
    waiting.new_data_keys([owner])
    assert waiting.data_keys([owner]).keys() == {owner}
    waiting.close()


def test_a_closed_keystore_opens_again(store: FileKeyStore) -> None:
    connection = store.database.connection()
    store.close()
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT 1")
    assert store.data_key(MOTHER).version == 1


def test_the_canary_notices_what_changed_after_the_start(store: FileKeyStore, tmp_path: Path) -> None:
    store.canary()
    alter(tmp_path, "UPDATE kek SET canary = zeroblob(60)")
    with pytest.raises(KeyWrong):
        store.canary()


def test_a_slot_of_an_unknown_key_is_missing_its_key(store: FileKeyStore, tmp_path: Path) -> None:
    alter(tmp_path, "DELETE FROM kek")
    strange = reopened(tmp_path)
    for question in (
        strange.canary,
        lambda: strange.data_key(MOTHER),
        lambda: strange.new_data_keys([uuid4()]),
    ):
        with pytest.raises(KeyMissing):
            question()
    strange.close()


@pytest.mark.parametrize(
    "statement", ["UPDATE kek SET state = 'lost'", "INSERT INTO kek VALUES (2, 'active', '', x'', NULL)"]
)
def test_the_keystore_holds_one_active_key_in_a_known_state(statement: str, store: FileKeyStore) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.database.connection().execute(statement)


def test_a_slot_names_a_key_that_exists(store: FileKeyStore) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.database.connection().execute("UPDATE data_key SET kek_version = 2")


def test_owners_are_told_apart_by_all_their_bytes(store: FileKeyStore) -> None:
    owners = [UUID(int=1), UUID(int=256), UUID(int=1 << 127), UUID(int=0)]
    store.new_data_keys(owners)
    assert len({key.key for key in store.data_keys(owners).values()}) == 4
