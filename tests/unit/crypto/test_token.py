"""KEKs in a PKCS#11 token, for real against SoftHSM2: never extractable, with the same binding, acts and refusals."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pkcs11
import pytest
from pkcs11 import Attribute
from pkcs11.exceptions import AttributeSensitive

from casework.app import open_keys
from casework.crypto import (
    Binding,
    CryptoError,
    KeyDestroyed,
    KeyMissing,
    KeyRing,
    KeyWrong,
    WrappedKeyStore,
)
from casework.crypto.keystore import chosen, custody, token
from casework.crypto.keystore.store import PURPOSES
from casework.crypto.keystore.token import Token, TokenKeks
from casework.settings import Settings, SettingsError, load_settings
from tests.support.tools import missing
from tests.unit.crypto.owners import MOTHER, SON

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "73519462"


@pytest.fixture(scope="session")
def token_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """SoftHSM2 reads its configuration when the module is loaded: one folder of tokens per process."""
    if not Path(MODULE).exists():
        missing("SoftHSM2")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(config))
        yield


@pytest.fixture
def hsm(token_folder: None, request: pytest.FixtureRequest) -> Token:
    """A fresh token."""
    label = f"casework-{uuid4().hex[:12]}"
    command = [
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        label,
        "--pin",
        PIN,
        "--so-pin",
        "88442211",
    ]
    subprocess.run(command, check=True, capture_output=True)
    signed_out()
    return Token(MODULE, label, PIN)


def signed_out() -> None:
    pkcs11.lib(MODULE).reinitialize()
    token._sessions.clear()


@pytest.fixture
def settings(hsm: Token, tmp_path: Path) -> Settings:
    (tmp_path / "pin").write_text(PIN + "\n")
    return load_settings(
        "testing",
        {
            "keystore_path": str(tmp_path / "keystore.db"),
            "kek_dir": str(tmp_path / "unused"),
            "key_provider": "pkcs11",
            "pkcs11_module": MODULE,
            "pkcs11_token": hsm.label,
            "pkcs11_pin_file": str(tmp_path / "pin"),
        },
    )


@pytest.fixture
def kept(settings: Settings) -> Iterator[WrappedKeyStore]:
    made = chosen.create_store(settings)
    made.new_data_keys([MOTHER, SON])
    yield made
    made.close()


def test_the_keys_never_leave_the_token(kept: WrappedKeyStore, hsm: Token) -> None:
    session = token._session(hsm)
    (kek,) = session.get_objects({Attribute.LABEL: "casework-kek-1"})
    shown = {name: kek[name] for name in (Attribute.SENSITIVE, Attribute.NEVER_EXTRACTABLE, Attribute.LOCAL)}
    assert set(shown.values()) == {True}
    assert (kek[Attribute.EXTRACTABLE], kek[Attribute.WRAP]) == (False, False)
    with pytest.raises(AttributeSensitive):
        kek[Attribute.VALUE]
    kept.canary()
    assert len(kept.data_key(MOTHER).key) == 32


def test_a_round_of_rotation_in_the_token(kept: WrappedKeyStore, settings: Settings, place: Binding) -> None:
    ring = KeyRing(kept)
    blob = ring.seal("架空 花子", place)
    assert custody.rotate(kept, 1) == 2
    assert custody.rewrap_some(kept) == custody.Rewrapped(moved=2 + len(PURPOSES), unopened=0, ended=True)
    custody.retire(kept, 1)
    assert kept.keks.present() == {2}
    again = open_keys(settings)
    assert again.open(blob, place) == "架空 花子"
    assert custody.verify(kept).faults == []
    again.erase(MOTHER)
    ring.catch_up()
    with pytest.raises(KeyDestroyed):
        ring.open(blob, place)


def test_a_wrapping_is_bound_to_its_place_and_every_byte_counts(kept: WrappedKeyStore) -> None:
    wrapped = kept.keks.wrap(1, b"k" * 32, b"here")
    assert kept.keks.unwrap(1, wrapped, b"here") == b"k" * 32
    assert len(wrapped) == 12 + 32 + 16  # as with files
    refused = 0
    for at in range(len(wrapped)):
        bent = wrapped[:at] + bytes([wrapped[at] ^ 1]) + wrapped[at + 1 :]
        with pytest.raises(KeyWrong):
            kept.keks.unwrap(1, bent, b"here")
        refused += 1
    for other, where in ((wrapped, b"there"), (wrapped[:27], b"here"), (b"", b"here")):
        with pytest.raises(KeyWrong):
            kept.keks.unwrap(1, other, where)
    print(f"{refused} of {len(wrapped)} flipped bytes refused")


def test_swapped_slots_are_refused(kept: WrappedKeyStore) -> None:
    rows = kept.database.ask("SELECT wrapped, commitment FROM data_key WHERE owner = ?", SON.bytes)
    kept.database.ask(
        "UPDATE data_key SET wrapped = ?, commitment = ? WHERE owner = ?", *rows[0], MOTHER.bytes
    )
    with pytest.raises(KeyWrong):
        kept.data_key(MOTHER)


def test_a_token_in_use_is_not_taken_for_a_new_keystore(kept: WrappedKeyStore, settings: Settings) -> None:
    other = replace(settings, keystore_path=settings.keystore_path + ".other")
    with pytest.raises(FileExistsError):
        chosen.create_store(other)
    with pytest.raises(FileExistsError):
        kept.keks.make(1)
    assert not Path(other.keystore_path).exists()


def test_a_token_of_another_installation_is_the_wrong_one(
    kept: WrappedKeyStore, settings: Settings, hsm: Token
) -> None:
    TokenKeks(hsm).destroy(1)
    TokenKeks(hsm).make(1)
    with pytest.raises(KeyWrong, match="does not belong to this keystore"):
        open_keys(settings)


@pytest.mark.parametrize("change", [{"pkcs11_token": "nowhere"}, {"pkcs11_module": "/nowhere.so"}])
def test_a_token_that_is_not_there_refuses_to_start(
    change: dict[str, str], kept: WrappedKeyStore, settings: Settings
) -> None:
    with pytest.raises(KeyMissing, match="is not there"):
        open_keys(replace(settings, **change))


def test_a_wrong_pin_refuses_to_start_and_shows_no_pin(
    kept: WrappedKeyStore, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    Path(settings.pkcs11_pin_file).write_text("24681357")
    signed_out()
    with pytest.raises(KeyMissing) as refusal:
        open_keys(settings)
    Path(settings.pkcs11_pin_file).write_text(PIN)
    open_keys(settings)
    shown = repr(settings) + repr(refusal.value) + caplog.text + repr(Token(MODULE, "label", PIN))
    assert PIN not in shown
    assert "24681357" not in shown


def test_the_pin_may_come_from_the_environment_and_must_come_from_somewhere(settings: Settings) -> None:
    base = {"key_provider": "pkcs11", "pkcs11_module": MODULE, "pkcs11_token": "label"}
    given = load_settings("testing", base, environ={"CASEWORK_PKCS11_PIN": PIN})
    assert given.pkcs11_pin == PIN
    assert PIN not in repr(given)
    with pytest.raises(SettingsError, match="pkcs11_pin_file"):
        load_settings("testing", base)
    with pytest.raises(SettingsError, match="pkcs11_module"):
        load_settings("testing", {**base, "pkcs11_module": ""}, environ={"CASEWORK_PKCS11_PIN": PIN})
    with pytest.raises(SettingsError, match="key_provider"):
        load_settings("testing", {"key_provider": "cloud"})


def test_keys_move_from_files_into_the_token_by_a_rotation_and_back(
    settings: Settings, tmp_path: Path, place: Binding
) -> None:
    files = replace(settings, key_provider="file")
    into = replace(settings, key_provider_before="file")
    old = chosen.create_store(files)
    old.new_data_keys([MOTHER, SON])
    blob = KeyRing(old).seal("架空 花子", place)
    old.close()
    store = chosen.open_store(into)
    ring = KeyRing(store)
    assert ring.open(blob, place) == "架空 花子"  # nothing has moved yet
    assert custody.rotate(store, 1) == 2
    assert custody.rewrap_some(store, 1).ended is False  # cut off, and begun again by another process
    again = chosen.open_store(into)
    while not custody.rewrap_some(again).ended:
        pass
    custody.retire(again, 1)
    assert chosen.keeper(files).present() == set()
    assert chosen.keeper(settings).present() == {2}
    assert custody.verify(again).faults == []
    moved = open_keys(settings)  # the files are out of the settings now
    assert moved.open(blob, place) == "架空 花子"
    later = moved.seal("架空 次郎", place)
    with pytest.raises(KeyMissing):
        open_keys(files)
    back = chosen.open_store(replace(files, key_provider_before="pkcs11"))
    assert custody.rotate(back, 2) == 3
    while not custody.rewrap_some(back).ended:
        pass
    custody.retire(back, 2)
    assert open_keys(files).open(later, place) == "架空 次郎"
    assert chosen.keeper(settings).present() == set()


def test_a_key_that_either_keeper_holds_is_never_made_twice(settings: Settings) -> None:
    files, held = chosen.keeper(replace(settings, key_provider="file")), chosen.keeper(settings)
    both = chosen.keeper(replace(settings, key_provider_before="file"))
    files.make(1)
    held.make(2)
    assert both.present() == {1, 2}
    for version in (1, 2):
        with pytest.raises(FileExistsError):
            both.make(version)
    both.destroy(1)
    both.forget()
    assert both.present() == held.present() == {2}
    both.make(3)
    assert files.present() == set()


def test_keys_do_not_move_from_where_they_are(settings: Settings) -> None:
    for wrong in ("pkcs11", "cloud"):
        with pytest.raises(SettingsError, match="key_provider_before"):
            load_settings("testing", {"key_provider": "pkcs11", "key_provider_before": wrong})
    with pytest.raises(SettingsError, match="pkcs11_module"):
        load_settings("testing", {"key_provider_before": "pkcs11"})


def test_threads_and_a_forked_child_share_the_token(kept: WrappedKeyStore) -> None:
    def work(_: int) -> bool:
        owner = uuid4()
        kept.new_data_keys([owner])
        found = kept.data_keys([owner, MOTHER])
        kept.close()
        return found.keys() == {owner, MOTHER}

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(20)))
    child = os.fork()
    if child == 0:
        done = False
        try:
            done = work(0)
        finally:
            os._exit(0 if done else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    kept.canary()


def test_a_key_that_vanished_from_the_token_is_missing(kept: WrappedKeyStore, hsm: Token) -> None:
    TokenKeks(hsm).destroy(1)
    kept.forget()
    for question in (kept.canary, lambda: kept.data_key(MOTHER), lambda: kept.new_data_keys([uuid4()])):
        with pytest.raises(CryptoError) as refusal:
            question()
        assert refusal.value.code == "key_missing"
