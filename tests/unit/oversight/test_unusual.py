"""The rules of 気になる閲覧: each finds what it is for, and leaves ordinary work alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from casework.oversight.rules.unusual import (
    NEW_IN_HOUR,
    NIGHT_CASES,
    REFUSED_IN_ROW,
    WALK_SEARCHES,
    Known,
    Look,
    Ring,
    hits,
)

MORNING = datetime(2026, 4, 6, 1, 0, tzinfo=UTC)  # Monday 10:00 in Japan
NIGHT = datetime(2026, 4, 6, 14, 30, tzinfo=UTC)  # 23:30
SUNDAY = datetime(2026, 4, 5, 2, 0, tzinfo=UTC)
MINE = Ring(agencies=frozenset({"shakyo"}))
OFFICE = {"me": frozenset({"shakyo"})}


def look(
    minute: float, event: str = "case.read", case: str = "c1", outcome: str = "done", start=MORNING
) -> Look:
    return Look(start + timedelta(minutes=minute), "me", event, outcome, case)


def found(looks: list[Look], **known: object) -> list[tuple[str, dict[str, int]]]:
    told = {"agencies": OFFICE, "rings": {look.case_id: MINE for look in looks if look.case_id}, **known}
    return [(hit.rule.value, dict(hit.numbers)) for hit in hits(looks, Known(**told))]


def test_a_day_of_ordinary_work_is_not_looked_at() -> None:
    day = [look(20 * n, case=f"c{n}") for n in range(NEW_IN_HOUR - 1)]
    day += [look(300 + n, event="person.searched", case="") for n in range(WALK_SEARCHES - 1)]
    day += [look(330, outcome="not_found"), look(331, event="today.read", case="")]
    assert found(sorted(day, key=lambda one: one.at)) == []


def test_a_case_of_others_is_found_unless_person_division_or_office_was_ever_on_it() -> None:
    theirs = Ring(agencies=frozenset({"korei"}))
    visit = [look(0)]
    assert found(visit, rings={"c1": theirs}) == [("foreign_division", {"cases": 1})]
    assert found([look(0, outcome="not_found")], rings={"c1": theirs}) == []
    for ring, known in (
        (Ring(staff=frozenset({"me"})), {}),
        (MINE, {}),
        (Ring(shared=True), {"coordinators": frozenset({"me"})}),
    ):
        assert found(visit, rings={"c1": ring}, **known) == []
    assert found(visit, rings={"c1": Ring(shared=True)}) == [("foreign_division", {"cases": 1})]


@pytest.mark.parametrize("start", [NIGHT, SUNDAY, datetime(2026, 4, 29, 2, 0, tzinfo=UTC)])
def test_several_cases_at_night_or_on_a_day_off_are_found(start: datetime) -> None:
    visits = [look(n, case=f"c{n}", start=start) for n in range(NIGHT_CASES)]
    assert found(visits) == [("night", {"cases": NIGHT_CASES})]
    assert found(visits[:-1]) == []


def test_a_night_is_one_night_on_both_sides_of_midnight() -> None:
    visits = [look(40 * n, case=f"c{n}", start=NIGHT) for n in range(NIGHT_CASES)]
    assert [name for name, _ in found(visits)] == ["night"]


def test_many_cases_are_measured_by_what_the_person_opened_before() -> None:
    visits = [look(n, case=f"c{n}") for n in range(NEW_IN_HOUR)]
    assert found(visits) == [("many_cases", {"before": 0, "cases": NEW_IN_HOUR, "in_hour": NEW_IN_HOUR})]
    usual = {"me": frozenset(one.case_id for one in visits)}
    assert found(visits, before=usual) == []


def test_the_alphabet_walker_searches_and_opens_little() -> None:
    searches = [look(2 * n, event="person.searched", case="") for n in range(WALK_SEARCHES)]
    assert found(searches) == [("walker", {"cases": 0, "searches": WALK_SEARCHES})]
    opened = [look(2 * n + 1, case=f"c{n}") for n in range(0, WALK_SEARCHES, 3)]
    assert found(sorted([*searches, *opened], key=lambda one: one.at)) == []
    slow = [look(10 * n, event="person.searched", case="") for n in range(WALK_SEARCHES)]
    assert found(slow) == []


def test_refusals_in_a_row_are_found_and_an_opened_case_ends_the_row() -> None:
    row = [look(n, outcome="not_found") for n in range(REFUSED_IN_ROW)]
    assert found(row) == [("refused_row", {"refused": REFUSED_IN_ROW})]
    broken = [*row[:4], look(3.5), *row[4:]]
    assert found(broken) == []


def test_emergency_access_and_a_colleagues_household_are_always_looked_at() -> None:
    assert found([look(0, event="emergency.opened")]) == [("emergency", {"times": 1})]
    assert found([look(0)], ties={"c1": frozenset({"shakyo"})}) == [("colleague", {"cases": 1})]
    assert found([look(0)], ties={"c1": frozenset({"korei"})}) == []
    worked = {"c1": Ring(staff=frozenset({"me"}))}
    assert found([look(0)], rings=worked, ties={"c1": frozenset({"shakyo"})}) == []
