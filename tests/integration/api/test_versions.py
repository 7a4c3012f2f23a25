"""Two editors: the second is refused with the present state, and nothing is overwritten."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cast import Seat, hire
from tests.support.world import World

FARM = {"kind": "salon", "name": "架空の居場所", "capacity": 3}


@pytest.fixture
def seat(world: World) -> Seat:
    hire(world)
    return Seat(world, "participation")


def _edit(seat: Seat, resource: str, body: dict[str, Any], **headers: str) -> Any:
    return seat.ask("PUT", f"/resources/{resource}", body, **headers)


def test_an_edit_without_a_version_is_refused(seat: Seat) -> None:
    made = seat.post("/resources", FARM, status=201)
    answer = _edit(seat, made["id"], {**FARM, "name": "別の名"})
    assert (answer.status_code, answer.get_json()["code"]) == (428, "precondition_required")


def test_the_second_editor_gets_the_present_state_and_overwrites_nothing(seat: Seat) -> None:
    made = seat.post("/resources", FARM, status=201)
    first = _edit(seat, made["id"], {**FARM, "name": "先の人", "version": made["version"]})
    assert first.status_code == 200
    by_body = _edit(seat, made["id"], {**FARM, "name": "後の人", "version": made["version"]})
    by_header = _edit(seat, made["id"], {**FARM, "name": "後の人"}, If_Match=f'"{made["version"]}"')
    assert (by_body.status_code, by_header.status_code) == (409, 412)
    for answer in (by_body, by_header):
        assert answer.get_json()["current"]["name"] == "先の人"
    assert seat.get(f"/resources/{made['id']}")["name"] == "先の人"


def test_the_etag_of_an_answer_is_the_version_to_start_from(seat: Seat) -> None:
    made = seat.ask("POST", "/resources", FARM)
    etag = made.headers["ETag"]
    changed = _edit(seat, made.get_json()["id"], {**FARM, "name": "新しい名"}, If_Match=etag)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


def test_one_effect_per_key_and_another_body_is_refused(seat: Seat) -> None:
    first = seat.post("/resources", FARM, status=201, Idempotency_Key="one-effect-1")
    again = seat.post("/resources", FARM, status=201, Idempotency_Key="one-effect-1")
    other = seat.post("/resources", {**FARM, "capacity": 4}, status=422, Idempotency_Key="one-effect-1")
    assert again == first
    assert other["code"] == "idempotency_key_reused"
    assert len(seat.get("/resources")["items"]) == 1
