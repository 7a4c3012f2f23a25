"""A desk with two cases, and use cases that do whatever a test hands them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from casework.cases.models import Case, CaseIssue, CaseStep
from casework.db import CLEARED
from casework.kernel.actor import Actor, Permission
from casework.kernel.ids import new_id
from casework.usecase import Context, use_case
from tests.support.world import World

P = Permission
Act = Callable[[Context], Any]


@use_case(P.CASE_READ, event="test.look", reads=True)
def look(ctx: Context, act: Act) -> Any:
    """Look at cases."""
    ctx.visit.asked = True
    return act(ctx)


@use_case(P.CASE_WRITE, event="test.change")
def change(ctx: Context, act: Act) -> Any:
    """Change cases."""
    ctx.visit.asked = True
    return act(ctx)


class Desk:
    """A counselor with two cases of their own, each with issues, and a colleague who has nothing to do with them."""

    def __init__(self, world: World) -> None:
        self.world, self.lead, self.stranger = (
            world,
            world.actor("counselor", "shakyo", "架空 主担当"),
            world.actor("counselor", "seikatsu_fukushi", "架空 他課"),
        )
        world.keys.new_owner(*(made := [new_id(), new_id()]))
        self.one, self.two = made
        with world.writing() as session:
            for number, case_id in enumerate(made):
                session.add(self.case(case_id, number))
            session.flush()
            for case_id, code in ((self.one, "eldercare"), (self.one, "money"), (self.two, "housing")):
                session.add(CaseIssue(case_id=case_id, list="consult_topic", code=code, main=False))

    def case(self, case_id: UUID | None, number: int = 9) -> Case:
        now = self.world.clock.now()
        return Case(
            id=case_id,
            number=f"R8-000{number}",
            state="open",
            owner_id=self.lead.id,
            owner_agency="shakyo",
            opened_at=now,
        )

    def look(self, act: Act, who: Actor | None = None) -> Any:
        return look(self.world.ctx(who or self.lead), act)

    def change(self, act: Act, who: Actor | None = None, **given: Any) -> Any:
        return change(self.world.ctx(who or self.lead, **given), act)

    def step(self, case_id: UUID) -> CaseStep:
        return CaseStep(case_id=case_id, kind="test", by=self.lead.id, at=self.world.clock.now())

    def rows(self, query: Any) -> list[Any]:
        self.world.session.rollback()
        return list(self.world.session.scalars(query, execution_options={CLEARED: True}))


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)
