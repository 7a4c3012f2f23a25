"""Reasons and the policy table by themselves, on two small tables: who is let in, and that both faces say the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import ForeignKey, bindparam, create_engine, or_, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from casework.db import reasons as r
from casework.kernel.actor import (
    OPERATOR_ID,
    SYSTEM_ID,
    Actor,
    Membership,
    Permission,
    Role,
    Standing,
    nobody,
    operator_actor,
    system_actor,
)
from casework.kernel.policy import Policy, Reason, acting

NOW = datetime(2026, 4, 6, 1, tzinfo=UTC)
ME, YOU = UUID(int=7), UUID(int=8)


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[UUID | None]
    agency: Mapped[str | None]
    kind: Mapped[str | None]
    until: Mapped[datetime | None]


class Part(Base):
    __tablename__ = "part"
    id: Mapped[int] = mapped_column(primary_key=True)
    thing_id: Mapped[int] = mapped_column(ForeignKey("thing.id"))
    owner: Mapped[UUID]


class Store:
    """Rows at hand, as the gate looks at them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, model: type, key: Any) -> Any:
        return self._session.get(model, key)

    def matching(self, column: Any, value: Any) -> list[Any]:
        return list(self._session.scalars(select(column.class_).where(column == value)))


ROWS = [
    Thing(id=1, owner=ME, agency="a", kind="x", until=None),
    Thing(id=2, owner=YOU, agency="b", kind="y", until=NOW),
    Thing(id=3, owner=YOU, agency="c", kind="z", until=NOW + timedelta(seconds=1)),
    Thing(id=4, owner=None, agency=None, kind=None, until=NOW - timedelta(seconds=1)),
]
PARTS = [
    Part(id=11, thing_id=2, owner=ME),
    Part(id=12, thing_id=3, owner=YOU),
    Part(id=13, thing_id=1, owner=YOU),
]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as opened:
        for row in (*ROWS, *PARTS):
            opened.merge(row)
        opened.commit()
        for row in opened.scalars(select(Thing)):
            row.until = row.until.replace(tzinfo=UTC) if row.until else None
        with opened.no_autoflush:
            yield opened
        opened.rollback()
    engine.dispose()


def _me(*memberships: tuple[Role, str]) -> Actor:
    held = memberships or ((Role.COUNSELOR, "a"), (Role.COUNSELOR, "b"), (Role.CHAIR, "c"))
    return Actor(ME, "架空", tuple(Membership(role, agency) for role, agency in held), NOW)


def _standing(actor: Actor, role: Role = Role.COUNSELOR) -> Standing:
    return next(s for s in actor.standings if s.role is role)


def _allowed(session: Session, reason: Reason, actor: Actor, role: Role = Role.COUNSELOR) -> set[int]:
    """The ids a reason lets in; row, written clause and prepared clause must say the same."""
    model: Any = reason.model
    standing, store = _standing(actor, role), Store(session)
    by_row = {row.id for row in session.scalars(select(model)) if reason.holds(standing, row, store)}
    written = set(session.scalars(select(model.id).where(reason.clause(standing))))
    token = acting.set(actor)
    try:
        prepared = set(session.scalars(select(model.id).where(r.Sight(reason.clause(r.stand_in(role))))))
    finally:
        acting.reset(token)
    assert by_row == written == prepared, reason.name
    return by_row


EXPECTED: list[tuple[Reason, set[int], str]] = [
    (r.anyone(Thing), {1, 2, 3, 4}, "any Thing"),
    (r.mine(Thing.owner), {1}, "owner is me"),
    (r.my_agency(Thing.agency), {1, 2}, "agency is my agency"),
    (r.equals(Thing.kind, "x"), {1}, "kind in x"),
    (r.equals(Thing.kind, "y", "z"), {2, 3}, "kind in y, z"),
    (r.equals(Thing.kind, "x", "y", "z"), {1, 2, 3}, "kind in x, y, z"),
    (r.missing(Thing.kind), {4}, "kind is empty"),
    (r.given(Thing.kind), {1, 2, 3}, "kind is filled"),
    (r.begun(Thing.until), {2, 4}, "until has come"),
    (r.not_over(Thing.until), {1, 3}, "until is ahead or empty"),
    (
        r.all_of(r.given(Thing.kind), r.my_agency(Thing.agency)),
        {1, 2},
        "kind is filled and agency is my agency",
    ),
    (
        r.all_of(r.begun(Thing.until), r.my_agency(Thing.agency)),
        {2},
        "until has come and agency is my agency",
    ),
    (r.any_of(r.mine(Thing.owner), r.missing(Thing.kind)), {1, 4}, "(owner is me or kind is empty)"),
    (r.no(r.given(Thing.kind)), {4}, "not kind is filled"),
    (r.has(Part.thing_id, r.mine(Part.owner), at=Thing.id), {2}, "has Part: owner is me"),
    (
        r.through(Part.thing_id, r.my_agency(Thing.agency), to=Thing.id),
        {11, 13},
        "thing_id: agency is my agency",
    ),
    (r.renamed("another", r.mine(Thing.owner)), {1}, "another"),
]


