"""The tests' own databases: fresh for each test, with the schema, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def leave_a_table(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_behind (id integer)"))
    engine.dispose()


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_the_schema_without_what_the_last_one_left(database: str, turn: int) -> None:
    found = tables(database)
    assert {"agency", "code", "case_file"} <= found
    assert "left_behind" not in found
    leave_a_table(database)


def test_an_empty_database_has_no_table(empty_database: str) -> None:
    assert tables(empty_database) == set()


@pytest.mark.postgres
def test_the_mark_leaves_postgresql_alone(database: str) -> None:
    assert database.startswith("postgresql+psycopg://")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_test_may_name_its_engine(database: str, tmp_path: Path) -> None:
    assert database == f"sqlite:///{tmp_path}/casework.db"
