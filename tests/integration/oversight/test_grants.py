"""PostgreSQL in depth: the application adds to the trail and changes nothing of it, the auditor only reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from casework.commands import cli
from casework.oversight import actions, queries
from tests.support.postgres import Cluster
from tests.support.trails import act
from tests.support.world import World, make_world

PREFIX = "casework_test"
FORBIDDEN = (
    "UPDATE audit_entry SET actor = 'nobody'",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_entry_no_change ON audit_entry",
    "DROP TABLE audit_entry",
    "ALTER TABLE audit_entry ADD COLUMN extra text",
    "UPDATE audit_checkpoint SET line = ''",
    "DELETE FROM audit_checkpoint",
    "TRUNCATE audit_checkpoint",
    "DELETE FROM audit_head",
    "CREATE TABLE public.elsewhere (id int)",
    "UPDATE alembic_version SET version_num = '0001'",
    "SET ROLE casework_test_owner",
)

HIDDEN = ("SELECT * FROM person", "SELECT * FROM staff", "INSERT INTO audit_head VALUES (2)")


@pytest.fixture
def granted(world: World, postgres_cluster: Cluster) -> Iterator[str]:
    """The name of the world's database after a superuser ran what the command prints, twice."""
    name = str(make_url(world.settings.database_url).database)
    printed = world.core.test_cli_runner().invoke(cli, ["audit", "grants", "--prefix", PREFIX])
    assert printed.exit_code == 0
    with postgres_cluster.connect(name) as connection:
        for _ in range(2):
            connection.execute(printed.output.encode())
    yield name
    with postgres_cluster.connect(name) as connection:
        for role in ("app", "auditor", "migrator", "owner"):
            who = sql.Identifier(f"{PREFIX}_{role}")
            connection.execute(sql.SQL("REASSIGN OWNED BY {} TO postgres").format(who))
            connection.execute(sql.SQL("DROP OWNED BY {}").format(who))
            connection.execute(sql.SQL("DROP ROLE {}").format(who))


def _as(cluster: Cluster, name: str, role: str) -> psycopg.Connection:
    url = make_url(cluster.url(name))
    return psycopg.connect(host=str(url.query["host"]), user=f"{PREFIX}_{role}", dbname=name, autocommit=True)


@pytest.mark.postgres
def test_the_application_works_in_its_role_and_cannot_touch_what_it_wrote(
    world: World, granted: str, postgres_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = world.settings.database_url.replace("postgres@", f"{PREFIX}_app@", 1)
    folder = tmp_path_factory.mktemp("app")
    with make_world(url, folder, Path(world.settings.keystore_path).parent) as house:
        act(house, 2)
        actions.issue_checkpoint(house.ctx())
        assert queries.verify_trail(house.ctx()).exit_code == 0
    with _as(postgres_cluster, granted, "app") as connection:
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
        connection.execute("SELECT count(*) FROM audit_entry")


@pytest.mark.postgres
def test_the_auditor_reads_the_trail_and_nothing_else(
    world: World, granted: str, postgres_cluster: Cluster
) -> None:
    act(world)
    with _as(postgres_cluster, granted, "auditor") as connection:
        row = connection.execute("SELECT count(*) FROM audit_entry").fetchone()
        assert row is not None
        assert row[0] > 0
        for statement in (*FORBIDDEN, *HIDDEN):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


@pytest.mark.postgres
def test_the_migrator_changes_the_schema_only_as_the_owner(
    world: World, granted: str, postgres_cluster: Cluster
) -> None:
    with _as(postgres_cluster, granted, "migrator") as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE public.elsewhere (id int)")
        connection.execute(f"SET ROLE {PREFIX}_owner".encode())
        connection.execute("CREATE TABLE public.elsewhere (id int)")
        connection.execute("DROP TABLE public.elsewhere")
