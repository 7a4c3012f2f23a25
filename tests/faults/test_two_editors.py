"""Two editors over every editable thing, in every order, at the JSON door and on the pages: nobody is overwritten."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count as numbers
from pathlib import Path
from typing import Any

import pytest

from tests.faults.editables import Office
from tests.support.cast import PASSWORD, hire
from tests.support.counts import Count
from tests.support.pages import Shown, read
from tests.support.server import Nursery, Person
from tests.support.world import make_world

# Every order in which two editors load and save; "=" saves both at the same moment.
ORDERS = ("LSls", "LlSs", "LlsS", "lLSs", "lLsS", "lsLS", "Ll=")
SHARE = {"sqlite": 1, "postgresql": 4}


@dataclass
class Held:
    """What an editor has before them: the text, and all that is needed to save another one from there."""

    text: str
    start: Any


@dataclass
class Saved:
    """The answer to a save: accepted, or refused with what the record holds now."""

    accepted: bool
    current: Held | None = None


class Editor:
    """One of two who edit the same thing through one door."""

    def __init__(self, load: Callable[[], Held], save: Callable[[Held, str], Saved]) -> None:
        self.load, self.save = load, save
        self.held: Held | None = None


class Round:
    """One interleaving over one thing. The model is a single text: a save from another one must be refused."""

    def __init__(self, one: Editor, other: Editor, texts: Iterator[str]) -> None:
        self.editors = {"l": one, "s": one, "L": other, "S": other}
        self.texts = texts
        self.now = one.load().text
        self.refused = 0

    def play(self, order: str) -> None:
        for step in order:
            if step == "=":
                self._both()
            elif step in "Ll":
                editor = self.editors[step]
                editor.held = editor.load()
                assert editor.held.text == self.now, "an accepted text is gone"
            else:
                self._save(self.editors[step])
        assert self.editors["l"].load().text == self.now, "an accepted text is gone"

    def _save(self, editor: Editor) -> None:
        assert editor.held is not None
        mine, knew = next(self.texts), editor.held.text
        answer = editor.save(editor.held, mine)
        assert answer.accepted == (knew == self.now), "overwritten silently, or refused for nothing"
        if answer.accepted:
            self.now = mine
            return
        self._go_on(editor, answer, mine)

    def _go_on(self, editor: Editor, answer: Saved, mine: str) -> None:
        """Whoever was refused has the other's text before them, and may decide from there."""
        self.refused += 1
        assert answer.current is not None
        assert answer.current.text == self.now, "the other's text is not shown"
        assert editor.save(answer.current, mine).accepted
        self.now = mine

    def _both(self) -> None:
        pair = [(editor, next(self.texts)) for editor in (self.editors["L"], self.editors["l"])]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda p: p[0].save(p[0].held, p[1]), pair))
        assert sorted(a.accepted for a in answers) == [False, True], (
            "two saves from one text: one must be refused"
        )
        (self.now,) = [text for (_, text), a in zip(pair, answers, strict=True) if a.accepted]
        for (editor, text), a in zip(pair, answers, strict=True):
            if not a.accepted:
                self._go_on(editor, a, text)


def at_the_json_door(office: Office, name: str, person: Person, turn: int) -> Editor:
    """Loads with GET, saves with the version in the body or in If-Match."""
    thing = office.things[name]

    def held(found: Any) -> Held:
        return Held(thing.text(found), thing.version(found))

    def load() -> Held:
        return held(person.get(thing.load))

    def save(start: Held, text: str) -> Saved:
        body, headers = thing.body(text), {}
        if thing.based_on == "" or (turn % 2 and thing.based_on == "version"):
            headers["If_Match"] = f'"{start.start}"'
        else:
            body[thing.based_on] = start.start
        answer = person.ask(thing.method, thing.save, body, **headers)
        if answer.status_code in (200, 201):
            return Saved(accepted=True)
        assert answer.status_code == (412 if headers else 409), answer.text
        return Saved(accepted=False, current=held(answer.json()["current"]))

    return Editor(load, save)


def on_the_page(office: Office, name: str, person: Person) -> Editor:
    """Loads and sends the form as a browser does; after a refusal says that the own text is to be kept."""
    page = office.pages[name]
    url = f"{person.server.base}{page.path}"

    def shown(answer: Any) -> Shown:
        return read(page.path, answer.status_code, answer.text, "")

    def load() -> Held:
        form = shown(person.http.get(url, timeout=30))
        assert form.status == 200, form.text
        return Held(page.spoken(dict(form.fields).get(page.field, "")), form.fields)

    def save(start: Held, text: str) -> Saved:
        changed = {page.field: page.typed(text), f"_pick.{page.field}": "mine"}
        kept = [(n, v) for n, v in start.start if n not in changed]
        answer = person.http.post(url, data=[*kept, *changed.items()], allow_redirects=False, timeout=30)
        if answer.status_code == 303:
            return Saved(accepted=True)
        assert answer.status_code == 409, answer.text
        form = shown(answer)
        fields = dict(form.fields)
        assert page.spoken(fields[page.field]) == text, "what was typed is gone"
        return Saved(accepted=False, current=Held(page.spoken(fields[f"_theirs.{page.field}"]), form.fields))

    return Editor(load, save)


@pytest.mark.promise(16)
@pytest.mark.long
@pytest.mark.timeout(7200)
def test_no_order_of_two_editors_overwrites_anybody_silently(
    database: str, keystore: Path, tmp_path: Path, count: Count
) -> None:
    engine = "postgresql" if database.startswith("postgresql") else "sqlite"
    rounds = max(1, count("interleavings", quick=140, long=10_000) // SHARE[engine])
    (tmp_path / "office").mkdir()
    with make_world(database, tmp_path / "office", keystore) as world:
        world.clock.set(datetime.now(UTC))  # the served city lives by the real clock
        hire(world)
        office = Office(world).prepare()
    server, dice, refused = (
        Nursery(database, tmp_path / "office" / "keys", tmp_path / "log"),
        random.Random(16),
        0,
    )
    texts = (office.word(n) for n in numbers(1))
    ways = [("json", name) for name in office.things] + [("page", name) for name in office.pages]
    plays = [(way, order) for order in ORDERS for way in ways]
    dice.shuffle(plays)
    try:
        server.start()
        desks = {login: _two(server, login) for login in office.logins}
        for turn in range(rounds):
            (door, name), order = plays[turn % len(plays)]
            people = desks[office.things[name].login]
            make = on_the_page if door == "page" else at_the_json_door
            pair = [make(office, name, p, *((turn,) if door == "json" else ())) for p in people]  # type: ignore[operator]
            played = Round(*pair, texts)
            played.play(order)
            refused += played.refused
    finally:
        server.close()
    count.found(interleavings=rounds, things=len(ways), refused=refused, overwritten=0)


def _two(server: Nursery, login: str) -> tuple[Person, Person]:
    return Person(server, login, PASSWORD).sign_in(), Person(server, login, PASSWORD).sign_in()
