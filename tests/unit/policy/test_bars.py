"""Bars by themselves: what keeps a row from an actor whatever else allows it, in both faces."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from casework.db import reasons as r
from casework.kernel.actor import Actor, Membership, Permission, Role, Standing, nobody
from casework.kernel.policy import Bar, Policy, Reason, acting

NOW = datetime(2026, 4, 6, 1, tzinfo=UTC)
ME, YOU = UUID(int=7), UUID(int=8)


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[UUID | None]
    kind: Mapped[str]


class Tie(Base):
    __tablename__ = "tie"
    id: Mapped[int] = mapped_column(primary_key=True)
    thing_id: Mapped[int | None] = mapped_column(ForeignKey("thing.id"))
    holder: Mapped[UUID]


class Knot(Base):
    __tablename__ = "knot"
    id: Mapped[int] = mapped_column(primary_key=True)
    thing_id: Mapped[int] = mapped_column(ForeignKey("thing.id"))


ROWS = (
    Thing(id=1, owner=ME, kind="x"),
    Thing(id=2, owner=YOU, kind="x"),
    Thing(id=3, owner=None, kind="y"),
    Tie(id=11, thing_id=1, holder=ME),
    Tie(id=12, thing_id=3, holder=YOU),
    Tie(id=13, thing_id=None, holder=YOU),
    Knot(id=21, thing_id=1),
    Knot(id=22, thing_id=3),
)
# Whoever holds a tie to somebody else's thing; of the actor asked for.
CIRCLE = r.Circle(
    "the circle",
    lambda who, look: {tie.holder for tie in look.matching(Tie.id, 12)},
    lambda who: select(Tie.holder).where(Tie.id == 12),
)
X_ONLY = r.equals(Thing.kind, "x")


class Store:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, model: type, key: Any) -> Any:
        return self._session.get(model, key)

    def matching(self, column: Any, value: Any) -> list[Any]:
        return list(self._session.scalars(select(column.class_).where(column == value)))


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as opened:
        for row in ROWS:
            opened.merge(row)
        opened.commit()
        yield opened
    engine.dispose()


def _actor(*roles: Role) -> Actor:
    return Actor(ME, "架空", tuple(Membership(role, "a") for role in roles or (Role.COUNSELOR,)), NOW)


def _let_in(session: Session, reason: Reason) -> set[int]:
    model: Any = reason.model
    standing = _actor().standings[0]
    by_row = {row.id for row in session.scalars(select(model)) if reason.holds(standing, row, Store(session))}
    assert by_row == set(session.scalars(select(model.id).where(reason.clause(standing)))), reason.name
    return by_row


def test_outside_a_circle_are_those_it_does_not_name_and_the_empty(session: Session) -> None:
    assert _let_in(session, r.outside(Thing.owner, CIRCLE)) == {1, 3}
    assert _let_in(session, r.outside(Tie.holder, CIRCLE)) == {11}
    assert r.outside(Thing.owner, CIRCLE).name == "owner outside the circle"
    assert r.outside(Thing.owner, CIRCLE).model is Thing


def test_a_row_that_is_tied_to_nothing_is_not_kept_back(session: Session) -> None:
    assert _let_in(session, r.tied(Tie.thing_id, X_ONLY, to=Thing.id)) == {11, 13}
    assert _let_in(session, r.tied(Knot.thing_id, X_ONLY, to=Thing.id)) == {21}


def test_sight_is_what_a_reason_allows_and_every_bar_lets_through(session: Session) -> None:
    def seen(sight: r.Sight) -> set[int]:
        return set(session.scalars(select(Thing.id).where(sight)))

    mine, empty, x_only = Thing.owner == ME, Thing.owner.is_(None), Thing.kind == "x"
    assert seen(r.Sight(mine, empty)) == {1, 3}
    assert seen(r.Sight(mine, empty, bars=(x_only,))) == {1}
    assert seen(r.Sight(mine, empty, bars=(x_only, empty))) == set()
    assert seen(r.Sight(bars=(x_only,))) == set()


def _policy(bar: Bar, *, weighed: bool = False) -> Policy:
    table = {Permission.CASE_READ: {Role.COUNSELOR: (r.anyone(Thing),), Role.CHAIR: (r.mine(Thing.owner),)}}
    return Policy(table, bars={Thing: bar}, weighed=frozenset({Permission.CASE_READ} if weighed else ()))


def test_a_bar_holds_beside_every_reason(session: Session) -> None:
    policy, store, me = _policy(Bar(X_ONLY)), Store(session), _actor()
    allowed = {n for n in (1, 2, 3) if policy.allows(me, Permission.CASE_READ, session.get(Thing, n), store)}
    assert allowed == {1, 2}
    assert policy.allows(_actor(Role.CHAIR), Permission.CASE_READ, session.get(Thing, 2), store) is False
    assert policy.unbarred(me, session.get(Thing, 1), store) is True
    assert policy.unbarred(me, session.get(Thing, 3), store) is False
    assert policy.unbarred(nobody(NOW), session.get(Thing, 1), store) is False
    assert policy.unbarred(me, session.get(Tie, 11), store) is True  # no bar stands before it


def test_what_is_only_weighed_asks_no_bar(session: Session) -> None:
    policy, store = _policy(Bar(X_ONLY), weighed=True), Store(session)
    assert policy.allows(_actor(), Permission.CASE_READ, session.get(Thing, 3), store) is True
    assert policy.allows(_actor(Role.SUPERVISOR), Permission.CASE_READ, session.get(Thing, 3), store) is False


def test_a_bar_asks_who_and_not_in_which_role(session: Session) -> None:
    asked: list[Role] = []

    def holds(who: Standing, row: Any, look: Any) -> bool:
        asked.append(who.role)
        return False

    policy = _policy(Bar(Reason("asked", Thing, holds, X_ONLY.clause)))
    assert policy.unbarred(_actor(Role.COUNSELOR, Role.CHAIR), session.get(Thing, 1), Store(session)) is False
    assert asked == [Role.CHAIR]


def test_the_clauses_of_a_bar_are_those_of_the_way_a_row_is_read(session: Session) -> None:
    part = r.mine(Thing.owner)
    policy, two = _policy(Bar(X_ONLY, part)), _actor(Role.COUNSELOR, Role.CHAIR)

    def chosen(*, of: Policy = policy, by: Actor = two, as_part: bool = False) -> list[set[int]]:
        token = acting.set(by)
        found = [
            set(session.scalars(select(Thing.id).where(r.Sight(clause))))
            for clause in of.barriers(by, Thing, r.stand_in, part=as_part)
        ]
        acting.reset(token)
        return found

    assert chosen() == [{1, 2}]
    assert chosen(as_part=True) == [{1}]
    assert chosen(of=_policy(Bar(X_ONLY)), as_part=True) == []
    assert chosen(by=nobody(NOW)) == []
    assert policy.barriers(two, Tie, r.stand_in) == ()
    assert isinstance(policy.barriers(two, Thing, r.stand_in), tuple)
    assert policy.barriers(two, Thing, r.stand_in) is policy.barriers(two, Thing, r.stand_in)  # built once
