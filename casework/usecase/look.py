"""What the row face of a reason may ask of the store; ground code, not narrowed by the actor's sight."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import Select, bindparam, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ..db import CLEARED


class StoreLook:
    """What a reason's row face may ask; ground code, not narrowed by the actor's sight.

    What a look was told once it does not ask again: it serves one question about one row of a use case that
    changes rows, all questions of one that reads. What concerns the actor alone (`__about_staff__`) is asked once
    per use case and kept in `lasting`.
    """

    def __init__(self, session: Session, lasting: dict[Any, list[Any]] | None = None) -> None:
        self._session = session
        self._told: dict[Any, list[Any]] = {}
        self._lasting = self._told if lasting is None else lasting

    def get(self, model: type, key: Any) -> Any | None:
        return self._session.get(model, key, execution_options={CLEARED: True})

    def matching(self, column: InstrumentedAttribute[Any], value: Any) -> list[Any]:
        if value is None:  # NULL equals nothing, as in the WHERE clause
            return []
        asked = (column.class_, column.key, value)
        told = self._lasting if hasattr(column.class_, "__about_staff__") else self._told
        if asked not in told:
            told[asked] = self._by_key(column, value) if _is_key(column) else self._by_value(column, value)
        return told[asked]

    def _by_key(self, column: InstrumentedAttribute[Any], value: Any) -> list[Any]:
        """A row that is at hand already is not asked for."""
        found = self.get(cast(type, column.class_), value)
        return [] if found is None else [found]

    def _by_value(self, column: InstrumentedAttribute[Any], value: Any) -> list[Any]:
        query = _matching(column)
        return list(self._session.scalars(query, {"value": value}, execution_options={CLEARED: True}))


@cache
def _is_key(column: InstrumentedAttribute[Any]) -> bool:
    keys = inspect(column.class_).primary_key
    return len(keys) == 1 and keys[0] is column.property.columns[0]


@cache
def _matching(column: InstrumentedAttribute[Any]) -> Select[Any]:
    return select(column.class_).where(column == bindparam("value"))
