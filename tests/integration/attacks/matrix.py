"""Every route of the JSON door, with addresses and bodies filled in: whose ids, and which of them are strange."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from marshmallow import Schema, fields
from werkzeug.routing import Rule

from tests.support.examples import example
from tests.support.story import Story

# What a path parameter names in the story; what is not here belongs to nobody's case.
OBJECTS = {
    "case_id": "case",
    "intake_id": "intake",
    "referral_id": "second_referral",
    "meeting_id": "meeting",
    "item_id": "item",
    "action_id": "action",
    "plan_id": "plan",
    "episode_id": "episode",
    "need_id": "need",
    "person_id": "mother",
}
WORDS = {"move": "prepare", "kind": "plan"}  # other words in addresses
# Ids of colleagues and of the register of resources: known to everybody who works on cases, by the policy's words.
OPEN_IDS = {"staff_id", "role_id", "session_id", "resource_id"}
# The same in bodies.
STAFF_FIELDS = {
    "owner_id", "lead_id", "staff_id", "to_staff_id", "worker_id", "coordinator_id", "responsible_id", "accepted_by",
    "chair_id", "deputy_id", "secretariat_id", "after_lead_id", "resource_id",
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    """One method of one address. `takes` is the schema of its body."""

    method: str
    rule: Rule
    takes: Schema | None
    queries: tuple[str, ...] = ()  # ids that its query string takes

    @property
    def ids(self) -> list[str]:
        return [name for name in self.rule.arguments if name in OBJECTS or name.endswith("_id")]

    def path(self, given: dict[str, str]) -> str:
        built = self.rule.rule
        for name in self.rule.arguments:
            built = built.replace(f"<uuid:{name}>", given.get(name) or str(uuid4()))
            built = built.replace(f"<{name}>", given.get(name) or WORDS.get(name, "place_kind"))
        return built


def routes(app: Flask) -> list[Route]:
    """From the URL map and the doors behind it, so that no new route can be forgotten."""
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/") or rule.endpoint.startswith("api-docs"):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            query = _schema(app, rule.endpoint, "query")
            ids = tuple(name for name, f in query.load_fields.items() if _is_id(f)) if query else ()
            found.append(Route(method, rule, _schema(app, rule.endpoint, "json"), ids))
    return sorted(found, key=lambda r: (r.rule.rule, r.method))


def page_routes(app: Flask) -> list[Route]:
    """The pages: links and forms."""
    found = []
    for rule in app.url_map.iter_rules():
        if "_pages." in rule.endpoint:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                found.append(Route(method, rule, None))
    return sorted(found, key=lambda r: (r.rule.rule, r.method))


def _is_id(field: fields.Field[Any]) -> bool:
    return isinstance(field, fields.UUID)


def _schema(app: Flask, endpoint: str, place: str) -> Schema | None:
    """The schema of the body or the query, as the API document tells it."""
    view = app.view_functions[endpoint]
    documented = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", [])
    for parameter in documented:
        if parameter.get("in") == place:
            made: Schema = (
                parameter["schema"] if isinstance(parameter["schema"], Schema) else parameter["schema"]()
            )
            return made
    return None


def random_ids(route: Route) -> dict[str, str]:
    return {name: str(uuid4()) for name in route.ids}


def story_ids(route: Route, story: Story) -> dict[str, str]:
    """Ids of the story where the route names one of its things, random ones elsewhere."""
    return {name: story.ids[OBJECTS[name]] if name in OBJECTS else str(uuid4()) for name in route.ids}


def bodies(route: Route) -> dict[str, Any] | None:
    return None if route.takes is None else example(route.takes, everything=True)


def id_fields(schema: Schema, prefix: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Places of ids in a body, nested ones too; ids of colleagues are no secret."""
    for name, field in schema.load_fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        here = (*prefix, name, 0) if isinstance(field, fields.List) else (*prefix, name)
        if isinstance(inner, fields.Nested):
            yield from id_fields(inner.schema, here)
        elif isinstance(inner, fields.UUID) and name not in STAFF_FIELDS:
            yield here


def with_id(body: dict[str, Any], place: tuple[Any, ...], value: str) -> dict[str, Any]:
    """The body with one id put in its place."""
    made = copy.deepcopy(body)
    spot: Any = made
    for step in place[:-1]:
        spot = spot[step]
    spot[place[-1]] = value
    return made


def foreign(place: tuple[Any, ...], story: Story) -> list[str]:
    """Ids of the story that fit the field's name, or all of them where the name tells nothing."""
    name = next(step for step in reversed(place) if isinstance(step, str))
    guess = {
        "person_id": ["mother", "son"], "about_id": ["mother"], "carer_id": ["mother"], "cared_id": ["son"],
        "case_id": ["case", "reopened"], "into_case": ["case"], "into_intake": ["intake"], "plan_id": ["plan"],
        "proposal_id": ["proposal"], "agenda_item_id": ["item"], "segments": ["bound_segment"],
        "quotes": ["bound_segment"], "household_id": ["case"],
    }.get(name, ["case", "mother", "plan"])  # fmt: skip
    return [story.ids[key] for key in guess]


def masked(text: str, *ids: str) -> str:
    """An answer without the ids that the question named."""
    for value in ids:
        text = text.replace(value, "ID").replace(UUID(value).hex, "ID")
    return text
