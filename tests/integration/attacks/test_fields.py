"""Fields: an answer has the keys of its declared shape and no other; no column of a table is written by its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields
from sqlalchemy import inspect

from casework.db import Base
from tests.integration.attacks.matrix import Route, bodies, random_ids, routes, story_ids
from tests.support.cast import CAST
from tests.support.counts import Count
from tests.support.story import Story
from tests.support.world import World

# Parts that a shape leaves out for a role that may not have them; whoever may has the key.
LEFT_OUT = {"additions", "decision", "members", "minutes", "notes", "case"}


def _shape(app: Flask, route: Route, status: int) -> Schema | None:
    """The declared shape of an answer."""
    documented = getattr(app.view_functions[route.rule.endpoint], "_apidoc", {})
    declared = documented.get("response", {}).get("responses", {}).get(status, [])
    schemas = [part["schema"] for part in declared if isinstance(part, dict) and part.get("schema")]
    return schemas[0]() if schemas and isinstance(schemas[0], type) else schemas[0] if schemas else None


def _strays(schema: Schema, answer: Any, where: str = "") -> Iterator[str]:
    """Places at which an answer has other keys than its shape."""
    if isinstance(answer, list):
        for entry in answer:
            yield from _strays(schema, entry, f"{where}[]")
        return
    if not isinstance(answer, dict):
        return
    shaped = {field.data_key or name: field for name, field in schema.dump_fields.items()}
    differ = sorted(set(answer) ^ set(shaped))
    yield from (f"{where}.{name}" for name in differ if name in answer and name not in shaped)
    yield from (
        f"{where}.{name} is missing" for name in differ if name not in answer and name not in LEFT_OUT
    )
    for name, field in shaped.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested) and answer.get(name) is not None:
            yield from _strays(inner.schema, answer[name], f"{where}.{name}")


@pytest.mark.promise(3)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_answer_has_the_keys_of_its_shape_for_every_role(world: World, story: Story, count: Count) -> None:
    answers, keys, strays = 0, 0, []
    for login in CAST:
        for route in routes(world.app):
            if route.method != "GET":
                continue
            told = story.seat[login].raw("GET", route.path(story_ids(route, story)), headers={})
            if told.status_code == 200 and told.is_json:
                shape = _shape(world.app, route, 200)
                if shape is None:
                    continue
                answers += 1
                keys += len(told.get_json()) if isinstance(told.get_json(), dict) else 1
                strays += [f"{login} {route.rule.rule} {stray}" for stray in _strays(shape, told.get_json())]
    count.found(answers=answers, keys=keys, strays=len(strays))
    assert strays == []
    assert answers >= 150


@pytest.mark.promise(3)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_column_of_any_table_is_written_by_its_name(world: World, story: Story, count: Count) -> None:
    seat, tried, taken = story.seat["coordinator"], 0, []
    columns = sorted(
        {column.key for mapper in Base.registry.mappers for column in inspect(mapper.class_).columns}
    )
    for route in routes(world.app):
        if route.takes is None:
            continue
        known = {field.data_key or name for name, field in route.takes.load_fields.items()} | {"version"}
        extra = [name for name in columns if name not in known]
        body = {**(bodies(route) or {}), **dict.fromkeys(extra, "x")}
        answer = seat.raw(route.method, route.path(random_ids(route)), headers={}, json=body)
        refused = {
            e["field"] for e in (answer.get_json() or {}).get("errors", []) if e["code"] == "field_unknown"
        }
        tried += len(extra)
        taken += [f"{route.method} {route.rule.rule} {name}" for name in extra if name not in refused]
        assert answer.status_code == 422, f"{route.method} {route.rule.rule}: {answer.status_code}"
    count.found(columns=len(columns), injected=tried, assigned=len(taken))
    assert taken == []
    assert tried >= 10_000
