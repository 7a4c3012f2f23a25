"""Sealing over a database: once, closed periods only, by a whole key and whole editions; nothing changes afterwards."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from casework.commands import cli
from casework.demo.loader import load
from casework.kernel.actor import Actor
from casework.kernel.errors import BadInput, NotAllowed, Refused
from casework.statistics import actions, queries
from casework.statistics.queries import shelf
from casework.statistics.rules import Auditor, StatKind, parse_period, periods_of
from tests.integration.statistics.conftest import CASES, END
from tests.support.attacker import Attacker
from tests.support.world import World

PERIODS = ("2025-05", "2025-Q1", "FY2025")


def _supervisor(world: World) -> Actor:
    return world.actor("supervisor", "fukushi_somu")


def _bundle(world: World) -> bytes:
    view = queries.bundle(world.ctx(_supervisor(world)), fy=2025)
    return json.dumps([view.dims, view.tables], ensure_ascii=False).encode()


def _seal(world: World, *periods: str) -> None:
    for period in periods:
        actions.seal(world.ctx(), period)


def _run(database: str, *statements: str) -> None:
    engine = create_engine(database)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


def test_a_period_is_sealed_once(house: World) -> None:
    _seal(house, *PERIODS)
    before = _bundle(house)
    for period in PERIODS:
        with pytest.raises(Refused, match="edition_sealed"):
            _seal(house, period)
    assert _bundle(house) == before
    assert [period for period, whole in queries.verify(house.ctx()) if whole] == [
        "2025-05",
        "2025-Q1",
        "FY2025",
    ]


@pytest.mark.parametrize("period", ["2026-04", "FY2026", "2026-Q1", "2030-01"])
def test_an_open_or_future_period_is_refused_and_nothing_is_stored(house: World, period: str) -> None:
    with pytest.raises(Refused, match="period_open"):
        _seal(house, period)
    assert queries.verify(house.ctx()) == []


def test_a_period_opens_on_its_day_and_not_before(world: World) -> None:
    assert parse_period("2026-03").opens_on == date(2026, 4, 7)
    with pytest.raises(Refused, match="period_open"):
        _seal(world, "2026-03")
    world.later(days=1)
    _seal(world, "2026-03")


def test_what_happens_afterwards_changes_nothing(house: World, database: str) -> None:
    _seal(house, *PERIODS)
    before = _bundle(house)
    load(house.settings, house.keys, cases=60, months=12, end=END, seed=2)  # late entries
    _run(
        database,
        "UPDATE case_file SET owner_agency = 'shakyo', state = 'open', closed_at = NULL, close_reason = NULL",
        "UPDATE household SET household_type = 'other'",
        "DELETE FROM case_issue",
        "DELETE FROM visit",
    )
    assert _bundle(house) == before


def test_a_changed_key_within_the_year_is_refused(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _seal(house, "2025-05")
    monkeypatch.setattr(shelf, "statistics_key", lambda _: bytes(32))
    with pytest.raises(Refused, match="statistics_key_changed"):
        _seal(house, "2025-06")
    monkeypatch.undo()
    _seal(house, "2025-06")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stat_cell SET shown = shown + 5 WHERE table_id = 'case.total'",
        "UPDATE stat_cell SET shown = NULL WHERE table_id = 'case.total'",
        "DELETE FROM stat_cell WHERE table_id = 'intake.route'",
        "UPDATE stat_table SET unit = 'visit' WHERE table_id = 'case.total'",
        "UPDATE stat_edition SET audit = '{}'",
    ],
)
def test_a_tampered_edition_is_found_and_nothing_is_sealed_on_it(
    house: World, database: str, statement: str
) -> None:
    _seal(house, "2025-Q1")
    _run(database, statement)
    assert queries.verify(house.ctx()) == [("2025-Q1", False)]
    with pytest.raises(Refused, match="edition_tampered"):
        _seal(house, "2025-05")
    assert [period for period, _ in queries.verify(house.ctx())] == ["2025-Q1"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stat_cell SET shown = 3 WHERE table_id = 'case.total'",
        "UPDATE stat_cell SET shown = 5 WHERE table_id = 'case.total'",
        "UPDATE stat_cell SET shown = 12 WHERE table_id = 'case.total'",
    ],
)
def test_the_database_refuses_a_number_that_is_not_protected(
    house: World, database: str, statement: str
) -> None:
    _seal(house, "2025-Q1")
    with pytest.raises(IntegrityError, match="ck_stat_cell_protected"):
        _run(database, statement)


def test_a_pending_period_and_an_unlisted_table_are_told_and_never_computed(house: World) -> None:
    _seal(house, "2025-05", "FY2025")
    who = house.ctx(_supervisor(house))
    with pytest.raises(Refused, match="statistics_pending"):
        queries.table(who, "case.total", period="2025-06")
    for group in ("age*household", "area9*age", "area5*age*household", "name", "birth"):
        with pytest.raises(BadInput, match="table_unlisted"):
            queries.sheet(house.ctx(_supervisor(house)), "case", group, period="FY2025")
    with pytest.raises(BadInput, match="table_unlisted"):
        queries.sheet(house.ctx(_supervisor(house)), "case", "area5*age", period="2025-05")
    with pytest.raises(BadInput, match="table_unlisted"):
        queries.table(house.ctx(_supervisor(house)), "case.name", period="FY2025")


def test_every_number_a_supervisor_can_get_is_hidden_or_a_multiple_of_five(house: World) -> None:
    _seal(house, *PERIODS)
    numbers: list[int] = []
    for period in PERIODS:
        menu = queries.menu(house.ctx(_supervisor(house)))
        for sheet in menu.sheets:
            if parse_period(period).kind.value in sheet.kinds:
                found = queries.sheet(house.ctx(_supervisor(house)), sheet.unit, sheet.group, period=period)
                numbers += [
                    n for row in (*found.rows, found.total) for n in (row.shown, row.before) if n is not None
                ]
    totals = queries.year_totals(house.ctx(_supervisor(house)), fy=2025).totals
    numbers += [n for unit in totals for n in unit.shown.values() if n is not None]
    bundle = queries.bundle(house.ctx(_supervisor(house)), fy=2025)
    numbers += [n for table in bundle.tables for n in table["values"] if n is not None]
    assert len(numbers) > 100
    assert all(n >= 10 and n % 5 == 0 for n in numbers)


def test_the_bundle_tells_its_hierarchies_and_its_rule(house: World) -> None:
    _seal(house, *PERIODS)
    bundle = queries.bundle(house.ctx(_supervisor(house)), fy=2025)
    area = bundle.dims["case.area"]
    assert area["levels"] == ["area9", "area5"]
    assert set(area["parent"]["area9"].values()) == set(area["values"]["area5"])
    for table in bundle.tables:
        size = 1
        for name, level in table["dims"]:
            size *= len(bundle.dims[name]["values"][level])
        assert len(table["values"]) == size
        assert table["rule"] == {"kind": "round_rand", "base": 5, "mask_lt": 10}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the engine adds nothing to it
def test_the_same_records_have_the_same_number_in_every_period_that_holds_them(world: World) -> None:
    """All cases were registered in March: that month, its quarter and its year are the same records."""
    load(world.settings, world.keys, cases=300, months=1, end=END, seed=1)
    world.later(days=2)
    _seal(world, "2026-03", "2025-Q4", "FY2025")
    tables = queries.bundle(world.ctx(_supervisor(world)), fy=2025).tables
    shown: dict[tuple[str, int], set[int]] = {}
    for table in tables:
        for at, value in enumerate(table["values"]):
            if value is not None:
                shown.setdefault((table["id"], at), set()).add(value)
    assert len(shown) > 50
    assert [place for place, values in shown.items() if len(values) > 1] == []


def test_what_the_audit_is_told_to_be_official_is_the_truth(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a month and a quarter the totals of those days; for a year windows and routes too, as they are reported."""
    told: dict[str, int] = {}

    class Watching(Auditor):
        def __init__(self, period: Any, draft: Any, *others: Any) -> None:
            official = others[-1]
            told[period.code] = len(official)
            for place, (low, high) in official.items():
                assert low <= draft.cells[place].n <= high, (period.code, place)
            super().__init__(period, draft, *others)

    monkeypatch.setattr(actions, "Auditor", Watching)
    _seal(house, *PERIODS)
    assert told["2025-05"] == told["2025-Q1"] == 4
    assert told["FY2025"] > 30


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the engine adds nothing to it
def test_the_attacker_finds_nothing_in_the_bundle_that_the_door_gives(house: World) -> None:
    """The published shape itself: every sum of it holds, and nothing that may be small is known to within two."""
    _seal(house, *(period.code for period in periods_of(2025)))
    view = queries.bundle(house.ctx(_supervisor(house)), fy=2025)
    attacker = Attacker({"dims": view.dims, "tables": view.tables}, {})
    assert len(attacker.equations) > 1000
    assert attacker.propagate() == 0
    close = [n for n, low in enumerate(attacker.low) if low < 10 and attacker.high[n] - low <= 2]
    assert close == []


