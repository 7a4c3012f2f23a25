"""The staff routes as a client meets them."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from casework.accounts import actions
from casework.accounts.rules import RoleDraft, StaffDraft
from casework.kernel.actor import Role, system_actor
from tests.support.world import World

PASSWORD = "坂の上から海まで歩いておよそ十五分"


def _signed_in(world: World, login: str, role: Role) -> tuple[FlaskClient, dict[str, str]]:
    draft = StaffDraft(
        login, "架空 一郎", "shakyo", PASSWORD, (RoleDraft(role, "shakyo"),), must_change=False
    )
    world.run(actions.create, system_actor(world.clock.now()), draft)
    client = world.app.test_client()
    answer = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
    return client, {"X-CSRFToken": answer.json["csrf_token"]}


def test_an_administrator_leads_an_account_through_its_life(world: World) -> None:
    client, headers = _signed_in(world, "admin", Role.ADMINISTRATOR)
    body = {
        "login": "hanako",
        "name": "架空 花子",
        "agency": "shakyo",
        "password": PASSWORD,
        "roles": [{"role": "counselor", "agency": "shakyo", "valid_until": "令和9年3月31日"}],
    }
    second, second_headers = _signed_in(world, "second", Role.PRIVACY_OFFICER)

    def approved(answer: Any) -> Any:
        for change in answer.json["changes"]:
            path = f"/api/v1/rights-changes/{change['id']}/approve"
            assert client.post(path, headers=headers).json["code"] == "change_needs_two"
            assert second.post(path, headers=second_headers).status_code == 200
        return client.get(f"/api/v1/staff/{answer.json['id']}")

    made = client.post("/api/v1/staff", json=body, headers=headers)
    assert made.status_code == 201, made.text
    assert made.json["roles"] == []
    assert approved(made).json["roles"][0]["valid_until"] == "2027-03-31"
    assert "password" not in made.text.replace("must_change_password", "")
    here = f"/api/v1/staff/{made.json['id']}"

    given = client.post(f"{here}/roles", json={"role": "chair", "agency": "shakyo"}, headers=headers)
    assert given.status_code == 201
    role_id = next(r["id"] for r in approved(given).json["roles"] if r["role"] == "chair")
    steps = [
        (f"{here}/roles/{role_id}/end", {}),
        (f"{here}/move", {"agency": "fukushi_somu", "roles": ["counselor"]}),
        (f"{here}/password-reset", {"password": PASSWORD}),
        (f"{here}/disable", {}),
    ]
    for path, step in steps:
        done = client.post(path, json=step, headers=headers)
        assert done.status_code == 200, path
        approved(done)
    again = client.post(f"{here}/disable", json={}, headers=headers)
    assert (again.status_code, again.json["code"]) == (409, "staff_disabled")
    approved(client.post(f"{here}/enable", headers=headers))

    seen = client.get(here).json
    assert (seen["agency"], seen["open_work"], seen["disabled_at"]) == ("fukushi_somu", 0, None)
    listed = client.get("/api/v1/staff?agency=fukushi_somu").json
    assert [s["login"] for s in listed["items"]] == ["hanako"]


def test_a_role_that_staff_cannot_hold_is_refused_beside_its_field(world: World) -> None:
    client, headers = _signed_in(world, "admin", Role.ADMINISTRATOR)
    body = {"login": "x01", "name": "架空", "agency": "shakyo", "password": PASSWORD}
    for role in ("system", "king"):
        roles = [{"role": role, "agency": "shakyo"}]
        answer = client.post("/api/v1/staff", json={**body, "roles": roles}, headers=headers)
        assert answer.status_code == 422
        assert [e["field"] for e in answer.json["errors"]] == ["roles.0.role"]


def test_a_counselor_sees_colleagues_but_no_accounts(world: World) -> None:
    client, headers = _signed_in(world, "soudan", Role.COUNSELOR)
    assert client.get("/api/v1/staff").status_code == 403
    assert client.post("/api/v1/staff", json={}, headers=headers).status_code == 422
    answer = client.get("/api/v1/colleagues?agency=shakyo")
    assert [c["name"] for c in answer.json["items"]] == ["架空 一郎"]
    assert set(answer.json["items"][0]) == {"id", "name", "agency", "roles"}
