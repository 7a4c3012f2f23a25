"""No act without its event, no event without its act (security.md, row 12): the tables compared with the trail.

Every recorded table must hold exactly the rows that events added and did not delete, and every row that carries a
version must stand at the version that its changes in the trail add up to.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, inspect, select, text

from casework.db import Base, Unrecorded

Row = tuple[str, str]


@dataclass
class Standing:
    """Rows by table and key with their version (0 without one), and how far the trail had come."""

    seq: int = 0
    rows: dict[Row, int] = field(default_factory=dict)


def recorded() -> dict[str, Table]:
    """The tables whose every change is an event."""
    found = (inspect(m.class_) for m in Base.registry.mappers if not issubclass(m.class_, Unrecorded))
    return {str(mapper.local_table.name): mapper.local_table for mapper in found}  # type: ignore[misc]


def standing(connection: Connection) -> Standing:
    """What is there now."""
    seq = connection.execute(text("SELECT COALESCE(MAX(seq), 0) FROM audit_entry")).scalar_one()
    rows: dict[Row, int] = {}
    for name, table in recorded().items():
        keys = list(table.primary_key.columns)
        version = [table.c.version] if "version" in table.c else []
        for values in connection.execute(select(*keys, *version)):
            key = "/".join(str(value) for value in values[: len(keys)])
            rows[name, key] = values[len(keys)] if version else 0
    return Standing(seq, rows)


def differences(before: Standing, connection: Connection) -> list[str]:
    """What the tables and the trail since `before` do not agree on; no values, only places."""
    told, faults = dict(before.rows), []
    versioned = {name for name, table in recorded().items() if "version" in table.c}
    query = text("SELECT seq, changes FROM audit_entry WHERE outcome = 'done' AND seq > :seq ORDER BY seq")
    for seq, changes in connection.execute(query, {"seq": before.seq}):
        for kind, table, key, *_ in json.loads(changes):
            faults += _take(told, kind, (table, key), 1 if table in versioned else 0, seq)
    there = standing(connection).rows
    faults += [f"act without event: {row}" for row in sorted(there.keys() - told.keys())]
    faults += [f"event without act: {row}" for row in sorted(told.keys() - there.keys())]
    both = there.keys() & told.keys()
    return faults + [f"{row}: {there[row]}, told {told[row]}" for row in both if there[row] != told[row]]


def _take(told: dict[Row, int], kind: str, row: Row, step: int, seq: Any) -> list[str]:
    """Follow one change of the trail; what cannot be is a fault."""
    if (kind == "add") == (row in told):
        return [f"{kind} of {row} at {seq}, which was {'there' if kind == 'add' else 'not there'}"]
    if kind == "delete":
        del told[row]
    else:
        told[row] = told.get(row, 0) + step
    return []
