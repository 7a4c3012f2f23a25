"""Periods, rounding, thresholds, the menu and the ministry's small numbers, without a database."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import date

import pytest

from casework.kernel.errors import BadInput
from casework.statistics.rules import (
    Auditor,
    Draft,
    Fact,
    Place,
    Published,
    Rule,
    StatKind,
    Table,
    count,
    fingerprint,
    parse_period,
    periods_of,
    protect,
    tables,
)
from casework.statistics.rules.official import below_city
from casework.statistics.rules.operations import duration, waiting
from casework.statistics.rules.protect import cell_key, record_key, rounded
from tests.support.caseloads import KEY, the_menu, the_values


@pytest.mark.parametrize(
    ("code", "first", "last", "label"),
    [
        ("2026-05", date(2026, 5, 1), date(2026, 5, 31), "令和8年5月分"),
        ("2026-Q1", date(2026, 4, 1), date(2026, 6, 30), "令和8年度第1四半期"),
        ("2026-Q4", date(2027, 1, 1), date(2027, 3, 31), "令和8年度第4四半期"),
        ("FY2026", date(2026, 4, 1), date(2027, 3, 31), "令和8年度"),
    ],
)
def test_a_period_says_from_when_to_when_it_is(code: str, first: date, last: date, label: str) -> None:
    period = parse_period(code)
    assert (period.first, period.last, period.label, period.fiscal_year) == (first, last, label, 2026)


@pytest.mark.parametrize(
    "code", ["", "2026", "2026-13", "2026-Q5", "FY26", "2026-5", "令和8年", "1999-01", "FY9999"]
)
def test_any_other_spelling_is_refused(code: str) -> None:
    with pytest.raises(BadInput, match="period_unknown"):
        parse_period(code)


def test_a_period_opens_on_the_fifth_working_day_after_it_closed() -> None:
    assert parse_period("2026-04").opens_on == date(2026, 5, 12)  # after the holidays of May
    assert parse_period("2026-12").opens_on == date(2027, 1, 8)


def test_a_fiscal_year_has_seventeen_periods_and_each_consists_of_its_parts() -> None:
    periods = periods_of(2026)
    assert len(periods) == 17
    assert [p.last for p in periods] == sorted(p.last for p in periods)
    assert parse_period("FY2026").parts == ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")
    assert parse_period("2026-Q4").parts == ("2027-01", "2027-02", "2027-03")
    assert parse_period("2026-05").parts == ()


def test_rounding_is_unbiased_and_at_most_four_away() -> None:
    rng, errors = random.Random(7), []
    for _ in range(4000):
        n = rng.randint(10, 400)
        errors.append(rounded(KEY, n, rng.getrandbits(64)) - n)
    assert max(map(abs, errors)) <= 4
    assert abs(sum(errors) / len(errors)) < 0.1
    assert {rounded(KEY, n, 1) % 5 for n in range(10, 60)} == {0}


def test_the_same_records_give_the_same_number_in_any_order_and_another_key_another() -> None:
    names = [f"case:{n}" for n in range(37)]
    forward = cell_key(sum(record_key(KEY, name) for name in names))
    backward = cell_key(sum(record_key(KEY, name) for name in reversed(names)))
    assert forward == backward
    other = bytes(32)
    differing = sum(
        rounded(KEY, 37, cell_key(record_key(KEY, n))) != rounded(other, 37, cell_key(record_key(other, n)))
        for n in names
    )
    assert differing > 5
    assert fingerprint(KEY) != fingerprint(other)


def test_another_process_rounds_alike() -> None:
    code = (
        "from casework.statistics.rules.protect import *\n"
        "k=bytes(range(32)); c=cell_key(sum(record_key(k,f'case:{n}') for n in range(37)))\n"
        "print(rounded(k,37,c))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here = rounded(KEY, 37, cell_key(sum(record_key(KEY, f"case:{n}") for n in range(37))))
    assert int(said.stdout) == here


def _visits(homes: int, each: int) -> list[Fact]:
    return [
        Fact("visit", f"{home}.{n}", str(home), "shakyo", {"result": "met"})
        for home in range(homes)
        for n in range(each)
    ]


@pytest.mark.parametrize(
    ("homes", "each", "shown"), [(3, 4, False), (9, 9, False), (10, 1, True), (12, 4, True)]
)
def test_the_threshold_looks_at_the_households_behind_the_events(homes: int, each: int, shown: bool) -> None:
    told = tables(the_menu(), the_values(), StatKind.QUARTER)
    draft = protect(told, count(told, _visits(homes, each), KEY, Rule()), KEY, Rule())
    assert (draft.cells[("visit.total", ())].shown is not None) is shown


def test_a_table_with_small_cells_on_the_whole_is_left_out() -> None:
    told = tables(the_menu(), the_values(), StatKind.QUARTER)
    draft = protect(told, count(told, _visits(12, 1), KEY, Rule()), KEY, Rule())
    assert draft.cells[("visit.total", ())].shown is not None
    assert {cell.shown for place, cell in draft.cells.items() if place[0] == "visit.result"} == {None}


def test_the_menu_has_nothing_three_way_and_pairs_only_for_a_year() -> None:
    for kind in StatKind:
        told = tables(the_menu(), the_values(), kind)
        assert max(len(table.dims) for table in told) == (2 if kind is StatKind.YEAR else 1)
        assert all("area9" not in table.dims for table in told if len(table.dims) == 2)
        assert len({table.id for table in told}) == len(told)


def _rounded_up() -> Draft:
    """61 wishes for a salon and one for volunteering, drawn so that the 61 are shown as 65."""
    told = tables(the_menu(), the_values(), StatKind.QUARTER)
    for world in range(200):
        facts = [Fact("need", f"{world}.{n}", f"{n}", "shakyo", _need("salon")) for n in range(61)]
        facts.append(Fact("need", f"{world}.v", "v", "shakyo", _need("volunteer")))
        draft = protect(told, count(told, facts, KEY, Rule()), KEY, Rule())
        if draft.cells[("need.place", ("salon",))].shown == 65:
            return draft
    raise AssertionError("rounding never went up")


def test_the_audit_hides_a_number_from_which_a_small_one_follows() -> None:
    """65 says at least 61; with the exact total of 62 all others together are known to be one at most."""
    draft = _rounded_up()
    auditor = Auditor(parse_period("2026-Q1"), draft, (), Rule(), {}, {("need.total", ()): (62, 62)})
    before = draft.cells[("need.place", ("salon",))].shown
    report = auditor.hide_more()
    assert (before, draft.cells[("need.place", ("salon",))].shown) == (65, None)
    assert report.hidden_by_audit >= 1
    assert report.open == 0


def _need(place: str) -> dict[str, str | tuple[str, ...]]:
    return {"place": place, "stage": "requested", "gap": ()}


def test_an_earlier_edition_is_part_of_what_can_be_subtracted() -> None:
    """Two months are shown as 30 each; a quarter shown as 60 would tell that the third month was nearly empty."""
    month = tables(the_menu(), the_values(), StatKind.MONTH)
    earlier = [
        Published(parse_period(code), tuple(month), _only_visits(month, shown))
        for code, shown in (("2026-04", 30), ("2026-05", 30), ("2026-06", None))
    ]
    quarter = tables(the_menu(), the_values(), StatKind.QUARTER)
    draft = protect(quarter, count(quarter, _visits(53, 1), KEY, Rule()), KEY, Rule())
    draft.cells[("visit.total", ())].shown = 50  # 46 to 54, and the two months 52 at least
    known: dict[Place, tuple[int, int]] = {}
    Auditor(parse_period("2026-Q1"), draft, (), Rule(), {}, known).hide_more()
    assert draft.cells[("visit.total", ())].shown == 50
    Auditor(parse_period("2026-Q1"), draft, earlier, Rule(), {}, known).hide_more()
    assert draft.cells[("visit.total", ())].shown is None


def _only_visits(told: list[Table], shown: int | None) -> dict[Place, int | None]:
    found: dict[Place, int | None] = {(table.id, key): None for table in told for key in table.keys}
    found[("visit.total", ())] = shown
    return found


def test_a_single_small_number_is_not_hidden_alone() -> None:
    assert below_city({"a": 4, "b": 30, "c": 12}, ("a", "b", "c", "d")) == {
        "a": None,
        "b": 30,
        "c": None,
        "d": 0,
    }
    assert below_city({"a": 4, "b": 5, "c": 12}, ("a", "b", "c")) == {"a": None, "b": None, "c": 12}
    assert below_city({"a": 40}, ("a", "b")) == {"a": 40, "b": 0}


def test_waiting_referrals_are_told_by_age_the_oldest_first() -> None:
    lines = waiting([("x", 1), ("y", 20), ("x", 6), ("y", 2)])
    assert [(line.agency, line.by_age) for line in lines] == [("y", (1, 0, 0, 1)), ("x", (1, 1, 0, 0))]


def test_a_duration_tells_the_half_and_nine_of_ten() -> None:
    told = duration("first_plan", [*range(1, 11)])
    assert (told.count, told.median, told.most) == (10, 5.5, 9)
    assert duration("minutes", []).median is None
