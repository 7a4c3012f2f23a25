"""What is built once and used again must not carry one actor's sight, or one judgement, over to another."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from casework.cases import queries
from casework.cases.models import Case
from casework.db import SCOPE
from casework.kernel.errors import NotFound, UnscopedQuery
from tests.integration.cases.conftest import Desk, desk
from tests.support.world import World

__all__ = ["desk"]


def test_a_prepared_statement_shows_each_actor_of_a_role_their_own_rows(desk: Desk) -> None:
    mine = desk.open()
    theirs = desk.open(owner=desk.stranger, agency="hoiku")
    for _ in range(2):
        for actor, case_id, other in ((desk.counselor, mine, theirs), (desk.stranger, theirs, mine)):
            assert desk.world.run(queries.read_case, actor, case_id).id == case_id
            assert [line.id for line in desk.world.run(queries.list_cases, actor).items] == [case_id]
            with pytest.raises(NotFound):
                desk.world.run(queries.read_case, actor, other)


def test_a_statement_that_passed_under_a_scope_is_refused_without_it(world: World) -> None:
    statement = select(Case.id)
    scope = {SCOPE: frozenset({Case.__tablename__})}
    assert world.session.execute(statement, execution_options=scope).all() == []
    with pytest.raises(UnscopedQuery):
        world.session.execute(statement)
