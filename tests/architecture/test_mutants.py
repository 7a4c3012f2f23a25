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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The quick form samples the groups whose tests take seconds; the long form runs all groups whole."""
    if "group" in metafunc.fixturenames:
        long = metafunc.config.getoption("--long")
        metafunc.parametrize(
            "group", [name for name, group in sorted(mutants.GROUPS.items()) if long or group.alone]
        )


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
def test_a_fault_in_the_code_is_noticed(group: str, kept: Path, count: Count) -> None:
    wanted = count("mutants", quick=3, long=100_000)
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
    else:
        assert killed >= 0.95 * (killed + len(survived)), "\n".join(survived)


def test_a_mutant_that_is_listed_as_equivalent_is_still_there_and_has_its_reason() -> None:
    known = {mutant.key for mutant in mutants.mutants(sorted(mutants.GROUPS))}
    listed = mutants.listed()
    assert set(listed) - known == set()
    assert [key for key, reason in listed.items() if len(reason) < 20] == []
