"""Two cities, equal but for one protected person: everybody without a grant gets the same bytes from both (I12, I13).

Not what a reader could understand is compared but whatever they are sent: bodies, counts, pages, cursors, headers.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.attacks.matrix import OBJECTS, routes
from tests.support.cast import CAST, Seat
from tests.support.counts import Count
from tests.support.story import Story
from tests.support.told import Told, recalled
from tests.support.world import World, make_world

# Who works with the protected person: named in the grant. Everybody else is a stranger to them.
HOLDER = "shogai"
# Those who decide releases and review protections see that there are any, and nothing of the persons.
OFFICERS = {"privacy"}
MASKS = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "KEY"),  # the one-time key of a form
    (re.compile(r"[A-Za-z0-9_.\-]{60,}"), "TOKEN"),
    (re.compile(r'nonce="[^"]*"|nonce-[^\']*'), "NONCE"),
)
HEADS = (
    "Content-Type",
    "Content-Length",
    "ETag",
    "Location",
    "Retry-After",
    "Cache-Control",
    "Link",
    "Allow",
)
SEARCHES: tuple[dict[str, str], ...] = (
    {"name": "架空の母の氏名"},
    {"name": "架空の秘の氏名"},
    {"kana": "ひみつ"},
    {"phone": "0467-00-0000"},
    {"phone": "090-0000-9999"},
    {"address": "架空の母の住所"},
    {"name": "架空の秘の氏名", "birth": "昭和50年5月5日"},
    {"birth": "昭和50年5月5日", "phone": "090-0000-9999"},
)


@dataclass
class City:
    world: World
    story: Story

    def ask(self, login: str, method: str, path: str, body: Any = None) -> tuple[Any, ...]:
        seat = self.story.seat[login]
        answer = seat.raw(method, path, headers={}, json=body)  # type: ignore[attr-defined]
        text = answer.get_data(as_text=True)
        for pattern, word in MASKS:
            text = pattern.sub(word, text)
        heads = tuple((name, answer.headers.get(name)) for name in HEADS if name != "Content-Length")
        return (answer.status_code, text, heads)


@pytest.fixture
def cities(told: Callable[[str], Told], tmp_path: Path) -> Iterator[tuple[City, City]]:
    past = told("sqlite")
    with ExitStack() as open_:
        made = []
        for name in ("with", "without"):
            folder = tmp_path / name
            folder.mkdir()
            shutil.copyfile(past.template, folder / "casework.db")
            world = open_.enter_context(make_world(f"sqlite:///{folder / 'casework.db'}", folder, past.keys))
            world.clock.set(past.now)
            made.append(City(world, recalled(world, past)))
        yield made[0], made[1]


def hide(city: City) -> dict[str, str]:
    """A person who asks at the first contact not to be known of: reception, case, notes, visits, meeting, papers."""
    story = city.story
    seat = story.seat[HOLDER]
    intake = seat.post(
        "/intakes",
        {
            "window": "nandemo",
            "topics": [{"code": "dv_abuse", "main": True}],
            "consent": "not_asked",
            "person": {
                "name": "架空の秘の氏名",
                "kana": "ひみつ",
                "birth": "昭和50年5月5日",
                "addresses": [{"address": "架空の母の住所"}],
                "contacts": [{"kind": "phone_mobile", "value": "090-0000-9999"}],
            },
            "narrative": "架空の秘の相談",
            "protect_reason": "架空の秘の理由",
        },
        status=201,
    )
    found = {"intake_id": intake["id"], "person_id": intake["person_id"]}
    seat.post(f"/intakes/{intake['id']}/screen")
    kept = seat.post(f"/intakes/{intake['id']}/keep")
    case = found["case_id"] = kept["case_id"]
    mother = story.ids["mother"]
    note = {
        "happened_at": story.at(hours=-1),
        "method": "visit",
        "agency": "shogai_fukushi",
        "segments": [{"segment_class": "fact", "text": "架空の秘の記録", "about_id": found["person_id"]}],
    }
    seat.ask("POST", f"/cases/{case}/notes", note)
    start = {
        "trigger": "not_reached",
        "basis": "support_meeting",
        "worker_id": story.staff("outreach"),
        "worker_agency": "shakyo",
        "person_id": found["person_id"],
        "background": "架空の秘の背景",
    }
    episode = seat.ask("POST", f"/cases/{case}/outreach", start)
    if episode.status_code == 201:
        found["episode_id"] = episode.get_json()["id"]
    seat.ask("POST", f"/cases/{case}/proposals", {"reason": "架空の秘の議題", "basis": "act_106_6"})
    seat.ask("POST", f"/cases/{case}/alerts", {"kind": "dv", "text": "架空の秘の危険"})
    seat.ask("POST", f"/cases/{case}/people", {"role": "household", "person": {"name": "架空の秘の子"}})
    assert mother
    return found


def _strangers() -> list[str]:
    return [login for login in CAST if login != HOLDER]


def _pages(city: City) -> list[tuple[str, str, Any]]:
    """Addresses of pages, with the story's ids in them."""
    found = []
    for rule in city.world.app.url_map.iter_rules():
        if rule.rule.startswith(("/api/", "/static/")) or "GET" not in (rule.methods or set()):
            continue
        path = rule.rule
        for name in rule.arguments:
            value = city.story.ids.get(OBJECTS.get(name, ""), "")
            for kind in ("uuid:", "string:", "path:", "int:", ""):
                path = path.replace(f"<{kind}{name}>", value or "x")
        if "<" not in path:
            found.append(path)
    return [("GET", path, None) for path in sorted(set(found))]


