"""Every tamper is found, by the house and the stand-alone verifier alike, and nothing else (security.md, row 10)."""

from __future__ import annotations

import functools
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework.audit import checkpoint
from casework.audit.verify import judge
from tests.support.counts import Count
from tests.support.trails import Small, act, export, flips, issue, raw, recompute, small
from tests.support.world import World

pytestmark = [pytest.mark.parametrize("database", ["sqlite"], indirect=True), pytest.mark.promise(10)]
MASKS = (0x01, 0x20, 0x80, 0xFF)


@pytest.fixture
def trail(world: World, tmp_path: Path) -> Small:
    return small(world, tmp_path / "small", events=1)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_flip_of_any_byte_of_any_event_head_or_checkpoint_is_found(
    trail: Small, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    masks = MASKS[: count("masks", quick=1, long=4)]
    key, plain = checkpoint.public_key(trail.pem), checkpoint.read
    once = functools.lru_cache(lambda line: plain(line, key))  # the same few signatures, many times
    monkeypatch.setattr(checkpoint, "read", lambda line, _: once(line))
    with raw(trail) as (entries, head, issued, held):
        assert judge(entries, head, issued, held, key).exit_code == 0
        tried, missed = 0, []
        for at, entry in enumerate(entries):
            for column, value in entry.items():
                for other in flips(value, masks):
                    changed = [*entries[:at], {**entry, column: other}, *entries[at + 1 :]]
                    tried += 1
                    if judge(changed, head, issued, held, key).exit_code != 1:
                        missed.append((at, column))
        for n, value in enumerate(head):
            for other in flips(value, masks):
                tried += 1
                if judge(entries, (*head[:n], other, *head[n + 1 :]), issued, held, key).exit_code == 0:
                    missed.append(("head", n))
        for n, (size, line) in enumerate(issued):
            for other in flips(line, masks):
                tried += 1
                changed_lines = [*issued[:n], (size, other), *issued[n + 1 :]]
                if judge(entries, head, changed_lines, held, key).exit_code != 1:
                    missed.append(("issued", size))
        for name, content in held.items():
            for other in flips(content, masks):
                tried += 1
                if judge(entries, head, issued, {**held, name: other}, key).exit_code != 1:
                    missed.append(("held", name))
    assert missed == []
    count.found(flips=tried, events=len(entries), checkpoints=len(held), missed=0)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_flip_in_the_file_is_found_by_both(trail: Small, count: Count) -> None:
    """The same through the database, at some bytes of each column."""
    dice, tried, each = random.Random(10), 0, count("flips_per_column", quick=1, long=60)
    entries = _entries(trail)
    for entry in entries:
        for column, value in entry.items():
            others = list(flips(value, (0x01,)))
            for other in dice.sample(others, min(each, len(others))):
                if column == "seq" and other in range(1, len(entries) + 1):
                    continue  # the table itself refuses a second entry of the same number
                content = other.encode("utf-8", "surrogateescape") if isinstance(other, str) else other
                kept = value.encode() if isinstance(value, str) else value
                text = "CAST(? AS TEXT)" if isinstance(value, str) else "?"
                change = f"UPDATE audit_entry SET {column} = {text} WHERE seq = ?"
                trail.sql(change, values=(content, entry["seq"]))
                assert trail.product()[0] == trail.alone()[0] == 1, (entry["seq"], column)
                trail.sql(change, values=(kept, other if column == "seq" else entry["seq"]))
                tried += 1
    assert trail.product() == trail.alone() == (0, "ok")
    count.found(flips=tried, missed=0)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_flip_of_any_byte_of_an_export_is_found(trail: Small, tmp_path: Path, count: Count) -> None:
    source = trail.folder / "export.jsonl"
    content = source.read_bytes()
    assert trail.alone(source) == (0, "ok")
    changed, missed = tmp_path / "changed.jsonl", []
    places = range(len(content))
    chosen = random.Random(7).sample(places, min(len(places), count("places", quick=300, long=1_000_000)))
    for at in chosen:
        changed.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        if trail.alone(changed)[0] == 0:
            missed.append(at)
    assert missed == []
    count.found(flips=len(chosen), missed=0)


def _entries(made: Small) -> list[dict[str, Any]]:
    with raw(made) as (entries, _, _, _):
        return entries


def _doctored(made: Small) -> None:
    entries = _entries(made)
    entries[1] = {**entries[1], "actor": "somebody-else"}
    recompute(made, entries)


def _without(made: Small, *events: str) -> None:
    recompute(made, [e for e in _entries(made) if e["event"] not in events])


def _all_gone(made: Small) -> None:
    made.sql("DELETE FROM audit_checkpoint")
    _without(made, "audit.checkpoint_issued")


def _cut(made: Small, left: int, *, checkpoints: bool) -> None:
    """Cut the tail as a whole: head and, if asked for, the checkpoints beyond it."""
    if checkpoints:
        made.sql(f"DELETE FROM audit_checkpoint WHERE size >= {left}")
    recompute(made, _entries(made)[:left])


def _move(made: Small, a: int, b: int) -> None:
    made.sql(
        f"UPDATE audit_entry SET seq = -1 WHERE seq = {a}",
        f"UPDATE audit_entry SET seq = {a} WHERE seq = {b}",
        f"UPDATE audit_entry SET seq = {b} WHERE seq = -1",
    )


def _double(made: Small) -> None:
    last = made.rows("SELECT max(seq) FROM audit_entry")[0][0]
    names = "at, actor, session, event, outcome, kind, target, case_id, purpose, changes, previous, digest"
    made.sql(f"INSERT INTO audit_entry SELECT {last + 1}, {names} FROM audit_entry WHERE seq = {last}")


def _file(made: Small, n: int) -> Path:
    return sorted(made.held.iterdir())[n]


def _swap_files(made: Small) -> None:
    a, b = _file(made, 0), _file(made, 1)
    first, second = a.read_bytes(), b.read_bytes()
    a.write_bytes(second)
    b.write_bytes(first)


Hand = Callable[[Small], Any]
HANDS: dict[str, tuple[Hand, int, str]] = {
    "delete": (lambda m: m.sql("DELETE FROM audit_entry WHERE seq = 2"), 1, "gap"),
    "delete the first": (lambda m: m.sql("DELETE FROM audit_entry WHERE seq = 1"), 1, "gap"),
    "duplicate at the end": (_double, 1, "changed"),
    "swap": (lambda m: _move(m, 1, 2), 1, "changed"),
    "cut the last": (
        lambda m: m.sql("DELETE FROM audit_entry WHERE seq = (SELECT max(seq) FROM audit_entry)"),
        2,
        "tail_missing",
    ),
    "move the head back": (lambda m: m.sql("UPDATE audit_head SET seq = seq - 1"), 1, "head_differs"),
    "lose the head": (lambda m: m.sql("DELETE FROM audit_head"), 2, "no_head"),
    "empty everything": (
        lambda m: m.sql(
            "DELETE FROM audit_entry",
            "DELETE FROM audit_checkpoint",
            f"UPDATE audit_head SET seq = 0, digest = x'{'00' * 32}'",
        ),
        2,
        "older_than_checkpoint",
    ),
    "recompute the whole chain": (_doctored, 1, "rewritten"),
    "recompute without a trace of checkpoints": (_all_gone, 1, "rewritten"),
    "cut the tail with its head": (lambda m: _cut(m, 3, checkpoints=False), 2, "older_than_checkpoint"),
    "cut the tail with head and checkpoints": (
        lambda m: _cut(m, 3, checkpoints=True),
        2,
        "older_than_checkpoint",
    ),
    "remove a checkpoint from the table": (
        lambda m: m.sql("DELETE FROM audit_checkpoint WHERE size = (SELECT min(size) FROM audit_checkpoint)"),
        1,
        "checkpoint_removed",
    ),
    "move a checkpoint in the table": (
        lambda m: m.sql(
            "UPDATE audit_checkpoint SET size = size + 1 WHERE size = (SELECT max(size) FROM audit_checkpoint)"
        ),
        1,
        "checkpoint_renamed",
    ),
    "lose a held checkpoint": (lambda m: _file(m, 0).unlink(), 2, "checkpoint_missing"),
    "lose the newest held checkpoint": (lambda m: _file(m, -1).unlink(), 2, "checkpoint_missing"),
    "swap two held checkpoints": (_swap_files, 1, "checkpoint_renamed"),
    "a text that is stored as bytes": (
        lambda m: m.sql("UPDATE audit_entry SET event = CAST(event AS BLOB) WHERE seq = 2"),
        1,
        "changed",
    ),
    "a moment spelt otherwise": (
        lambda m: m.sql("UPDATE audit_entry SET at = replace(at, ' ', 'T') WHERE seq = 2"),
        1,
        "changed",
    ),
}


def test_both_verifiers_find_each_kind_of_tampering_and_agree(
    trail: Small, tmp_path: Path, count: Count
) -> None:
    found = {}
    for name, (tamper, code, _) in HANDS.items():
        made = trail.copy(tmp_path / "tampered")
        tamper(made)
        house, alone = made.product(), made.alone()
        assert house == alone, name
        with (made.folder / "tampered.jsonl").open("wb") as file:
            export(made, file.write)
        assert made.alone(made.folder / "tampered.jsonl")[0] == code, name
        found[name] = house
    assert found == {name: (code, reason) for name, (_, code, reason) in HANDS.items()}
    count.found(kinds=len(found), missed=0)


def test_an_old_backup_is_found_also_when_work_went_on_from_it(world: World, tmp_path: Path) -> None:
    made = small(world, tmp_path / "now", events=1)
    old = made.copy(tmp_path / "old")
    act(world)
    issue(world, made.held)
    shutil.rmtree(old.held)
    shutil.copytree(made.held, old.held)
    assert old.product() == old.alone() == (2, "older_than_checkpoint")
    entries = _entries(old)
    recompute(old, [*entries, *entries[-1:] * 9])  # the work that went on is not the work that was signed
    assert old.product() == old.alone() == (1, "rewritten")


def test_checkpoints_of_another_house_are_foreign(world: World, tmp_path: Path, trail: Small) -> None:
    stranger = checkpoint.signing_key(b"s" * 32)
    other = checkpoint.issue(
        stranger, size=1, root=b"r" * 32, previous=checkpoint.FIRST, at=world.clock.now()
    )
    (trail.held / other.name).write_bytes(other.line)
    assert trail.product() == trail.alone() == (1, "checkpoint_foreign")


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_clean_runs_raise_no_alarm(world: World, tmp_path: Path, count: Count) -> None:
    runs, dice = count("clean_runs", quick=50, long=1000), random.Random(3)
    made = small(world, tmp_path / "small", events=1, checkpoints=1)
    live = Small(made.folder, made.pem)
    live.db.unlink()
    live.db.symlink_to(world.settings.database_url.removeprefix("sqlite:///"))
    for _ in range(runs):
        act(world, dice.randint(0, 2))
        if dice.random() < 0.3:
            issue(world, live.held)
        assert live.product() == live.alone() == (0, "ok")
    count.found(alarms=0)
