"""What the gate remembers of one use case while it runs, and what it says of it in the trail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect

from ..db import Base
from ..kernel.actor import Permission


@dataclass(slots=True)
class Visit:
    """An open use case: whether leave was asked, what it is about, and which columns changed (names only)."""

    permission: Permission
    event: str
    reads: bool
    asked: bool = False
    kind: str = ""
    target: str = ""
    case_id: str = ""
    changes: list[tuple[str, ...]] = field(default_factory=list)

    def note(self, kind: str, row: Base, columns: list[str]) -> None:
        """Called by the unit of work for every row it writes."""
        key = inspect(row).identity or tuple(getattr(row, c.name) for c in inspect(type(row)).primary_key)
        self.changes.append((kind, row.__tablename__, "/".join(map(str, key)), *columns))
        if not self.target:
            self.about(row)

    def about(self, row: Base) -> None:
        """Make the row the subject of the event, if none is named yet."""
        if not self.target:
            self.kind, self.target = row.__tablename__, _key_text(row)
        if not self.case_id:
            self.case_id = _case_of(row)

    def sought(self, kind: str, target: str) -> None:
        """Name what was asked for, so that a refused visit says so too."""
        if not self.target:
            self.kind, self.target = kind, target[:64]


def _key_text(row: Any) -> str:
    return "/".join(str(getattr(row, c.name)) for c in inspect(type(row)).primary_key)[:64]


def _case_of(row: Any) -> str:
    if row.__tablename__ == "case_file":
        return str(row.id)
    return str(getattr(row, "case_id", None) or "")
