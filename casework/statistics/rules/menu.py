"""The closed menu: what is counted, by what, in which periods. Data in config/statistics.toml; nothing three-way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .periods import StatKind
from .protect import Rule

UNKNOWN = "unknown"  # what a record does not say; so that the values of a dimension add up to its records
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted. `rule` is the counting rule in words (I30)."""

    id: str
    name: str
    rule: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """By what a unit is told apart. `source` names its list of values: "codes:<list>", "windows", "divisions",
    "areas9", "areas5", "words:<labels>:<value,…>" or "answers:<labels>:<value,…>".

    `several`: a record may have several answers or none: one table per answer, without its opposite.
    `of_division`: its value tells the division, so that the division knows all of it anyway.
    """

    id: str
    unit: str
    name: str
    source: str
    rule: str = ""
    several: bool = False
    of_division: bool = False
    by_month: bool = True


@dataclass(frozen=True, slots=True)
class Menu:
    version: int
    rule: Rule
    units: tuple[Unit, ...]
    dimensions: tuple[Dimension, ...]
    pairs: tuple[tuple[str, str, str], ...]  # unit, dimension, dimension

    def unit(self, name: str) -> Unit:
        return next(u for u in self.units if u.id == name)

    def of(self, unit: str) -> tuple[Dimension, ...]:
        return tuple(d for d in self.dimensions if d.unit == unit)

    def dimension(self, unit: str, name: str) -> Dimension:
        return next(d for d in self.dimensions if (d.unit, d.id) == (unit, name))


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the menu with the values in force. `keys` are its cells in row-major order.

    `unit` is the set of records counted: "case", or "case.issue.debt" for those with one answer.
    """

    id: str
    unit: str
    of: str  # the unit of the menu
    dims: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    group: str  # tables that stand together on a page: those of one dimension
    answer: str = ""
    of_division: bool = False


@dataclass(frozen=True, slots=True)
class Values:
    """The values of every dimension in order of code list, and which of the 5 areas each of the 9 lies in."""

    by_dimension: Mapping[tuple[str, str], Sequence[str]]
    area_of: Mapping[str, str] = field(default_factory=dict)


def parse_menu(data: Mapping[str, Any], rule: Rule | None = None) -> Menu:
    """The menu as the configuration writes it."""
    dims = tuple(Dimension(**row) for row in data["dimension"])
    return Menu(
        version=int(data["version"]),
        rule=rule or Rule(**data.get("rule", {})),
        units=tuple(Unit(**row) for row in data["unit"]),
        dimensions=dims,
        pairs=tuple((row["unit"], row["first"], row["second"]) for row in data["pair"]),
    )


def tables(menu: Menu, values: Values, kind: StatKind) -> list[Table]:
    """Every table that the menu has for a kind of period: totals, one-way, and for a fiscal year the pairs."""
    found = []
    for unit in menu.units:
        found.append(Table(f"{unit.id}.total", unit.id, unit.id, (), ((),), "total"))
        for dim in menu.of(unit.id):
            if dim.by_month or kind is not StatKind.MONTH:
                found += _one_way(dim, values)
    if kind is StatKind.YEAR:
        found += [_pair(unit, first, second, values) for unit, first, second in menu.pairs]
    return found


def _one_way(dim: Dimension, values: Values) -> list[Table]:
    listed = values.by_dimension[(dim.unit, dim.id)]
    name = f"{dim.unit}.{dim.id}"
    if not dim.several:
        keys = tuple((value,) for value in listed)
        return [Table(name, dim.unit, dim.unit, (dim.id,), keys, dim.id, of_division=dim.of_division)]
    return [
        Table(f"{name}.{v}", f"{name}.{v}", dim.unit, (), ((),), dim.id, v, dim.of_division) for v in listed
    ]


def _pair(unit: str, first: str, second: str, values: Values) -> Table:
    rows, columns = (values.by_dimension[(unit, d)] for d in (first, second))
    keys = tuple((row, column) for row in rows for column in columns)
    return Table(f"{unit}.{first}*{second}", unit, unit, (first, second), keys, f"{first}*{second}")
