"""The story told once per process on SQLite; each test that needs it works on a copy of the city it left behind."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.support.cast import CAST, Seat, hire
from tests.support.story import Story
from tests.support.world import World, make_world


@dataclass(frozen=True)
class Told:
    """Where the city lies, its keys, the moment at which the story ended, and what it made."""

    database: Path
    keys: Path
    now: datetime
    ids: dict[str, str]
    refusals: int


def tell_once(template: Path, keystore: Path, folder: Path) -> Told:
    """Tell the story on a copy of the empty city."""
    path = folder / "casework.db"
    shutil.copyfile(template, path)
    with make_world(f"sqlite:///{path}", folder, keystore) as world:
        story = told_in(world)
        now = world.clock.now()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Told(path, folder / "keys", now, story.ids, story.refusals)


def told_in(world: World) -> Story:
    """The story told in this very world."""
    hire(world)
    return Story(_seats(world), world.clock.now, world.later).tell()


def recalled(world: World, told: Told) -> Story:
    """The story as it ended, with its people at their seats again."""
    story = Story(_seats(world), world.clock.now, world.later)
    story.ids, story.refusals = dict(told.ids), told.refusals
    return story


def _seats(world: World) -> dict[str, Seat]:
    return {login: Seat(world, login) for login in CAST}