def test_counts_from_the_database_are_those_of_the_drawn_caseload(house: World) -> None:
    """The reading of a period counts every record once, whatever it does not say of itself."""
    _seal(house, "FY2025")
    report = queries.official_report(
        house.ctx(house.actor("report_officer", "fukushi_somu")), fy=2025, purpose="ministry"
    )
    received = next(line.value for line in report.sections[0].lines if line.id == "received")
    shown = queries.table(house.ctx(_supervisor(house)), "intake.total", period="FY2025").cells[0].shown
    assert received is not None
    assert shown is not None
    assert received > CASES * 0.9
    assert abs(shown - received) <= 4


def test_exact_figures_are_for_their_own_role_and_a_purpose(house: World) -> None:
    officer = house.actor("report_officer", "fukushi_somu")
    with pytest.raises(BadInput, match="purpose_missing"):
        queries.official_report(house.ctx(officer), fy=2025, purpose="curiosity")
    for role in ("supervisor", "administrator", "coordinator", "privacy_officer"):
        with pytest.raises(NotAllowed):
            queries.official_report(house.ctx(house.actor(role, "fukushi_somu")), fy=2025, purpose="ministry")


@pytest.mark.parametrize("role", ["counselor", "administrator", "agency_member", "privacy_officer", "chair"])
def test_statistics_are_for_supervisors(house: World, role: str) -> None:
    with pytest.raises(NotAllowed):
        queries.menu(house.ctx(house.actor(role, "fukushi_somu")))
    with pytest.raises(NotAllowed):
        actions.seal(house.ctx(_supervisor(house)), "2025-05")


