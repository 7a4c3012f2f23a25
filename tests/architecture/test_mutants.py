"""The tests bite: a sample of small faults in policy, crypto, trail, versions and sign-in is noticed (long: all)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import mutants
from tests.support.counts import Count
from tests.support.told import KEPT, write_told

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def kept(request: pytest.FixtureRequest, group: str, tmp_path: Path) -> Path:
    """The cities of this test process, for the runs of the mutants that need one."""
    if not mutants.GROUPS[group].alone:
        (tmp_path / "empty.db").symlink_to(request.getfixturevalue("sqlite_template"))
        (tmp_path / "keystore").symlink_to(request.getfixturevalue("keystore"))
        write_told(tmp_path, request.getfixturevalue("told")("sqlite"))
    return tmp_path


@pytest.mark.promise(24)
@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("group", sorted(mutants.GROUPS))
def test_a_fault_in_the_code_is_noticed(group: str, kept: Path, count: Count) -> None:
    wanted = count("mutants", quick=2 if mutants.GROUPS[group].whole else 3, long=100_000)
    command = [sys.executable, "-m", "tests.support.mutants", "--group", group, "--sample", str(wanted)]
    if wanted < 20:  # in the quick form one noticed fault is the control
        command.append("--no-control")
    env = {**os.environ, KEPT: str(kept)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    killed, survived = (
        len(found["killed"]),
        [
            *found["survived"],
            *found["unreached"],
            *found["unprepared"],
        ],
    )
    count.found(killed=killed, survived=len(survived), equivalent=len(found["equivalent"]))
    assert killed + len(survived) + len(found["equivalent"]) > 0
    if mutants.GROUPS[group].whole:
        assert survived == []
    elif killed + len(survived) > 20:
        assert killed >= 0.95 * (killed + len(survived)), "\n".join(survived)
    else:
        assert killed > 0, "\n".join(
            survived
        )  # a sample: one that survives says little, none that is noticed much


def test_a_mutant_that_is_listed_as_equivalent_is_still_there_and_has_its_reason() -> None:
    known = {mutant.key for mutant in mutants.mutants(sorted(mutants.GROUPS))}
    listed = mutants.listed()
    assert set(listed) - known == set()
    assert [key for key, reason in listed.items() if len(reason) < 20] == []
