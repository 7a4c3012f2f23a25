"""What the row face of a reason may ask of the store; ground code, not narrowed by the actor's sight."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ..db import CLEARED


class StoreLook:
    """One look answers one question about one row, so what it was told once it does not ask again."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: dict[Any, list[Any]] = {}

    def get(self, model: type, key: Any) -> Any | None:
        return self._session.get(model, key, execution_options={CLEARED: True})

    def matching(self, column: InstrumentedAttribute[Any], value: Any) -> list[Any]:
        if value is None:  # NULL equals nothing, as in the WHERE clause
            return []
        asked = (column.class_, column.key, value)
        if asked not in self._told:
            found = self._session.scalars(
                _matching(column), {"value": value}, execution_options={CLEARED: True}
            )
            self._told[asked] = list(found)
        return self._told[asked]


@cache
def _matching(column: InstrumentedAttribute[Any]) -> Select[Any]:
    return select(column.class_).where(column == bindparam("value"))
