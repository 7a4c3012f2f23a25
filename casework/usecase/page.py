"""Keyset pages: at most one page of rows, and the cursor that continues after the last of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, or_

from ..kernel import cursor
from ..kernel.errors import BadInput

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`next` is None on the last page; how many rows exist in all is never said."""

    items: tuple[T, ...]
    next: str | None = None


def after_moment(query: Select[Any], moment: Any, row_id: Any, after: str | None) -> Select[Any]:
    """Order by (moment, id), newest first, and continue after the cursor of the page before."""
    if after:
        at, last = cursor.decode(after, 2)
        try:
            then, key = datetime.fromisoformat(at), UUID(last)
        except ValueError:
            raise BadInput("cursor_invalid", "after") from None
        if then.tzinfo is None:
            raise BadInput("cursor_invalid", "after")
        query = query.where(or_(moment < then, and_(moment == then, row_id < key)))
    return query.order_by(moment.desc(), row_id.desc())


def cut(
    rows: Sequence[Any], size: int, mark: Callable[[Any], tuple[datetime, UUID]]
) -> tuple[Sequence[Any], str | None]:
    """The first `size` of at most size + 1 rows, and the cursor after them if there are more."""
    if len(rows) <= size:
        return rows, None
    at, key = mark(rows[size - 1])
    return rows[:size], cursor.encode(at.isoformat(), str(key))
