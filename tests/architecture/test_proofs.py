"""The promises keep their page: every long test names its row and takes its counts, and `docs/proofs.md` is fresh."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.proofs import PROMISES, ROOT, markdown, proofs

SAMPLE = """
import pytest

@pytest.mark.promise(13)
@pytest.mark.long
@pytest.mark.parametrize("half", [1, 2])
def test_of_kills(count, half):
    kills = count("kills", quick=2, long=1000) // half
    count.found(lost=0)
    assert kills != 7

@pytest.mark.promise(6)
def test_of_ciphertexts():
    pass
"""


def test_every_long_test_names_its_promise_and_takes_its_counts() -> None:
    wrong = [
        p.name for p in proofs() if (p.long and not p.counts) or not p.rows or set(p.rows) - set(PROMISES)
    ]
    assert wrong == []


def test_the_page_of_the_proofs_is_fresh() -> None:
    written = (ROOT / "docs" / "proofs.md").read_text(encoding="utf-8")
    assert written == markdown(), "python -m tests.support.proofs > docs/proofs.md"


CONFTEST = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import pytest
from tests.support.counts import Ledger, add_options, make_count

pytest_addoption = add_options
count = pytest.fixture(make_count)

def pytest_configure(config):
    config.pluginmanager.register(Ledger(config))
"""


def _run(folder: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "xdist", *arguments]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # the others take seconds to load
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=alone)
    return done.returncode, done.stdout + done.stderr


def test_a_run_ends_with_one_line_per_promise_and_obeys_the_counts_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    marks = "[pytest]\nmarkers =\n    promise: row\n    long: long\n"
    (tmp_path / "pytest.ini").write_text(marks, encoding="utf-8")
    (tmp_path / "test_sample.py").write_text(SAMPLE, encoding="utf-8")
    code, text = _run(tmp_path, "-n", "2", "--long")
    assert code == 0, text
    lines = [line for line in text.splitlines() if line.startswith("row ")]
    assert [line.split(" in ")[0] for line in lines] == [
        "row 6 | test_sample.py::test_of_ciphertexts | passed",
        "row 13 | test_sample.py::test_of_kills[1] | kills=1000 | lost=0 | passed",
        "row 13 | test_sample.py::test_of_kills[2] | kills=1000 | lost=0 | passed",
    ]
    code, text = _run(tmp_path, "--count", "kills=7")
    assert (code, "test_of_kills[1] | kills=7 | lost=0 | failed" in text) == (1, True), text
    code, text = _run(tmp_path, "-n", "2", "--count", "kisses=7")
    assert (code, "--count kisses: no test that ran asks for it" in text) == (4, True), text
    assert (code, "test_of_kills[1] | kills=2 | lost=0 | passed" in text) == (4, True), text
    assert _run(tmp_path, "--count", "kills=0")[0] == 4
