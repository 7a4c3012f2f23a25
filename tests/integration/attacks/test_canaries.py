"""Canaries: what is typed into a text field is nowhere in clear - database, WAL, keystore, logs, dump."""

from __future__ import annotations

import logging
import random
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields
from sqlalchemy import make_url
from werkzeug.routing import Map

from casework.web.schema import Text
from tests.integration.attacks.matrix import Route, routes
from tests.support import canaries
from tests.support.cast import CAST, Seat, hire
from tests.support.counts import Count
from tests.support.examples import example
from tests.support.story import Story
from tests.support.world import World

SPARE = 600  # canaries that are typed and not taken
# Text that is organisational by its nature and stored in clear, each with its reason.
IN_CLEAR = {
    ("SignInIn", "login"): "a staff login; it is compared at sign-in",
    ("StaffIn", "login"): "a staff login; it is compared at sign-in",
    ("StaffIn", "name"): "names of staff are shown to every colleague",
    ("CodeIn", "ja"): "the wording of a code list",
    ("CodeIn", "en"): "the wording of a code list",
    ("ResourceIn", "name"): "a public place or service",
    ("ResourceIn", "accepts"): "a public place or service",
    ("ResourceIn", "contact"): "a public place or service",
    ("ResourceIn", "remarks"): "a public place or service",
    ("ResourceEditIn", "name"): "a public place or service",
    ("ResourceEditIn", "accepts"): "a public place or service",
    ("ResourceEditIn", "contact"): "a public place or service",
    ("ResourceEditIn", "remarks"): "a public place or service",
}


class Listener:
    """Seats that remember which text of which schema was accepted (2xx), and with what."""

    def __init__(self, world: World) -> None:
        self._routes = routes(world.app)
        self._map: Map = world.app.url_map
        self.taken: dict[tuple[str, str], set[str]] = {}

    def seat(self, world: World, login: str) -> Seat:
        made = Seat(world, login)
        ask = made.ask

        def heard(method: str, path: str, body: Any = None, **headers: str) -> Any:
            answer = ask(method, path, body, **headers)
            if answer.status_code < 300 and isinstance(body, dict):
                self._note(method, path, body)
            return answer

        made.ask = heard  # type: ignore[method-assign]
        return made

    def _note(self, method: str, path: str, body: dict[str, Any]) -> None:
        rule, _ = self._map.bind("").match(
            f"/api/v1{path.split('?', maxsplit=1)[0]}", method=method, return_rule=True
        )
        route = next(r for r in self._routes if r.rule is rule and r.method == method)
        if route.takes is not None:
            for place, text in _texts(route.takes, body):
                self.taken.setdefault(place, set()).add(text)


