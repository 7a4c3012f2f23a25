"""Sixteen processes at one trail: every event has its number, its predecessor and nobody beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from casework.oversight.queries import verify_trail
from tests.support.counts import Count
from tests.support.server import ROOT
from tests.support.world import make_world
from tests.support.writer import WRITES

PROCESSES = 16


@pytest.mark.promise(11)
@pytest.mark.long
@pytest.mark.timeout(7200)
def test_sixteen_processes_at_once_neither_fork_nor_gap_the_trail(
    database: str, keystore: Path, tmp_path: Path, count: Count
) -> None:
    each = count("events_per_process", quick=10, long=5_000)
    (tmp_path / "office").mkdir()
    with make_world(database, tmp_path / "office", keystore) as world:
        writer = world.staff("架空 書手", ("counselor", "shakyo"))
        before = verify_trail(world.ctx()).entries
    keys = str(tmp_path / "office" / "keys")
    told = [database, keys, str(writer), "shakyo", str(PROCESSES), str(each)]
    assert (
        subprocess.run(
            [sys.executable, "-m", "tests.support.writer", *told], cwd=ROOT, check=False
        ).returncode
        == 0
    )
    (tmp_path / "check").mkdir()
    with make_world(database, tmp_path / "check", tmp_path / "office" / "keys") as world:
        verdict = verify_trail(world.ctx())
    assert (verdict.exit_code, verdict.reason) == (0, "ok")
    assert verdict.entries == before + 1 + PROCESSES * each  # the first verification is an event itself
    engine = create_engine(database)
    with engine.connect() as connection:
        received = "SELECT count(*), count(DISTINCT target) FROM audit_entry WHERE event = 'intake.received'"
        assert tuple(connection.execute(text(received)).one()) == (PROCESSES * -(-each // WRITES),) * 2
        numbers = "SELECT count(*), count(DISTINCT seq), min(seq), max(seq) FROM audit_entry"
        rows, distinct, first, last = connection.execute(text(numbers)).one()
        assert (rows, first, last) == (distinct, 1, rows)
    engine.dispose()
    count.found(processes=PROCESSES, events=PROCESSES * each, forks=0, gaps=0)
