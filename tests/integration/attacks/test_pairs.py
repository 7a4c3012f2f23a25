"""Every endpoint of both doors x everybody without leave x how the case stands to them x where the id stands.

An object that may not be seen answers as one that nobody has: status, body, headers, and within the noise the time.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.attacks.crowd import ANONYMOUS, CROWD, RELATIONS, Crowd, gather, related, run
from tests.integration.attacks.matrix import Route, bodies, id_fields, masked, page_routes, routes, with_id
from tests.support.counts import Count
from tests.support.story import Story
from tests.support.world import World

# What differs between any two answers: moments, tokens, and keys of forms.
FLEETING = re.compile(
    r'(?<=name="csrf_token" value=")[^"]*|(?<=name="_key" value=")[^"]*|(?<=data-token=")[^"]*|'
    r'(?<=name="parcel" value=")[^"]*'
)
PERSONAL = re.compile("架空の(?!農園|居場所)")
# Who may name people for access to a case, and sees who was named; not what the case holds.
MAY = {("x_privacy", "/api/v1/cases/<uuid:case_id>/grants"), ("x_privacy", "/cases/<uuid:case_id>/grants")}
OF_THE_PERSON = {"person_id", "about_id", "carer_id", "cared_id"} | {
    "household_id", "member_id", "thread_id", "request_id"
}  # fmt: skip


@dataclass
class Tally:
    """What the walk met."""

    pairs: int = 0
    leaks: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    real: list[float] = field(default_factory=list)
    unreal: list[float] = field(default_factory=list)

    def add(self, status: int, place: str) -> None:
        self.pairs += 1
        self.statuses[status] += 1
        self.places[place] += 1


@dataclass(eq=False)
class Question:
    """One route with one thing of the case named in one place."""

    route: Route
    place: str  # path, query, body, nested
    names: tuple[str, ...]  # parameters of the path that are given
    spot: tuple[Any, ...] = ()

    @property
    def of_the_person(self) -> bool:
        return bool({*self.names, *self.spot} & OF_THE_PERSON)

    @cached_property
    def body(self) -> dict[str, Any] | None:
        return bodies(self.route)

    def ask(self, world: World, headers: dict[str, str], ids: dict[str, str]) -> Any:
        sent: dict[str, Any] = {}
        body = self.body
        if self.spot and self.place != "query":
            body = with_id(body or {}, self.spot, ids["spot"])
        if self.route.method not in ("GET", "DELETE") or body is not None:
            sent = {"json": body} if self.route.rule.rule.startswith("/api/") else {"data": {}}
        if self.place == "query":
            sent = {"query_string": {self.spot[0]: ids["spot"]}}
        return world.app.test_client(use_cookies=False).open(
            self.route.path(ids), method=self.route.method, headers=headers, **sent
        )


def questions(world: World, things: dict[str, str]) -> list[Question]:
    """Every place of both doors that takes an id of a case's thing."""
    found = []
    for route in [*routes(world.app), *page_routes(world.app)]:
        names = tuple(name for name in route.rule.arguments if name in things)
        if names:
            found.append(Question(route, "path", names))
        for name in route.queries:
            found.append(Question(route, "query", (), (name,)))
        if route.takes is not None:
            for spot in id_fields(route.takes):
                found.append(Question(route, "nested" if len(spot) > 2 else "body", (), spot))
    return found


def _told(answer: Any, ids: list[str]) -> tuple[Any, ...]:
    """What an answer lets its reader know: status, body and every header, without what is fleeting."""
    heads = sorted((n, masked(v, *ids)) for n, v in answer.headers if n not in ("Date", "Set-Cookie"))
    return answer.status_code, FLEETING.sub("", masked(answer.get_data(as_text=True), *ids)), heads


def _ids(question: Question, things: dict[str, str], own: dict[str, str]) -> dict[str, str]:
    """Ids for a question: the case's things where it names one, one's own or nobody's elsewhere."""
    given = {name: own.get(name) or str(uuid4()) for name in question.route.ids}
    for name in question.names:
        given[name] = things[name]
    if question.spot:
        name = next(step for step in reversed(question.spot) if isinstance(step, str))
        given["spot"] = things.get(name) or things["case_id"]
    return given


