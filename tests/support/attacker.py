"""An attacker who holds the whole bundle of a fiscal year, knows its rules, and adds and subtracts.

Written apart from the product's audit, from the published shape alone: hierarchies give the sums over values and areas,
editions give the sums over months and quarters, a table of one answer is part of its unit's total.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

INF = float("inf")
At = tuple[str, str, tuple[str, ...]]  # edition, table, key


@dataclass
class Equation:
    whole: int
    parts: list[int]


class Attacker:
    """Bounds of every published and every implied number; `known` is what they have from elsewhere."""

    def __init__(
        self,
        bundle: Mapping[str, Any],
        known: Mapping[At, tuple[int, int]],
        *,
        base: int = 5,
        below: int = 10,
    ) -> None:
        self.at: dict[At, int] = {}
        self.names: list[At | tuple[str, At]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.equations: list[Equation] = []
        self._dims = bundle["dims"]
        self._tables = {(t["edition"], t["id"]): t for t in bundle["tables"]}
        self._rule = (base, below)
        for table in bundle["tables"]:
            for key, shown in zip(self._keys(table), table["values"], strict=True):
                self._add((table["edition"], table["id"], key), *self._read(shown))
        for at, (low, high) in known.items():
            node = self.at[at]
            self.low[node], self.high[node] = max(self.low[node], low), min(self.high[node], high)
        for table in bundle["tables"]:
            self._sums_of(table)
        self._time()

    def _read(self, shown: int | None) -> tuple[float, float]:
        base, below = self._rule
        if shown is None and base == 1:  # hiding alone: zeros are shown, so what is hidden is 1 to 9
            return 1, below - 1
        if shown is None:
            return 0, INF
        return max(below if base > 1 else 0, shown - base + 1), shown + base - 1

    def _add(self, name: Any, low: float = 0, high: float = INF) -> int:
        self.names.append(name)
        self.low.append(low)
        self.high.append(high)
        if len(name) == 3:
            self.at[name] = len(self.low) - 1
        return len(self.low) - 1

    def _keys(self, table: Mapping[str, Any]) -> list[tuple[str, ...]]:
        return list(itertools.product(*(self._dims[name]["values"][level] for name, level in table["dims"])))

    def _sums_of(self, table: Mapping[str, Any]) -> None:
        edition, dims = table["edition"], table["dims"]
        unit = table["id"].split(".", 1)[0]
        total = self.at.get((edition, f"{unit}.total", ()))
        keys = self._keys(table)
        if not dims and table["id"] != f"{unit}.total" and total is not None:
            part = self.at[(edition, table["id"], ())]
            no = self._add(("not", (edition, table["id"], ())))
            self.equations.append(Equation(total, [part, no]))
        if len(dims) == 1 and total is not None:
            self.equations.append(Equation(total, [self.at[(edition, table["id"], key)] for key in keys]))
            self._coarser(table, keys)
        if len(dims) == 2:
            for side in (0, 1):
                self._margin(table, keys, side)

    def _coarser(self, table: Mapping[str, Any], keys: Sequence[tuple[str, ...]]) -> None:
        ((name, level),) = table["dims"]
        up = self._dims[name]["parent"].get(level)
        if not up:
            return
        levels = self._dims[name]["levels"]
        above = levels[levels.index(level) + 1]
        unit = table["id"].split(".", 1)[0]
        lines: dict[str, list[int]] = {}
        for key in keys:
            lines.setdefault(up.get(key[0], key[0]), []).append(self.at[(table["edition"], table["id"], key)])
        for value, parts in lines.items():
            whole = self.at.get((table["edition"], f"{unit}.{above}", (value,)))
            if whole is not None:
                self.equations.append(Equation(whole, parts))

    def _margin(self, table: Mapping[str, Any], keys: Sequence[tuple[str, ...]], side: int) -> None:
        unit = table["id"].split(".", 1)[0]
        one_way = f"{unit}.{table['dims'][side][1]}"
        lines: dict[str, list[int]] = {}
        for key in keys:
            lines.setdefault(key[side], []).append(self.at[(table["edition"], table["id"], key)])
        for value, parts in lines.items():
            whole = self.at.get((table["edition"], one_way, (value,)))
            if whole is not None:
                self.equations.append(Equation(whole, parts))

    def _time(self) -> None:
        editions = {edition for edition, _ in self._tables}
        for edition in editions:
            for parts in _parts(edition):
                for at, node in list(self.at.items()):
                    if at[0] == edition:
                        found = [self.at.get((part, *at[1:])) for part in parts]
                        if any(n is not None for n in found):
                            filled = [self._add(("missing", at)) if n is None else n for n in found]
                            self.equations.append(Equation(node, filled))

    def propagate(self) -> int:
        """Narrow until nothing changes; how many contradictions were met."""
        inside: dict[int, list[int]] = {}
        for n, equation in enumerate(self.equations):
            for node in (equation.whole, *equation.parts):
                inside.setdefault(node, []).append(n)
        queue, contradictions = dict.fromkeys(range(len(self.equations))), 0
        while queue:
            equation = self.equations[next(iter(queue))]
            del queue[next(iter(queue))]
            for node, low, high in self._implied(equation):
                bounds = max(low, self.low[node]), min(high, self.high[node])
                if bounds[0] > bounds[1]:
                    contradictions += 1
                elif bounds != (self.low[node], self.high[node]):
                    self.low[node], self.high[node] = bounds
                    queue.update(dict.fromkeys(inside[node]))
        return contradictions

    def _implied(self, equation: Equation) -> list[tuple[int, float, float]]:
        low = [self.low[p] for p in equation.parts]
        high = [self.high[p] for p in equation.parts]
        least, most = sum(low), sum(high)
        found = [(equation.whole, least, most)]
        whole_low, whole_high = self.low[equation.whole], self.high[equation.whole]
        open_ended = sum(h == INF for h in high)
        for part, part_low, part_high in zip(equation.parts, low, high, strict=True):
            others = (
                INF
                if open_ended - (part_high == INF) > 0
                else sum(h for h in high if h != INF) - (part_high if part_high != INF else 0)
            )
            found.append((part, whole_low - others, whole_high - (least - part_low)))
        return found


def _parts(edition: str) -> list[list[str]]:
    """The shorter editions a longer one consists of, by their names."""
    if edition.startswith("FY"):
        fy = int(edition[2:])
        months = [f"{fy + (m > 12)}-{(m - 1) % 12 + 1:02d}" for m in range(4, 16)]
        return [[f"{fy}-Q{q}" for q in (1, 2, 3, 4)], months]
    if "-Q" in edition:
        fy, quarter = int(edition[:4]), int(edition[-1])
        return [[f"{fy + (m > 12)}-{(m - 1) % 12 + 1:02d}" for m in range(3 * quarter + 1, 3 * quarter + 4)]]
    return []


@dataclass
class Loot:
    """What an attack found among the numbers that are truly below 10."""

    small: int = 0  # numbers from 1 to 9
    zeros: int = 0
    pinned: int = 0  # read off exactly
    proven_zero: int = 0
    proven_one: int = 0
    narrow: int = 0  # known to within 2
    wrong: int = 0  # the truth lies outside: the attacker was misled, or the model is wrong
    contradictions: int = 0

    def __add__(self, other: Loot) -> Loot:
        return Loot(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))


def count_loot(attacker: Attacker, truth: Mapping[At, int], skip: frozenset[At] = frozenset()) -> Loot:
    """Compare bounds with the truth, for numbers below 10 that are not officially known anyway."""
    loot = Loot()
    for at, node in attacker.at.items():
        n, low, high = truth[at], attacker.low[node], attacker.high[node]
        loot.wrong += not low <= n <= high
        if at in skip or n >= 10:
            continue
        loot.small += n > 0
        loot.zeros += n == 0
        loot.pinned += n > 0 and low == high
        loot.proven_zero += n == 0 and high == 0
        loot.proven_one += n == 1 and low == high
        loot.narrow += high - low <= 2
    for node, name in enumerate(attacker.names):
        if name[0] == "not":
            n = truth[(name[1][0], f"{name[1][1].split('.', 1)[0]}.total", ())] - truth[name[1]]
            loot.narrow += n < 10 and attacker.high[node] - attacker.low[node] <= 2
    return loot
