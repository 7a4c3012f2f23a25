"""What is sent to the store, by any engine of this process, and a store that is lost at one statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError


@contextmanager
def watched(mark: str = "", *, lost: bool = False) -> Iterator[list[str]]:
    """The statements sent meanwhile, in order; one that holds `mark` does not arrive if the store is `lost`."""
    sent: list[str] = []

    def note(_c: Connection, _k: Any, statement: str, *_: object) -> None:
        sent.append(statement)
        if lost and mark in statement:
            raise OperationalError(statement, {}, Exception("disk I/O error"))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


class Fault(Exception):
    """What a driver says: `sqlstate` is PostgreSQL's code."""

    def __init__(self, sqlstate: str | None = None) -> None:
        super().__init__("架空の故障")
        self.sqlstate = sqlstate


def operational(sqlstate: str | None = None) -> OperationalError:
    """The store cannot go on: "40001", somebody else was in the way."""
    return OperationalError("SELECT 1", {}, Fault(sqlstate))
