"""What a use case seals and opens, and that a second try knows nothing of the first."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from casework.agencies.models import Agency
from casework.audit.models import AuditEntry, ReadCount
from casework.cases.models import Case, CasePerson, CaseStep
from casework.db import CLEARED
from casework.kernel.errors import (
    Refused,
    UnscopedQuery,
    VersionConflict,
)
from casework.people.models import Conflict, Person
from casework.usecase import Context
from casework.usecase.context import Unreadable
from tests.integration.ground.conftest import Act, Desk, P, look
from tests.support.watched import operational

# -- sealed texts


def test_a_sealed_text_is_read_back_emptied_and_never_saved_over_when_it_cannot_be_read(desk: Desk) -> None:
    def write(text: str | None) -> Act:
        def act(ctx: Context) -> Any:
            case = ctx.load(Case, desk.one)
            step = next(iter(ctx.parts(case, CaseStep)), None) or desk.step(case.id)
            ctx.seal(step, why=text)
            ctx.add(step)

        return act

    def read(ctx: Context) -> Any:
        return ctx.unseal(ctx.parts(ctx.load(Case, desk.one), CaseStep)[0], "why")

    desk.change(write("架空の理由"))
    assert desk.look(read) == "架空の理由"
    desk.change(write("架空の別の理由"))
    assert desk.look(read) == "架空の別の理由"
    desk.change(write(None))
    assert desk.look(read) is None
    desk.change(write("架空の理由"))
    with desk.world.writing() as session:
        step = session.scalars(select(CaseStep), execution_options={CLEARED: True}).one()
        step.why = broken = bytes([*step.why[:-1], step.why[-1] ^ 1])
    shown = desk.look(read)
    assert isinstance(shown, Unreadable)
    assert (shown.code, str(shown)) == (
        "ciphertext_corrupt",
        "【この項目は復号できません: ciphertext_corrupt】",
    )
    with pytest.raises(Refused, match="sealed_unreadable") as refused:
        desk.change(write("架空の上書き"))
    assert refused.value.field == "why"
    assert desk.rows(select(CaseStep.why)) == [broken]


def test_only_what_says_whose_key_seals_it_is_sealed(desk: Desk) -> None:
    with pytest.raises(UnscopedQuery, match="agency does not say"):
        desk.change(lambda ctx: ctx.seal(Agency(code="x", name=None), name="架空"))


# -- what is left of a try that failed


def test_nothing_of_a_first_try_is_left_in_the_second(desk: Desk) -> None:
    tries: list[str] = []
    given: list[str] = []

    def act(ctx: Context) -> Any:
        ctx.load(Case, desk.one)
        ctx.load(Agency, "shakyo", permission=P.DIRECTORY_READ)  # no secret: no leave is asked for again
        look(ctx, lambda inner: inner.opened.add(desk.two if tries else desk.one))
        ctx.witness("test.seen_too", "case_file", desk.two, desk.two)
        ctx.witness("test.seen_too", "staff", desk.lead.id)
        ctx.after_commit(lambda: given.append("told"))
        tries.append("tried")
        if len(tries) == 1:
            raise operational("40001")
        return [leave[2] for leave in ctx.leave]

    assert desk.change(act) == [str(desk.one)]
    assert (tries, given) == (["tried", "tried"], ["told"])
    told = desk.rows(select(AuditEntry).where(AuditEntry.event.like("test.%")).order_by(AuditEntry.seq))
    assert [(entry.event, entry.kind, entry.target, entry.case_id) for entry in told] == [
        ("test.look", "", "", ""),
        ("test.seen_too", "case_file", str(desk.two), str(desk.two)),
        ("test.seen_too", "staff", str(desk.lead.id), ""),
        ("test.change", "case_file", str(desk.one), str(desk.one)),
    ]
    assert desk.rows(select(ReadCount.opened)) == [1]


def test_a_second_try_finds_the_colleague_who_came_first(desk: Desk) -> None:
    """The row is compared with what the client started from, in each try."""
    tries: list[int] = []

    def act(ctx: Context) -> Any:
        row = ctx.load(Case, desk.one)
        tries.append(row.version)
        if len(tries) == 1:
            desk.world.session.rollback()
            with desk.world.writing() as session:
                session.get(Case, desk.one, execution_options={CLEARED: True}).version = 2
            raise operational("40001")
        return None

    with pytest.raises(VersionConflict):
        desk.change(act, expected_version=1)
    assert tries == [1]


def test_a_second_try_knows_of_a_relation_that_was_found_meanwhile(desk: Desk) -> None:
    """What concerns the actor alone is asked once for a whole use case, and anew in each try (I13)."""
    tries: list[bool] = []
    with desk.world.writing() as session:
        kin = Person(anonymous=True, created_by=desk.stranger.id, created_at=desk.world.clock.now())
        session.add(kin)
        session.flush()
        kin_id = kin.id
        session.add(CasePerson(case_id=desk.one, person_id=kin_id, role="subject"))

    def act(ctx: Context) -> Any:
        row = ctx.session.get(Case, desk.one, execution_options={CLEARED: True})
        assert row is not None
        tries.append(ctx.may(P.CASE_READ, row))
        if len(tries) == 1:
            ctx.session.rollback()
            with desk.world.writing() as session:
                now = desk.world.clock.now()
                session.add(
                    Conflict(staff_id=desk.lead.id, person_id=kin_id, found_by=desk.stranger.id, found_at=now)
                )
            raise operational("40001")

    desk.change(act)
    assert tries == [True, False]


def test_opened_texts_are_counted_and_their_keys_are_fetched_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(ctx: Context) -> Any:
        for case_id in (desk.one, desk.two):
            step = desk.step(case_id)
            ctx.seal(step, why="架空の理由")
            ctx.add(step)

    desk.change(write)
    asked: list[int] = []
    fetch = desk.world.keys.store.data_keys
    monkeypatch.setattr(
        desk.world.keys.store, "data_keys", lambda ids: (asked.append(len(ids)), fetch(ids))[1]
    )
    desk.world.keys.forget()

    def read(ctx: Context) -> list[Any]:
        cases = ctx.all(ctx.select(Case))
        ctx.prefetch_keys([case.id for case in cases])
        steps = [step for found in ctx.parts_of(cases, CaseStep).values() for step in found]
        return [ctx.unseal(step, "why") for step in steps]

    assert desk.look(read) == ["架空の理由"] * 2
    assert asked == [2]
    assert desk.rows(select(ReadCount.opened)) == [2]
