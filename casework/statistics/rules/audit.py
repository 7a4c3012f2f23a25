"""The self-audit: what anybody could conclude by adding and subtracting everything published; more is hidden until
no number that may be small is known closer than the rule allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .menu import OTHER, UNKNOWN, Table
from .periods import Period, StatKind, parse_period
from .protect import Rule
from .tabulate import Cell, Draft, Place

DIVISION = "division"
MANY = 10**9  # no upper bound known
ROUNDS = 200  # of hiding; each hides at least one number
STEPS = 200_000  # of narrowing, against figures that cannot all be true at once
Node = tuple[str, str, tuple[str, ...]]  # edition, table, key


@dataclass
class Web:
    """Unknown counts with what is known of each, and the sums that hold between them."""

    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)
    sums: list[tuple[int, list[int]]] = field(default_factory=list)
    within: list[list[int]] = field(default_factory=list)

    def add(self, low: int = 0, high: int = MANY) -> int:
        self.low.append(low)
        self.high.append(high)
        self.within.append([])
        return len(self.low) - 1

    def total(self, whole: int, parts: Sequence[int]) -> None:
        """whole = sum of parts."""
        for node in (whole, *parts):
            self.within[node].append(len(self.sums))
        self.sums.append((whole, list(parts)))

    def narrow(self, low: list[int], high: list[int], start: Iterable[int] | None = None) -> None:
        """Pass bounds along all sums until nothing changes; what cannot be true at once is left as it is."""
        queue = deque(range(len(self.sums)) if start is None else start)
        waiting = set(queue)
        for _ in range(STEPS):
            if not queue:
                return
            at = queue.popleft()
            waiting.discard(at)
            for node in self._tightened(*self.sums[at], low, high):
                for other in self.within[node]:
                    if other not in waiting:
                        waiting.add(other)
                        queue.append(other)

    @staticmethod
    def _tightened(whole: int, parts: list[int], low: list[int], high: list[int]) -> list[int]:
        least, most = sum(low[p] for p in parts), sum(high[p] for p in parts)
        changed = [whole] if _set(whole, least, most, low, high) else []
        floor, ceiling = low[whole], high[whole]
        for part in parts:
            lower, upper = floor - (most - high[part]), ceiling - (least - low[part])
            if _set(part, lower, upper, low, high):
                changed.append(part)
        return changed


def _set(node: int, lower: int, upper: int, low: list[int], high: list[int]) -> bool:
    lower, upper = max(lower, low[node]), min(upper, high[node])
    if lower > upper or (lower, upper) == (low[node], high[node]):
        return False
    low[node], high[node] = lower, upper
    return True


@dataclass(frozen=True, slots=True)
class Published:
    """An earlier edition of the same fiscal year: its period and what it shows."""

    period: Period
    tables: tuple[Table, ...]
    shown: Mapping[Place, int | None]


@dataclass(frozen=True, slots=True)
class Report:
    """What the audit did: numbers hidden at once and by it, tables left out, what it could not mend."""

    numbers: int
    hidden_small: int
    hidden_by_audit: int
    tables_left_out: int
    sums: int
    rounds: int
    open: int


class Auditor:
    """The web of one fiscal year: this edition, the earlier ones, and what the official report says exactly."""

    def __init__(
        self,
        period: Period,
        draft: Draft,
        earlier: Sequence[Published],
        rule: Rule,
        area_of: Mapping[str, str],
        official: Mapping[Place, tuple[int, int]],
    ) -> None:
        self.period, self.draft, self.rule, self.area_of = period, draft, rule, area_of
        self.web = Web()
        self.nodes: dict[Node, int] = {}
        self.official: set[int] = set()
        self.opposite: dict[int, int] = {}  # an unshown "no" -> the shown "yes"
        for edition in earlier:
            self._publish(edition)
        self._lay(period.code, draft.tables, {p: self._bounds(c) for p, c in draft.cells.items()})
        for place, (low, high) in official.items():
            node = self.nodes.get((period.code, *place))
            if node is not None:
                self.web.low[node], self.web.high[node] = low, high
                self.official.add(node)
        self._across_time([*(e.period for e in earlier), period])
        self._own = self._by_division()
        self._cell_at = {self.nodes[(period.code, *p)]: cell for p, cell in draft.cells.items()}
        self.given = self._given()

    def _bounds(self, cell: Cell) -> tuple[int, int]:
        """What a reader knows who guesses right which numbers were hidden for being small."""
        if cell.shown is not None:
            return _around(cell.shown, self.rule)
        small = cell.n < self.rule.hide_below and not cell.withheld
        return (0, self.rule.hide_below - 1) if small else (0, MANY)

    def _publish(self, edition: Published) -> None:
        shown = edition.shown
        bounds = {p: (0, MANY) if v is None else _around(v, self.rule) for p, v in shown.items()}
        self._lay(edition.period.code, edition.tables, bounds)

    def _lay(self, code: str, tables: Sequence[Table], bounds: Mapping[Place, tuple[int, int]]) -> None:
        for place, (low, high) in bounds.items():
            self.nodes[(code, *place)] = self.web.add(low, high)
        for table in tables:
            whole = self.nodes.get((code, f"{table.of}.total", ()))
            if table.group == "total" or whole is None:
                continue
            if not table.dims:
                no = self.web.add()
                yes = self.nodes[(code, table.id, ())]
                self.opposite[no] = yes
                self.web.total(whole, [yes, no])
            elif len(table.dims) == 1:
                self.web.total(whole, [self.nodes[(code, table.id, key)] for key in table.keys])
            else:
                self._margins(code, table)
        self._areas(code, tables)

    def _margins(self, code: str, table: Table) -> None:
        for side in (0, 1):
            lines: dict[str, list[int]] = {}
            for key in table.keys:
                lines.setdefault(key[side], []).append(self.nodes[(code, table.id, key)])
            for value, parts in lines.items():
                whole = self.nodes.get((code, f"{table.of}.{table.dims[side]}", (value,)))
                if whole is not None:
                    self.web.total(whole, parts)

    def _areas(self, code: str, tables: Sequence[Table]) -> None:
        for table in tables:
            if table.dims != ("area9",):
                continue
            lines: dict[str, list[int]] = {}
            for key in table.keys:
                area = self.area_of.get(key[0], key[0])
                lines.setdefault(area, []).append(self.nodes[(code, table.id, key)])
            for area, parts in lines.items():
                whole = self.nodes.get((code, f"{table.of}.area5", (area,)))
                if whole is not None:
                    self.web.total(whole, parts)

    def _across_time(self, periods: Sequence[Period]) -> None:
        for longer in periods:
            for parts in (longer.parts, _months(longer)):
                if parts:
                    self._sum_of_periods(longer.code, parts)

    def _sum_of_periods(self, code: str, parts: Sequence[str]) -> None:
        for (edition, table, key), whole in list(self.nodes.items()):
            if edition != code:
                continue
            found = [self.nodes.get((part, table, key)) for part in parts]
            if any(node is not None for node in found):
                self.web.total(whole, [self.web.add() if node is None else node for node in found])

    def _given(self) -> set[int]:
        """What was known too closely before this edition: nothing that is hidden here could mend it."""
        low, high = list(self.web.low), list(self.web.high)
        for place in self.draft.cells:
            node = self.nodes[(self.period.code, *place)]
            if node not in self.official:
                low[node], high[node] = 0, MANY
        self.web.narrow(low, high)
        return set(self._too_close(low, high, set()))

    def hide_more(self) -> Report:
        """Hide numbers of this edition until nothing small is known too closely."""
        small = sum(c.shown is None for c in self.draft.cells.values())
        rounds, left = 0, self._close()
        while left and rounds < ROUNDS:
            rounds += 1
            hidden = {place for node in left if (place := self._next_to_hide(node)) is not None}
            if not hidden:
                break
            for place in hidden:
                self._hide(place)
            left = self._close()
        now = sum(c.shown is None for c in self.draft.cells.values())
        left_out = {p[0] for p, c in self.draft.cells.items() if c.withheld}
        sums = len(self.web.sums)
        return Report(len(self.draft.cells), small, now - small, len(left_out), sums, rounds, len(left))

    def _hide(self, place: Place) -> None:
        cell = self.draft.cells[place]
        cell.shown = None
        node = self.nodes[(self.period.code, *place)]
        if node not in self.official:
            self.web.low[node], self.web.high[node] = 0, MANY

    def _close(self) -> list[int]:
        """Numbers that may be small and are known too closely: by anybody, or by one division's own people."""
        low, high = list(self.web.low), list(self.web.high)
        self.web.narrow(low, high)
        found = self._too_close(low, high, self.given)
        return found or self._known_to_a_division()

    def _too_close(self, low: list[int], high: list[int], told: set[int]) -> list[int]:
        small, width = self.rule.hide_below, self.rule.width
        return [
            n
            for n in range(len(low))
            if low[n] < small and high[n] - low[n] < width and n not in self.official and n not in told
        ]

    def _known_to_a_division(self) -> list[int]:
        """The same for somebody who knows every record of one division: its own numbers are then exact.

        Here a hidden number is only known to be hidden: that it is below the threshold tells a division with nearly
        all of it how few others there are, whatever else is shown.
        """
        low, high, found = list(self.web.low), list(self.web.high), set[int]()
        for node, cell in self._cell_at.items():
            if cell.shown is None and node not in self.official:
                low[node], high[node] = 0, MANY
        self.web.narrow(low, high)
        for own in self._own.values():
            known = {n: self._cell_at[n].n for n in own if n in self._cell_at}
            if not any(known.values()):
                continue
            lower, upper = list(low), list(high)
            for node, n in known.items():
                lower[node] = upper[node] = n
            touched = {s for node in known for s in self.web.within[node]}
            self.web.narrow(lower, upper, touched)
            found.update(self._too_close(lower, upper, self.given | own))
        return sorted(found)

    def _by_division(self) -> dict[str, set[int]]:
        """Numbers of all editions that are about one division alone, by division."""
        found: dict[str, set[int]] = {}
        for (_, table, key), node in self.nodes.items():
            dims = table.split(".", 1)[1].split("*")
            if DIVISION in dims and key[dims.index(DIVISION)] not in (OTHER, UNKNOWN):
                found.setdefault(key[dims.index(DIVISION)], set()).add(node)
        return found

    def _next_to_hide(self, node: int) -> Place | None:
        """A shown number of this edition beside the one that is known too closely: the smallest part, then a whole."""
        seen, edge = {node}, [node]
        while edge:
            around = [
                n
                for e in edge
                for s in self.web.within[e]
                for n in (self.web.sums[s][0], *self.web.sums[s][1])
            ]
            fresh = [n for n in dict.fromkeys(around) if n not in seen]
            cells = [self._cell_at[n] for n in fresh if n in self._cell_at]
            shown = [cell for cell in cells if cell.shown is not None]
            if shown:
                parts = [cell for cell in shown if not cell.place[0].endswith(".total")]
                return min(parts or shown, key=lambda cell: (cell.shown or 0, cell.place)).place
            seen.update(fresh)
            edge = fresh
        return None


def _around(shown: int, rule: Rule) -> tuple[int, int]:
    return max(rule.hide_below, shown - rule.base + 1), shown + rule.base - 1


def _months(period: Period) -> tuple[str, ...]:
    """The months of a fiscal year; a quarter's are its parts already."""
    if period.kind is not StatKind.YEAR:
        return ()
    return tuple(month for part in period.parts for month in parse_period(part).parts)
