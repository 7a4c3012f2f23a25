"""Handing over open work (I1) and ending rights by name, of every house at once; ground code: no case content.

Only the owner columns of a row are read and written, row by row through the unit of work, so that versions
rise, constraints hold, and every row that changed hands has its own event in the trail.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, inspect, or_, select
from sqlalchemy.orm import load_only

from ..db import CLEARED, Base, Owned
from .context import Context
from .standing import dated_models
from .visit import Visit

EVENT = "work.handed_over"
RIGHT_ENDED = "right.ended"


def owned_models() -> list[Any]:
    """Every table whose rows need an owner, in one order, so that two hand-overs lock alike."""
    found = [m.class_ for m in Base.registry.mappers if issubclass(m.class_, Owned)]
    return sorted(found, key=lambda model: str(model.__tablename__))


def count_open(ctx: Context, staff_id: UUID, *, keep: Collection[str] = ()) -> int:
    """How many open pieces of work the person owns, outside the agencies to `keep`; how many, never which."""
    total = 0
    for model in owned_models():
        query = _narrow(select(func.count()).select_from(model), model, staff_id, keep)
        total += ctx.session.scalar(query, execution_options={CLEARED: True}) or 0
    return total


def hand_over_all(
    ctx: Context, from_staff: UUID, to_staff: UUID, to_agency: str, *, keep: Collection[str] = ()
) -> int:
    """Give all open work of one person to another in this transaction; how many rows changed hands.

    Work of the agencies to `keep` stays. The calling use case has asked leave for both accounts and locked the
    giver's, so that no work arrives behind it.
    """
    done = 0
    for model in owned_models():
        query = _narrow(select(model), model, from_staff, keep).order_by(*inspect(model).primary_key)
        query = query.options(load_only(*_needed(model))).with_for_update(of=model)
        rows = list(ctx.session.scalars(query, execution_options={CLEARED: True, "populate_existing": True}))
        give(ctx, rows, to_staff, to_agency)
        done += len(rows)
    return done


def give(ctx: Context, rows: Iterable[Any], to_staff: UUID, to_agency: str) -> None:
    """Make somebody the owner of loaded rows; each is an act of its own in the trail."""
    for row in rows:
        _change(ctx, row, EVENT, owner_id=to_staff, owner_agency=to_agency)


def roles_needed(ctx: Context, staff_id: UUID, *, keep: Collection[str] = ()) -> list[frozenset[str]]:
    """For each kind of the person's open work that not every role opens: the roles of which a receiver holds one."""
    needed = []
    for model in owned_models():
        if model.__carried_by__:
            query = _narrow(select(func.count()).select_from(model), model, staff_id, keep)
            if ctx.session.scalar(query, execution_options={CLEARED: True}):
                needed.append(model.__carried_by__)
    return needed


def end_dated(ctx: Context, staff_id: UUID) -> int:
    """End every right given to the person by name (grants, emergency access) now; how many were still to come."""
    done = 0
    for model in dated_models():
        query = select(model).where(model.staff_id == staff_id)
        query = query.where(or_(model.ends_at.is_(None), model.ends_at > ctx.now))
        query = query.order_by(*inspect(model).primary_key)
        query = query.options(load_only(*_named(model, "staff_id", "ends_at"))).with_for_update(of=model)
        rows = list(ctx.session.scalars(query, execution_options={CLEARED: True, "populate_existing": True}))
        for row in rows:
            _change(ctx, row, RIGHT_ENDED, ends_at=ctx.now)
        done += len(rows)
    return done


def _change(ctx: Context, row: Any, event: str, **values: Any) -> None:
    """Write columns of one row as an act of its own in the trail."""
    outer = ctx.visit
    visit = Visit(outer.permission, event, reads=False, asked=True)
    visit.about(row)
    ctx.session.flush()
    ctx.session.info["gate"] = visit
    try:
        for name, value in values.items():
            setattr(row, name, value)
        ctx.session.flush()
    finally:
        ctx.session.info["gate"] = outer
    ctx.done.append(visit)


def _narrow(query: Select[Any], model: Any, staff_id: UUID, keep: Collection[str]) -> Select[Any]:
    query = query.where(model.owner_id == staff_id, model.is_open())
    return query.where(model.owner_agency.not_in(sorted(keep))) if keep else query


def _needed(model: Any) -> list[Any]:
    """Owner columns, keys, version and the case the row belongs to; no content is brought into memory."""
    return _named(model, "owner_id", "owner_agency", "version")


def _named(model: Any, *wanted: str) -> list[Any]:
    names = [*wanted, "case_id", *(c.key for c in inspect(model).primary_key)]
    known = inspect(model).column_attrs
    return [getattr(model, name) for name in names if name in known]
