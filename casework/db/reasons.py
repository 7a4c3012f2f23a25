"""Building blocks of reasons: each writes both faces, the row's and the WHERE clause's, from one description."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import Grouping

from ..kernel.actor import SYSTEM_ID, Role, Standing
from ..kernel.policy import Look, Reason, acting

Column = InstrumentedAttribute[Any]


@dataclass(frozen=True)
class StandIn:
    """A Standing made of parameters: they are filled from the acting person when the statement runs."""

    role: Role
    id: BindParameter[Any]
    agencies: BindParameter[Any]
    now: BindParameter[Any]


@cache
def stand_in(role: Role) -> StandIn:
    def agencies() -> list[str]:
        return sorted(m.agency for m in acting.get().memberships if m.role is role)

    return StandIn(
        role,
        bindparam(f"me_{role.value}", callable_=lambda: acting.get().id, unique=True),
        bindparam(f"agencies_{role.value}", callable_=agencies, expanding=True, unique=True),
        bindparam(f"now_{role.value}", callable_=lambda: acting.get().now, unique=True),
    )


@cache
def of_the_house() -> StandIn:
    """The house itself at the moment of whoever acts: what is counted does not depend on who counts."""
    return StandIn(
        Role.SYSTEM,
        bindparam("house", SYSTEM_ID, unique=True),
        bindparam("house_agencies", [""], unique=True),
        bindparam("house_now", callable_=lambda: acting.get().now, unique=True),
    )


class Sight(Grouping[bool]):
    """The WHERE clause of an actor's sight, known to the statement cache by a number.

    Walking the reasons for a cache key cost more than running the statement. What differs between actors is not
    part of the key: it stands in parameters that are filled when the statement runs (`stand_in`).
    """

    _numbers = count()

    def __init__(self, *clauses: ColumnElement[bool], bars: Sequence[ColumnElement[bool]] = ()) -> None:
        super().__init__(and_(or_(false(), *clauses), *bars) if bars else or_(false(), *clauses))
        self.number = next(self._numbers)

    def _gen_cache_key(self, anon_map: Any, bindparams: Any) -> tuple[Any, ...]:
        return Sight, self.number


def _agencies(who: Standing | StandIn) -> Any:
    return sorted(who.agencies) if isinstance(who, Standing) else who.agencies


def _model(column: Column) -> type:
    return cast(type, column.class_)


def anyone(model: type) -> Reason:
    """Everybody with the permission may touch every row, for tables without secrets."""
    return Reason(f"any {model.__name__}", model, lambda who, row, look: True, lambda who: true())


def mine(column: Column) -> Reason:
    """The row names the actor."""
    return Reason(
        f"{column.key} is me",
        _model(column),
        lambda who, row, look: bool(getattr(row, column.key) == who.id),
        lambda who: column == who.id,
    )


def my_agency(column: Column) -> Reason:
    """The row names an agency in which the actor holds the role."""
    return Reason(
        f"{column.key} is my agency",
        _model(column),
        lambda who, row, look: getattr(row, column.key) in who.agencies,
        lambda who: column.in_(_agencies(who)),
    )


def equals(column: Column, *values: Any) -> Reason:
    """The column holds one of the values (None is written as `missing`)."""
    return Reason(
        f"{column.key} in {', '.join(map(str, values))}",
        _model(column),
        lambda who, row, look: getattr(row, column.key) in values,
        # One value is a plain comparison: an IN is written out anew each time its statement runs.
        lambda who: column == values[0] if len(values) == 1 else column.in_(values),
    )


def missing(column: Column) -> Reason:
    return Reason(
        f"{column.key} is empty",
        _model(column),
        lambda who, row, look: getattr(row, column.key) is None,
        lambda who: column.is_(None),
    )


def given(column: Column) -> Reason:
    return Reason(
        f"{column.key} is filled",
        _model(column),
        lambda who, row, look: getattr(row, column.key) is not None,
        lambda who: column.is_not(None),
    )


def begun(column: Column) -> Reason:
    """The moment in the column has come."""
    return Reason(
        f"{column.key} has come",
        _model(column),
        lambda who, row, look: getattr(row, column.key) is not None and getattr(row, column.key) <= who.now,
        lambda who: and_(column.is_not(None), column <= who.now),
    )


def not_over(column: Column) -> Reason:
    """The moment in the column is empty or still ahead: grants and memberships have an end."""
    return Reason(
        f"{column.key} is ahead or empty",
        _model(column),
        lambda who, row, look: getattr(row, column.key) is None or getattr(row, column.key) > who.now,
        lambda who: or_(column.is_(None), column > who.now),
    )


def all_of(*reasons: Reason) -> Reason:
    return Reason(
        " and ".join(r.name for r in reasons),
        _same_model(reasons),
        lambda who, row, look: all(r.holds(who, row, look) for r in reasons),
        lambda who: and_(*(r.clause(who) for r in reasons)),
    )


def any_of(*reasons: Reason) -> Reason:
    return Reason(
        "(" + " or ".join(r.name for r in reasons) + ")",
        _same_model(reasons),
        lambda who, row, look: any(r.holds(who, row, look) for r in reasons),
        lambda who: or_(*(r.clause(who) for r in reasons)),
    )


def no(reason: Reason) -> Reason:
    return Reason(
        f"not {reason.name}",
        reason.model,
        lambda who, row, look: not reason.holds(who, row, look),
        lambda who: ~reason.clause(who),
    )


def has(link: Column, reason: Reason, *, at: Column) -> Reason:
    """A row of another table points here (`link` equals `at`) and `reason` holds for it.

    >>> has(Assignment.case_id, mine(Assignment.staff_id), at=Case.id)  # doctest: +SKIP
    """

    def holds(who: Standing, row: Any, look: Look) -> bool:
        found = look.matching(link, getattr(row, at.key))
        return any(reason.holds(who, child, look) for child in found)

    return Reason(
        f"has {reason.model.__name__}: {reason.name}",
        _model(at),
        holds,
        lambda who: exists(select(link).where(link == at, reason.clause(who)).correlate(_model(at))),
    )


def through(link: Column, reason: Reason, *, to: Column) -> Reason:
    """The row that `link` points to (by its column `to`) may be touched for `reason`: a child seen by its parent."""

    def holds(who: Standing, row: Any, look: Look) -> bool:
        found = look.matching(to, getattr(row, link.key))
        return any(reason.holds(who, parent, look) for parent in found)

    return Reason(
        f"{link.key}: {reason.name}",
        _model(link),
        holds,
        # A lookup by key for each row: an IN over all rows the actor may see would be built for every statement.
        lambda who: exists(select(to).where(to == link, reason.clause(who)).correlate(_model(link))),
    )


@dataclass(frozen=True)
class Circle:
    """A set of keys that depends on the actor alone, told twice: gathered row by row, and as an uncorrelated SELECT.

    It is gathered once for a statement, whatever its number of rows; for nearly everybody it is empty.
    """

    name: str
    members: Callable[[Standing | StandIn, Look], set[Any]]
    query: Callable[[Standing | StandIn], Select[Any]]


def outside(column: Column, circle: Circle) -> Reason:
    """The column is empty or names nobody of the circle."""

    def clause(who: Any) -> ColumnElement[bool]:
        apart = column.not_in(circle.query(who).correlate(None).scalar_subquery())
        return or_(column.is_(None), apart) if column.property.columns[0].nullable else apart

    return Reason(
        f"{column.key} outside {circle.name}",
        _model(column),
        lambda who, row, look: getattr(row, column.key) not in circle.members(who, look),
        clause,
    )


def tied(link: Column, reason: Reason, *, to: Column) -> Reason:
    """Like `through`, but a row whose link is empty is tied to nothing."""
    held = through(link, reason, to=to)
    return any_of(missing(link), held) if link.property.columns[0].nullable else held


def renamed(name: str, reason: Reason) -> Reason:
    """The same reason under the name that `casework policy show` prints."""
    return Reason(name, reason.model, reason.holds, reason.clause)


def _same_model(reasons: tuple[Reason, ...]) -> type:
    models = {r.model for r in reasons}
    if len(models) != 1:
        raise TypeError(f"reasons about different tables: {', '.join(m.__name__ for m in models)}")
    return models.pop()
