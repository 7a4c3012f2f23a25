"""The store or the keystore fails in the middle: the gate tells it, keeps nothing, and tries again where it helps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from casework.accounts.models import Staff
from casework.agencies.models import Agency
from casework.audit.models import AuditEntry
from casework.crypto import CryptoError, KeystoreUnreadable
from casework.db import CLEARED
from casework.kernel.actor import Actor, Permission
from casework.kernel.errors import CaseworkError, Refused, Unavailable, VersionConflict
from casework.usecase import Context, gate, use_case
from tests.support.watched import Fault, operational, watched
from tests.support.world import World

HELD: list[Staff] = []  # whoever forgets to let go of a row holds it still


@pytest.fixture(autouse=True)
def _hold_nothing() -> Iterator[None]:
    yield
    HELD.clear()


@use_case(Permission.SESSION_OWN, event="test.troubled_read", reads=True)
def troubled_read(ctx: Context, trouble: Callable[[], object]) -> str:
    """Read somebody, and meet trouble."""
    row = ctx.load(Staff, ctx.actor.id)
    HELD.append(row)
    trouble()
    return row.name


@use_case(Permission.SESSION_OWN, event="test.troubled_write")
def troubled_write(ctx: Context, trouble: Callable[[], object]) -> str:
    """Write somebody's name, and meet trouble."""
    row = ctx.load(Staff, ctx.actor.id)
    HELD.append(row)
    row.name += "改"
    ctx.session.flush()
    trouble()
    return row.name


