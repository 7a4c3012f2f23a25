"""The OpenAPI document against the application: generated requests as counselor and as administrator.

0 answers of 5xx, 0 undocumented statuses. Each operation gets valid and invalid requests from its own schema.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from tests.support.cast import Seat
from tests.support.counts import Count
from tests.support.story import Story
from tests.support.world import World


def _operations(document: dict[str, Any]) -> list[Any]:
    schema = schemathesis.openapi.from_dict(document)
    return [result.ok() for result in schema.get_all_operations()]


@pytest.mark.promise(18)
@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("login", ["shakyo", "admin"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_generated_request_breaks_the_door_or_its_document(
    world: World, story: Story, login: str, count: Count
) -> None:
    seat = Seat(world, login)
    document = seat.get("/openapi.json")
    examples = count("requests_per_operation", quick=6, long=200)
    calls, failures = 0, []
    for operation in _operations(document):
        if (operation.method.upper(), operation.path) in {
            ("DELETE", "/api/v1/session"),
            ("POST", "/api/v1/session"),
            ("POST", "/api/v1/password"),
        }:
            continue  # they end the very session the requests are sent with; tests/integration/accounts tries them
        documented = {int(s) for s in operation.definition.raw["responses"] if s != "default"}
        found = _try(operation, seat, story, examples)
        calls += len(found)
        failures += [
            (operation.label, status) for status in found if status >= 500 or status not in documented
        ]
    count.found(requests=calls, failures=len(failures))
    assert failures == []
    assert calls > 500


def _try(operation: Any, seat: Seat, story: Story, examples: int) -> list[int]:
    """Statuses of generated requests to one operation; half of the path ids are real ones of the city."""
    statuses: list[int] = []
    ids = sorted(story.ids.values())

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE) | operation.as_strategy())
    def send(case: Any) -> None:
        if len(statuses) % 2 and case.path_parameters:
            for name in case.path_parameters:
                if name.endswith("_id"):
                    case.path_parameters[name] = ids[len(statuses) % len(ids)]
        statuses.append(_send(seat, case))

    send()
    return statuses


def _send(seat: Seat, case: Any) -> int:
    """Send a generated case as it is, bytes that no client would build included."""
    wire = case.as_transport_kwargs(base_url="http://localhost")
    path = urlsplit(str(wire["url"])).path
    headers = {k: v for k, v in dict(wire.get("headers") or {}).items() if k.lower() != "user-agent"}
    body: dict[str, Any] = {}
    if "json" in wire:
        body["json"] = wire["json"]
    elif wire.get("data") is not None:
        body["data"] = wire["data"]
    answer = seat.raw(wire["method"], path, query_string=wire.get("params"), headers=headers, **body)
    return int(answer.status_code)