@pytest.mark.parametrize(("reason", "ids", "name"), EXPECTED, ids=[name for _, _, name in EXPECTED])
def test_a_reason_lets_in_whom_it_names(session: Session, reason: Reason, ids: set[int], name: str) -> None:
    assert (_allowed(session, reason, _me()), reason.name) == (ids, name)
    assert reason.model is (Part if ids & {11, 13} else Thing)


def test_an_agency_counts_in_the_role_it_is_held_in(session: Session) -> None:
    assert _allowed(session, r.my_agency(Thing.agency), _me(), Role.CHAIR) == {3}
    assert _allowed(session, r.my_agency(Thing.agency), _me((Role.COUNSELOR, "nowhere"))) == set()


def test_a_prepared_clause_asks_who_acts_when_it_runs(session: Session) -> None:
    clause = r.Sight(r.mine(Thing.owner).clause(r.stand_in(Role.COUNSELOR)))
    later = r.Sight(r.begun(Thing.until).clause(r.stand_in(Role.COUNSELOR)))
    found = []
    for actor in (_me(), Actor(YOU, "別", (Membership(Role.COUNSELOR, "a"),), NOW - timedelta(hours=1))):
        token = acting.set(actor)
        found.append([set(session.scalars(select(Thing.id).where(c))) for c in (clause, later)])
        acting.reset(token)
    assert found == [[{1}, {2, 4}], [{2, 3}, set()]]
    assert r.stand_in(Role.COUNSELOR) is r.stand_in(Role.COUNSELOR)


def test_clauses_of_two_roles_stand_in_one_statement(session: Session) -> None:
    both = r.my_agency(Thing.agency)
    token = acting.set(_me())
    sight = r.Sight(*(both.clause(r.stand_in(role)) for role in (Role.COUNSELOR, Role.CHAIR)))
    found = set(session.scalars(select(Thing.id).where(sight)))
    acting.reset(token)
    assert found == {1, 2, 3}


