"""What falls with a record and what keeps a person: a new table that names one has to be decided on, here too."""

from __future__ import annotations

import importlib

import pytest

from casework.app import HOUSES
from casework.usecase.erasing import links_to

# Rows of other records: as long as one of them names the person, the household or the meeting, it stays.
KEEPERS = {
    "person": {
        "care_relation.carer_id",
        "care_relation.cared_id",
        "case_person.person_id",
        "household_member.person_id",
        "intake.person_id",
        "note_segment.about_id",
        "outreach_episode.person_id",
        "participation_need.person_id",
        "person_fact.person_id",
    },
    "household": {"case_file.household_id"},
    "meeting": {"agenda_item.meeting_id", "item_member.meeting_id", "preparation_sheet.meeting_id"},
}


@pytest.fixture(autouse=True, scope="module")
def _all_tables() -> None:
    for house in HOUSES:
        importlib.import_module(f"casework.{house}.models")


@pytest.mark.parametrize("table", sorted(KEEPERS))
def test_only_rows_of_other_records_keep_what_several_records_name(table: str) -> None:
    found = {f"{link.model.__tablename__}.{link.name}" for link in links_to(table) if link.keeps}
    assert found == KEEPERS[table]


@pytest.mark.parametrize("table", ["case_file", "intake", "disclosure_request"])
def test_every_row_that_names_a_record_falls_with_it_or_is_its_later_episode(table: str) -> None:
    left = {f"{link.model.__tablename__}.{link.name}" for link in links_to(table) if not link.hangs}
    assert left <= {"case_file.previous_id"}