def _walk(
    world: World, crowd: Crowd, relation: str, asked: list[tuple[str, Question]], tally: Tally, base: Base
) -> None:
    """Put each question of somebody with the case's id, and hold the answer against that for an id of nobody."""
    for login, question in asked:
        own = {"case_id": crowd.things["own_case"], "intake_id": crowd.things["own_intake"]}
        mine = own if login == "x_other_case" and question.place != "path" else {}
        ids = _ids(question, crowd.things, mine)
        strange = _ids(question, {name: str(uuid4()) for name in crowd.things}, mine)
        if (login, question) not in base:
            answer = question.ask(world, crowd.headers[login], strange)
            base[login, question] = _told(answer, list(strange.values()))
        real = question.ask(world, crowd.headers[login], ids)
        tally.add(real.status_code, question.place)
        if real.status_code == 404 and tally.pairs % 5 == 0:  # both are warm by now, and either comes first
            pair = [(tally.real, ids), (tally.unreal, strange)]
            for seconds, named in pair if tally.pairs % 2 else reversed(pair):
                seconds.append(_timed(world, question, crowd.headers[login], named))
        leak = _leak(_told(real, list(ids.values())), base[login, question], login, question)
        if leak:
            tally.leaks.append(
                f"{relation}: {login} {question.route.method} {question.route.rule.rule}: {leak}"
            )


def _timed(world: World, question: Question, headers: dict[str, str], ids: dict[str, str]) -> float:
    began = time.perf_counter()
    question.ask(world, headers, ids)
    return time.perf_counter() - began


def _leak(real: tuple[Any, ...], unreal: tuple[Any, ...], login: str, question: Question) -> str:
    if PERSONAL.search(real[1]):
        return "words of the case"
    if any(login == who and question.route.rule.rule.startswith(where) for who, where in MAY):
        return ""
    if real == unreal:
        form = question.route.method == "GET" and not question.route.rule.rule.startswith(
            "/api/"
        )  # an empty form
        return "" if real[0] >= 300 or question.place != "path" or form else f"answered {real[0]}"
    part = next(
        name for name, a, b in zip(("status", "body", "headers"), real, unreal, strict=True) if a != b
    )
    return f"{part} differs: {real[0]}/{unreal[0]}"


Base = dict[tuple[str, Question], tuple[Any, ...]]


def _by_right(relation: str, login: str, question: Question) -> bool:
    """What the policy gives: the person of one's own case, and a division's receptions to its supervisor."""
    if relation == "same person" and login == "x_other_case":
        return question.of_the_person
    return (relation, login) == ("own division", "x_supervisor") and "intake_id" in question.names


def _pairs(asked: list[Question], wanted: int) -> dict[str, list[tuple[str, Question]]]:
    """By relation, who asks what: all there is, or a sample spread over everything."""
    every = [
        (relation, login, question)
        for relation in RELATIONS
        for question in asked
        for login in (*CROWD, ANONYMOUS)
        if not _by_right(relation, login, question)
    ]
    found: dict[str, list[tuple[str, Question]]] = {relation: [] for relation in RELATIONS}
    for at in sorted(Random(20261125).sample(range(len(every)), min(wanted, len(every)))):
        relation, login, question = every[at]
        found[relation].append((login, question))
    return found


def _only_the_conflict_stood_between(world: World, crowd: Crowd) -> None:
    """The control: without it, a house that answers 404 to everybody would pass."""
    http, address = world.app.test_client(use_cookies=False), f"/api/v1/cases/{crowd.things['case_id']}"
    assert http.get(address, headers=crowd.headers["x_conflict"]).status_code == 404
    run(world, "DELETE FROM conflict")
    assert http.get(address, headers=crowd.headers["x_conflict"]).status_code == 200


@pytest.mark.promise(2)
@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_may_not_be_seen_answers_as_what_does_not_exist(
    world: World, story: Story, tmp_path: Path, count: Count
) -> None:
    wanted = count("pairs", quick=15_000, long=1_000_000)
    crowd = gather(world, story.ids, tmp_path / "kept.db")
    asked, tally, base = questions(world, crowd.things), Tally(), {}
    for relation, pairs in _pairs(asked, wanted).items():
        with related(crowd, world, relation):
            _walk(world, crowd, relation, pairs, tally, base)
    _only_the_conflict_stood_between(world, crowd)
    real, unreal = median(tally.real) * 1000, median(tally.unreal) * 1000
    count.found(
        asked=tally.pairs, questions=len(asked), people=len(CROWD) + 1, leaks=len(tally.leaks), **tally.places
    )
    count.found(**{f"status_{status}": n for status, n in sorted(tally.statuses.items())})
    count.found(median_ms_forbidden=f"{real:.2f}", median_ms_unknown=f"{unreal:.2f}")
    assert tally.leaks == [], "\n".join(tally.leaks[:40])
    assert tally.pairs >= min(wanted, 35_000)
    assert min(real, unreal) > 0.6 * max(real, unreal), "the time of an answer tells that something is there"
