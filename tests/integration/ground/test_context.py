"""What a use case has in its hands: rows in sight, their versions, their parts, and what one may do to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import ORMExecuteState

from casework.agencies.models import Agency
from casework.audit.models import AuditEntry
from casework.cases.models import Case, CaseIssue, CasePerson, CaseStep, Consent, ConsentScope
from casework.db import CLEARED
from casework.kernel.actor import system_actor
from casework.kernel.errors import (
    BadInput,
    NotFound,
    UncheckedUseCase,
    UnscopedQuery,
    VersionConflict,
)
from casework.kernel.ids import new_id
from casework.people.models import Person
from casework.usecase import Context, use_case
from tests.integration.ground.conftest import Act, Desk, P
from tests.support.world import World

# -- one row


def test_a_context_serves_within_a_use_case_only(world: World) -> None:
    with pytest.raises(UncheckedUseCase):
        _ = world.ctx(world.actor("counselor", "shakyo")).visit


def test_what_is_out_of_sight_does_not_exist(desk: Desk) -> None:
    with pytest.raises(NotFound) as gone:
        desk.look(lambda ctx: ctx.load(Case, desk.one), desk.stranger)
    assert (gone.value.kind, gone.value.target) == ("case_file", str(desk.one))
    with pytest.raises(BadInput, match="unknown_reference") as refused:
        desk.look(lambda ctx: ctx.load(Case, desk.one, field="case"), desk.stranger)
    assert refused.value.field == "case"
    trace = select(AuditEntry.kind, AuditEntry.target).where(AuditEntry.outcome == "unknown_reference")
    desk.world.session.rollback()
    told = desk.world.session.execute(trace, execution_options={CLEARED: True}).all()
    assert [tuple(row) for row in told] == [("case_file", str(desk.one))]
    assert desk.look(lambda ctx: ctx.load(Case, desk.one).id) == desk.one


def test_a_key_that_somebody_made_up_does_not_fill_the_trail(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.look(lambda ctx: ctx.load(Agency, "x" * 70, permission=P.DIRECTORY_READ))
    assert desk.rows(select(AuditEntry.target).where(AuditEntry.outcome == "not_found")) == ["x" * 64]


def test_the_trail_says_what_was_asked_for_and_which_case_it_was(desk: Desk) -> None:
    desk.look(lambda ctx: [ctx.load(Case, case).number for case in (desk.one, desk.two)])
    (done,) = desk.rows(select(AuditEntry).where(AuditEntry.event == "test.look"))
    assert (done.kind, done.target, done.case_id) == ("case_file", str(desk.one), str(desk.one))


def test_the_version_is_that_of_the_first_row_and_of_no_other(desk: Desk) -> None:
    desk.change(lambda ctx: ctx.touch(ctx.load(Case, desk.two)))
    assert desk.rows(select(Case.version).where(Case.id == desk.two)) == [2]
    both = desk.change(
        lambda ctx: [ctx.load(Case, c).version for c in (desk.one, desk.two)], expected_version=1
    )
    assert both == [1, 2]
    with pytest.raises(VersionConflict) as conflict:
        desk.change(lambda ctx: ctx.load(Case, desk.two), expected_version=1)
    assert (conflict.value.status, conflict.value.facts) == (409, {"expected": 1, "found": 2})
    with pytest.raises(VersionConflict) as conflict:
        desk.change(lambda ctx: ctx.load(Case, desk.two), expected_version=3, precondition=True)
    assert conflict.value.status == 412
    assert desk.change(lambda ctx: ctx.load(Case, desk.two, edited=False).version, expected_version=1) == 2
    assert desk.change(
        lambda ctx: ctx.load(Agency, "shakyo", permission=P.DIRECTORY_READ).code, expected_version=9
    )


@contextmanager
def _asked(world: World) -> Iterator[list[tuple[bool, bool]]]:
    """Of each SELECT: whether its rows are locked, and whether they are read anew over what is remembered."""
    found: list[tuple[bool, bool]] = []

    def note(state: ORMExecuteState) -> None:
        statement: Any = state.statement
        anew = bool(state.execution_options.get("populate_existing"))
        found.append((getattr(statement, "_for_update_arg", None) is not None, anew))

    event.listen(world.session, "do_orm_execute", note)
    try:
        yield found
    finally:
        event.remove(world.session, "do_orm_execute", note)


def test_what_is_changed_is_locked_and_the_first_row_is_read_anew(desk: Desk) -> None:
    def both(ctx: Context) -> None:
        ctx.load(Case, desk.one)
        ctx.load(Case, desk.two)

    with _asked(desk.world) as asked:
        desk.change(both)
        desk.change(both)
    assert [way for way in asked if way[0]] == [(True, True), (True, False)] * 2
    with _asked(desk.world) as asked:
        desk.look(both)
        desk.change(lambda ctx: ctx.load(Agency, "shakyo", permission=P.DIRECTORY_READ))
    assert [way for way in asked if any(way)] == []


def test_in_sight_is_what_one_may_do_or_may_still_read(desk: Desk) -> None:
    def seen(ctx: Context) -> list[bool]:
        return [
            ctx.in_sight(P.CASE_WRITE, "case_file", str(desk.one)),
            ctx.in_sight(P.CASE_READ, "case_file", str(desk.one)),
            ctx.in_sight(P.CASE_EMERGENCY, "case_file", str(desk.one)),
            ctx.in_sight(P.CASE_READ, "case_file", str(new_id())),
            ctx.in_sight(P.DIRECTORY_READ, "agency", "shakyo"),
        ]

    assert desk.look(seen) == [True, True, True, False, True]
    assert desk.look(seen, desk.stranger) == [
        False,
        False,
        desk.look(_may_hurry(desk), desk.stranger),
        False,
        True,
    ]


def _may_hurry(desk: Desk) -> Act:
    return lambda ctx: ctx.may(
        P.CASE_EMERGENCY, ctx.session.get(Case, desk.one, execution_options={CLEARED: True})
    )


def test_need_refuses_what_one_may_not_do(desk: Desk) -> None:
    def need(ctx: Context) -> str:
        row = ctx.session.get(Case, desk.one, execution_options={CLEARED: True})
        ctx.visit.asked = False
        ctx.need(P.CASE_WRITE, row)
        return "done"

    assert desk.change(need) == "done"
    with pytest.raises(NotFound) as gone:
        desk.change(need, desk.stranger)
    assert (gone.value.kind, gone.value.target) == ("case_file", str(desk.one))


def test_one_is_the_first_of_what_is_found_and_nothing_where_nothing_is(desk: Desk) -> None:
    def first(ctx: Context) -> list[Any]:
        query = ctx.select(Case).order_by(Case.number)
        return [ctx.one(query).number, ctx.one(query.where(Case.number == "R1-1"))]

    assert desk.look(first) == ["R8-0000", None]


def test_what_is_asked_most_is_built_once_for_a_set_of_roles(desk: Desk) -> None:
    built, name = list[str](), new_id()

    def ask(ctx: Context) -> list[Any]:
        def build() -> Any:
            built.append(ctx.actor.name)
            return ctx.select(Case).order_by(Case.number)

        query = ctx.prepared(name, build)
        assert query is ctx.prepared(name, build)
        assert ctx._sight(P.CASE_READ, Case) is ctx._sight(P.CASE_READ, Case)
        assert ctx.countable(Case) is ctx.countable(Case)
        return [row.number for row in ctx.all(query)]

    chair = desk.world.actor("chair")
    assert [desk.look(ask), desk.look(ask), desk.look(ask, desk.stranger)] == [["R8-0000", "R8-0001"]] * 2 + [
        []
    ]
    desk.look(ask, chair)
    assert built == [desk.lead.name, chair.name]


# -- many rows and their parts


def test_parts_are_read_through_rows_that_were_read_and_through_no_others(desk: Desk) -> None:
    def codes(found: dict[Any, list[CaseIssue]]) -> dict[Any, list[str]]:
        return {key: [issue.code for issue in issues] for key, issues in found.items()}

    def read(ctx: Context) -> list[Any]:
        cases = ctx.all(ctx.select(Case).order_by(Case.number))
        some = ctx.parts(cases[0], CaseIssue, CaseIssue.code != "money")
        return [
            codes(ctx.parts_of(cases, CaseIssue, order=CaseIssue.code)),
            [issue.code for issue in some],
            ctx.parts(cases[1], CaseStep),
            ctx.parts_of([], CaseIssue),
        ]

    every = {desk.one: ["eldercare", "money"], desk.two: ["housing"]}
    assert desk.look(read) == [every, ["eldercare"], [], {}]

    def listed(ctx: Context) -> Any:
        query = ctx.select(Case).with_only_columns(Case.id, Case.number).order_by(Case.number)
        rows = ctx.tuples(Case, query)
        assert [row.number for row in rows] == ["R8-0000", "R8-0001"]
        return codes(ctx.parts_of(rows, CaseIssue, order=CaseIssue.code))

    assert desk.look(listed) == every

    def unread(ctx: Context) -> Any:
        return ctx.parts(ctx.session.get(Case, desk.one, execution_options={CLEARED: True}), CaseIssue)  # type: ignore[arg-type]

    with pytest.raises(UnscopedQuery, match="case_issue"):
        desk.look(unread)
    with pytest.raises(UnscopedQuery, match="case_issue"):
        desk.look(lambda ctx: ctx.parts(ctx.parts(ctx.load(Case, desk.one), CaseIssue)[0], CaseIssue))
    with pytest.raises(UnscopedQuery, match="case_file"):
        desk.look(lambda ctx: ctx.parts(ctx.load(Case, desk.one), Case))

    def namesake(ctx: Context) -> Any:
        """A row of another table that happens to have the id of a case in sight."""
        ctx.load(Case, desk.one)
        person = Person(id=desk.one, anonymous=True, created_by=desk.lead.id, created_at=ctx.now)
        ctx.add(person)
        return ctx.parts(person, CaseIssue)

    with pytest.raises(UnscopedQuery, match="case_issue"):
        desk.change(namesake)


def test_parts_of_parts_are_read_through_the_parts(desk: Desk) -> None:
    def read(ctx: Context) -> list[str]:
        person = Person(anonymous=True, created_by=desk.lead.id, created_at=ctx.now)
        ctx.add(person)
        consent = Consent(
            thread_id=new_id(),
            revision=1,
            person_id=person.id,
            purpose="plan_conference_sharing",
            state="refused",
            recorded_by=desk.lead.id,
            recorded_at=ctx.now,
        )
        ctx.add(consent)
        ctx.session.flush()
        ctx.session.add(ConsentScope(id=new_id(), consent_id=consent.id, kind="recipient", code="shakyo"))
        ctx.session.flush()
        ctx._seen.discard(("consent", consent.id))
        return [scope.code for scope in ctx.parts(ctx.parts(person, Consent)[0], ConsentScope)]

    assert desk.change(read) == ["shakyo"]


def test_what_was_just_made_has_its_id_and_its_parts_can_be_read(desk: Desk) -> None:
    def make(ctx: Context) -> tuple[UUID, list[str]]:
        case = desk.case(None)
        ctx.add(case)
        assert case.id is not None
        issue = CaseIssue(case_id=case.id, list="consult_topic", code="money", main=True)
        ctx.add(issue)
        ctx.session.flush()
        return case.id, [found.code for found in ctx.parts(case, CaseIssue)]

    made, codes = desk.change(make)
    assert codes == ["money"]
    assert desk.rows(select(Case.number).where(Case.id == made)) == ["R8-0009"]
    desk.change(lambda ctx: ctx.delete(ctx.parts(ctx.load(Case, made), CaseIssue)[0]))
    assert desk.rows(select(CaseIssue.code).where(CaseIssue.case_id == made)) == []


def test_a_row_without_an_id_of_its_own_is_added_as_it_is(desk: Desk) -> None:
    desk.change(
        lambda ctx: ctx.add(
            Agency(code="mihon", name="架空", kind="city", support_meeting_member=False, sort=99)
        )
    )
    assert desk.rows(select(Agency.name).where(Agency.code == "mihon")) == ["架空"]


def _protect(desk: Desk) -> None:
    """The second case is about somebody who is protected, and nobody is named for them."""
    with desk.world.writing() as session:
        row = session.get(Case, desk.two, execution_options={CLEARED: True})
        person = Person(
            anonymous=True, protected=True, created_by=desk.lead.id, created_at=desk.world.clock.now()
        )
        session.add(person)
        session.flush()
        session.add(CasePerson(case_id=desk.two, person_id=person.id, role="subject"))
        row.protected = True


@use_case(P.ACCESS_SCAN, event="test.scan")
def scan(ctx: Context) -> int:
    """Weigh who opened what; nothing of it is handed out."""
    return len(ctx.all(ctx.select(Case)))


def test_the_look_for_unusual_access_weighs_what_no_one_else_sees(desk: Desk) -> None:
    _protect(desk)
    assert desk.look(lambda ctx: len(ctx.all(ctx.select(Case)))) == 1
    assert desk.world.run(scan, system_actor(desk.world.clock.now())) == 2


def test_numbers_for_others_leave_the_protected_out_and_bare_counts_do_not(desk: Desk) -> None:
    _protect(desk)

    def count(ctx: Context) -> list[int]:
        cases = select(Case)
        countable = ctx.whole(cases.where(ctx.countable(Case)), Case)
        again = ctx.whole(cases.where(ctx.countable(Case)), Case)
        agencies = select(Agency).where(ctx.countable(Agency), Agency.code == "shakyo")
        every = (
            ctx.count(ctx.whole(select(Case.sort_count()), Case), Case) if hasattr(Case, "sort_count") else 2
        )
        return [len(ctx.all(countable)), len(ctx.all(again)), len(ctx.all(agencies)), every]

    assert desk.look(count) == [1, 1, 1, 2]


def test_codes_that_are_not_on_offer_are_refused_beside_their_field(desk: Desk) -> None:
    def ask(*choices: Any) -> Any:
        return desk.look(lambda ctx: ctx.codes(*choices))

    ask(("sex", "", "a"), ("sex", None, "b"), ("consult_topic", "eldercare", "c"))
    with pytest.raises(BadInput, match="unknown_code") as refused:
        ask(("consult_topic", "eldercare", "c"), ("consult_topic", "nothing", "d"))
    assert refused.value.field == "d"


# -- asking what one may do
