"""What the row face of a reason may ask of the store; ground code, not narrowed by the actor's sight."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ..db import CLEARED


class StoreLook:
    """What a reason's row face may ask; ground code, not narrowed by the actor's sight.

    One look answers one question about one row, so what it was told once it does not ask again; what concerns the
    actor alone (`__about_staff__`) is asked once per use case and kept in `lasting`.
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
            found = self._session.scalars(
                _matching(column), {"value": value}, execution_options={CLEARED: True}
            )
            told[asked] = list(found)
        return told[asked]


@cache
def _matching(column: InstrumentedAttribute[Any]) -> Select[Any]:
    return select(column.class_).where(column == bindparam("value"))
