"""A right is gone at once, also in the middle of a request: what began under it neither commits nor leaves."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from casework.accounts import actions, queries
from casework.accounts.models import Staff
from casework.accounts.rules import HandOverDraft, Origin, RoleDraft, SignInDraft, StaffDraft
from casework.accounts.sessions import presence_for_token
from casework.accounts.standing import SessionStanding, rights_taken
from casework.audit.models import AuditEntry
from casework.db import CLEARED, db
from casework.kernel.actor import Permission, Role, system_actor
from casework.kernel.errors import NotSignedIn
from casework.usecase import Context, use_case
from tests.support.world import World

PASSWORD = "坂の上から海まで歩いておよそ十五分"
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def sign_in(world: World, login: str = "hanako") -> str:
    made = world.run(
        actions.create,
        system_actor(world.clock.now()),
        StaffDraft(
            login, "架空 花子", "shakyo", PASSWORD, (RoleDraft(Role.COUNSELOR, "shakyo"),), must_change=False
        ),
    )
    assert made.login == login
    return actions.sign_in(world.ctx(), SignInDraft(login, PASSWORD), Origin("192.0.2.1")).token


def at_the_door(world: World, token: str) -> Context:
    """A Context as web.request makes it for this cookie."""
    found = presence_for_token(world.session, token, world.clock.now(), world.settings)
    assert found is not None
    ctx = world.ctx(found.actor, standing=SessionStanding(world.clock))
    ctx.actor = found.actor
    return ctx


def in_between(world: World, act: Callable[[], object]) -> None:
    """Somebody else's act, committed on another connection while the slow request runs."""

    def other() -> None:
        with world.core.app_context():
            act()
            db.session.remove()

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(other).result(30)


_pause: list[Callable[[], None]] = []


@use_case(Permission.SESSION_OWN, event="test.slow_read", reads=True)
def slow_read(ctx: Context) -> str:
    """Look at oneself slowly."""
    name = ctx.load(Staff, ctx.actor.id).name
    while _pause:
        _pause.pop()()
    return name


@use_case(Permission.SESSION_OWN, event="test.slow_write")
def slow_write(ctx: Context) -> int:
    """Change oneself slowly."""
    row = ctx.load(Staff, ctx.actor.id)
    row.must_change_password = True
    ctx.session.flush()
    while _pause:
        _pause.pop()()
    return row.version


def events(world: World, name: str) -> list[str]:
    world.session.rollback()
    query = select(AuditEntry.outcome).where(AuditEntry.event == name).order_by(AuditEntry.seq)
    return list(world.session.scalars(query, execution_options={CLEARED: True}))


def end_all(world: World, staff_id: Any) -> Callable[[], object]:
    return lambda: world.run(actions.disable, system_actor(world.clock.now()), staff_id, HandOverDraft())


def test_a_read_that_outlives_its_session_is_not_delivered(world: World) -> None:
    ctx = at_the_door(world, sign_in(world))
    _pause.append(lambda: in_between(world, end_all(world, ctx.actor.id)))
    with pytest.raises(NotSignedIn):
        slow_read(ctx)
    assert events(world, "test.slow_read") == ["not_signed_in"]


@ON_SQLITE
def test_a_write_that_outlives_its_session_by_the_clock_is_not_kept(world: World) -> None:
    ctx = at_the_door(world, sign_in(world))
    _pause.append(lambda: world.later(hours=world.settings.session_absolute_hours))
    with pytest.raises(NotSignedIn):
        slow_write(ctx)
    assert events(world, "test.slow_write") == ["not_signed_in"]
    assert world.run(queries.show_staff, system_actor(world.clock.now()), ctx.actor.id).version == 1


@ON_SQLITE
def test_a_write_that_waited_for_its_turn_while_the_session_ended_does_nothing(world: World) -> None:
    ctx = at_the_door(world, sign_in(world))
    end_all(world, ctx.actor.id)()
    with pytest.raises(NotSignedIn):
        slow_write(ctx)
    assert events(world, "test.slow_write") == ["not_signed_in"]


@pytest.mark.postgres
def test_a_write_whose_session_ends_in_the_middle_is_not_kept(world: World) -> None:
    ctx = at_the_door(world, sign_in(world))
    other = actions.sign_in(world.ctx(), SignInDraft("hanako", PASSWORD), Origin("192.0.2.2")).token
    mine = ctx.actor.session_id
    assert mine is not None
    _pause.append(
        lambda: in_between(
            world,
            lambda: actions.end_session(at_the_door(world, other), mine),
        )
    )
    with pytest.raises(NotSignedIn):
        slow_write(ctx)
    assert events(world, "test.slow_write") == ["not_signed_in"]


@ON_SQLITE
def test_a_right_taken_in_the_middle_makes_the_read_begin_anew(world: World) -> None:
    ctx = at_the_door(world, sign_in(world))
    runs: list[int] = []

    def taken() -> None:
        runs.append(len(runs))
        in_between(world, lambda: take(world.ctx(), ctx.actor.id))

    _pause.append(taken)
    assert slow_read(ctx) == "架空 花子"
    assert (runs, ctx.actor.rights) == ([0], 1)
    assert events(world, "test.slow_read") == ["done"]


@use_case(Permission.ACCOUNT_MANAGE, event="test.right_taken")
def take(ctx: Context, staff_id: Any) -> None:
    """Take a right from somebody."""
    ctx.load(Staff, staff_id)
    rights_taken(ctx.session, staff_id)


@ON_SQLITE
def test_an_act_that_ends_its_own_session_is_done(world: World) -> None:
    token = sign_in(world)
    actions.sign_out(at_the_door(world, token))
    assert presence_for_token(world.session, token, world.clock.now(), world.settings) is None
