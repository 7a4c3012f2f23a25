"""Late referrals and who hears of them, who may take one, and what the database itself refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from casework.cases.models import Case
from casework.db import CLEARED
from casework.kernel.errors import BadInput, NotAllowed, NotFound
from casework.referral import actions, queries
from casework.referral.models import Referral
from casework.referral.rules import (
    AcceptDraft,
)
from tests.integration.referral.test_referral import WITHOUT, a_case, counselor, owner
from tests.support.world import START, World


def test_a_late_acknowledgement_escalates_to_both_supervisors_without_names(world: World) -> None:
    who = counselor(world)
    sent = world.run(actions.send, who, a_case(world, who), WITHOUT)
    bosses = [world.actor("supervisor", agency) for agency in ("shakyo", "seikatsu_fukushi")]
    world.later(days=2, hours=7)  # Wednesday 17:00, before the end of the second working day
    assert all(world.run(queries.overdue, boss).items == () for boss in bosses)
    world.later(hours=1)
    for watcher in (*bosses, world.actor("coordinator", "chiiki_kyosei")):
        (line,) = world.run(queries.overdue, watcher).items
        assert (line.number, line.from_agency, line.to_agency, line.days) == (
            sent.number,
            "shakyo",
            "seikatsu_fukushi",
            2,
        )
        assert not {"id", "case_id", "reason", "owner_id"} & set(type(line).__slots__)
    assert world.run(queries.overdue, world.actor("supervisor", "kaigo_hoken")).items == ()
    world.run(actions.acknowledge, counselor(world, "seikatsu_fukushi"), sent.id)
    assert world.run(queries.overdue, bosses[0]).items == ()


def test_an_urgent_referral_is_late_after_one_working_day(world: World) -> None:
    who = counselor(world)
    sent = world.run(actions.send, who, a_case(world, who), replace(WITHOUT, urgent=True))
    world.later(days=1, hours=8)
    assert [line.id for line in world.run(queries.listing, who, which="sent").items if line.overdue] == [
        sent.id
    ]


def test_the_board_says_who_holds_what_since_when(world: World) -> None:
    who = counselor(world)
    sent = world.run(actions.send, who, a_case(world, who), WITHOUT)
    (line,) = world.run(queries.board, world.actor("coordinator", "chiiki_kyosei")).items
    assert (line.id, line.owner_id, line.sent_at) == (sent.id, who.id, world.clock.now())
    assert world.run(queries.board, world.actor("supervisor", "shakyo")).items == ()
    with pytest.raises(NotAllowed):
        world.run(queries.board, who)
    with pytest.raises(BadInput):
        world.run(queries.board, world.actor("coordinator", "chiiki_kyosei"), which="all")


def test_a_member_of_an_outside_agency_may_accept_and_then_owns_the_case(world: World) -> None:
    who = counselor(world)
    case_id = a_case(world, who)
    sent = world.run(actions.send, who, case_id, replace(WITHOUT, to_agency="npo_center"))
    member = world.actor("agency_member", "npo_center")
    assert world.run(queries.read, member, sent.id).reason == WITHOUT.reason
    world.run(actions.accept, member, sent.id, AcceptDraft())
    assert owner(world, case_id) == (member.id, "npo_center")


def test_a_protected_case_shows_its_referral_to_nobody_without_a_grant(world: World) -> None:
    who = counselor(world)
    case_id = a_case(world, who)
    sent = world.run(actions.send, who, case_id, WITHOUT)
    with world.writing() as session:
        session.get(Case, case_id, execution_options={CLEARED: True}).protected = True
    for actor in (who, counselor(world, "seikatsu_fukushi"), world.actor("coordinator", "chiiki_kyosei")):
        with pytest.raises(NotFound):
            world.run(queries.read, actor, sent.id)


@pytest.mark.parametrize(
    "impossible",
    [
        {"state": "accepted"},
        {"state": "returned"},
        {"state": "forwarded"},
        {"state": "completed"},
        {"state": "lost"},
        {"ground": None},
        {"answered_at": START},
        {"to_agency": "shakyo"},
    ],
)
def test_the_database_refuses_an_impossible_referral(world: World, impossible: dict[str, Any]) -> None:
    who = counselor(world)
    sent = world.run(actions.send, who, a_case(world, who), WITHOUT)
    with pytest.raises(IntegrityError):
        overwrite(world, sent.id, impossible)
    world.session.rollback()


def overwrite(world: World, row_id: UUID, values: dict[str, Any]) -> None:
    """Write below the gate, where only the database can refuse."""
    with world.writing() as session:
        row = session.get(Referral, row_id, execution_options={CLEARED: True})
        for name, value in values.items():
            setattr(row, name, value)
