"""保存年限と消去: two people, nothing held, and then nothing left but a tombstone; neighbours stay readable."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, inspect, select, table

from casework.audit.models import AuditEntry
from casework.cases import actions as case_actions
from casework.cases import queries as cases
from casework.cases.models import Note
from casework.cases.rules import AddPersonDraft, SegmentClass, SegmentDraft
from casework.crypto import Binding, KeyDestroyed, KeystoreUnreadable
from casework.db import CLEARED
from casework.disclosure import actions as disclosure
from casework.disclosure import queries as disclosures
from casework.intake import queries as intakes
from casework.kernel.errors import (
    BadInput,
    CaseworkError,
    MoveRefused,
    NotAllowed,
    NotFound,
    Refused,
    StepUpRequired,
)
from casework.people import queries as people
from casework.people.rules import SearchDraft
from casework.retention import actions, queries
from casework.retention.cli import finish
from casework.retention.rules import (
    DecisionDraft,
    ErasureState,
    HoldDraft,
    ProposalDraft,
    RefusalDraft,
)
from tests.support.papers import Office, Resident
from tests.support.world import World

ALONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def propose(office: Office, *numbers: str, ground: str = "schedule") -> tuple[UUID, ...]:
    draft = ProposalDraft(numbers, ground, "架空の消去の理由")
    return tuple(view.id for view in office.world.run(actions.propose, office.officer, draft))


def erase(office: Office, *numbers: str, ground: str = "schedule") -> None:
    ids = propose(office, *numbers, ground=ground)
    office.world.run(actions.approve, office.second, DecisionDraft(ids))


def due(office: Office) -> list[str]:
    return [line.number for line in office.world.run(queries.due_list, office.officer).lines]


def _named(world: World, *ids: UUID) -> list[str]:
    """Tables and columns in which one of the ids still stands, read past the house's own code."""
    wanted = {i.hex for i in ids} | {str(i) for i in ids}
    world.session.rollback()
    engine, found = create_engine(world.settings.database_url), []
    with engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            whole = select("*").select_from(table(name))
            for row in connection.execute(whole).mappings():
                found += [f"{name}.{column}" for column, value in row.items() if str(value) in wanted]
    engine.dispose()
    return sorted(set(found))


def test_an_erased_record_is_gone_for_everyone_and_a_shared_person_stays(office: Office) -> None:
    """The whole road, on both databases."""
    world, run = office.world, office.world.run
    gone, stays = office.resident("架空 消子", "消える"), office.resident("架空 残子", "残る")
    shared = office.joins(stays, "架空 両方")
    known = AddPersonDraft("household", person_id=shared)
    run(case_actions.add_person, office.counselor, gone.case, known)
    alone = office.joins(gone, "架空 同居")
    office.note(gone, SegmentDraft(SegmentClass.FACT, "架空の消える事実", shared))
    note = _blob(world, gone)
    office.end(gone)
    office.years(6.5)
    assert due(office) == [gone.number]
    (proposal,) = propose(office, gone.number)
    assert due(office) == []  # it waits for its second person now
    with pytest.raises(Refused, match="erasure_own_proposal"):
        run(actions.approve, office.officer, DecisionDraft((proposal,)))
    run(actions.approve, office.second, DecisionDraft((proposal,)))
    reads: list[tuple[Callable[..., Any], UUID]] = [
        (cases.read_case, gone.case),
        (intakes.read, gone.intake),
        (people.read_person, gone.person),
        (people.read_person, alone),
    ]
    for read, target in reads:
        with pytest.raises(NotFound):
            run(read, office.counselor, target)
    assert run(people.search, office.counselor, SearchDraft(name="架空 消子")) == []
    assert gone.number not in str(run(cases.list_cases, office.counselor))
    assert run(people.read_person, office.counselor, shared).name == "架空 両方"
    assert run(cases.read_case, office.counselor, stays.case).number == stays.number
    assert run(people.search, office.counselor, SearchDraft(name="架空 残子"))
    for blob, place in note:
        with pytest.raises(KeyDestroyed):
            world.keys.open(blob, place)
    left = _named(world, gone.case, gone.person, gone.intake, alone)
    assert set(left) == {
        "audit_entry.case_id",
        "audit_entry.target",
        "erasure.record_id",
        "erasure_owner.owner",
        "person_search_change.person_id",
    }
    (stone,) = run(queries.tombstones, office.officer).items
    assert (stone.number, stone.schedule, stone.ground) == (gone.number, "case_closed", "schedule")
    assert (stone.proposed_by, stone.approved_by) == (office.officer.id, office.second.id)
    assert (stone.keys, stone.kek_retired_at) == (4, None)  # case, intake and two persons
    assert stone.keys_gone_at is not None
    assert stone.backups_until is not None
    assert stone.backups_until > stone.keys_gone_at
    with pytest.raises(BadInput, match="request_no_person"):
        office.asked(gone)