# In the quick form those who see most walk through the lists and the record of the story; in the long form everybody
# walks through every page and every route.
QUICK = ("coordinator", "shakyo", "secretariat")


@pytest.mark.long
@pytest.mark.promise(2)
@pytest.mark.timeout(1800)
def test_nobody_without_a_grant_can_tell_the_two_cities_apart(
    cities: tuple[City, City], count: Count
) -> None:
    having, _ = cities
    secret = hide(having)
    compared, told_apart = 0, []
    logins = [*QUICK, *(login for login in _strangers() if login not in QUICK)][
        : count("people", quick=2, long=99)
    ]
    everything = len(logins) > len(QUICK)
    for login in logins:
        for method, path, body in (
            *_routes(having, secret),
            *_searches(),
            *(_pages(having) if everything else ()),
        ):
            one, other = (city.ask(login, method, path, body) for city in cities)
            compared += 1
            if one != other and login not in OFFICERS:
                told_apart.append((login, path, *_difference(one, other)))
                print(*told_apart[-1], flush=True)
    count.found(people=len(logins), compared=compared, differ=len(told_apart))
    assert told_apart == []
    assert compared > 60 * len(logins)


def _routes(city: City, secret: dict[str, str]) -> list[tuple[str, str, Any]]:
    """Every GET of the JSON door, about the story's things and about the hidden person's."""
    found = []
    for route in routes(city.world.app):
        if route.method == "GET":
            ids = {name: city.story.ids[OBJECTS[name]] for name in route.ids if name in OBJECTS}
            hunted = {**ids, **{name: value for name, value in secret.items() if name in route.ids}}
            found += [
                ("GET", route.path(given), None) for given in ((ids, hunted) if hunted != ids else (ids,))
            ]
    return found


def _searches() -> list[tuple[str, str, Any]]:
    return [
        ("POST", path, terms)
        for terms in SEARCHES
        for path in ("/api/v1/persons/search", "/api/v1/intakes/candidates")
    ]


def _difference(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    """Where two answers part, a few letters of it."""
    if one[0] != other[0] or one[2] != other[2]:
        return (one[0], other[0], one[2], other[2])
    at = next((n for n, (a, b) in enumerate(zip(one[1], other[1], strict=False)) if a != b), 0)
    return (one[0], one[1][max(0, at - 40) : at + 40], other[1][max(0, at - 40) : at + 40])


def test_the_holder_of_the_grant_sees_what_the_others_do_not(cities: tuple[City, City]) -> None:
    """The comparison above has teeth: what is hidden is there."""
    having, _ = cities
    secret = hide(having)
    seat = having.story.seat[HOLDER]
    assert seat.get(f"/cases/{secret['case_id']}")["number"].startswith("R8-H")
    assert seat.get(f"/persons/{secret['person_id']}")["name"] == "架空の秘の氏名"
    assert isinstance(seat, Seat)