def test_the_commands_seal_what_is_due_and_check_it(house: World, database: str) -> None:
    run = house.core.test_cli_runner()
    refused = run.invoke(cli.commands["statistics"], ["seal", "2026-05"])
    assert refused.exit_code == 1
    assert "まだ締まっていません" in refused.output
    sealed = run.invoke(cli.commands["statistics"], ["due", "--since", "2025"])
    assert sealed.exit_code == 0, sealed.output
    assert "sealed 17" in sealed.output
    assert run.invoke(cli.commands["statistics"], ["verify"]).exit_code == 0
    assert "open 0" in run.invoke(cli.commands["statistics"], ["audit"]).output
    _run(database, "UPDATE stat_cell SET shown = 10 WHERE table_id = 'case.total' AND shown IS NOT NULL")
    assert run.invoke(cli.commands["statistics"], ["verify"]).exit_code == 1


def test_editions_tell_what_is_sealed_and_what_is_pending(house: World) -> None:
    _seal(house, "2025-05")
    found: dict[str, Any] = {e.period: e for e in queries.editions(house.ctx(_supervisor(house)), fy=2025)}
    assert len(found) == 17
    assert found["2025-05"].sealed_at is not None
    assert found["2025-06"].sealed_at is None
    assert found["2025-06"].opens_on == parse_period("2025-06").opens_on
    assert {e.kind for e in found.values()} == {kind.value for kind in StatKind}
