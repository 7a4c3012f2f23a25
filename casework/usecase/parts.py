"""Statements for the parts of rows in sight: who may see the row may see its parts, unless a bar keeps one out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from sqlalchemy import Select, bindparam, func, inspect, select, true
from sqlalchemy.orm import InstrumentedAttribute

from ..db import SCOPE, Base
from ..db.reasons import Sight, stand_in
from ..kernel.actor import Actor
from ..kernel.errors import UnscopedQuery
from ..kernel.policy import Policy


def parts_query(policy: Policy, actor: Actor, child: type[Base], order: Any) -> Select[Any]:
    """Parts by the keys of their parents (`owners`), in an order, by default that of making.

    Those tied to somebody the actor may not know of stay out (I12). Built once per set of roles, for orders that
    are the same object every time.
    """
    if order is not None and not isinstance(order, InstrumentedAttribute):
        return _build(policy, actor, child, order)
    known = ("parts", child, order, actor.roles)
    if known not in policy.statements:
        policy.statements[known] = _build(policy, actor, child, order)
    return cast(Select[Any], policy.statements[known])


def _build(policy: Policy, actor: Actor, child: type[Base], order: Any) -> Select[Any]:
    link = part_link(child)
    query = select(child).where(link.in_(bindparam("owners", expanding=True)))
    if bars := policy.barriers(actor, child, stand_in, part=True):
        # One Sight for all orders: with a number of its own, each statement would be compiled anew.
        query = query.where(policy.statements.setdefault(("bars", child), Sight(true(), bars=bars)))
    query = query.order_by(primary_key(child) if order is None else order)
    return query.execution_options(**{SCOPE: frozenset({child.__tablename__})})


def counts_of(queries: Mapping[str, Select[Any]]) -> Select[Any]:
    """One statement for how many rows each of these finds, by name; it may touch what they were scoped to, no more."""
    scope = frozenset(t for query in queries.values() for t in query.get_execution_options().get(SCOPE, ()))
    columns = []
    for name, query in queries.items():
        found = query.subquery()
        count = select(func.count(next(iter(found.c)))).select_from(found)
        columns.append(count.scalar_subquery().label(name))
    return select(*columns).execution_options(**{SCOPE: scope})


@cache
def primary_key(model: type[Base]) -> Any:
    columns = inspect(model).primary_key
    return getattr(model, inspect(model).get_property_by_column(columns[0]).key)


def part_link(child: type[Base]) -> Any:
    name = getattr(child, "__part_of__", None)
    if name is None:
        raise UnscopedQuery(f"{child.__tablename__} is not a part of another row")
    return getattr(child, name)
