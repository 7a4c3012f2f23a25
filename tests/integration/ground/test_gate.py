"""Nothing is written, read or committed past the gate: forgetting is an error, not a gap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import aliased

from casework.accounts.models import Staff
from casework.agencies.models import Agency
from casework.audit.models import AuditEntry
from casework.cases.models import Case
from casework.db import CLEARED
from casework.kernel.actor import Actor, Permission
from casework.kernel.errors import NotAllowed, OutsideTheGate, StepUpRequired, UncheckedUseCase, UnscopedQuery
from casework.people.models import Person
from casework.usecase import Context, use_case
from tests.support.world import World


def _entries(world: World) -> int:
    world.session.rollback()
    query = select(func.count()).select_from(AuditEntry)
    return int(world.session.scalar(query, execution_options={CLEARED: True}) or 0)


def _case(world: World) -> Case:
    actor = world.actor("counselor", "shakyo")
    return Case(
        number="R8-0001", state="open", owner_id=actor.id, owner_agency="shakyo", opened_at=world.clock.now()
    )


def test_a_new_row_outside_a_use_case_is_an_error(world: World) -> None:
    world.session.add(_case(world))
    with pytest.raises(OutsideTheGate):
        world.session.flush()
    world.session.rollback()


def test_a_change_outside_a_use_case_is_an_error(world: World) -> None:
    staff = world.actor("counselor", "shakyo")
    row = world.session.scalars(
        select(Staff).where(Staff.id == staff.id), execution_options={CLEARED: True}
    ).one()
    row.name = "架空 書換"
    with pytest.raises(OutsideTheGate):
        world.session.commit()
    world.session.rollback()
    kept = world.session.scalar(
        select(Staff.name).where(Staff.id == staff.id), execution_options={CLEARED: True}
    )
    assert kept != "架空 書換"


def test_a_deletion_outside_a_use_case_is_an_error(world: World) -> None:
    agency = world.session.scalars(select(Agency).limit(1), execution_options={CLEARED: True}).one()
    world.session.delete(agency)
    with pytest.raises(OutsideTheGate):
        world.session.flush()
    world.session.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        update(Case).values(state="closed"),
        delete(Person),
        insert(Agency).values(code="x", name="x", kind="x", support_meeting_member=False, sort=1),
        text("UPDATE case_file SET state = 'closed'"),
        text("SELECT * FROM person"),
        select(text("* FROM person")),
    ],
    ids=["bulk update", "bulk delete", "bulk insert", "raw update", "raw select", "raw text in a select"],
)
def test_bulk_statements_and_raw_sql_are_errors(world: World, statement: Any) -> None:
    with pytest.raises(OutsideTheGate):
        world.session.execute(statement)
    world.session.rollback()


def test_a_statement_sent_past_the_session_is_an_error(world: World) -> None:
    with pytest.raises(OutsideTheGate):
        world.session.connection().exec_driver_sql("DELETE FROM audit_entry")
    world.session.rollback()


@pytest.mark.parametrize("query", [select(Case), select(Person.id), select(func.max(Case.number))])
def test_a_confidential_table_is_not_read_without_a_scope(world: World, query: Any) -> None:
    with pytest.raises(UnscopedQuery):
        world.session.execute(query)
    world.session.rollback()


_persons = select(Person.id).limit(3).subquery()


@pytest.mark.parametrize(
    "query",
    [
        select(select(Person.id).limit(1).scalar_subquery()),
        select(select(func.count(_persons.c.id)).select_from(_persons).scalar_subquery().label("n")),
        select(_persons.c.id),
        select(aliased(Person).id),
        select(Case.id).join(_persons, _persons.c.id == Case.owner_id),
    ],
    ids=["a column", "a count", "a table", "an alias", "a join"],
)
def test_a_scope_covers_what_a_select_within_hands_out_too(world: World, query: Any) -> None:
    named = Context.whole(query, Case, Person)
    with pytest.raises(UnscopedQuery, match="person"):
        world.session.execute(Context.whole(query, Case))
    world.session.execute(named).all()
    world.session.rollback()


def test_what_narrows_a_select_within_need_not_be_in_its_scope(world: World) -> None:
    cases = select(Case.id).where(Case.owner_id.in_(select(Person.id))).subquery()
    count = select(func.count(cases.c.id)).select_from(cases).scalar_subquery()
    assert world.session.execute(Context.whole(select(count), Case)).scalar_one() == 0
    world.session.rollback()


@use_case(Permission.CASE_LIST, event="test.careless", reads=True)
def careless(ctx: Context) -> str:
    """A use case that hands something out without asking for a row."""
    return "handed out"


@use_case(Permission.CASE_LIST, event="test.reading_but_writing", reads=True)
def reading_but_writing(ctx: Context, row: Case) -> None:
    """A use case that says it reads, and writes."""
    ctx.select(Case)
    ctx.add(row)


@use_case(Permission.CASE_WRITE, event="test.breaking")
def breaking(ctx: Context, row: Case, trouble: Callable[[], None]) -> None:
    """A use case that fails after it wrote."""
    ctx.select(Case)
    ctx.add(row)
    ctx.session.flush()
    trouble()


def _counselor(world: World) -> Actor:
    return world.actor("counselor", "shakyo")


@use_case(Permission.CASE_LIST, event="test.weighty", reads=True, confirmed=True)
def weighty(ctx: Context) -> int:
    """A use case for which the person must have proved lately who they are."""
    return len(ctx.all(ctx.select(Case)))


@pytest.mark.parametrize("minutes", [-1, 6, None])
def test_an_act_of_weight_needs_a_proof_of_the_last_minutes(world: World, minutes: int | None) -> None:
    who = _counselor(world)
    at = None if minutes is None else world.clock.now() - timedelta(minutes=minutes)
    ctx = world.ctx(who)
    ctx.actor = replace(who, confirmed_at=at)
    with pytest.raises(StepUpRequired):
        weighty(ctx)
    assert world.run(weighty, who) == 0
    assert weighty(world.ctx(replace(who, confirmed_at=world.clock.now() - timedelta(minutes=5)))) == 0


def test_a_use_case_that_never_asks_is_an_error(world: World) -> None:
    with pytest.raises(UncheckedUseCase):
        world.run(careless, _counselor(world))


def test_a_use_case_that_only_reads_keeps_nothing_it_wrote(world: World) -> None:
    world.run(reading_but_writing, _counselor(world), _case(world))
    found = world.session.scalar(select(func.count()).select_from(Case), execution_options={CLEARED: True})
    assert found == 0


def test_a_failure_after_a_write_leaves_nothing_but_no_false_event(world: World) -> None:
    before = _entries(world)

    def trouble() -> None:
        raise RuntimeError("架空の故障")

    with pytest.raises(RuntimeError):
        world.run(breaking, _counselor(world), _case(world), trouble)
    found = world.session.scalar(select(func.count()).select_from(Case), execution_options={CLEARED: True})
    assert (found, _entries(world)) == (0, before)


def test_a_change_and_its_event_are_in_one_transaction(world: World) -> None:
    before = _entries(world)
    world.run(breaking, _counselor(world), _case(world), lambda: None)
    assert _entries(world) == before + 1
    last = world.session.scalars(
        select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1), execution_options={CLEARED: True}
    ).one()
    assert (last.event, last.outcome) == ("test.breaking", "done")
    assert "case_file" in last.changes
    assert "R8-0001" not in last.changes


def test_a_role_without_the_permission_is_refused_and_leaves_a_trace(world: World) -> None:
    before = _entries(world)
    with pytest.raises(NotAllowed):
        world.run(careless, world.actor("administrator"))
    assert _entries(world) == before + 1