def _blob(world: World, resident: Resident) -> list[tuple[bytes, Binding]]:
    """Ciphertexts of the case as an old backup would hold them."""
    from casework.cases.models import NoteSegment

    query = select(NoteSegment).where(NoteSegment.case_id == resident.case)
    rows = list(world.session.scalars(query, execution_options={CLEARED: True}))
    found = [(row.text, Binding("note_segment", "text", row.id, row.case_id)) for row in rows]
    world.session.rollback()
    assert found
    return found


@ALONE
def test_what_is_open_held_asked_for_continued_or_protected_is_not_due_and_not_erased(office: Office) -> None:
    world, run = office.world, office.world.run
    names = ("開いた", "保留", "請求", "前回", "保護", "途中", "済み")
    at = {name: office.resident(f"架空 {name}", name) for name in names}
    office.protect(at["保護"], at["保護"].person)
    for name in names[1:]:
        office.end(at[name])
    _continue(world, at["前回"], at["開いた"])
    _open_intake(world, at["途中"])
    office.years(6.5)
    end = world.ctx().today + timedelta(days=30)
    run(actions.hold, office.officer, HoldDraft(at["保留"].number, "架空の訴訟", end))
    request = office.asked(at["請求"])
    assert due(office) == [at["済み"].number]
    refusals: dict[str, str | None] = {
        "開いた": "ended_record_unknown",
        "保留": "record_held",
        "請求": "record_asked_for",
        "前回": "record_goes_on",
        "保護": "ended_record_unknown",
        "途中": "record_unfinished",
        "済み": None,
    }
    for name, code in refusals.items():
        for ground in ("schedule", "suspension_request"):
            draft = ProposalDraft((at[name].number,), ground, "架空")
            if code is not None:
                with pytest.raises(CaseworkError, match=code):
                    run(actions.propose, office.officer, draft)
    run(disclosure.withdraw, office.officer, request.id)
    office.years(0.1)  # the hold has ended
    assert sorted(due(office)) == sorted(at[name].number for name in ("保留", "請求", "済み"))


def _continue(world: World, before: Resident, after: Resident) -> None:
    from casework.cases.models import Case

    with world.writing() as session:
        row = session.get(Case, after.case, execution_options={CLEARED: True})
        assert row is not None
        row.previous_id = before.case


def _open_intake(world: World, resident: Resident) -> None:
    from casework.intake.models import Intake

    with world.writing() as session:
        row = session.get(Intake, resident.intake, execution_options={CLEARED: True})
        assert row is not None
        row.state = "in_screening"


@ALONE
def test_a_hold_set_after_the_proposal_stops_the_erasure(office: Office) -> None:
    world, run = office.world, office.world.run
    one = office.resident("架空 一人", "一")
    office.end(one)
    office.years(6.5)
    (proposal,) = propose(office, one.number)
    end = world.ctx().today + timedelta(days=1)
    held = run(actions.hold, office.officer, HoldDraft(one.number, "架空の審査請求", end))
    with pytest.raises(Refused, match="record_held"):
        run(actions.approve, office.second, DecisionDraft((proposal,)))
    assert run(cases.read_case, office.counselor, one.case).number == one.number
    run(actions.lift, office.officer, held.id)
    with pytest.raises(Refused, match="hold_over"):
        run(actions.lift, office.officer, held.id)
    run(actions.approve, office.second, DecisionDraft((proposal,)))
    with pytest.raises(NotFound):
        run(cases.read_case, office.counselor, one.case)
    with pytest.raises(BadInput, match="unknown_reference"):  # the proposal is a tombstone now
        run(actions.approve, office.second, DecisionDraft((proposal,)))


@ALONE
def test_what_is_wrong_with_an_erasure_is_said_and_recorded_and_nothing_changes(office: Office) -> None:
    world, run = office.world, office.world.run
    one = office.resident("架空 一人", "一")
    office.end(one)
    soon = ProposalDraft((one.number,), "schedule", "架空")
    with pytest.raises(Refused, match="record_not_due"):
        run(actions.propose, office.officer, soon)
    (lawful,) = propose(office, one.number, ground="suspension_request")  # another ground needs no years
    with pytest.raises(Refused, match="erasure_proposed_already"):
        propose(office, one.number, ground="suspension_request")
    with pytest.raises(Refused, match="erasure_own_proposal"):
        run(actions.refuse, office.officer, lawful, RefusalDraft("架空"))
    elsewhere = world.actor("supervisor", "toshi_seibi")
    with pytest.raises(BadInput, match="unknown_reference"):
        run(actions.approve, elsewhere, DecisionDraft((lawful,)))
    with pytest.raises(NotAllowed):
        run(actions.approve, office.counselor, DecisionDraft((lawful,)))
    stale = world.ctx(office.second)
    late = timedelta(minutes=world.settings.step_up_minutes + 1)
    stale.actor = replace(stale.actor, confirmed_at=stale.now - late)
    with pytest.raises(StepUpRequired):
        actions.approve(stale, DecisionDraft((lawful,)))
    assert run(actions.refuse, office.second, lawful, RefusalDraft("架空の理由")).refusal == "架空の理由"
    with pytest.raises(NotFound):  # no longer before anybody
        run(actions.refuse, office.second, lawful, RefusalDraft("架空"))
    (other,) = propose(office, one.number, ground="suspension_request")
    assert run(actions.withdraw, office.officer, other).state is ErasureState.WITHDRAWN
    with pytest.raises(MoveRefused):
        run(actions.withdraw, office.officer, other)
    assert run(cases.read_case, office.counselor, one.case).number == one.number
    world.session.rollback()
    query = select(AuditEntry.outcome).where(
        AuditEntry.event.startswith("erasure."), AuditEntry.outcome != "done"
    )
    refused = world.session.scalars(query, execution_options={CLEARED: True}).all()
    assert sorted(set(refused)) == [
        "erasure_own_proposal",
        "erasure_proposed_already",
        "move_refused",
        "not_allowed",
        "not_found",
        "record_not_due",
        "step_up_required",
        "unknown_reference",
    ]