class Trouble:
    """Fails the first so many times; counts how often it was met."""

    def __init__(self, fault: Callable[[], BaseException], times: int = 1_000) -> None:
        self.fault, self.times, self.met = fault, times, 0

    def __call__(self) -> None:
        self.met += 1
        if self.met <= self.times:
            raise self.fault()


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the gate waited before it tried again; nobody waits here."""
    taken: list[float] = []
    monkeypatch.setattr(gate.time, "sleep", taken.append)
    return taken


def _who(world: World) -> Actor:
    return world.actor("counselor", "shakyo", "架空 花子")


def _name(world: World) -> str:
    world.session.rollback()
    query = select(Staff.name).where(Staff.id == _who(world).id)
    return str(world.session.scalar(query, execution_options={CLEARED: True}))


def _outcomes(world: World, name: str) -> list[str]:
    world.session.rollback()
    query = select(AuditEntry.outcome).where(AuditEntry.event == name).order_by(AuditEntry.seq)
    return list(world.session.scalars(query, execution_options={CLEARED: True}))


def _let_go(world: World) -> None:
    """Nothing is held of a use case that has ended: no transaction, no row, no leave to write."""
    assert not world.session.in_transaction()
    assert HELD
    assert [row for row in HELD if row in world.session] == []
    assert world.session.info["gate"] is None


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
@pytest.mark.parametrize("times", [1, 2])
def test_two_who_were_in_each_others_way_are_tried_again(
    world: World, naps: list[float], sqlstate: str, times: int
) -> None:
    trouble = Trouble(lambda: operational(sqlstate), times)
    assert world.run(troubled_write, _who(world), trouble) == "架空 花子改"
    assert (trouble.met, naps) == (times + 1, [0.01, 0.02][:times])
    assert (_name(world), _outcomes(world, "test.troubled_write")) == ("架空 花子改", ["done"])


def test_who_is_in_the_way_three_times_is_told_so(world: World, naps: list[float]) -> None:
    trouble = Trouble(lambda: operational("40001"))
    with pytest.raises(Unavailable, match="store_unavailable"):
        world.run(troubled_write, _who(world), trouble)
    _let_go(world)
    assert (trouble.met, naps) == (3, [0.01, 0.02])
    assert (_name(world), _outcomes(world, "test.troubled_write")) == ("架空 花子", [])


@pytest.mark.parametrize("use", [troubled_read, troubled_write])
@pytest.mark.parametrize("sqlstate", [None, "57P01"])
def test_a_store_that_is_gone_is_not_tried_again(
    world: World, naps: list[float], use: Callable[..., str], sqlstate: str | None
) -> None:
    trouble = Trouble(lambda: operational(sqlstate))
    with pytest.raises(Unavailable, match="store_unavailable") as told:
        world.run(use, _who(world), trouble)
    assert isinstance(told.value.__cause__, OperationalError)
    _let_go(world)
    assert (trouble.met, naps, _name(world)) == (1, [], "架空 花子")


KNOWN = {
    "a row was changed meanwhile": (lambda: StaleDataError("1 expected"), "version_conflict"),
    "a rule of the store": (lambda: IntegrityError("INSERT", {}, Fault()), "state_impossible"),
    "a value": (lambda: DataError("INSERT", {}, Fault()), "value_not_storable"),
    "the driver": (lambda: DBAPIError("INSERT", {}, Fault()), "store_unavailable"),
    "no keystore": (KeystoreUnreadable, "keystore_unreadable"),
    "a text that no key seals": (CryptoError, f"keystore_{CryptoError.code}"),
}


@pytest.mark.parametrize("trouble", KNOWN)
@pytest.mark.parametrize("use", [troubled_read, troubled_write])
def test_trouble_of_a_known_kind_has_its_name_and_its_trace(
    world: World, use: Callable[..., str], trouble: str
) -> None:
    fault, code = KNOWN[trouble]
    with pytest.raises(CaseworkError) as told:
        world.run(use, _who(world), Trouble(fault))
    _let_go(world)
    assert told.value.code == code
    if isinstance(told.value, VersionConflict):
        assert told.value.facts == {"expected": 0, "found": 0}  # nobody knows which
    unrecorded = isinstance(told.value, Unavailable)
    assert _outcomes(world, use.use_case.event) == ([] if unrecorded else [code])  # type: ignore[attr-defined]
    assert _name(world) == "架空 花子"


@pytest.mark.parametrize("use", [troubled_read, troubled_write])
def test_trouble_that_nobody_knows_goes_on_as_it_is(world: World, use: Callable[..., str]) -> None:
    with pytest.raises(ZeroDivisionError):
        world.run(use, _who(world), Trouble(ZeroDivisionError))
    _let_go(world)
    assert (_name(world), _outcomes(world, use.use_case.event)) == ("架空 花子", [])  # type: ignore[attr-defined]


@pytest.mark.parametrize("use", [troubled_read, troubled_write])
@pytest.mark.parametrize("refusal", [Unavailable("store_unavailable"), Refused("state_impossible")])
def test_a_refusal_leaves_nothing_open(world: World, use: Callable[..., str], refusal: CaseworkError) -> None:
    with pytest.raises(type(refusal)):
        world.run(use, _who(world), Trouble(lambda: refusal))
    _let_go(world)
    assert _name(world) == "架空 花子"


@pytest.mark.parametrize("use", [troubled_read, troubled_write])
def test_what_is_done_leaves_nothing_open(world: World, use: Callable[..., str]) -> None:
    world.run(use, _who(world), lambda: None)
    _let_go(world)


@pytest.mark.parametrize("use", [troubled_read, troubled_write])
def test_what_cannot_be_written_into_the_trail_was_not_done(world: World, use: Callable[..., str]) -> None:
    with watched("audit_entry", lost=True), pytest.raises(Unavailable):
        world.run(use, _who(world), lambda: None)
    _let_go(world)
    assert _name(world) == "架空 花子"


def test_a_refusal_without_its_trace_is_a_failure_of_the_trail(world: World) -> None:
    with watched("audit_entry", lost=True), pytest.raises(Unavailable, match="trail_unavailable"):
        world.run(troubled_write, _who(world), Trouble(lambda: Refused("state_impossible")))
    assert not world.session.in_transaction()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("use", [troubled_read, troubled_write])
def test_what_writes_takes_its_turn_before_anything_else(world: World, use: Callable[..., str]) -> None:
    who = _who(world)
    world.session.scalar(select(Agency.code).limit(1), execution_options={CLEARED: True})
    assert world.session.in_transaction()  # something was looked at before, outside
    with watched() as sent:
        world.run(use, who, lambda: None)
    turns = [number for number, statement in enumerate(sent) if statement.startswith("BEGIN")]
    written = [n for n, s in enumerate(sent) if s.startswith(("INSERT", "UPDATE")) or "FOR UPDATE" in s]
    assert sent[max(turn for turn in turns if turn < written[0])] == "BEGIN IMMEDIATE"
    assert use is troubled_read or turns[0] == 0
