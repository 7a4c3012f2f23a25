"""Taking a record out of the house: the rows that hang on it, and what no other record names any more (I26).

Ground code, like duties.py: it walks foreign keys, opens no text, and deletes row by row through the unit of work, so
that every deletion stands in the trail by table and id. What the keys sealed is destroyed afterwards, by its owners.

- A row falls with the row it must name (NOT NULL), is part of (`__part_of__`), sealed by, or follows (`__follows__`).
- A row that several records name (`__shared__`: persons, households, meetings) falls with the last of them.
- Any other link is emptied; those of `__lets_go__` keep nothing alive.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, load_only

from ..db import CLEARED, Base, Confidential
from .context import Context
from .visit import Visit

Place = tuple[str, Any]
CHUNK = 400  # ids in one IN
IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Link:
    """A column of `model` that names a row of another table."""

    model: type[Any]
    name: str
    hangs: bool  # the row lives and dies with the one it names
    needed: bool  # NOT NULL
    keeps: bool  # a shared row stays as long as this row does


@dataclass(frozen=True, slots=True)
class Erased:
    """What was taken out: how many rows, whose data keys are to be destroyed, and which persons are gone."""

    rows: int
    owners: tuple[UUID, ...]
    persons: tuple[UUID, ...]


@dataclass
class _Fall:
    """The rows that fall, growing until nothing more hangs on them."""

    session: Session
    rows: dict[Place, Any] = field(default_factory=dict)

    def add(self, rows: Iterable[Any]) -> None:
        fresh = [row for row in rows if _place(row) not in self.rows]
        while fresh:
            self.rows.update({_place(row): row for row in fresh})
            found = [row for model, part in _by_model(fresh) for row in self._hanging(model, part)]
            fresh = list({_place(row): row for row in found if _place(row) not in self.rows}.values())

    def add_shared(self) -> None:
        """Households, meetings and persons that nothing names any more, until none is left."""
        while True:
            alone = [row for row in self._shared() if not self._named_elsewhere(row)]
            if not alone:
                return
            self.add(alone)

    def forget(self) -> None:
        """Empty the links of rows that stay."""
        for model, part in _by_model(self.rows.values()):
            for link in links_to(model.__tablename__):
                if link.hangs or link.needed:
                    continue
                for row in self._naming(link, [each.id for each in part]):
                    if _place(row) not in self.rows:
                        setattr(row, link.name, None)

    def _hanging(self, model: Any, part: list[Any]) -> Iterator[Any]:
        shared = getattr(model, "__shared__", False)
        for link in links_to(model.__tablename__):
            if link.hangs or (link.needed and not shared):
                yield from self._naming(link, [row.id for row in part])

    def _naming(self, link: Link, ids: list[Any]) -> Iterator[Any]:
        column = getattr(link.model, link.name)
        for start in range(0, len(ids), CHUNK):
            query = select(link.model).where(column.in_(ids[start : start + CHUNK]))
            yield from self.session.scalars(query, execution_options={CLEARED: True})

    def _shared(self) -> list[Any]:
        """Rows of shared tables that something fallen names, and that have not fallen."""
        wanted: dict[type[Any], set[Any]] = defaultdict(set)
        for model, part in _by_model(self.rows.values()):
            for name, target in links_of(model):
                if getattr(target, "__shared__", False):
                    wanted[target] |= {getattr(row, name) for row in part} - {None}
        found: list[Any] = []
        for target, ids in wanted.items():
            missing = [key for key in sorted(ids, key=str) if (target.__tablename__, (key,)) not in self.rows]
            for start in range(0, len(missing), CHUNK):
                query = select(target).where(target.id.in_(missing[start : start + CHUNK]))
                found += self.session.scalars(query, execution_options={CLEARED: True})
        return found

    def _named_elsewhere(self, row: Any) -> bool:
        for link in links_to(row.__tablename__):
            if not link.keeps:
                continue
            keys = inspect(link.model).primary_key
            query = select(*keys).where(getattr(link.model, link.name) == row.id)
            for found in self.session.execute(query, execution_options={CLEARED: True}):
                if (link.model.__tablename__, tuple(found)) not in self.rows:
                    return True
        return False


def erase(ctx: Context, root: Base, event: str, *, keep: Base) -> Erased:
    """Delete a record with everything that falls with it, in this transaction and as an event of its own.

    The calling use case has asked leave for the row, locked it, and seen that nothing holds it. The keys of the owners
    returned are to be destroyed after the commit, and not before: a kill in between leaves rows that are gone and keys
    to be destroyed again, never rows that cannot be read. `keep` is the row that remains to tell of it.
    """
    ctx.session.flush()
    fall = _Fall(ctx.session)
    fall.add([root])
    fall.add_shared()
    beside = (*_typed_about(ctx.session, fall.rows), *_naming_by_id(ctx.session, fall.rows))
    fall.add(row for row in beside if row is not keep)
    outer = ctx.visit
    visit = Visit(outer.permission, event, reads=False, asked=True)
    visit.about(root)
    ctx.session.info["gate"] = visit
    try:
        fall.forget()
        ctx.session.flush()
        for row in fall.rows.values():
            ctx.session.delete(row)
        ctx.session.flush()
    finally:
        ctx.session.info["gate"] = outer
    ctx.done.append(visit)
    owners = [row.id for row in fall.rows.values() if getattr(row, "__sealed_by__", None) == "id"]
    persons = [key[0] for table, key in fall.rows if table == "person"]
    return Erased(len(fall.rows), tuple(owners), tuple(persons))


def _typed_about(session: Session, rows: Collection[Place]) -> Iterator[Any]:
    """Forms that somebody began to type on a page of what falls."""
    gone = {str(key[0]) for _, key in rows}
    for mapper in Base.registry.mappers:
        model: Any = mapper.class_
        name = getattr(model, "__path__", None)
        if name is None:
            continue
        query = select(model).options(load_only(model.id, getattr(model, name)))
        for row in session.scalars(query, execution_options={CLEARED: True}):
            if gone.intersection(IDS.findall(getattr(row, name))):
                yield row


def _naming_by_id(session: Session, rows: Collection[Place]) -> Iterator[Any]:
    """Rows that name what falls without a foreign key (`__names__`)."""
    ids = [key[0] for _, key in rows if len(key) == 1 and isinstance(key[0], UUID)]
    for mapper in Base.registry.mappers:
        model: Any = mapper.class_
        name: str | None = getattr(model, "__names__", None)
        if name is None:
            continue
        for start in range(0, len(ids), CHUNK):
            query = select(model).where(getattr(model, name).in_(ids[start : start + CHUNK]))
            yield from session.scalars(query, execution_options={CLEARED: True})


@cache
def _links(_tables: int) -> dict[str, tuple[Link, ...]]:
    found: dict[str, list[Link]] = defaultdict(list)
    for mapper in sorted(Base.registry.mappers, key=lambda m: str(m.local_table.name)):  # type: ignore[attr-defined]
        model: Any = mapper.class_
        if not issubclass(model, Confidential):
            continue
        own = {
            getattr(model, "__part_of__", None),
            getattr(model, "__sealed_by__", None),
            *getattr(model, "__follows__", ()),
        }
        for column in inspect(model).columns:
            for key in column.foreign_keys:
                name = inspect(model).get_property_by_column(column).key
                keeps = name not in own and name not in getattr(model, "__lets_go__", ())
                link = Link(model, name, name in own, not column.nullable, keeps)
                found[key.column.table.name].append(link)
    return {table: tuple(links) for table, links in found.items()}


def links_to(table: str) -> tuple[Link, ...]:
    """Columns of confidential tables that name rows of the table."""
    return _links(len(Base.metadata.tables)).get(table, ())


@cache
def links_of(model: Any) -> tuple[tuple[str, type[Any]], ...]:
    """Columns of a table that name rows of another, with that other's model."""
    models = {m.local_table.name: m.class_ for m in Base.registry.mappers}  # type: ignore[attr-defined]
    return tuple(
        (inspect(model).get_property_by_column(column).key, models[key.column.table.name])
        for column in inspect(model).columns
        for key in column.foreign_keys
    )


def _place(row: Any) -> Place:
    keys = inspect(type(row)).primary_key
    return row.__tablename__, tuple(
        getattr(row, inspect(type(row)).get_property_by_column(k).key) for k in keys
    )


def _by_model(rows: Iterable[Any]) -> list[tuple[Any, list[Any]]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[type(row)].append(row)
    return list(found.items())
