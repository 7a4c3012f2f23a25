"""What a person may do to a row: asked once while reading, anew while changing, and never past a bar."""

from __future__ import annotations

from uuid import UUID

from casework.cases.models import Assignment, Case, CasePerson
from casework.cases.rules.flow import CASE
from casework.db import CLEARED
from casework.people.models import Person
from casework.usecase import Context, use_case
from tests.integration.ground.conftest import Act, Desk, P
from tests.integration.ground.test_context import _protect
from tests.support.watched import watched


def test_the_buttons_of_a_form_are_the_moves_that_this_person_may_make(desk: Desk) -> None:
    def buttons(ctx: Context) -> tuple[str, ...]:
        row = ctx.session.get(Case, desk.one, execution_options={CLEARED: True})
        return ctx.moves(CASE, row)

    assert desk.look(buttons, desk.stranger) == ()
    assert desk.look(buttons) == ("assess",)
    assert desk.look(lambda ctx: ctx.moves(CASE, ctx.load(Case, desk.one))) == ("assess",)


def test_while_reading_the_same_question_is_asked_once_and_while_changing_each_time(desk: Desk) -> None:
    def may(times: int) -> Act:
        def ask(ctx: Context) -> list[bool]:
            row = ctx.session.get(Case, desk.one, execution_options={CLEARED: True})
            assert row is not None
            return [ctx.may(P.CASE_READ, row) for _ in range(times)]

        return ask

    costs = []
    for times in (1, 1, 4):
        with watched() as sent:
            assert desk.look(may(times), desk.stranger) == [False] * times
        costs.append(len(sent))
    assert costs[1] == costs[2]

    def given(ctx: Context) -> list[bool]:
        row = ctx.session.get(Case, desk.one, execution_options={CLEARED: True})
        assert row is not None
        before = ctx.may(P.CASE_READ, row)
        part = Assignment(
            case_id=row.id,
            agency="seikatsu_fukushi",
            staff_id=desk.stranger.id,
            role="support",
            assigned_by=desk.lead.id,
            assigned_at=ctx.now,
        )
        ctx.add(part)
        ctx.session.flush()
        return [before, ctx.may(P.CASE_READ, row)]

    assert desk.change(given, desk.stranger) == [False, True]


def test_a_bar_that_the_statement_has_asked_is_not_asked_again_of_the_same_row(desk: Desk) -> None:
    def loaded(times: int) -> Act:
        def ask(ctx: Context) -> list[bool]:
            row = ctx.load(Case, desk.one)
            return [ctx.may(P.CASE_READ, row) for _ in range(times)]

        return ask

    costs = []
    for times in (0, 0, 1):
        with watched() as sent:
            assert desk.look(loaded(times)) == [True] * times
        costs.append(len(sent))
    assert costs[1] == costs[2]


def test_a_bar_is_asked_of_what_was_found_elsewhere_weighed_or_changed(desk: Desk) -> None:
    _protect(desk)

    def elsewhere(ctx: Context) -> bool:
        ctx.load(Case, desk.one)
        row = ctx.session.get(Case, desk.two, execution_options={CLEARED: True})
        assert row is not None
        return ctx.may(P.CASE_READ, row)

    assert desk.look(elsewhere) is False

    def barred(ctx: Context) -> tuple[str, ...]:
        return ctx.moves(CASE, ctx.session.get(Case, desk.two, execution_options={CLEARED: True}))

    assert desk.look(barred) == ()
    officer = desk.world.actor("privacy_officer")
    assert weigh_one(desk.world.ctx(officer), desk.two) is False
    assert weigh_one(desk.world.ctx(officer), desk.one) is True

    def protect(ctx: Context) -> list[bool]:
        row = ctx.load(Case, desk.one)
        before = ctx.may(P.CASE_READ, row)
        person = Person(anonymous=True, protected=True, created_by=desk.lead.id, created_at=ctx.now)
        ctx.add(person)
        row.protected = True
        ctx.add(CasePerson(case_id=row.id, person_id=person.id, role="subject"))
        ctx.session.flush()
        return [before, ctx.may(P.CASE_READ, row)]

    assert desk.change(protect) == [True, False]


@use_case(P.ACCESS_SCAN, event="test.weigh", reads=True)
def weigh_one(ctx: Context, case_id: UUID) -> bool:
    """Weigh a case whatever its bars, and say whether the person may also know who saw it."""
    return ctx.may(P.AUDIT_READ, ctx.load(Case, case_id))
