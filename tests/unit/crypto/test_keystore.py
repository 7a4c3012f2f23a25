"""Keys are made once, kept apart, and refused by name when something is wrong with them."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.crypto import (
    CryptoError,
    DataKey,
    FileKeyStore,
    KeyMissing,
    KeyRing,
)
from tests.unit.crypto.owners import MOTHER, SON

PURPOSES = ["session", "audit", "names", "idempotency", "throttle", "place", "statistics"]


def reopened(folder: Path, kek_dir: Path | None = None) -> FileKeyStore:
    return FileKeyStore(folder / "keystore.db", kek_dir or folder / "kek")


def alter(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / "keystore.db")) as db, db:
        assert db.execute(statement, values).rowcount > 0


def replace_kek(folder: Path, content: bytes) -> None:
    path = folder / "kek" / "kek-1.key"
    path.unlink()
    path.write_bytes(content)


def refusals(store: FileKeyStore) -> set[type[CryptoError]]:
    """What a fresh store says to every question that needs a key."""
    asked = (
        store.canary,
        lambda: store.data_key(MOTHER),
        lambda: store.data_keys([MOTHER, SON]),
        lambda: store.purpose_key("session"),
        lambda: store.new_data_keys([uuid4()]),
        lambda: KeyRing(store),
    )
    found = set()
    for question in asked:
        with pytest.raises(CryptoError) as refusal:
            question()
        found.add(type(refusal.value))
    store.close()
    return found


def test_a_new_keystore_is_private_and_durable(store: FileKeyStore, tmp_path: Path) -> None:
    def mode(path: Path) -> int:
        return stat.S_IMODE(path.stat().st_mode)

    assert mode(tmp_path / "keystore.db") == 0o600
    assert mode(tmp_path / "keystore.db-wal") == 0o600
    assert mode(tmp_path / "kek") == 0o700
    assert mode(tmp_path / "kek" / "kek-1.key") == 0o400
    assert (tmp_path / "kek" / "kek-1.key").stat().st_size == 32
    settings = {
        name: store.database.connection().execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete")
    }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
    store.canary()


@pytest.mark.parametrize("left", ["keystore.db", "kek/kek-1.key", "kek/kek-2.key"])
def test_an_existing_keystore_is_never_made_again(left: str, tmp_path: Path) -> None:
    (tmp_path / "kek").mkdir()
    (tmp_path / left).write_bytes(b"of use to somebody")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(FileExistsError):
        FileKeyStore.create(tmp_path / "keystore.db", tmp_path / "kek")
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / left).read_bytes() == b"of use to somebody"


def test_new_files_are_on_the_disk_with_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[str, int]] = []

    def watched(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        synced.append((str(path.relative_to(tmp_path)), 0 if path.is_dir() else path.stat().st_size))

    monkeypatch.setattr("os.fsync", watched)
    opened = len(list(Path("/proc/self/fd").iterdir()))
    FileKeyStore.create(tmp_path / "store" / "keystore.db", tmp_path / "keys" / "kek").close()
    assert len(list(Path("/proc/self/fd").iterdir())) == opened
    assert synced == [("store/keystore.db", 0), ("store", 0), ("keys/kek/kek-1.key", 32), ("keys/kek", 0)]


def test_keys_are_random_and_stay_the_same(store: FileKeyStore, tmp_path: Path) -> None:
    keys = store.data_keys([MOTHER, SON])
    assert {owner: (key.version, len(key.key)) for owner, key in keys.items()} == {
        MOTHER: (1, 32),
        SON: (1, 32),
    }
    assert keys[MOTHER].key != keys[SON].key
    again = reopened(tmp_path)
    again.new_data_keys([SON, MOTHER, MOTHER])
    assert again.data_keys([MOTHER, SON]) == keys
    assert again.data_key(MOTHER) == keys[MOTHER]
    again.close()


def test_each_purpose_has_its_own_key(store: FileKeyStore, tmp_path: Path) -> None:
    again = reopened(tmp_path)
    keys = [again.purpose_key(name) for name in PURPOSES]
    again.close()
    assert [store.purpose_key(name) for name in PURPOSES] == keys
    assert {len(key) for key in keys} == {32}
    assert (
        len({*keys, store.data_key(MOTHER).key, (tmp_path / "kek" / "kek-1.key").read_bytes()})
        == len(PURPOSES) + 2
    )


def test_wrapped_keys_keep_their_form(store: FileKeyStore, tmp_path: Path) -> None:
    """As any keystore in use was written: a change here would lock its keys away."""
    kek = AESGCM((tmp_path / "kek" / "kek-1.key").read_bytes())

    def unwrapped(query: str, *place: bytes) -> tuple[bytes, bytes]:
        wrapped, commitment = store.database.connection().execute(query).fetchone()
        aad = b"".join(len(part).to_bytes(4, "big") + part for part in place)
        key = kek.decrypt(wrapped[:12], wrapped[12:], aad)
        return key, commitment

    one = (1).to_bytes(4, "big")
    canary, _ = unwrapped("SELECT canary, NULL FROM kek", b"casework-canary-1", one)
    assert canary == b"casework keystore canary"
    query = "SELECT wrapped, commitment FROM data_key ORDER BY owner LIMIT 1"
    key, commitment = unwrapped(query, b"casework-data-key-1", MOTHER.bytes, one, one)
    assert key == store.data_key(MOTHER).key
    assert commitment == hashlib.sha256(b"casework-key-commitment-1" + key).digest()
    query = "SELECT wrapped, commitment FROM purpose_key WHERE name = 'session'"
    key, commitment = unwrapped(query, b"casework-purpose-key-1", b"session", one)
    assert key == store.purpose_key("session")
    assert commitment == hashlib.sha256(b"casework-key-commitment-1" + key).digest()


def test_nobody_else_has_a_key(store: FileKeyStore) -> None:
    with pytest.raises(KeyMissing):
        store.data_key(uuid4())
    with pytest.raises(KeyMissing):
        store.purpose_key("unknown")
    assert store.data_keys([uuid4(), MOTHER]).keys() == {MOTHER}
    assert store.data_keys([]) == {}


def test_any_number_of_keys_is_asked_for_at_once(store: FileKeyStore) -> None:
    owners = [uuid4() for _ in range(3000)]
    store.new_data_keys(owners)
    statements: list[str] = []
    store.database.connection().set_trace_callback(statements.append)
    found = store.data_keys([*owners, *owners[:10], uuid4()])
    store.database.connection().set_trace_callback(None)
    assert found.keys() == set(owners)
    assert len(statements) == 1


def test_owners_get_their_keys_together_or_not_at_all(store: FileKeyStore) -> None:
    first = uuid4()
    with pytest.raises(AttributeError):
        store.new_data_keys([first, cast(UUID, "no owner")])
    assert store.data_keys([first]) == {}
    store.new_data_keys([first])
    assert store.data_keys([first]).keys() == {first}


def test_the_status_counts_keys_and_shows_none(store: FileKeyStore) -> None:
    (only,) = store.status()
    assert (only.version, only.state, only.data_keys) == (1, "active", 2)
    assert only.created_at.endswith("+00:00")


def test_a_key_does_not_show_itself(store: FileKeyStore) -> None:
    assert repr(store.data_key(MOTHER)) == "DataKey(version=1)"
    assert DataKey(1, b"a") != DataKey(1, b"b")


def test_no_key_lies_in_the_keystore_in_clear(store: FileKeyStore, tmp_path: Path) -> None:
    secrets = [key.key for key in store.data_keys([MOTHER, SON]).values()]
    secrets += [store.purpose_key(name) for name in PURPOSES]
    secrets.append((tmp_path / "kek" / "kek-1.key").read_bytes())
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("keystore.db*"))
    assert MOTHER.bytes in stored
    for secret in secrets:
        assert secret not in stored
        assert secret.hex().encode() not in stored
