"""Opening a whole case file at once: what it shows, to whom, and what the trail says of it."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.cases import actions, queries
from casework.cases.rules import NoteDraft, ProposalDraft, SegmentClass, SegmentDraft
from casework.db import CLEARED
from casework.kernel.actor import Actor
from casework.kernel.errors import BadInput, NotFound
from casework.people.queries import read_person
from casework.usecase import WITHHELD
from tests.integration.cases.conftest import Desk


def noted(desk: Desk, case_id: UUID) -> None:
    draft = NoteDraft(
        happened_at=desk.world.clock.now(),
        method="home_visit",
        agency="fukushi_somu",
        segments=(SegmentDraft(SegmentClass.FACT, "架空の記録"),),
    )
    desk.world.run(actions.write_note, desk.counselor, case_id, draft)


def entries(desk: Desk, actor: Actor) -> list[tuple[str, str, str, str, str]]:
    query = select(
        AuditEntry.event, AuditEntry.kind, AuditEntry.target, AuditEntry.case_id, AuditEntry.purpose
    ).where(AuditEntry.actor == str(actor.id))
    with desk.world.writing() as session:
        rows = session.execute(query.order_by(AuditEntry.seq), execution_options={CLEARED: True})
        return [tuple(row) for row in rows]


def test_the_file_shows_what_its_parts_show_one_by_one(desk: Desk) -> None:
    person = desk.person("架空 太郎")
    case_id = desk.open(person)
    noted(desk, case_id)
    found = desk.world.run(queries.read_file, desk.counselor, case_id, purpose="support")
    assert found.case == desk.world.run(queries.read_case, desk.counselor, case_id)
    assert found.persons == (desk.world.run(read_person, desk.counselor, person),)
    assert found.notes == desk.world.run(queries.read_notes, desk.counselor, case_id, "support")
    assert [note.segments[0].text for note in found.notes.items] == ["架空の記録"]


def test_every_part_of_an_opened_file_stands_in_the_trail(desk: Desk) -> None:
    person = desk.person()
    case_id = desk.open(person)
    before = len(entries(desk, desk.counselor))
    desk.world.run(queries.read_file, desk.counselor, case_id, purpose="support")
    case = str(case_id)
    assert sorted(entries(desk, desk.counselor)[before:]) == [
        ("case.file_opened", "case_file", case, case, "support"),
        ("note.read", "case_file", case, case, "support"),
        ("person.read", "person", str(person), case, "support"),
    ]


def test_notes_are_not_opened_without_a_purpose(desk: Desk) -> None:
    case_id = desk.open()
    with pytest.raises(BadInput) as refusal:
        desk.world.run(queries.read_file, desk.counselor, case_id)
    assert (refusal.value.code, refusal.value.field) == ("purpose_missing", "purpose")


def test_who_sees_a_case_but_no_notes_opens_the_file_without_them(desk: Desk) -> None:
    case_id = desk.open()
    noted(desk, case_id)
    desk.world.run(actions.propose_for_meeting, desk.counselor, case_id, ProposalDraft("架空の理由"))
    found = desk.world.run(queries.read_file, desk.coordinator, case_id)
    assert found.notes is WITHHELD
    assert found.case.id == case_id
    assert "note.read" not in {entry[0] for entry in entries(desk, desk.coordinator)}


def test_the_file_of_a_protected_person_opens_to_those_named_only(desk: Desk) -> None:
    person = desk.person(protected=True)
    desk.may_see_protected(person, desk.counselor)
    case_id = desk.open(person)
    found = desk.world.run(queries.read_file, desk.counselor, case_id, purpose="support")
    assert [view.id for view in found.persons] == [person]
    with pytest.raises(NotFound):
        desk.world.run(queries.read_file, desk.colleague, case_id, purpose="support")


def test_a_file_out_of_sight_does_not_exist(desk: Desk) -> None:
    case_id = desk.open()
    with pytest.raises(NotFound):
        desk.world.run(queries.read_file, desk.stranger, case_id, purpose="support")