@ALONE
def test_a_kill_between_the_commit_and_the_keys_is_finished_by_the_next_run(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world, run = office.world, office.world.run
    one = office.resident("架空 一人", "一")
    blobs = _blob(world, one)
    office.end(one)
    office.years(6.5)
    with monkeypatch.context() as broken, caplog.at_level(logging.WARNING):
        broken.setattr(world.keys.store, "erase", _unreadable)
        erase(office, one.number)
    assert "wait for `casework retention run`" in caplog.text
    with pytest.raises(NotFound):  # decided is decided: the rows are gone
        run(cases.read_case, office.counselor, one.case)
    assert world.keys.open(*blobs[0])  # but an old backup of the database could still be read
    (stone,) = run(queries.tombstones, office.officer).items
    assert (stone.keys_gone_at, stone.backups_until) == (None, None)
    assert finish() == stone.keys
    assert finish() == 0
    for blob in blobs:
        with pytest.raises(KeyDestroyed):
            world.keys.open(*blob)
    (stone,) = run(queries.tombstones, office.officer).items
    assert stone.keys_gone_at is not None


def _unreadable(*_: Any, **__: Any) -> None:
    raise KeystoreUnreadable


@ALONE
def test_an_answered_intake_and_an_ended_request_go_by_their_own_years(office: Office) -> None:
    world, run = office.world, office.world.run
    intake_id, person_id = office.answered("架空 回答", "回答")
    number = run(intakes.read, office.counselor, intake_id).number
    one = office.resident("架空 一人", "一")
    request = office.asked(one)
    run(disclosure.withdraw, office.officer, request.id)
    office.end(one)
    office.years(2.3)
    assert due(office) == [number]
    erase(office, number)
    for read, target in ((intakes.read, intake_id), (people.read_person, person_id)):
        with pytest.raises(NotFound):
            run(read, office.counselor, target)
    office.years(4)
    assert sorted(due(office)) == sorted([one.number, request.number])
    erase(office, one.number)
    # The ledger of the ended request stays for its own years, without the person.
    assert run(people.search, office.counselor, SearchDraft(name="架空 一人")) == []
    assert "person.id" not in _named(world, one.person)
    assert run(disclosures.read_request, office.officer, request.id).number == request.number
    erase(office, request.number)
    with pytest.raises(NotFound):
        run(disclosures.read_request, office.officer, request.id)


@ALONE
def test_forms_that_somebody_began_on_a_page_of_the_record_go_with_it(office: Office) -> None:
    from casework.desk import actions as desk
    from casework.desk.models import UnsentForm
    from casework.desk.rules import UnsentDraft

    world, run = office.world, office.world.run
    one, other = office.resident("架空 一人", "一"), office.resident("架空 二人", "二")
    for resident in (one, other):
        form = UnsentDraft(f"/cases/{resident.case}/notes/new", "[]")
        run(desk.keep, office.counselor, form)
    office.end(one)
    office.years(6.5)
    erase(office, one.number)
    rows = world.session.scalars(select(UnsentForm.form), execution_options={CLEARED: True}).all()
    assert rows == [f"/cases/{other.case}/notes/new"]
    assert world.session.scalars(select(Note.id), execution_options={CLEARED: True}).all()


@ALONE
def test_what_an_older_keystore_brings_back_is_destroyed_again(office: Office) -> None:
    """A restored keystore does not know what was erased since; the nightly work does."""
    world, one = office.world, office.resident("架空 復子", "復子")
    blobs = _blob(world, one)
    office.end(one)
    office.years(6.5)
    store = world.keys.store
    store.database.empty_log()
    old = store.database.path.read_bytes()
    erase(office, one.number)
    finish()
    assert finish() == 0
    store.close()
    for side in ("-wal", "-shm"):
        store.database.path.with_name(f"{store.database.path.name}{side}").unlink(missing_ok=True)
    store.database.path.write_bytes(old)
    world.keys.catch_up()
    assert world.keys.open(*blobs[0])  # with an old backup of the database the record would be there again
    (stone,) = world.run(queries.tombstones, office.officer).items
    assert stone.keys_gone_at is None
    assert finish() == stone.keys
    with pytest.raises(KeyDestroyed):
        world.keys.open(*blobs[0])
    assert finish() == 0
    (stone,) = world.run(queries.tombstones, office.officer).items
    assert stone.keys_gone_at is not None
