"""What a use case seals and opens, and that a second try knows nothing of the first."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from casework.agencies.models import Agency
from casework.audit.models import AuditEntry, ReadCount
from casework.cases.models import Case, CaseStep
from casework.db import CLEARED
from casework.kernel.errors import (
    Refused,
    UnscopedQuery,
    VersionConflict,
)
from casework.usecase import Context
from casework.usecase.context import Unreadable
from tests.integration.ground.conftest import Act, Desk, P, look

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
            fault = Exception()
            fault.sqlstate = "40001"  # type: ignore[attr-defined]
            raise OperationalError("SELECT 1", {}, fault)
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
            fault = Exception()
            fault.sqlstate = "40001"  # type: ignore[attr-defined]
            raise OperationalError("SELECT 1", {}, fault)
        return None

    with pytest.raises(VersionConflict):
        desk.change(act, expected_version=1)
    assert tries == [1]
