"""Checkpoints by command: signed, handed out, never written over; the exit codes that a nightly job looks at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from casework.audit import trail
from casework.commands import cli
from casework.db import CLEARED
from casework.kernel.errors import NotAllowed
from casework.oversight import actions, queries
from tests.support.trails import ROOT, act, issue
from tests.support.world import World

FORBIDDEN = ("UPDATE audit_checkpoint SET line = ''", "DELETE FROM audit_checkpoint")


def _audit(world: World, *words: str) -> Result:
    return world.core.test_cli_runner().invoke(cli, ["audit", *words])


def test_a_checkpoint_is_handed_out_and_what_the_folder_lacks_with_it(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "held"
    act(world)
    first = _audit(world, "checkpoint", "--to", "-")
    assert first.exit_code == 0
    act(world)
    assert _audit(world, "checkpoint", "--to", str(folder)).exit_code == 0
    files = sorted(folder.iterdir())
    assert len(files) == 2
    assert files[0].read_text() == first.output
    verdict = _audit(world, "verify", "--checkpoints", str(folder))
    assert verdict.exit_code == 0, verdict.output
    assert verdict.output.startswith("ok: ")
    assert verdict.output.endswith("2 checkpoints\n")
    files[0].write_text(first.output.replace('"size"', '"sise"'))
    assert _audit(world, "checkpoint", "--to", str(folder)).exit_code == 1
    assert "sise" in files[0].read_text()
    assert _audit(world, "verify", "--checkpoints", str(folder)).exit_code == 1
    assert _audit(world, "verify", "--checkpoints", str(tmp_path / "nowhere")).exit_code == 2


def test_the_key_may_come_from_whoever_holds_the_checkpoints(world: World, tmp_path: Path) -> None:
    act(world)
    issue(world, tmp_path / "held")
    pem = tmp_path / "pubkey.pem"
    pem.write_text(_audit(world, "pubkey").output)
    held = ("--checkpoints", str(tmp_path / "held"))
    assert _audit(world, "verify", *held, "--pubkey", str(pem)).exit_code == 0
    pem.write_text("-----BEGIN NONSENSE-----\n")
    assert _audit(world, "verify", *held, "--pubkey", str(pem)).exit_code == 2


def test_the_stand_alone_verifier_reads_an_export_of_either_database(world: World, tmp_path: Path) -> None:
    act(world, 2)
    issue(world, tmp_path / "held")
    pem, source = tmp_path / "pubkey.pem", tmp_path / "trail.jsonl"
    pem.write_text(_audit(world, "pubkey").output)
    assert _audit(world, "export", "--to", str(source)).exit_code == 0
    command = [sys.executable, "-I", str(ROOT / "tools" / "verify_trail.py"), source, pem, tmp_path / "held"]
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    content = source.read_bytes()
    source.write_bytes(content.replace(b'"outcome":"done"', b'"outcome":"dune"', 1))
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 1
    source.write_bytes(b"".join(content.splitlines(keepends=True)[:3]))
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_stand_alone_verifier_imports_nothing_of_ours_and_stays_short(database: str) -> None:
    content = (ROOT / "tools" / "verify_trail.py").read_text(encoding="utf-8")
    lines = content.splitlines()
    assert len(lines) < 200
    imported = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= {*sys.stdlib_module_names, "cryptography"}


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_refuses_to_change_a_checkpoint(world: World, database: str, statement: str) -> None:
    actions.issue_checkpoint(world.ctx())
    engine = create_engine(database)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))
    engine.dispose()


def test_only_the_house_issues_and_who_answers_for_the_trail_may_look(world: World) -> None:
    actions.issue_checkpoint(world.ctx())
    for role in ("administrator", "privacy_officer"):
        (found,) = queries.checkpoints(world.ctx(world.actor(role)))
        assert found.line.encode().endswith(b"\n")
        with pytest.raises(NotAllowed):
            actions.issue_checkpoint(world.ctx(world.actor(role)))
    with pytest.raises(NotAllowed):
        queries.checkpoints(world.ctx(world.actor("counselor", "shakyo")))


def test_a_session_that_looked_before_reads_the_trail_as_it_stands_now(world: World, database: str) -> None:
    engine = create_engine(database, isolation_level="SERIALIZABLE")
    with Session(engine) as session:
        if database.startswith("sqlite"):  # its driver begins no transaction for a SELECT
            session.connection().exec_driver_sql("BEGIN")
        session.execute(text("SELECT count(*) FROM audit_entry"), execution_options={CLEARED: True})
        act(world)
        with trail.stored(session) as there:
            head = there.head
            assert head is not None
            assert [entry["seq"] for entry in there.entries][-1] == head[0]
    world.session.rollback()
    now = world.session.execute(text("SELECT seq FROM audit_head"), execution_options={CLEARED: True})
    assert now.scalar_one() == head[0]
    engine.dispose()
