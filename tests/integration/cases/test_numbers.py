"""Case numbers when several people open cases at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from casework.cases import queries
from casework.cases.rules import CaseOpening
from tests.integration.cases.conftest import Desk, open_as_intake_does


def test_cases_opened_at_once_get_different_numbers_without_a_gap(desk: Desk) -> None:
    people = [desk.person(f"架空 {place}") for place in range(8)]
    counselor = desk.counselor

    def opened(place: int) -> str:
        with desk.world.core.app_context():
            opening = CaseOpening(counselor.id, "fukushi_somu", (people[place],))
            case_id = desk.world.run(open_as_intake_does, counselor, opening)
            return desk.world.run(queries.read_case, counselor, case_id).number

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(opened, range(8)))
    assert numbers == [f"R8-{n:05d}" for n in range(1, 9)]
