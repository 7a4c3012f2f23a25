"""A right is gone at once, also in the middle of a request: what began under it neither commits nor leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.accounts import actions, queries
from casework.accounts.models import Staff
from casework.accounts.rules import HandOverDraft, Origin, RoleDraft, SignInDraft, StaffDraft
from casework.accounts.sessions import presence_for_token
from casework.accounts.standing import SessionStanding, rights_taken
from casework.audit.models import AuditEntry
from casework.cases.models import AccessGrant, Case
from casework.db import CLEARED, db
from casework.kernel.actor import Permission, Role, system_actor
from casework.kernel.errors import NotSignedIn, Unavailable
from casework.kernel.policy import acting
from casework.usecase import Context, use_case
from casework.usecase.standing import SLOW
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


def test_the_trail_says_in_which_session_it_was_done(world: World) -> None:
    ctx = at_the_door(world, sign_in(world))
    slow_read(ctx)
    slow_write(world.ctx(ctx.actor))
    world.run(slow_read, world.actor("counselor", "shakyo"))
    world.session.rollback()
    query = select(AuditEntry.session).where(AuditEntry.event.like("test.slow%")).order_by(AuditEntry.seq)
    told = list(world.session.scalars(query, execution_options={CLEARED: True}))
    assert told == [str(ctx.actor.session_id)] * 2 + [""]


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


# -- the moment, and what ends by the clock


@use_case(Permission.SESSION_OWN, event="test.moment")
def moment(ctx: Context) -> tuple[Any, Any, Any]:
    """The moment at which one changes oneself, and whose rights the statements ask for."""
    ctx.load(Staff, ctx.actor.id)
    return ctx.now, ctx.actor.now, acting.get().now


def test_who_waits_for_the_turn_to_write_begins_when_it_has_come(world: World) -> None:
    ctx, came = at_the_door(world, sign_in(world)), world.clock.now()
    world.later(seconds=30)
    assert moment(ctx) == (world.clock.now(),) * 3
    assert world.clock.now() == came + timedelta(seconds=30)


def _meanwhile(world: World, passes: timedelta, ends: timedelta | None = None) -> tuple[Context, list[int]]:
    """Someone with a grant that ends so long after now; during each run of theirs so much time passes."""
    ctx, runs = at_the_door(world, sign_in(world)), list[int]()
    if ends is not None:
        lead, now = world.actor("counselor", "shakyo"), world.clock.now()
        case = Case(number="R8-0001", state="open", owner_id=lead.id, owner_agency="shakyo", opened_at=now)
        with world.writing() as session:
            session.add(case)
            session.flush()
            grant = AccessGrant(
                case_id=case.id,
                staff_id=ctx.actor.id,
                purpose_code="handover",
                purpose=b"-",
                given_by=lead.id,
                given_at=now,
                begins_at=now,
                ends_at=now + ends,
            )
            session.add(grant)

    def pass_by() -> None:
        runs.append(len(runs))
        world.clock.move(passes)

    _every.append(pass_by)
    return ctx, runs


_every: list[Callable[[], None]] = []


@pytest.fixture(autouse=True)
def _nothing_is_left_to_happen() -> Iterator[None]:
    yield
    _every.clear()
    _pause.clear()


@use_case(Permission.SESSION_OWN, event="test.every_write")
def every_write(ctx: Context) -> int:
    """Change oneself, while the same happens each time."""
    row = ctx.load(Staff, ctx.actor.id)
    row.must_change_password = True
    ctx.session.flush()
    for happens in _every:
        happens()
    return row.version


@use_case(Permission.SESSION_OWN, event="test.every_read", reads=True)
def every_read(ctx: Context) -> str:
    """Look at oneself, while the same happens each time."""
    ctx.load(Staff, ctx.actor.id)
    for happens in _every:
        happens()
    return ctx.load(Staff, ctx.actor.id).name


@pytest.mark.parametrize("use", [every_read, every_write])
def test_what_takes_long_is_done_once_if_nothing_ended_meanwhile(world: World, use: Any) -> None:
    ctx, runs = _meanwhile(world, timedelta(minutes=5), ends=timedelta(minutes=6))
    use(ctx)
    assert (runs, events(world, use.use_case.event)) == ([0], ["done"])


@pytest.mark.parametrize("use", [every_read, every_write])
@pytest.mark.parametrize("passes", [SLOW, timedelta(minutes=5)])
def test_what_a_grant_outlived_is_done_again_without_it(world: World, use: Any, passes: timedelta) -> None:
    ctx, runs = _meanwhile(world, passes, ends=passes)
    use(ctx)
    assert (runs, events(world, use.use_case.event)) == ([0, 1], ["done"])


@pytest.mark.parametrize("use", [every_read, every_write])
def test_less_than_a_second_is_one_moment(world: World, use: Any) -> None:
    ctx, runs = _meanwhile(world, timedelta(seconds=0.5), ends=timedelta(seconds=0.25))
    use(ctx)
    assert (runs, events(world, use.use_case.event)) == ([0], ["done"])


@pytest.mark.parametrize("use", [every_read, every_write])
def test_a_clock_set_back_meanwhile_makes_nothing_undone(world: World, use: Any) -> None:
    ctx, runs = _meanwhile(world, -timedelta(seconds=30), ends=timedelta(minutes=1))
    use(ctx)
    assert (runs, events(world, use.use_case.event)) == ([0], ["done"])


@ON_SQLITE
def test_who_loses_rights_each_time_is_told_that_it_does_not_go(world: World) -> None:
    ctx, runs = _meanwhile(world, timedelta(0))
    _every.append(lambda: in_between(world, lambda: take(world.ctx(), ctx.actor.id)))
    with pytest.raises(Unavailable, match="store_unavailable"):
        every_read(ctx)
    assert not world.session.in_transaction()
    assert (runs, events(world, "test.every_read")) == ([0, 1, 2], [])


@ON_SQLITE
def test_a_read_begun_anew_sees_what_was_changed_in_between(world: World) -> None:
    ctx, runs = _meanwhile(world, timedelta(0))

    def renamed() -> None:
        if len(runs) == 1:
            in_between(world, lambda: rename(world.ctx(), ctx.actor.id, "架空 改名"))

    _every.append(renamed)
    assert every_read(ctx) == "架空 改名"
    assert runs == [0, 1]


@use_case(Permission.ACCOUNT_MANAGE, event="test.renamed")
def rename(ctx: Context, staff_id: Any, name: str) -> None:
    """Rename somebody, and take a right from them."""
    ctx.load(Staff, staff_id).name = name
    rights_taken(ctx.session, staff_id)
