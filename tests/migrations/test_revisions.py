"""Every revision up and down, empty and with data, on both databases; the newest one equals the models."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, func, inspect, select, table

from casework.db import Base, db
from casework.migrate import config, current_revision, downgrade, head_revision, upgrade
from tests.support.world import World

REVISIONS = [r.revision for r in ScriptDirectory.from_config(config("")).walk_revisions()][::-1]


def _tables(url: str) -> set[str]:
    engine = create_engine(url)
    names = set(inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    return names


def _shape(url: str) -> set[str]:
    """Names of tables, columns and indexes: a revision may bring any of them."""
    engine = create_engine(url)
    there = inspect(engine)
    found = {f"{t} {i['name']}" for (_, t), indexes in there.get_multi_indexes().items() for i in indexes}
    columns = {t: names for (_, t), names in there.get_multi_columns().items() if t != "alembic_version"}
    engine.dispose()
    return found | set(columns) | {f"{t}.{c['name']}" for t, names in columns.items() for c in names}


def _counts(url: str, names: set[str]) -> dict[str, int]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {n: int(connection.scalar(select(func.count()).select_from(table(n))) or 0) for n in names}
    engine.dispose()
    return found


@pytest.mark.promise(21)
def test_there_is_one_head_and_numbers_follow_each_other() -> None:
    assert [f"{n:04d}" for n in range(1, len(REVISIONS) + 1)] == REVISIONS
    assert head_revision() == REVISIONS[-1]


@pytest.mark.promise(21)
def test_each_revision_goes_up_down_and_up_again(empty_database: str) -> None:
    for revision in REVISIONS:
        before = _shape(empty_database)
        upgrade(empty_database, revision)
        after = _shape(empty_database)
        assert after != before
        downgrade(empty_database, "-1")
        assert _shape(empty_database) == before
        upgrade(empty_database, revision)
        assert _shape(empty_database) == after
        assert current_revision(empty_database) == revision


@pytest.mark.promise(21)
def test_the_newest_revision_equals_the_models(empty_database: str) -> None:
    upgrade(empty_database)
    engine = create_engine(empty_database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


@pytest.mark.promise(21)
def test_the_newest_revision_has_every_check_of_the_models(empty_database: str) -> None:
    upgrade(empty_database)
    engine = create_engine(empty_database)
    there = {
        (name, check["name"])
        for name in inspect(engine).get_table_names()
        for check in inspect(engine).get_check_constraints(name)
    }
    engine.dispose()
    wanted = {
        (t.name, str(c.name))
        for t in Base.metadata.sorted_tables
        for c in t.constraints
        if c.__visit_name__ == "check_constraint"
    }
    assert wanted - there == set()


# A role that a revision brought cannot be held before it.
TAKEN_BACK = {"0014": {"staff_role": 1}}


@pytest.mark.promise(21)
@pytest.mark.usefixtures("story")
@pytest.mark.timeout(600)
def test_revisions_with_data_lose_only_their_own_tables(world: World, database: str) -> None:
    """After the whole story: step down one by one; what stays keeps its rows; then up again."""
    db.session.remove()
    counts = _counts(database, _tables(database))
    assert sum(counts.values()) > 1000
    for revision in REVISIONS[::-1][:-1]:
        downgrade(database, "-1")
        assert current_revision(database) != revision
        left = _tables(database)
        counts |= {name: counts[name] - n for name, n in TAKEN_BACK.get(revision, {}).items()}
        assert _counts(database, left) == {name: counts[name] for name in left}
    upgrade(database)
    assert _tables(database) == set(counts)
