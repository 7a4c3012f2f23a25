"""Cities prepared once per process and engine; each test works on a copy of what they left behind."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Integer, create_engine, func, insert, select, text

from casework.db import Base
from tests.support.cast import CAST, Seat, hire
from tests.support.postgres import Cluster
from tests.support.story import Story
from tests.support.world import World, make_keystore, make_world


@dataclass(frozen=True)
class Prepared:
    """What is to be copied: a file of SQLite or the name of a template database, its keys, the moment it was left."""

    template: str
    keys: Path
    now: datetime


@dataclass(frozen=True)
class Told(Prepared):
    """The city of the story: what it made."""

    ids: dict[str, str] = field(default_factory=dict)
    refusals: int = 0


def prepare(
    empty: Path | str, keystore: Path, folder: Path, cluster: Cluster | None, fill: Callable[[World], None]
) -> Prepared:
    """Fill a copy of a template (a file, or a database of the cluster) and leave it to be copied."""
    folder.mkdir(parents=True, exist_ok=True)
    if cluster is None:
        template = str(folder / "casework.db")
        shutil.copyfile(empty, template)
        url = f"sqlite:///{template}"
    else:
        template = cluster.create(str(empty))
        url = cluster.url(template)
    with make_world(url, folder, keystore) as world:
        fill(world)
        now = world.clock.now()
    if cluster is None:
        with closing(sqlite3.connect(template)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Prepared(template, folder / "keys", now)


def make_template(path: Path, keystore: Path, folder: Path) -> Path:
    """A file of SQLite with the schema and the city's lists."""
    from tests.support.schema import build_schema, fill_directory

    build_schema(f"sqlite:///{path}")
    fill_directory(f"sqlite:///{path}", keystore, folder)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


KEPT = "TESTS_CITY"  # not a setting of the house: it refuses unknown ones


def kept_city() -> Path | None:
    """A folder that `keep_city` filled, if a run of many runs (tests.support.mutants) names one."""
    named = os.environ.get(KEPT)
    return Path(named) if named else None


def keep_city(folder: Path) -> None:
    """Keystore, empty city and the city of the story, on SQLite, for test runs that come after one another."""
    keystore = make_keystore(folder / "keystore")
    (folder / "fill").mkdir()
    empty = make_template(folder / "empty.db", keystore, folder / "fill")
    stories: list[Story] = []
    scene = prepare(empty, keystore, folder / "told", None, lambda world: stories.append(told_in(world)))
    told = Told(scene.template, scene.keys, scene.now, stories[0].ids, stories[0].refusals)
    write_told(folder, told)


def write_told(folder: Path, told: Told) -> None:
    kept = [told.template, str(told.keys), told.now.isoformat(), told.ids, told.refusals]
    (folder / "told.json").write_text(json.dumps(kept), encoding="utf-8")


def restore_told(folder: Path) -> Told:
    template, keys, now, ids, refusals = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    return Told(template, Path(keys), datetime.fromisoformat(now), ids, refusals)


def carried(told: Told, cluster: Cluster, schema: str) -> Told:
    """The told city on PostgreSQL: every row as SQLite holds it, in a database of the same schema.

    That the story can be told there by use cases is shown by tests/e2e; here it takes a tenth of the time.
    """
    name = cluster.create(schema)
    tables = list(Base.metadata.tables.values())
    source, target = create_engine(f"sqlite:///{told.template}"), create_engine(cluster.url(name))
    with source.connect() as here, target.begin() as there:
        there.execute(
            text("SET session_replication_role = replica")
        )  # rows come in no order of who points to whom
        there.execute(text(f"TRUNCATE {', '.join(table.name for table in tables)}"))
        for table in tables:
            rows = [dict(row) for row in here.execute(select(table)).mappings()]
            if rows:
                there.execute(insert(table), rows)
            for column in table.primary_key:
                numbered = func.pg_get_serial_sequence(table.name, column.name)
                if rows and isinstance(column.type, Integer) and (name_of := there.scalar(select(numbered))):
                    there.execute(select(func.setval(name_of, select(func.max(column)).scalar_subquery())))
    source.dispose()
    target.dispose()
    return replace(told, template=name)


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
