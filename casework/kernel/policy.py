"""How leave is decided. The one table of who may do what is casework/policy/."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from .actor import Actor, Permission, Role, Standing


class Look(Protocol):
    """What a reason may ask of the store when it judges a single row."""

    def get(self, model: type, key: Any) -> Any | None: ...

    def matching(self, column: Any, value: Any) -> list[Any]:
        """All rows of the column's table in which it equals `value`."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to allow, told twice: about a row at hand (`holds`), and as a WHERE clause (`clause`).

    The combinators of casework.db.reasons build both faces from one description; a test proves over generated
    worlds that they agree.
    """

    name: str
    model: type
    holds: Callable[[Standing, Any, Look], bool]
    clause: Callable[[Standing], Any]


# The actor whose use case is running: cached WHERE clauses read it when they are executed (see Policy.clauses).
acting: ContextVar[Actor] = ContextVar("acting")

Table = Mapping[Permission, Mapping[Role, tuple[Reason, ...]]]


@dataclass(frozen=True, slots=True)
class Bar:
    """What must hold of a row IN ADDITION to any reason that allows it, for every permission and every role.

    `alone`: for a row that is read on its own; `part`: for one that is read as part of a row in sight, whose own
    bar held already (None: nothing more is asked).
    """

    alone: Reason
    part: Reason | None = None


Bars = Mapping[Any, Bar]  # by table class


@dataclass(frozen=True, slots=True)
class Policy:
    """Default deny: what is not written in the table is refused."""

    table: Table
    bars: Bars = field(default_factory=dict)
    weighed: frozenset[Permission] = (
        frozenset()
    )  # for these rows are counted and handed to nobody: no bar is asked
    _clauses: dict[tuple[Permission, type, frozenset[Role]], list[Any]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _barriers: dict[tuple[type, bool], tuple[Any, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )
    # Statements built from those clauses, once per set of roles (see Context.prepared).
    statements: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def ever(self, actor: Actor, permission: Permission) -> bool:
        """Whether any role of the actor could ever do this, before looking at any row."""
        row = self.table.get(permission, {})
        return any(role in row for role in actor.roles)

    def reasons(self, actor: Actor, permission: Permission, model: type) -> list[tuple[Standing, Reason]]:
        row = self.table.get(permission, {})
        return [
            (standing, reason)
            for standing in actor.standings
            for reason in row.get(standing.role, ())
            if reason.model is model
        ]

    def allows(
        self, actor: Actor, permission: Permission, row: Any, look: Look, *, passed: bool = False
    ) -> bool:
        """Whether a reason holds for the row and no bar; `passed`: the statement that found it has asked the bars."""
        found = self.reasons(actor, permission, type(row))
        allowed = any(reason.holds(standing, row, look) for standing, reason in found)
        return allowed and (passed or permission in self.weighed or self.unbarred(actor, row, look))

    def unbarred(self, actor: Actor, row: Any, look: Look) -> bool:
        """Whether nothing keeps the row from this actor whatever else allows it: protection, conflict of interest."""
        bar = self.bars.get(type(row))
        return bar is None or any(bar.alone.holds(who, row, look) for who in actor.standings[:1])

    def clauses(self, actor: Actor, permission: Permission, model: type, stand_in: StandIn) -> list[Any]:
        """WHERE clauses of all reasons, built once per set of roles.

        Building them anew for every statement cost more than running it (1.0 of 1.4 ms); so they hold parameters
        that `stand_in` makes and that are filled from `acting` at execution.
        """
        cached = (permission, model, actor.roles)
        found = self._clauses.get(cached)
        if found is None:
            reasons = self.reasons(actor, permission, model)
            found = [reason.clause(stand_in(standing.role)) for standing, reason in reasons]
            self._clauses[cached] = found
        return found

    def barriers(
        self, actor: Actor, model: type, stand_in: StandIn, *, part: bool = False
    ) -> tuple[Any, ...]:
        """WHERE clauses of the model's bar, all of which must hold; built once, like `clauses`.

        A bar asks who, never in which role: it is the same for everybody who has one.
        """
        bar = self.bars.get(model)
        reason = None if bar is None else bar.part if part else bar.alone
        if reason is None or not actor.roles:
            return ()
        found = self._barriers.get((model, part))
        if found is None:
            found = (reason.clause(stand_in(min(actor.roles))),)
            self._barriers[model, part] = found
        return found


StandIn = Callable[[Role], Any]
