"""Databases for tests: each test that asks for `database` runs on SQLite and PostgreSQL, on a fresh one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from casework.kernel.garbage import search_less, settle
from tests.support.counts import Count, Ledger, add_options, make_count
from tests.support.once import once
from tests.support.postgres import Cluster, find_binaries, running_cluster
from tests.support.told import (
    Prepared,
    Told,
    carried,
    keep_city,
    kept_city,
    make_template,
    prepare,
    recalled,
    restore_told,
)
from tests.support.tools import in_memory, missing
from tests.support.world import World, make_world

if TYPE_CHECKING:
    from tests.support.story import Story

Preparation = Callable[[str], Prepared | None]  # by engine
Prepare = Callable[..., Prepared]

ENGINES = ("sqlite", "postgresql")
BY_ENGINE = ("database", "empty_database")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db", choices=("both", *ENGINES), default="both", help="databases to run on (default: both)"
    )
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Folders of tests lie in memory where there is room; pytest's own variable for the place still decides."""
    if (memory := in_memory()) is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))
    config.pluginmanager.register(Ledger(config), "promises")
    search_less()


def pytest_collection_finish() -> None:
    settle()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One run per engine, unless the test names its engines itself or is marked `postgres`."""
    chosen = metafunc.config.getoption("--db")
    engines = ENGINES if chosen == "both" else (chosen,)
    if metafunc.definition.get_closest_marker("postgres"):
        engines = ("postgresql",)
    named = {mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")}
    for name in BY_ENGINE:
        if name in metafunc.fixturenames and name not in named:
            metafunc.parametrize(name, engines, indirect=True)


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Count:
    """How often this test tries, by name; what it asks and finds stands in the summary of the run."""
    return make_count(request)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """One cluster per test process: it starts in about a second, and sharing one would need a lock."""
    binaries = find_binaries()
    if binaries is None:
        missing("PostgreSQL")
    with running_cluster(binaries) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh keystore, to be copied per test."""
    from tests.support.world import make_keystore

    if (kept := kept_city()) is not None:
        return kept / "keystore"
    return make_keystore(tmp_path_factory.mktemp("keystore") / "keys")


@pytest.fixture(scope="session")
def postgres_template(
    postgres_cluster: Cluster, keystore: Path, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A database that holds the schema and the city's lists, to be copied."""
    from tests.support.schema import build_schema, fill_directory

    name = postgres_cluster.create()
    build_schema(postgres_cluster.url(name))
    fill_directory(postgres_cluster.url(name), keystore, tmp_path_factory.mktemp("fill"))
    return name


@pytest.fixture(scope="session")
def sqlite_template(keystore: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that holds the schema and the city's lists, to be copied."""
    if (kept := kept_city()) is not None:
        return kept / "empty.db"
    return make_template(
        tmp_path_factory.mktemp("template") / "casework.db", keystore, tmp_path_factory.mktemp("fill")
    )


@pytest.fixture
def prepared(request: pytest.FixtureRequest) -> Preparation:
    """What the database of this test holds beyond the schema and the lists: nothing, or the city of the story.

    A folder of tests with a scene of its own says so by a fixture of this name.
    """
    return request.getfixturevalue("told") if "story" in request.fixturenames else lambda engine: None


@pytest.fixture
def database(request: pytest.FixtureRequest, prepared: Preparation, tmp_path: Path) -> Iterator[str]:
    """URL of a fresh database with the schema and the city's lists, or of a copy of what was prepared."""
    scene = prepared(request.param)
    if request.param == "sqlite":
        path = tmp_path / "casework.db"
        shutil.copyfile(scene.template if scene else request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    template = scene.template if scene else request.getfixturevalue("postgres_template")
    yield from _on_postgres(request.getfixturevalue("postgres_cluster"), template)


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a fresh database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    yield from _on_postgres(request.getfixturevalue("postgres_cluster"), "template0")


def _on_postgres(cluster: Cluster, template: str) -> Iterator[str]:
    name = cluster.create(template)
    try:
        yield cluster.url(name)
    finally:
        cluster.drop(name)


@pytest.fixture(scope="session")
def prepare_once(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Prepare:
    """Prepare a city from a template of the engine: `prepare_once(engine, fill, after=…)`."""

    def made(engine: str, fill: Callable[[World], None], after: Prepared | None = None) -> Prepared:
        keystore = after.keys if after else request.getfixturevalue("keystore")
        cluster = None if engine == "sqlite" else request.getfixturevalue("postgres_cluster")
        name = "sqlite_template" if cluster is None else "postgres_template"
        template = after.template if after else request.getfixturevalue(name)

        def later(world: World) -> None:
            if after:
                world.clock.set(after.now)
            fill(world)

        return prepare(template, keystore, tmp_path_factory.mktemp("prepared"), cluster, later)

    return made


@pytest.fixture(scope="session")
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Told]:
    """The city that the story left behind, told once per run."""

    @cache
    def tell(engine: str) -> Told:
        if engine == "sqlite":
            return restore_told(kept_city() or once(tmp_path_factory, "told", keep_city))
        cluster = request.getfixturevalue("postgres_cluster")
        return carried(tell("sqlite"), cluster, request.getfixturevalue("postgres_template"))

    return tell


@pytest.fixture
def world(database: str, prepared: Preparation, keystore: Path, tmp_path: Path) -> Iterator[World]:
    """An application on a fresh database, with real actors and a clock that can be moved.

    A test that asks for `story` gets the city in which everything has happened once.
    """
    scene = prepared(_engine(database))
    with make_world(database, tmp_path, scene.keys if scene else keystore) as made:
        if scene:
            made.clock.set(scene.now)
        yield made


def _engine(url: str) -> str:
    return "sqlite" if url.startswith("sqlite") else "postgresql"


@pytest.fixture
def story(world: World, told: Callable[[str], Told]) -> Story:
    """A city in which everything has happened once, with its people at their seats."""
    return recalled(world, told(_engine(world.settings.database_url)))
