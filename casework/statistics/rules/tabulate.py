"""From records to shown numbers: count, hide, round. Raw counts live only while an edition is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .menu import Table
from .protect import Rule, cell_key, record_key, rounded

Place = tuple[str, tuple[str, ...]]  # table id, key of the cell


@dataclass(frozen=True, slots=True)
class Fact:
    """One record of a unit. `values` by dimension; several answers are a tuple. Nothing here names a person."""

    unit: str
    id: str
    household: str
    division: str
    values: Mapping[str, str | tuple[str, ...]]


@dataclass(slots=True)
class Count:
    """A cell while it is counted; `divisions` tells how many of its records each division knows."""

    n: int = 0
    keys: int = 0
    households: set[str] = field(default_factory=set)
    divisions: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Cell:
    """A cell with its true count, for the audit, and what is shown of it: None is hidden."""

    place: Place
    n: int
    shown: int | None
    withheld: bool = False  # its whole table is left out
    divisions: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Draft:
    """An edition before its audit."""

    tables: tuple[Table, ...]
    cells: dict[Place, Cell]


def count(tables: Sequence[Table], facts: Iterable[Fact], key: bytes, rule: Rule) -> dict[Place, Count]:
    """Raw counts of every cell of every table. A record whose value no table knows is a fault of the caller."""
    found = {(t.id, key): Count() for t in tables for key in t.keys}
    plans = _plans(tables)
    for fact in facts:
        secret = record_key(key, f"{fact.unit}:{fact.id}")
        for cell in _cells(plans[fact.unit], fact, found):
            cell.n += 1
            cell.keys += secret
            cell.divisions[fact.division] += 1
            if len(cell.households) < rule.hide_below:
                cell.households.add(fact.household)
    return found


_Plan = list[tuple[Table, str]]  # table, and the dimension whose answers it tells ("" for one that adds up)


def _plans(tables: Sequence[Table]) -> dict[str, _Plan]:
    plans: dict[str, _Plan] = {}
    for table in tables:
        plans.setdefault(table.of, []).append((table, table.group if table.answer else ""))
    return plans


def _cells(plan: _Plan, fact: Fact, found: Mapping[Place, Count]) -> Iterable[Count]:
    values = fact.values
    for table, answers in plan:
        if answers:
            if table.answer in values[answers]:
                yield found[(table.id, ())]
        else:
            yield found[(table.id, tuple(str(values[d]) for d in table.dims))]


def protect(tables: Sequence[Table], counts: Mapping[Place, Count], key: bytes, rule: Rule) -> Draft:
    """Hide what is small, round the rest, and leave out tables whose cells are small on the whole."""
    cells = {place: _cell(place, counted, key, rule) for place, counted in counts.items()}
    for table in tables:
        total = cells[(f"{table.of}.total", ())].shown or 0
        own = total if table.dims else (cells[(table.id, ())].shown or 0)
        if table.group != "total" and own < rule.mean_cell * len(table.keys):
            for at in table.keys:
                cells[(table.id, at)].shown = None
                cells[(table.id, at)].withheld = bool(table.dims)
    _dominated(tables, cells)
    return Draft(tuple(tables), cells)


def _cell(place: Place, counted: Count, key: bytes, rule: Rule) -> Cell:
    few = counted.n < rule.hide_below or len(counted.households) < rule.hide_below
    shown = None if few else rounded(key, counted.n, cell_key(counted.keys), rule.base)
    return Cell(place, counted.n, shown, divisions=counted.divisions)


def _dominated(tables: Sequence[Table], cells: Mapping[Place, Cell]) -> None:
    """Hide a cell of which one division knows more than is shown: it could tell that hardly anybody else is in it."""
    for table in tables:
        if table.of_division or table.group == "total" or "division" in table.dims:
            continue
        for at in table.keys:
            cell = cells[(table.id, at)]
            most = max(cell.divisions.values(), default=0)
            if cell.shown is not None and most > cell.shown:
                cell.shown = None
