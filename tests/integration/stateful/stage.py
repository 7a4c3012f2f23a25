"""Where the runs of the stateful test begin: a small city on a fast disk, put back in a millisecond for every run."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from casework.db import db
from tests.integration.stateful.run import Run
from tests.support.world import World, make_world

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory, where commits need not wait for a disk
SIDES = ("-wal", "-shm")


@dataclass(frozen=True)
class Scene:
    """A city at one moment: its database, what the people know of it, and the time."""

    database: bytes
    things: dict[str, list[UUID]]
    hands: dict[UUID, str]
    people: dict[tuple[str, ...], UUID]
    now: datetime


@dataclass
class Stage:
    """One application whose database is put back between runs."""

    world: World
    path: Path
    counts: dict[str, list[int]] = field(default_factory=dict)
    walked: set[str] = field(default_factory=set)  # steps done on the way to where the runs begin
    keys: tuple[int, bytes] = (0, b"")  # the keystore after the last scene was built, and its generation

    def take_down(self, run: Run) -> Scene:
        """What the run has come to, to be set up again."""
        self.world.session.rollback()
        db.engine.dispose()
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        things = {kind: list(made) for kind, made in run.things.items()}
        return Scene(
            self.path.read_bytes(), things, dict(run.hands), dict(self.world._actors), self.world.clock.now()
        )

    def keep_keys(self) -> None:
        """What runs that erase are to leave behind. Keys that later runs add are in nobody's way."""
        store = self.world.keys.store
        store.database.empty_log()
        self.keys = store.generation(), store.database.path.read_bytes()

    def _put_keys_back(self) -> None:
        """The keystore does not go back with the database: it forgot the keys of what the last run erased."""
        store, (generation, content) = self.world.keys.store, self.keys
        if not content or store.generation() == generation:
            return
        store.close()
        for side in SIDES:
            store.database.path.with_name(store.database.path.name + side).unlink(missing_ok=True)
        store.database.path.write_bytes(content)
        self.world.keys.catch_up()

    def set_up(self, scene: Scene) -> Run:
        """A run that goes on from the scene."""
        self.world.session.rollback()
        self._put_keys_back()
        db.engine.dispose()
        for side in SIDES:
            self.path.with_name(self.path.name + side).unlink(missing_ok=True)
        self.path.write_bytes(scene.database)
        self.world._actors = dict(scene.people)
        self.world.clock.set(scene.now)
        run = Run(self.world, self.counts)
        run.things = {kind: list(made) for kind, made in scene.things.items()}
        run.hands = dict(scene.hands)
        return run


@contextmanager
def staged(template: Path, keystore: Path) -> Iterator[Stage]:
    """A stage in memory if the machine has such a place, else in the temporary folder."""
    place = str(MEMORY) if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="casework-stage-", dir=place) as folder:
        path = Path(folder) / "casework.db"
        shutil.copyfile(template, path)
        with make_world(f"sqlite:///{path}", Path(folder), keystore) as world:
            yield Stage(world, path)
