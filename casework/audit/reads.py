"""Counting opened records per person and hour: one statement for a whole visit, in the transaction of its event."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, Table, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..db import CLEARED
from .models import ReadCount

_COUNTS = cast(Table, ReadCount.__table__)
_CLEARED = {CLEARED: True}


@cache
def _adding(dialect: str) -> Any:
    new = (postgresql if dialect == "postgresql" else sqlite).insert(_COUNTS)
    total = _COUNTS.c.opened + new.excluded.opened
    return new.on_conflict_do_update(index_elements=["actor", "hour"], set_={"opened": total}).returning(
        _COUNTS.c.opened
    )


def add(session: Session, actor: str, now: datetime, opened: int) -> int:
    """Add to the count of the person's hour; the new total."""
    connection = session.connection()
    row = {"actor": actor, "hour": hour_of(now), "opened": opened}
    statement = _adding(connection.dialect.name)
    return int(connection.execute(statement, row, execution_options=_CLEARED).scalar_one())


def hour_of(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def forget(session: Session, before: datetime) -> int:
    """Drop the counts of hours that are long over; how many."""
    gone = session.connection().execute(
        delete(_COUNTS).where(_COUNTS.c.hour < before), execution_options=_CLEARED
    )
    return cast(CursorResult[Any], gone).rowcount
