"""A small trail in a file of its own, hands that tamper with it, and both verifiers asked the same question."""

from __future__ import annotations

import importlib.util
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from casework.audit import checkpoint, shelf, trail
from casework.audit.verify import TEXTS, judge
from casework.oversight import actions, queries
from casework.resources.actions import add_resource
from casework.resources.rules import ResourceDraft
from tests.support.world import World

ROOT = Path(__file__).parents[2]
FARM = ResourceDraft(kind="salon", name="架空の居場所")
TRIGGERS = (
    "audit_entry_no_update",
    "audit_entry_no_delete",
    "audit_checkpoint_no_update",
    "audit_checkpoint_no_delete",
)


def alone() -> ModuleType:
    """tools/verify_trail.py as a module: it is no part of the package."""
    spec = importlib.util.spec_from_file_location("verify_trail", ROOT / "tools" / "verify_trail.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ALONE = alone()


@dataclass
class Small:
    """A trail in one file, the public key, the folder that somebody else holds, and an export."""

    folder: Path
    pem: bytes

    @property
    def db(self) -> Path:
        return self.folder / "trail.db"

    @property
    def held(self) -> Path:
        return self.folder / "held"

    @property
    def key(self) -> Path:
        return self.folder / "pubkey.pem"

    def copy(self, folder: Path) -> Small:
        """Another one of the same, to be tampered with."""
        if folder.exists():
            shutil.rmtree(folder)
        shutil.copytree(self.folder, folder)
        return Small(folder, self.pem)

    def sql(self, *statements: str, values: tuple[Any, ...] = ()) -> None:
        with closing(sqlite3.connect(self.db)) as db:
            for statement in statements:
                db.execute(statement, values)
            db.commit()

    def rows(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.db)) as db:
            return db.execute(query).fetchall()

    def product(self) -> tuple[int, str]:
        """What the house says of the file."""
        engine = create_engine(f"sqlite:///{self.db}")
        try:
            with Session(engine) as session, trail.stored(session) as there:
                found = judge(
                    there.entries,
                    there.head,
                    there.issued,
                    shelf.held(self.held),
                    checkpoint.public_key(self.pem),
                )
            return found.exit_code, found.reason
        finally:
            engine.dispose()

    def alone(self, source: Path | None = None) -> tuple[int, str]:
        """What the stand-alone verifier says of the file, or of an export."""
        key = checkpoint.public_key(self.pem)
        try:
            ALONE.verify(source or self.db, key, self.held)
        except ALONE.Found as found:
            return found.args[0], found.args[1]
        return 0, "ok"


def act(world: World, times: int = 1) -> None:
    who = world.actor("participation_coordinator", "shakyo")
    for _ in range(times):
        world.run(add_resource, who, FARM)


def issue(world: World, folder: Path) -> None:
    shelf.hand_out(folder, actions.issue_checkpoint(world.ctx()))


def small(world: World, folder: Path, *, events: int, checkpoints: int = 2) -> Small:
    """The trail of a world in which little happened, made free of everything else that its file holds."""
    folder.mkdir()
    source = world.settings.database_url.removeprefix("sqlite:///")
    _forget_the_past(source)
    for _ in range(checkpoints):
        act(world, events)
        issue(world, folder / "held")
    act(world)
    made = Small(folder, queries.public_pem(world.ctx()).encode())
    made.key.write_bytes(made.pem)
    world.session.rollback()
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(made.db)) as db:
        there.backup(db)
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        db.commit()
    with (folder / "export.jsonl").open("wb") as file:
        export(made, file.write)
    return made


def _forget_the_past(source: str) -> None:
    """Begin the trail anew: the event that filled the directory is longer than all the others together."""
    with closing(sqlite3.connect(source)) as db:
        names = ", ".join("?" for _ in TRIGGERS)
        kept = db.execute(f"SELECT name, sql FROM sqlite_master WHERE name IN ({names})", TRIGGERS).fetchall()
        for name, _ in kept:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DELETE FROM audit_entry")
        db.execute("UPDATE audit_head SET seq = 0, digest = ?", (bytes(32),))
        for _, statement in kept:
            db.execute(statement)
        db.commit()


def export(made: Small, write: Callable[[bytes], Any]) -> None:
    """As `casework audit export` writes, without leaving an event behind."""
    engine = create_engine(f"sqlite:///{made.db}")
    with Session(engine) as session, trail.stored(session) as there:
        queries.trail.write_lines(there, write)
    engine.dispose()


@contextmanager
def raw(made: Small) -> Iterator[tuple[list[dict[str, Any]], Any, list[Any], dict[str, bytes]]]:
    """Everything that is judged, as read from the file: entries, head, issued, held."""
    engine = create_engine(f"sqlite:///{made.db}")
    try:
        with Session(engine) as session, trail.stored(session) as there:
            yield list(there.entries), there.head, there.issued, shelf.held(made.held)
    finally:
        engine.dispose()


def flips(value: Any, masks: tuple[int, ...]) -> Iterator[Any]:
    """Every value that differs in one byte, read back as SQLite would give it."""
    if isinstance(value, int):
        size = max(1, (value.bit_length() + 7) // 8)
        for at in range(size):
            yield from (value ^ (mask << (8 * at)) for mask in masks)
        return
    content = value.encode() if isinstance(value, str) else value
    for at in range(len(content)):
        for mask in masks:
            changed = content[:at] + bytes([content[at] ^ mask]) + content[at + 1 :]
            yield changed.decode("utf-8", "surrogateescape") if isinstance(value, str) else changed


def recompute(made: Small, entries: list[dict[str, Any]]) -> None:
    """A thorough hand: new digests from the first entry to the last, and a head that fits."""
    previous = trail.ZERO
    made.sql("DELETE FROM audit_entry")
    from casework.audit.verify import _moment

    with closing(sqlite3.connect(made.db)) as db:
        for seq, entry in enumerate(entries, 1):
            this = trail.digest(seq, previous, {**entry, "at": _moment(entry["at"])})
            row = {**entry, "seq": seq, "previous": previous, "digest": this}
            names = ("seq", "at", *TEXTS, "previous", "digest")
            marks = ", ".join("?" for _ in names)
            db.execute(
                f"INSERT INTO audit_entry ({', '.join(names)}) VALUES ({marks})", [row[n] for n in names]
            )
            previous = this
        db.execute("UPDATE audit_head SET seq = ?, digest = ?", (len(entries), previous))
        db.commit()
