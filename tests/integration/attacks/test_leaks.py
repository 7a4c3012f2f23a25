"""Every route x outsiders x foreign and random ids: an object that may not be seen does not exist, word for word."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from casework.accounts import actions as accounts
from casework.accounts.rules import RoleDraft, StaffDraft
from casework.audit.models import AuditEntry
from casework.db import CLEARED
from casework.kernel.actor import Role
from tests.integration.attacks.matrix import (
    OBJECTS,
    OPEN_IDS,
    Route,
    bodies,
    foreign,
    id_fields,
    masked,
    random_ids,
    routes,
    story_ids,
    with_id,
)
from tests.support.cast import PASSWORD, Seat
from tests.support.story import Story
from tests.support.world import World

# People who have nothing to do with the story's case, one per role and more.
OUTSIDERS: dict[str, tuple[str, str]] = {
    "out_counselor": ("counselor", "shimin_kenko"),
    "out_counselor_2": ("counselor", "toshi_seibi"),
    "out_outreach": ("outreach_worker", "seikatsu_fukushi"),
    "out_participation": ("participation_coordinator", "seikatsu_fukushi"),
    "out_chair": ("chair", "toshi_seibi"),
    "out_secretariat": ("secretariat", "toshi_seibi"),
    "out_member": ("agency_member", "clinic_b"),
    "out_supervisor": ("supervisor", "toshi_seibi"),
    "out_privacy": ("privacy_officer", "toshi_seibi"),
    "out_admin": ("administrator", "toshi_seibi"),
}
# The privacy officer gives named access to any case that is not protected, and sees who was given it; no content.
GRANTS = "/api/v1/cases/<uuid:case_id>/grants"
PERSONAL = re.compile(
    "架空の(?!農園|居場所)"
)  # every text of the story begins so; the register's names are open
SAME = ("Content-Type", "Content-Security-Policy", "Cache-Control", "ETag", "Vary", "Retry-After", "Allow")


class City:
    """The story told, and outsiders at their keyboards."""

    def __init__(self, world: World, story: Story) -> None:
        self.world, self.story, self.inside = world, story, story.seat
        for login, (role, agency) in OUTSIDERS.items():
            draft = StaffDraft(
                login, f"余所 {role}", agency, PASSWORD, (RoleDraft(Role(role), agency),), must_change=False
            )
            accounts.create(world.ctx(), draft)
        self.outsiders = {login: Seat(world, login) for login in OUTSIDERS}


@pytest.fixture
def city(world: World, story: Story) -> City:
    return City(world, story)


def _send(seat: Seat, route: Route, ids: dict[str, str], body: Any) -> Any:
    return seat.raw(route.method, route.path(ids), headers={}, json=body)


def _told(answer: Any, ids: dict[str, str]) -> tuple[Any, ...]:
    """What an answer lets its reader know."""
    heads = tuple(answer.headers.get(name) for name in SAME)
    return (answer.status_code, masked(answer.get_data(as_text=True), *ids.values()), heads)


def _refusals(world: World) -> int:
    world.session.rollback()  # look at the store as it is now
    query = select(func.count()).select_from(AuditEntry).where(AuditEntry.outcome != "done")
    return int(world.session.scalar(query, execution_options={CLEARED: True}) or 0)


@pytest.mark.promise(2)
def test_what_an_outsider_may_not_see_does_not_exist_on_any_route(world: World, city: City) -> None:
    before, pairs, refused, leaks = _refusals(world), 0, 0, []
    walked = [r for r in routes(world.app) if set(r.ids) & set(OBJECTS)]
    outsiders = list(city.outsiders.items())[:: 1 if world.settings.database_url.startswith("sqlite") else 4]
    for login, seat in outsiders:
        for route in walked:
            body, mine, strange = bodies(route), story_ids(route, city.story), random_ids(route)
            real, unreal = _send(seat, route, mine, body), _send(seat, route, strange, body)
            pairs += 1
            refused += real.status_code in (403, 404)
            if login == "out_privacy" and route.rule.rule.startswith(GRANTS):
                assert not PERSONAL.search(real.text)
                continue
            same = _told(real, mine) == _told(unreal, strange)
            if not same or real.status_code < 400 or PERSONAL.search(real.text):
                leaks.append(
                    f"{login} {route.method} {route.rule.rule}: {real.status_code}/{unreal.status_code}"
                )
    print(
        f"{len(walked)} routes x {len(outsiders)} outsiders = {pairs} pairs, {len(leaks)} leaks, {refused} refused"
    )
    assert leaks == []
    assert (pairs >= 70 * len(outsiders), refused >= pairs * 0.85) == (True, True)
    assert _refusals(world) - before >= 2 * refused * 0.9


@pytest.mark.promise(2)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_outsider_finds_nothing_of_the_case_in_any_list(world: World, city: City) -> None:
    looked = 0
    secrets = {city.story.ids[name] for name in OBJECTS.values()}
    for login, seat in city.outsiders.items():
        for route in routes(world.app):
            if route.method == "GET" and not route.ids:
                text = _send(seat, route, {}, None).text
                looked += 1
                assert not PERSONAL.search(text), f"{login} {route.rule.rule}"
                assert not [s for s in secrets if s in text], f"{login} {route.rule.rule}"
    print(f"{looked} lists looked at")
    assert looked >= 300
    _the_people_of_the_case_do_reach_it(city)


def _the_people_of_the_case_do_reach_it(city: City) -> None:
    """The control: without it, a house that answers 404 to everybody would pass."""
    coordinator, ids = city.inside["coordinator"], city.story.ids
    for path in (f"/cases/{ids['case']}", f"/plans/{ids['plan']}", f"/persons/{ids['mother']}"):
        assert coordinator.get(path)["id"]
    assert city.inside["korei"].get(f"/action-items/{ids['action']}")["id"] == ids["action"]
    assert city.inside["outreach"].get(f"/outreach/{ids['episode']}")["id"] == ids["episode"]


@pytest.mark.promise(2)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_foreign_id_in_a_body_reads_like_an_id_that_nobody_has(world: World, city: City) -> None:
    """Somebody with a case of their own names other people's things inside it."""
    seat = city.outsiders["out_counselor"]
    own = {"window": "nandemo", "topics": [{"code": "housing", "main": True}], "consent": "not_asked"}
    intake = seat.post("/intakes", own, 201)
    kept = seat.post(f"/intakes/{intake['id']}/keep")
    mine = {"intake_id": intake["id"], "case_id": kept["case_id"], "person_id": intake["person_id"]}
    pairs, differ = 0, []
    for route in routes(world.app):
        if route.takes is None or set(route.ids) - set(mine) - OPEN_IDS:
            continue
        for place in id_fields(route.takes):
            ids = {**random_ids(route), **{n: v for n, v in mine.items() if n in route.ids}}
            body = bodies(route) or {}
            strange = random_ids(route).get("case_id", "00000000-0000-7000-8000-000000000000")
            for known in foreign(place, city.story):
                real = _send(seat, route, ids, with_id(body, place, known))
                unreal = _send(seat, route, ids, with_id(body, place, strange))
                pairs += 1
                if _told(real, {"x": known}) != _told(unreal, {"x": strange}) or PERSONAL.search(real.text):
                    differ.append(
                        f"{route.method} {route.rule.rule} {place}: {real.status_code}/{unreal.status_code}"
                    )
    print(f"{pairs} pairs of foreign and unknown ids in bodies, {len(differ)} differ")
    assert differ == []
    assert pairs >= 20


@pytest.mark.promise(3)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_route_takes_a_field_that_its_schema_does_not_name(world: World, city: City) -> None:
    seat, asked = city.inside["coordinator"], 0
    for route in routes(world.app):
        for name in ("id", "state", "owner_id", "created_at", "number", "is_admin", "__class__"):
            if route.takes is None or name in route.takes.load_fields:
                continue
            answer = _send(seat, route, random_ids(route), {**(bodies(route) or {}), name: "x"})
            codes = {(e["field"], e["code"]) for e in (answer.get_json() or {}).get("errors", [])}
            assert answer.status_code == 422, f"{route.method} {route.rule.rule}: {answer.status_code}"
            assert (name, "field_unknown") in codes, route.rule.rule
            asked += 1
    print(f"{asked} unnamed fields refused")
    assert asked >= 350
