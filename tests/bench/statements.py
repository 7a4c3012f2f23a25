"""How many SQL statements an operation runs, counted at the engine of an application in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from casework.app import create_app
from casework.db import db
from tests.bench.city import PASSWORD, City
from tests.bench.operations import ours
from tests.bench.serve import bench_settings


@contextmanager
def statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Collect (text, parameters) of what runs on an engine."""
    seen: list[tuple[str, Any]] = []

    def note(
        _conn: object, _cursor: object, text: str, parameters: Any, _context: object, _many: bool
    ) -> None:
        seen.append((text, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def engine_of(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def count_statements(url: str, keys: Path, city: City) -> dict[str, int]:
    """Statements per operation, BEGIN and the trail's included, after everything was built once."""
    app = create_app(bench_settings(url, keys))
    engine = engine_of(app)
    found = {}
    for name, operation in ours(city).items():
        client = app.test_client()
        login = city.chair if name == "agenda" else city.counselor
        client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
        token = client.get("/api/v1/session").get_json()["csrf_token"]
        for turn in range(2):
            with statements(engine) as seen:
                for method, path, body in operation(turn):
                    answer = client.open(path, method=method, json=body, headers={"X-CSRFToken": token})
                    if answer.status_code >= 300:
                        raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        found[name] = len(seen)
    engine.dispose()
    return found
