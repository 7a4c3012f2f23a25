"""State machines as tables: the check, the buttons, the tests, the CHECK constraints and the pictures share them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .actor import Permission
from .errors import MoveRefused

Guard = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Move:
    """One arrow: from which states, to which, by what permission, and what must hold (raises Refused or BadInput)."""

    name: str
    from_: frozenset[StrEnum]
    to: StrEnum
    permission: Permission
    guard: Guard | None
    needs: str


def move(
    name: str,
    from_: StrEnum | Iterable[StrEnum],
    to: StrEnum,
    permission: Permission,
    *,
    guard: Guard | None = None,
    needs: str = "",
) -> Move:
    """Write one line of a flow's table. `needs` says in plain words what `guard` checks, for the picture."""
    start = frozenset({from_}) if isinstance(from_, StrEnum) else frozenset(from_)
    return Move(name, start, to, permission, guard, needs)


@dataclass(frozen=True, slots=True)
class Flow:
    """A named state machine. Several arrows may share a name as long as they start in different states."""

    name: str
    states: type[StrEnum]
    start: StrEnum
    moves: tuple[Move, ...]

    def find(self, state: StrEnum | str, name: str) -> Move:
        """The arrow called `name` that leaves `state`; MoveRefused if there is none."""
        here = self.states(state)
        for candidate in self.moves:
            if candidate.name == name and here in candidate.from_:
                return candidate
        raise MoveRefused(self.name, name, here.value)

    def after(self, state: StrEnum | str, name: str, facts: Any = None) -> StrEnum:
        """The state that follows; the arrow's guard is asked with `facts` first."""
        arrow = self.find(state, name)
        if arrow.guard is not None:
            arrow.guard(facts)
        return arrow.to

    def open_moves(self, state: StrEnum | str) -> tuple[Move, ...]:
        here = self.states(state)
        return tuple(m for m in self.moves if here in m.from_)

    def ends(self) -> frozenset[StrEnum]:
        """States that no arrow leaves."""
        leaving = {state for m in self.moves for state in m.from_}
        return frozenset(state for state in self.states if state not in leaving)

    def draw(self) -> str:
        """The flow as a Mermaid state diagram, in the order of its table."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start.value}"]
        for m in self.moves:
            sources = [s for s in self.states if s in m.from_]
            lines += [f"    {s.value} --> {m.to.value}: {m.name}" for s in sources]
        lines += [f"    {s.value} --> [*]" for s in self.states if s in self.ends()]
        return "\n".join(lines)
