"""The two stores are copied online, apart from each other and never with a KEK, and a copy is checked."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result

from casework.crypto import Binding, FileKeyStore, KeyRing
from casework.custody.cli import backup
from casework.kernel.ids import new_id
from tests.integration.custody.test_keys import events
from tests.support.world import World


def run(world: World, *arguments: str) -> Result:
    return world.core.test_cli_runner().invoke(backup, list(arguments))


def made(folder: Path) -> Path:
    (path,) = (p for p in folder.iterdir() if p.suffix != ".json")
    return path


def test_both_stores_are_copied_apart_and_no_kek_with_them(world: World, tmp_path: Path) -> None:
    owner, row = new_id(), new_id()
    world.keys.new_owner(owner)
    place = Binding("person", "name", row, owner)
    blob = world.keys.seal("架空 花子", place)
    data, keys = tmp_path / "custody-a", tmp_path / "custody-b"
    for command, folder in (("database", data), ("keystore", keys)):
        answer = run(world, command, str(folder))
        assert answer.exit_code == 0, answer.output
        checked = run(world, "verify", str(made(folder)))
        assert checked.exit_code == 0, checked.output
        assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}
        assert len(list(folder.iterdir())) == 2
    kek = (Path(world.settings.kek_dir) / "kek-1.key").read_bytes()
    files = b"".join(p.read_bytes() for folder in (data, keys) for p in folder.iterdir())
    assert kek not in files
    assert kek.hex().encode() not in files
    restored = FileKeyStore(made(keys), Path(world.settings.kek_dir))
    assert KeyRing(restored).open(blob, place) == "架空 花子"
    restored.close()
    assert [(e, o) for e, o, _ in events(world, "backup.%")] == [
        ("backup.database_made", "done"),
        ("backup.verified", "done"),
        ("backup.keystore_made", "done"),
        ("backup.verified", "done"),
    ]


SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@SQLITE
def test_both_into_one_place_is_refused_and_recorded(world: World, tmp_path: Path) -> None:
    together = tmp_path / "together"
    assert run(world, "keystore", str(together)).exit_code == 0
    before = sorted(together.iterdir())
    refused = run(world, "database", str(together))
    assert refused.exit_code == 1
    assert "同じ場所" in refused.output
    assert sorted(together.iterdir()) == before
    live = Path(world.settings.keystore_path).parent
    assert run(world, "database", str(live)).exit_code == 1
    assert run(world, "keystore", world.settings.kek_dir).exit_code == 1
    assert run(world, "keystore", str(tmp_path)).exit_code == 1  # where the database lives
    assert [o for e, o, _ in events(world, "backup.%")] == ["done", *["backup_same_place"] * 4]


@SQLITE
def test_a_backup_is_never_overwritten(world: World, tmp_path: Path) -> None:
    place = tmp_path / "custody-b"
    assert run(world, "keystore", str(place)).exit_code == 0
    before = made(place).read_bytes()
    again = run(world, "keystore", str(place))  # the clock stands still
    assert again.exit_code == 1
    assert "上書き" in again.output
    assert made(place).read_bytes() == before


@SQLITE
@pytest.mark.parametrize("damage", ["flipped", "truncated", "other", "no manifest", "manifest"])
@pytest.mark.parametrize("store", ["database", "keystore"])
def test_a_damaged_backup_is_found(world: World, tmp_path: Path, store: str, damage: str) -> None:
    place = tmp_path / "custody"
    assert run(world, store, str(place)).exit_code == 0
    path = made(place)
    beside = path.with_name(f"{path.name}.json")
    whole = path.read_bytes()
    if damage == "flipped":
        path.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    elif damage == "truncated":
        path.write_bytes(whole[:-4096])
    elif damage == "other":
        path.write_bytes(b"x" * len(whole))
    elif damage == "no manifest":
        beside.unlink()
    else:
        beside.write_text(json.dumps(json.loads(beside.read_text()) | {"counted": 10_000}))
    answer = run(world, "verify", str(path))
    assert answer.exit_code == 1
    assert "この控えは使えません" in answer.output


@SQLITE
def test_a_keystore_whose_slots_do_not_open_is_no_backup(world: World, tmp_path: Path) -> None:
    with closing(sqlite3.connect(world.settings.keystore_path)) as db, db:
        db.execute("UPDATE data_key SET wrapped = zeroblob(60)")
    place = tmp_path / "custody-b"
    assert run(world, "keystore", str(place)).exit_code == 1
    assert [p.suffix for p in place.iterdir()] == [".partial"]
    with closing(sqlite3.connect(world.settings.keystore_path)) as db, db:
        db.execute("DELETE FROM data_key")
    world.keys.new_owner(new_id())
    assert run(world, "keystore", str(place)).exit_code == 0
    assert len(list(place.iterdir())) == 2


@SQLITE
def test_a_copy_under_writers_is_whole(world: World, tmp_path: Path) -> None:
    stop, count = threading.Event(), 0

    def write() -> None:
        mine = FileKeyStore(Path(world.settings.keystore_path), Path(world.settings.kek_dir))
        while not stop.is_set():
            mine.new_data_keys([new_id()])
        mine.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for turn in range(5):
            place = tmp_path / f"custody-{turn}"
            assert run(world, "keystore", str(place)).exit_code == 0
            assert run(world, "verify", str(made(place))).exit_code == 0
            count += 1
    finally:
        stop.set()
        writer.join()
    print(f"{count} of 5 copies under a writer whole")
