"""Retention schedules as data, the day a record is past its years from both sides, and erasure by two people."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework.kernel.errors import BadInput, MoveRefused, Refused
from casework.retention.rules import (
    ERASURE,
    Counted,
    ErasureFacts,
    ErasureState,
    HoldDraft,
    RecordKind,
    Schedule,
    ScheduleFault,
    StartEvent,
    check_hold,
    schedules,
)
from casework.settings import bundled_path

FOLDERS = sorted(p.name for p in (bundled_path("config") / "municipality").iterdir())


def _entry(**changes: Any) -> dict[str, Any]:
    base = {
        "code": "case_closed",
        "name": "ケース",
        "record": "case",
        "start": "case_closed",
        "years": 5,
        "counted": "next_fiscal_year",
        "ground": "定め",
        "hold": True,
        "status": "U",
    }
    return {name: value for name, value in (base | changes).items() if value is not None}


def _schedule(**changes: Any) -> Schedule:
    return schedules({"class": [_entry(**changes)]})[0]


@pytest.mark.parametrize("city", FOLDERS)
def test_a_citys_schedules_cover_every_start_once(city: str) -> None:
    path = bundled_path("config") / "municipality" / city / "retention.toml"
    found = schedules(tomllib.loads(path.read_text(encoding="utf-8")))
    assert {s.start for s in found} == set(StartEvent)
    assert {s.record for s in found} == set(RecordKind)
    assert [s.code for s in found if not s.hold] == ["trail"]


@pytest.mark.parametrize(
    ("closed", "due"),
    [
        (date(2026, 3, 31), date(2031, 4, 1)),  # fiscal year 2025: from 1 April 2026, five years
        (date(2026, 4, 1), date(2032, 4, 1)),
        (date(2027, 3, 31), date(2032, 4, 1)),
    ],
)
def test_years_are_counted_from_the_fiscal_year_that_follows(closed: date, due: date) -> None:
    assert _schedule().due_on(closed) == due


def test_years_counted_from_the_day_know_the_29th_of_february() -> None:
    plain = _schedule(counted="day", years=1)
    assert plain.due_on(date(2028, 2, 29)) == date(2029, 3, 1)
    assert plain.due_on(date(2026, 5, 6)) == date(2027, 5, 6)


@pytest.mark.parametrize("counted", list(Counted))
@pytest.mark.parametrize("years", [1, 5])
def test_what_is_due_reads_the_same_from_the_record_and_from_today(counted: Counted, years: int) -> None:
    """The list asks with a limit, the proposal with the record's own day: over four years, day by day."""
    schedule = _schedule(counted=counted.value, years=years)
    today = date(2033, 2, 28)
    for back in range(4 * 366):
        start = today - timedelta(days=years * 365 + 700 - back)
        assert (schedule.due_on(start) <= today) == (start < schedule.began_before(today)), start


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"class": [], "more": 1},
        {"class": [_entry(), _entry()]},
        {"class": [_entry(years=0)]},
        {"class": [_entry(years=101)]},
        {"class": [_entry(years="viele")]},
        {"class": [_entry(record="person")]},
        {"class": [_entry(start="intake_answered")]},
        {"class": [_entry(counted="calendar_year")]},
        {"class": [_entry(ground=None)]},
        {"class": [_entry(note="mehr")]},
        {"class": [_entry(status="X")]},
    ],
)
def test_schedules_that_cannot_be_are_refused(written: dict[str, Any]) -> None:
    with pytest.raises(ScheduleFault):
        schedules(written)


EXPECTED = {"approve": "erased", "refuse": "refused", "withdraw": "withdrawn"}
ME, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize("state", list(ErasureState))
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_only_a_proposal_is_decided(state: ErasureState, name: str) -> None:
    facts = ErasureFacts(actor=ME, proposed_by=OTHER)
    if state is ErasureState.PROPOSED:
        assert ERASURE.after(state, name, facts).value == EXPECTED[name]
    else:
        with pytest.raises(MoveRefused):
            ERASURE.after(state, name, facts)


@pytest.mark.parametrize("name", ["approve", "refuse"])
def test_nobody_decides_on_their_own_proposal(name: str) -> None:
    with pytest.raises(Refused, match="erasure_own_proposal"):
        ERASURE.after(ErasureState.PROPOSED, name, ErasureFacts(actor=ME, proposed_by=ME))


def test_a_hold_has_an_end_within_five_years() -> None:
    today = date(2026, 4, 6)
    for days in (0, 1, 5 * 365):
        check_hold(HoldDraft("R8-00001", "架空", today + timedelta(days=days)), today)
    for days in (-1, 5 * 366 + 1):
        with pytest.raises(BadInput, match="hold_end_range"):
            check_hold(HoldDraft("R8-00001", "架空", today + timedelta(days=days)), today)