def _texts(schema: Schema, body: dict[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    for name, field in schema.load_fields.items():
        value = body.get(name)
        inner = field.inner if isinstance(field, fields.List) else field
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(inner, fields.Nested) and isinstance(entry, dict):
                yield from _texts(inner.schema, entry)
            elif isinstance(inner, Text) and isinstance(entry, str):
                yield (type(schema).__name__, name), entry


def _text_fields(found: list[Route]) -> set[tuple[str, str]]:
    """Every text field of every body of the door."""

    def walk(schema: Schema) -> Iterator[tuple[str, str]]:
        for name, field in schema.load_fields.items():
            inner = field.inner if isinstance(field, fields.List) else field
            if isinstance(inner, fields.Nested):
                yield from walk(inner.schema)
            elif isinstance(inner, Text):
                yield type(schema).__name__, name

    return {place for route in found if route.takes is not None for place in walk(route.takes)}


class Cage:
    """Hands out a fresh canary for each text, and knows them all."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.all = canaries.make(2 * wanted + SPARE)
        self.given: list[str] = []

    def next(self, _name: str = "") -> str:
        self.given.append(self.all[len(self.given)])
        return self.given[-1]


@pytest.fixture
def told(
    world: World,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    count: Count,
) -> tuple[Listener, Cage]:
    """The story told with canaries for texts, and every remaining text field filled, until enough were taken."""
    caplog.set_level(logging.DEBUG)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    hire(world)
    listener, cage = Listener(world), Cage(count("canaries", quick=500, long=5000))
    seats = {login: listener.seat(world, login) for login in CAST}
    story = Story(seats, world.clock.now, world.later, say=cage.next).tell()
    _fill(seats, story, listener, cage)
    return listener, cage


def _secret(listener: Listener, cage: Cage) -> set[str]:
    """The canaries that were taken as text that is to be sealed."""
    taken = {t for place, texts in listener.taken.items() if place not in IN_CLEAR for t in texts}
    return taken & set(cage.given)


def _fill(seats: dict[str, Seat], story: Story, listener: Listener, cage: Cage) -> None:
    """What the story does not type: free texts of reception, of persons, refusals, meetings and keys to whereabouts."""
    from casework.cases.schemas import AlertIn, AssessmentIn, DisclosureIn, NoteIn, ProposalIn
    from casework.intake.schemas import IntakeIn

    shakyo = seats["shakyo"]
    while len(_secret(listener, cage)) < cage.wanted:
        body = example(IntakeIn, everything=True, text=cage.next)
        for extra in ("person_id", "consent_given", "consent_reason"):
            body.pop(extra)
        body |= {"consent": "not_asked", "topics": [{"code": "housing", "main": True}], "window": "nandemo"}
        body |= {"received_on": story.day(), "next_contact_on": story.day(days=3), "urgency": "within_week"}
        body["intake_route"], body["visitor"]["relation"], body["person"]["sex"] = "resident", None, "female"
        for address in body["person"]["addresses"]:
            address |= {"restricted": False, "district": "ofuna", "valid_from": None}
        body["person"]["contacts"] = [{"kind": "phone_home", "value": cage.next()}]
        made = shakyo.post("/intakes", body, 201)
    case = shakyo.post(f"/intakes/{made['id']}/keep")["case_id"]
    person, here = made["person_id"], f"/cases/{case}"
    shakyo.post(f"/persons/{person}/addresses", {"address": cage.next(), "restricted": True}, 201)
    shakyo.post(
        f"/persons/{person}/contacts", {"kind": "email", "value": cage.next(), "restricted": True}, 201
    )
    shakyo.post(f"/persons/{person}/safe-contact", {"hours": cage.next(), "remarks": cage.next()}, 201)
    edit = {"name": cage.next(), "kana": cage.next(), "version": shakyo.get(f"/persons/{person}")["version"]}
    shakyo.patch(f"/persons/{person}", edit)
    shakyo.post(
        f"/persons/{person}/release-requests", {"reason": cage.next(), "until": story.at(days=2)}, 201
    )
    shakyo.post(
        "/persons/search",
        {"name": cage.next(), "kana": cage.next(), "phone": cage.next(), "address": cage.next()},
    )
    shakyo.put("/intakes/draft", {"content": cage.next()})
    note = {
        "happened_at": story.at(hours=-1),
        "method": "phone_in",
        "agency": "shakyo",
        "with_whom": cage.next(),
    }
    note |= {
        "next_step": cage.next(),
        "segments": [{"segment_class": "fact", "text": cage.next(), "said_by": cage.next()}],
    }
    assert set(NoteIn().load_fields) >= set(note)
    wrote = shakyo.ask("POST", f"{here}/notes", note)
    assert wrote.status_code in (201, 422), wrote.text
    for schema, path in (
        (AlertIn, "alerts"),
        (DisclosureIn, "disclosures"),
        (ProposalIn, "propose"),
        (AssessmentIn, "assessments"),
    ):
        shakyo.ask("POST", f"{here}/{path}", example(schema, text=cage.next))


def _files(world: World, tmp_path: Path) -> list[Path]:
    """Everything the house wrote: database, WAL, keystore, key and temporary files, and a dump of the database."""
    found = [p for p in tmp_path.rglob("*") if p.is_file()]
    url = make_url(world.settings.database_url)
    if url.get_backend_name() == "sqlite":
        dump = tmp_path / "dump.sql"
        with closing(sqlite3.connect(str(url.database))) as connection:
            dump.write_text("\n".join(connection.iterdump()), encoding="utf-8")
        found.append(dump)
    if url.get_backend_name() == "postgresql":
        dump = tmp_path / "dump.sql"
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        subprocess.run(["pg_dump", "--inserts", "-f", str(dump), plain], check=True, capture_output=True)
        found.append(dump)
    return found


@pytest.mark.promise(5)
@pytest.mark.long
def test_no_canary_lies_in_clear_anywhere(
    world: World, told: tuple[Listener, Cage], tmp_path: Path, caplog: pytest.LogCaptureFixture, count: Count
) -> None:
    listener, cage = told
    world.session.rollback()
    secret = _secret(listener, cage)
    log = tmp_path / "log.txt"
    log.write_text(caplog.text, encoding="utf-8")
    files = _files(world, tmp_path)
    found = canaries.hits(secret, files)
    ways = len(canaries.encodings("架空"))
    count.found(
        secret=len(secret), encodings=ways, fields=len(listener.taken), files=len(files), hits=len(found)
    )
    where = {place for place, texts in listener.taken.items() for hit in found if hit[2] in texts}
    assert (found, where) == ([], set())
    untold = _text_fields(routes(world.app)) - set(listener.taken) - set(IN_CLEAR)
    print(f"not typed into: {sorted(untold)}")
    assert len(secret) >= count("canaries", quick=500, long=5000)
    control = canaries.hits(["架空 相談"], files)  # a colleague's name does lie there: the search can find
    assert [c for c in control if c[1] == "utf-8"]


def test_the_search_finds_a_canary_in_every_encoding_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a search that finds nothing would be content with anything."""
    monkeypatch.setattr(canaries, "CHUNK", 256)
    noise = random.Random(3).randbytes(600)
    for text in canaries.make(9):
        for name, raw in canaries.encodings(text).items():
            for place in (0, 1, 2, 3, canaries.CHUNK - 3, len(noise)):
                (tmp_path / "file").write_bytes(noise[:place] + raw + noise[place:])
                assert ("file", name, text) in canaries.hits([text], [tmp_path / "file"])
