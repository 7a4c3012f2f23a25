"""`docs/asvs.md` and `docs/threats.md` hold what they claim: each requirement once, every named file and test there."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("asvs.md", "threats.md")
ID = re.compile(r"\b\d{1,2}\.\d{1,2}\.\d{1,2}\b")
NAMED = re.compile(
    r"`((?:tests|casework|docs|config|requirements|tools)/[\w./-]+|pyproject\.toml)(?:::(\w+))?`"
)


def _rows(page: str) -> list[list[str]]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"
    ]
    return [row for row in rows if not set(row[0]) <= {"-"}]


def _levels() -> dict[str, int]:
    with (ROOT / "tests" / "vectors" / "asvs_5.0.csv").open(encoding="utf-8") as file:
        return {row["id"]: int(row["level"]) for row in csv.DictReader(file)}


def test_every_requirement_stands_in_the_page_once() -> None:
    stated = Counter(found for row in _rows("asvs.md") for found in ID.findall(row[0]))
    assert {name: times for name, times in stated.items() if times > 1} == {}
    assert set(stated) == set(_levels())


def test_the_list_has_all_requirements_of_the_first_two_levels() -> None:
    """70 and 183 in version 5.0.0, and those of level 3 that the design names."""
    assert Counter(_levels().values()) == {1: 70, 2: 183, 3: 28}


def test_the_levels_of_a_row_are_those_of_its_requirements() -> None:
    levels = _levels()
    rows = [row for row in _rows("asvs.md") if ID.search(row[0])]
    wrong = [
        row[0]
        for row in rows
        if row[1] != ", ".join(map(str, sorted({levels[i] for i in ID.findall(row[0])})))
    ]
    assert wrong == []


def test_a_requirement_is_met_somewhere_or_says_why_not() -> None:
    rows = [row for row in _rows("asvs.md") if ID.search(row[0])]
    silent = [r[0] for r in rows if not NAMED.search(r[3]) and not r[2].startswith(("Does not apply", "Gap"))]
    assert silent == []


@pytest.mark.parametrize("page", PAGES)
def test_every_file_and_test_that_a_page_names_is_there(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    named = NAMED.findall(text)
    assert len(named) > 20
    missing = [path for path, _ in named if not (ROOT / path).exists()]
    assert missing == []
    strange = [
        f"{path}::{test}" for path, test in named if test and f"def {test}(" not in (ROOT / path).read_text()
    ]
    assert strange == []
