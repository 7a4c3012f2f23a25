"""A use case within another, what is counted of it, told of it, and repeated of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from casework.accounts.models import Staff
from casework.audit.models import AuditEntry, ReadCount
from casework.crypto import Binding, CryptoError, FileKeyStore, KeyRing
from casework.db import CLEARED, db
from casework.kernel.actor import Actor, Membership, Permission, Role
from casework.kernel.errors import BadInput, NotAllowed, Refused, TooMany
from casework.kernel.ids import new_id
from casework.usecase import Context, Reply, use_case
from casework.usecase.gate import registry
from casework.usecase.replies import IdempotentReply, Replayed, purge
from tests.support.world import World


@use_case(Permission.SESSION_OWN, event="test.outer_read", reads=True)
def outer_read(ctx: Context, within: Callable[[Context], Any]) -> Any:
    """Look at oneself, and at something else on the way.

    What follows the first line is for whoever reads the code.
    """
    ctx.load(Staff, ctx.actor.id)
    return within(ctx)


@use_case(Permission.SESSION_OWN, event="test.outer_write")
def outer_write(ctx: Context, within: Callable[[Context], Any]) -> Any:
    """Change oneself, before and after something else."""
    row = ctx.load(Staff, ctx.actor.id)
    row.name += "前"
    found = within(ctx)
    row.name += "後"
    return found


@use_case(Permission.SESSION_OWN, event="test.inner_read", reads=True)
def inner_read(ctx: Context) -> bool:
    ctx.load(Staff, ctx.actor.id)
    return ctx.visit.reads


@use_case(Permission.CASE_LIST, event="test.inner_write")
def inner_write(ctx: Context, trouble: bool = False) -> bool:
    """Change oneself within."""
    ctx.visit.asked = True
    ctx.visit.sought("agency", "within")
    if trouble:
        raise Refused("state_impossible")
    return ctx.visit.reads


@use_case(Permission.CASE_WRITE, event="test.opening")
def opening_write(ctx: Context, records: int) -> None:
    """Write, and open so many sealed records on the way."""
    ctx.visit.asked = True
    ctx.opened.update(new_id() for _ in range(records))


@use_case(Permission.CASE_LIST, event="test.opening_read", reads=True)
def opening_read(ctx: Context, records: int) -> str:
    """Read so many sealed records."""
    ctx.visit.asked = True
    ctx.opened.update(new_id() for _ in range(records))
    return "handed out"


@use_case(Permission.CASE_LIST, event="test.reading_sealed", reads=True)
def read_sealed(ctx: Context, blob: bytes, place: Binding) -> str:
    """Open a text."""
    ctx.visit.asked = True
    return ctx.keys.open(blob, place)


def _who(world: World) -> Actor:
    return world.actor("counselor", "shakyo", "架空 花子")


def _name(world: World) -> str:
    world.session.rollback()
    query = select(Staff.name).where(Staff.id == _who(world).id)
    return str(world.session.scalar(query, execution_options={CLEARED: True}))


def _entries(world: World) -> list[AuditEntry]:
    world.session.rollback()
    query = select(AuditEntry).where(AuditEntry.event.like("test.%")).order_by(AuditEntry.seq)
    return list(world.session.scalars(query, execution_options={CLEARED: True}))


def _counted(world: World) -> list[int]:
    world.session.rollback()
    query = select(ReadCount.opened).where(ReadCount.actor == str(_who(world).id))
    return list(world.session.scalars(query, execution_options={CLEARED: True}))


def test_the_register_says_what_a_use_case_does() -> None:
    here = outer_read.use_case.name.removesuffix("outer_read")
    assert registry[f"{here}outer_read"].summary == "Look at oneself, and at something else on the way."
    assert registry[f"{here}inner_read"].summary == "inner_read"


@pytest.mark.parametrize(("outer", "reads"), [(outer_read, True), (outer_write, False)])
@pytest.mark.parametrize("inner", [inner_read, inner_write])
def test_what_is_asked_on_the_way_writes_if_the_whole_writes(
    world: World, outer: Any, inner: Any, reads: bool
) -> None:
    assert world.run(outer, _who(world), inner) is reads
    assert _name(world) == ("架空 花子" if reads else "架空 花子前後")
    assert [entry.event for entry in _entries(world)] == [inner.use_case.event, outer.use_case.event]


@pytest.mark.parametrize("outer", [outer_read, outer_write])
def test_a_refusal_on_the_way_is_told_of_what_was_begun(world: World, outer: Any) -> None:
    with pytest.raises(Refused):
        world.run(outer, _who(world), lambda ctx: inner_write(ctx, trouble=True))
    (entry,) = _entries(world)
    assert (entry.event, entry.outcome) == (outer.use_case.event, "state_impossible")
    assert (entry.kind, entry.target) == ("staff", str(_who(world).id))
    assert _name(world) == "架空 花子"


def test_what_weighs_nothing_asks_for_no_fresh_proof(world: World) -> None:
    ctx = world.ctx(_who(world))
    ctx.actor = replace(ctx.actor, confirmed_at=None)
    assert outer_read(ctx, inner_read) is True


def test_notice_is_given_when_it_is_done_and_not_before(world: World) -> None:
    given: list[str] = []

    def tell(ctx: Context) -> None:
        ctx.after_commit(lambda: given.append(_name(world)))

    world.run(outer_write, _who(world), tell)
    assert given == ["架空 花子前後"]

    def tell_and_fail(ctx: Context) -> None:
        tell(ctx)
        raise Refused("state_impossible")

    with pytest.raises(Refused):
        world.run(outer_write, _who(world), tell_and_fail)
    assert given == ["架空 花子前後"]


# -- what is counted


def test_records_opened_by_who_writes_are_counted_and_never_refused(world: World) -> None:
    cap = world.settings.read_cap_per_hour
    world.run(opening_write, _who(world), cap)
    world.run(opening_write, _who(world), 2)
    assert _counted(world) == [cap + 2]


def test_reads_beyond_the_hours_cap_stay_here_and_are_not_counted(world: World) -> None:
    cap = world.settings.read_cap_per_hour
    assert world.run(opening_read, _who(world), cap) == "handed out"
    with pytest.raises(TooMany, match="read_limit"):
        world.run(opening_read, _who(world), 1)
    assert _counted(world) == [cap]
    assert [entry.outcome for entry in _entries(world)] == ["done", "read_limit"]


# -- what is repeated


def _wish(world: World, key: str = "k1", body: bytes = b"1" * 32) -> Reply:
    return Reply("test", key, body, lambda result: (201, f"答え {result}"))


def _asked_with_key(world: World, who: Actor, wish: Reply, answer: Any = "一") -> Any:
    return outer_write(world.ctx(who, reply=wish), lambda ctx: answer)


def test_the_answer_to_a_key_is_given_again_and_nothing_is_done(world: World) -> None:
    assert _asked_with_key(world, _who(world), _wish(world)) == "一"
    with pytest.raises(Replayed) as again:
        _asked_with_key(world, _who(world), _wish(world), "二")
    assert (again.value.status, again.value.body, str(again.value)) == (201, "答え 一", "replayed")
    assert _name(world) == "架空 花子前後"
    assert _asked_with_key(world, _who(world), _wish(world, "k2"), "三") == "三"
    with pytest.raises(BadInput, match="idempotency_key_reused"):
        _asked_with_key(world, _who(world), _wish(world, body=b"2" * 32))


def test_an_answer_kept_under_a_key_is_not_given_to_who_lost_the_permission(world: World) -> None:
    who = _who(world)
    use = use_case(Permission.CASE_WRITE, event="test.keyed")(lambda ctx: setattr(ctx.visit, "asked", True))
    use(world.ctx(who, reply=_wish(world)))
    lost = replace(who, memberships=(Membership(Role.ADMINISTRATOR, "shakyo"),))
    with pytest.raises(NotAllowed):
        use(world.ctx(lost, reply=_wish(world)))
    with pytest.raises(Replayed):
        use(world.ctx(who, reply=_wish(world)))


def test_the_same_request_sent_twice_at_once_waits_for_its_twin(world: World) -> None:
    """A double press, or a line that sends again: the second is in the house while the first is at work."""
    who = _who(world)
    world.session.rollback()

    def second() -> object:
        with world.core.app_context():
            try:
                return outer_write(world.ctx(who, reply=_wish(world)), lambda ctx: "二")
            except Replayed as again:
                return again.body
            finally:
                db.session.remove()

    with ThreadPoolExecutor(1) as elsewhere:
        twins: list[Future[object]] = []

        def first(ctx: Context) -> str:
            twins.append(elsewhere.submit(second))
            assert wait(twins, timeout=0.5).done == set()
            return "一"

        assert outer_write(world.ctx(who, reply=_wish(world)), first) == "一"
        assert twins[0].result(30) == "答え 一"
    assert _name(world) == "架空 花子前後"
    assert _kept(world) == ["k1"]


def test_answers_are_kept_for_their_time_and_no_longer(world: World) -> None:
    _asked_with_key(world, _who(world), _wish(world, "k1"))
    world.later(hours=1)
    _asked_with_key(world, _who(world), _wish(world, "k2"))
    limit = world.clock.now()
    assert world.run(forgetting, _who(world), limit) == 1
    assert _kept(world) == ["k2"]
    assert world.run(forgetting, _who(world), limit) == 0


@use_case(Permission.SESSION_OWN, event="test.forgetting")
def forgetting(ctx: Context, before: Any) -> int:
    """Forget old answers."""
    ctx.visit.asked = True
    return purge(ctx, before)


def _kept(world: World) -> list[str]:
    world.session.rollback()
    query = select(IdempotentReply.key).order_by(IdempotentReply.key)
    return list(world.session.scalars(query, execution_options={CLEARED: True}))


# -- keys


def test_a_key_that_was_destroyed_elsewhere_opens_nothing_from_the_next_use_case_on(world: World) -> None:
    owner = new_id()
    place = Binding("note", "body", UUID(int=9), owner)
    world.keys.new_owner(owner)
    blob = world.keys.seal("架空の記録", place)
    assert world.run(read_sealed, _who(world), blob, place) == "架空の記録"
    elsewhere = KeyRing(FileKeyStore(Path(world.settings.keystore_path), Path(world.settings.kek_dir)))
    elsewhere.erase(owner)
    elsewhere.store.close()
    with pytest.raises((CryptoError, Refused)):
        world.run(read_sealed, _who(world), blob, place)