@pytest.mark.parametrize(
    ("reason", "ids", "name"),
    [
        (r.mine(Thing.owner), set(), "house"),
        (r.my_agency(Thing.agency), set(), "house_agencies"),
        (r.begun(Thing.until), {2, 4}, "house_now"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_house_counts_alike_whoever_asks(
    session: Session, reason: Reason, ids: set[int], name: str
) -> None:
    """It owns nothing and belongs to no agency, and its parameters meddle with none that a query brings along."""
    house = r.of_the_house()
    assert (house.role, house) == (Role.SYSTEM, r.of_the_house())
    one = Thing.id == bindparam(name, 1)
    for actor in (_me((Role.COUNSELOR, "a")), system_actor(NOW)):
        token = acting.set(actor)
        found = set(session.scalars(select(Thing.id).where(or_(r.Sight(reason.clause(house)), one))))
        acting.reset(token)
        assert found == ids | {1}


def test_sight_without_a_reason_sees_nothing_and_each_has_its_own_key(session: Session) -> None:
    assert list(session.scalars(select(Thing.id).where(r.Sight()))) == []
    one, two = r.Sight(Thing.id == 1), r.Sight(Thing.id == 2)
    assert one._gen_cache_key(None, None) == (r.Sight, one.number)
    assert one._gen_cache_key(None, None) != two._gen_cache_key(None, None)
    assert [set(session.scalars(select(Thing.id).where(sight))) for sight in (one, two)] == [{1}, {2}]


def test_reasons_about_different_tables_do_not_join() -> None:
    for join in (r.all_of, r.any_of):
        with pytest.raises(TypeError, match="different tables: "):
            join(r.mine(Thing.owner), r.mine(Part.owner))
        with pytest.raises(TypeError):
            join()


# -- the table --------------------------------------------------------------------------------------------------

OWN, ANY, PARTED = r.mine(Thing.owner), r.anyone(Thing), r.mine(Part.owner)
TABLE = {
    Permission.CASE_READ: {Role.COUNSELOR: (OWN, PARTED), Role.SUPERVISOR: (ANY,)},
    Permission.CASE_CLOSE: {Role.CHAIR: (r.my_agency(Thing.agency),)},
}


def test_what_is_not_written_is_refused(session: Session) -> None:
    policy, me, store = Policy(TABLE), _me((Role.COUNSELOR, "a")), Store(session)
    mine, yours = session.get(Thing, 1), session.get(Thing, 2)
    assert policy.ever(me, Permission.CASE_READ) is True
    assert policy.ever(me, Permission.CASE_CLOSE) is False
    assert policy.ever(me, Permission.CASE_WRITE) is False
    assert policy.ever(nobody(NOW), Permission.CASE_READ) is False
    assert policy.allows(me, Permission.CASE_READ, mine, store) is True
    assert policy.allows(me, Permission.CASE_READ, yours, store) is False
    assert policy.allows(me, Permission.CASE_CLOSE, mine, store) is False
    assert policy.allows(_me((Role.SUPERVISOR, "a")), Permission.CASE_READ, yours, store) is True
    assert policy.allows(nobody(NOW), Permission.CASE_READ, mine, store) is False


def test_only_reasons_about_the_same_table_speak(session: Session) -> None:
    policy, me = Policy(TABLE), _me((Role.COUNSELOR, "a"), (Role.SUPERVISOR, "b"))
    found = policy.reasons(me, Permission.CASE_READ, Thing)
    assert [(standing.role, reason) for standing, reason in found] == [
        (Role.COUNSELOR, OWN),
        (Role.SUPERVISOR, ANY),
    ]
    assert [reason for _, reason in policy.reasons(me, Permission.CASE_READ, Part)] == [PARTED]
    assert policy.reasons(me, Permission.CASE_WRITE, Thing) == []


def test_clauses_are_built_once_for_a_set_of_roles(session: Session) -> None:
    policy, built = Policy(TABLE), []

    def stand_in(role: Role) -> Any:
        built.append(role)
        return r.stand_in(role)

    first = policy.clauses(_me((Role.COUNSELOR, "a")), Permission.CASE_READ, Thing, stand_in)
    again = policy.clauses(_me((Role.COUNSELOR, "b")), Permission.CASE_READ, Thing, stand_in)
    other = policy.clauses(_me((Role.SUPERVISOR, "b")), Permission.CASE_READ, Thing, stand_in)
    assert (len(first), first is again, first is other) == (1, True, False)
    assert built == [Role.COUNSELOR, Role.SUPERVISOR]


# -- actors -----------------------------------------------------------------------------------------------------


def test_an_actor_stands_once_per_role_with_the_agencies_of_that_role() -> None:
    me = _me()
    assert me.roles == {Role.COUNSELOR, Role.CHAIR}
    assert [(s.role, s.agencies) for s in me.standings] == [
        (Role.CHAIR, frozenset({"c"})),
        (Role.COUNSELOR, frozenset({"a", "b"})),
    ]
    assert all((s.id, s.now) == (ME, NOW) for s in me.standings)
    assert me.agencies == {"a", "b", "c"}
    assert [me.in_agency(code) for code in ("a", "c", "d")] == [True, True, False]


def test_the_house_itself_the_operator_and_nobody() -> None:
    assert (system_actor(NOW).id, system_actor(NOW).roles) == (SYSTEM_ID, {Role.SYSTEM})
    assert (operator_actor(NOW).id, operator_actor(NOW).roles) == (OPERATOR_ID, {Role.SYSTEM})
    assert OPERATOR_ID != SYSTEM_ID
    assert (nobody(NOW).id, nobody(NOW).roles, nobody(NOW).standings) == (UUID(int=0), frozenset(), ())
