"""Headers on every answer of every route and method, errors included: nothing cached, framed, sniffed or fetched."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.support.cast import Seat, hire
from tests.support.counts import Count
from tests.support.world import World

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE")


def _faults(answer: Any) -> list[str]:
    heads = answer.headers
    policy = heads.get("Content-Security-Policy", "")
    found = [name for name, value in ALWAYS.items() if heads.get(name) != value]
    if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy or "unsafe" in policy:
        found.append(f"policy {policy!r}")
    if "base-uri 'none'" not in policy:
        found.append("base-uri")
    if heads.get("Cache-Control") != "no-store" and not answer.request.path.startswith("/static/"):
        found.append(f"cache {heads.get('Cache-Control')}")
    if any(name.lower().startswith("access-control-") for name in heads.keys()):  # noqa: SIM118 - a werkzeug Headers
        found.append("CORS")
    if "python" in heads.get("Server", "").lower() or "X-Powered-By" in heads:
        found.append("names its software")
    if answer.data and not heads.get("Content-Type"):
        found.append("no type")
    if answer.mimetype.startswith("text/") and "charset=utf-8" not in heads["Content-Type"]:
        found.append("no charset")
    return found


@pytest.mark.promise(23)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_answer_carries_its_headers(world: World, count: Count) -> None:
    hire(world)
    seat, faults, statuses = Seat(world, "shakyo"), [], set()
    anybody = world.app.test_client(use_cookies=False)
    asked = 0
    for rule in world.app.url_map.iter_rules():
        path = rule.rule
        for name in rule.arguments:
            path = (
                path.replace(f"<uuid:{name}>", str(uuid4()))
                .replace(f"<{name}>", "x")
                .replace(f"<path:{name}>", "x")
            )
        allowed = rule.methods or set()
        for method in METHODS:
            if method not in allowed and method != "TRACE":
                continue
            if method != "GET" and path.endswith(("/session", "/sign-out")):
                continue  # it would end the seat's own session
            answers = [seat.raw(method, path, headers={})]
            if method in ("GET", "TRACE"):
                answers.append(anybody.open(path, method=method))
            for answer in answers:
                asked += 1
                statuses.add(answer.status_code)
                faults += [f"{method} {rule.rule} {answer.status_code}: {fault}" for fault in _faults(answer)]
                if method == "TRACE" and answer.status_code < 400:
                    faults.append(f"{method} {rule.rule} is answered")
    count.found(answers=asked, statuses="/".join(map(str, sorted(statuses))), faults=len(faults))
    assert faults == []
    assert {200, 303, 401, 403, 404, 405, 422} <= statuses
    assert asked > 1500


@pytest.mark.promise(23)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_over_tls_browsers_are_told_to_stay_there(world: World) -> None:
    world.app.config["SESSION_COOKIE_SECURE"] = True
    for path in ("/sign-in", "/api/v1/session", "/nowhere"):
        told = world.app.test_client().get(path).headers["Strict-Transport-Security"]
        assert told == "max-age=31536000; includeSubDomains"
