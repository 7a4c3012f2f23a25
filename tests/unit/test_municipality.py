"""The municipality's own lists: complete, unique, and fitting each other."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import casework
from casework.settings import bundled_path

FOLDERS = sorted(path.name for path in (bundled_path("config") / "municipality").iterdir())


def rows(city: str, name: str) -> list[dict[str, str]]:
    with (bundled_path("config") / "municipality" / city / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def codes(city: str, list_name: str) -> set[str]:
    return {row["code"] for row in rows(city, "codes.csv") if row["list"] == list_name}


def lists_that_columns_name() -> Iterator[str]:
    for path in Path(casework.__file__).parent.rglob("*.py"):
        yield from re.findall(r'code_column\("(\w+)"', path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("city", FOLDERS)
def test_no_code_and_no_label_stands_twice_in_a_list(city: str) -> None:
    entries = rows(city, "codes.csv")
    for column in ("code", "ja", "en"):
        twice = [key for key, n in Counter((row["list"], row[column]) for row in entries).items() if n > 1]
        assert twice == []


@pytest.mark.parametrize("city", FOLDERS)
def test_codes_are_sorted_and_say_how_sure_they_are(city: str) -> None:
    entries = rows(city, "codes.csv")
    places = [(row["list"], int(row["sort"])) for row in entries]
    assert places == sorted(set(places))
    assert {row["status"] for row in entries} <= {"C", "P", "U"}
    assert all(row["ja"] and row["en"] for row in entries)


@pytest.mark.parametrize("city", FOLDERS)
def test_every_list_that_a_column_names_has_codes(city: str) -> None:
    named = set(lists_that_columns_name())
    assert "consult_topic" in named
    assert named - {row["list"] for row in rows(city, "codes.csv")} == set()


@pytest.mark.parametrize("city", FOLDERS)
def test_divisions_and_agencies_are_of_known_kinds(city: str) -> None:
    listed = rows(city, "divisions.csv") + rows(city, "agencies.csv")
    assert {row["kind"] for row in listed} <= codes(city, "agency_kind")


@pytest.mark.parametrize("city", FOLDERS)
def test_windows_areas_and_initiatives_point_at_what_exists(city: str) -> None:
    divisions = rows(city, "divisions.csv")
    initiatives = {row["key"] for row in rows(city, "initiatives.csv")}
    areas = rows(city, "districts.csv")
    for window in rows(city, "windows.csv"):
        assert window["division"] in {row["code"] for row in divisions}
        assert window["initiative"] in initiatives | {""}
    administrative = {area["code"] for area in areas if area["kind"] == "administrative"}
    assert {area["parent"] for area in areas} <= administrative | {""}
    names = {row["name"] for row in divisions}
    carriers = {name for row in rows(city, "initiatives.csv") for name in row["divisions"].split("|") if name}
    assert carriers <= names


def test_kamakura_has_its_windows_and_the_ten_divisions_of_the_support_meeting() -> None:
    assert len(rows("kamakura", "windows.csv")) == 22
    assert sum(row["support_meeting_member"] == "1" for row in rows("kamakura", "divisions.csv")) == 10


def test_invented_agencies_are_plainly_invented() -> None:
    for agency in rows("kamakura", "agencies.csv"):
        assert (agency["invented"] == "1") == ("架空" in agency["name"])
        assert agency["phone"].startswith("0467-00-") or agency["invented"] == "0"
