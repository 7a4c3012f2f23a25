"""Sessions that refuse unrecorded writes, unscoped reads and raw SQL.

Three nets: the unit of work (`before_flush`) asks for an open use case and notes what changed; ORM execution
(`do_orm_execute`) refuses bulk statements and reads of confidential tables without a scope; the engine
(`before_cursor_execute`) refuses whatever came neither through the unit of work nor through such a check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, Select, Table, TextClause, event, inspect
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause, Grouping, Label
from sqlalchemy.sql.selectable import AliasedReturnsRows, CompoundSelect, ScalarSelect, TableClause

from ..kernel.errors import OutsideTheGate, UnscopedQuery
from .base import Base, Confidential, Unrecorded

CLEARED = "casework_cleared"  # name of an execution option; ground code only, held by a test
SCOPE = "casework_scope"  # tables whose rows were narrowed to what the actor may see


class Notes(Protocol):
    """What the gate offers to the unit of work."""

    def note(self, kind: str, row: Base, columns: list[str]) -> None: ...


class GuardedSession(FlaskSession):
    """The only session class of the application; `info["gate"]` is the open use case."""

    def flush(self, objects: Any = None) -> None:
        if not (self.new or self.dirty or self.deleted):
            return
        marks = self.connection().info
        marks["flushing"] = marks.get("flushing", 0) + 1
        try:
            super().flush(objects)
        finally:
            marks["flushing"] -= 1


@event.listens_for(GuardedSession, "before_flush")
def _changes_need_a_gate(session: GuardedSession, _flush: object, _instances: object) -> None:
    gate: Notes | None = session.info.get("gate")
    groups: tuple[tuple[str, Iterable[Any]], ...] = (
        ("add", session.new),
        ("change", session.dirty),
        ("delete", session.deleted),
    )
    for kind, rows in groups:
        for row in rows:
            if isinstance(row, Unrecorded) or (kind == "change" and not session.is_modified(row)):
                continue
            if gate is None:
                raise OutsideTheGate(f"{kind} {type(row).__name__}")
            gate.note(kind, row, _changed(row) if kind == "change" else [])


def _changed(row: Base) -> list[str]:
    return sorted(a.key for a in inspect(row).attrs if a.history.has_changes())


@event.listens_for(GuardedSession, "do_orm_execute")
def _reads_need_a_scope(state: ORMExecuteState) -> None:
    if state.execution_options.get(CLEARED):
        return
    if not isinstance(state.statement, Select | CompoundSelect):
        raise OutsideTheGate(f"bulk or raw statement: {type(state.statement).__name__}")
    if state.is_relationship_load:
        raise UnscopedQuery("relationships are not loaded; use Context.parts")
    if not state.is_column_load:
        scope = state.execution_options.get(SCOPE, frozenset())
        if _passed.get(state.statement) != scope:
            _judge(state.statement, scope)
            _passed[state.statement] = scope
    state.update_execution_options(**{CLEARED: True})


# Statements are never changed, so one that lives on is judged once for the scope it runs under.
_passed: WeakKeyDictionary[Select[Any] | CompoundSelect[Any], frozenset[str]] = WeakKeyDictionary()


def _judge(statement: Select[Any] | CompoundSelect[Any], scope: frozenset[str]) -> None:
    """Refuse confidential tables outside `scope`. With a scope only what is handed out or joined counts: what
    stands in the reasons' subqueries narrows rows and leaves with nobody."""
    roots = list(_handed_out(statement)) if scope and isinstance(statement, Select) else [statement]
    secret = _tables(roots) & confidential_tables()
    if not secret <= scope:
        raise UnscopedQuery(", ".join(sorted(secret - scope)))


def _tables(roots: Iterable[Any]) -> set[str]:
    """Names of the tables that stand in the elements, and of those behind columns of a SELECT within."""
    found: set[str] = set()
    for element in (each for root in roots for each in visitors.iterate(root)):
        if isinstance(element, Table):
            found.add(element.name)
        elif _is_raw(element):
            raise OutsideTheGate("raw SQL inside a statement")
        elif isinstance(element, ColumnClause) and isinstance(element.table, Table):
            found.add(element.table.name)
        elif isinstance(element, ColumnClause) and isinstance(element.table, AliasedReturnsRows):
            inner = _within(element.table)
            found |= _tables([element.table] if inner is None else _handed_out(inner))
    return found


def _handed_out(statement: Select[Any]) -> Iterator[Any]:
    """Columns and joins of a SELECT, without compiling it (get_final_froms cost 5 ms for a scoped statement).

    Of a SELECT within them, likewise what it hands out.
    """
    joined = (part for target, on, origin, _flags in statement._setup_joins for part in (target, on, origin))
    for part in (*statement._raw_columns, *statement._from_obj, *joined):
        inner = _within(part)
        if inner is not None:
            yield from _handed_out(inner)
        elif part is not None:
            yield part


def _within(part: Any) -> Select[Any] | None:
    """The SELECT of a column or a FROM that is nothing but one: (SELECT …), (SELECT …) AS name."""
    while isinstance(part, Label | Grouping | ScalarSelect | AliasedReturnsRows):
        part = part.element
    return part if isinstance(part, Select) else None


def _is_raw(element: object) -> bool:
    if isinstance(element, TextClause):
        return True
    if isinstance(element, TableClause) and not isinstance(element, Table):
        return True
    return isinstance(element, ColumnClause) and bool(element.is_literal)


@lru_cache(maxsize=4)
def _confidential(_tables: int) -> frozenset[str]:
    """Counted anew when the number of tables changes, that is when a house was imported."""
    found = (inspect(m.class_) for m in Base.registry.mappers if issubclass(m.class_, Confidential))
    return frozenset(str(mapper.local_table.name) for mapper in found)


def confidential_tables() -> frozenset[str]:
    """Names of the tables marked Confidential."""
    return _confidential(len(Base.metadata.tables))


def guard_engine(engine: Engine) -> None:
    """The last net: a statement that passed neither the unit of work nor the session's check is refused."""

    @event.listens_for(engine, "before_cursor_execute")
    def _only_what_was_checked(
        conn: Connection, _cursor: object, _sql: str, _parameters: object, context: Any, _many: bool
    ) -> None:
        if context is not None and context.execution_options.get(CLEARED):
            return
        if conn.info.get("flushing"):
            return
        raise OutsideTheGate("a statement that came neither through a use case nor through a scope")
