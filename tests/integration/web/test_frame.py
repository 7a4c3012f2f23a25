"""The frame of the pages without a browser: form trees, kinds of fields, refusals, parcels, assets, weight."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from typing import Any

import marshmallow as ma
import pytest
from marshmallow import fields
from werkzeug.datastructures import MultiDict

from casework.kernel.book import Book, Option
from casework.kernel.errors import CaseworkError, NotFound, Refused, Unavailable
from casework.web import schema as s
from casework.web.headers import HEADERS, PAGE_CSP
from casework.web.pages import parcel
from casework.web.pages.blueprint import FormDoor
from casework.web.pages.controls import Form, Rival, family
from casework.web.pages.tree import collect, flatten, moment, strangers
from tests.support.cast import PASSWORD, hire
from tests.support.pages import Reader
from tests.support.world import World

FIRST_LOAD, LATER_LOAD = 60_000, 15_000  # bytes as they travel: with all assets, and without
NEXT = ("前のページ", "確かめて", "もう一度", "写して", "分けて")  # each refusal says one of these


class Line(ma.Schema):
    code = s.CodeField(list="consult_topic", required=True)
    main = fields.Boolean(load_default=False)


class Sample(ma.Schema):
    """One field of every kind that forms know."""

    name = s.Text(limit=40, required=True)
    story = s.LongText()
    born = s.JapaneseDate()
    at = fields.AwareDateTime()
    count = fields.Integer()
    sure = fields.Boolean(allow_none=True)
    tick = fields.Boolean(load_default=False)
    word = s.Text(limit=9, validate=ma.validate.OneOf(["yes", "no"]))
    some = fields.List(s.CodeField(list="agency"))
    one = fields.Nested(Line)
    lines = fields.List(fields.Nested(Line))


KINDS = {
    "name": "text",
    "story": "lines",
    "born": "date",
    "at": "moment",
    "count": "text",
    "sure": "radios",
    "tick": "tick",
    "word": "radios",
    "some": "checks",
    "one": "group",
    "lines": "rows",
}


@pytest.fixture
def world_with_cast(world: World) -> World:
    hire(world)
    return world


def form(world: World, typed: MultiDict[str, str] | None = None, **more: Any) -> Form:
    options = tuple(Option(code, code) for code in ("a", "b"))
    book = Book({"consult_topic": options, "agency": options})
    home = world.core.extensions["casework"]
    return Form(Sample(), book, home.messages, typed or MultiDict(), **more)


def test_a_record_goes_through_its_form_and_comes_back() -> None:
    record = {
        "name": "架空 𠮷子",
        "story": "一行目\n二行目",
        "tick": True,
        "some": ["a", "b"],
        "one": {"code": "a", "main": True},
        "lines": [{"code": "a", "main": False}, {"code": "b", "main": True}],
    }
    assert collect(Sample(), flatten(record)) == record


def test_blank_fields_and_blank_rows_are_left_out() -> None:
    typed = MultiDict([("name", " 　"), ("lines.0.code", ""), ("lines.7.code", "b"), ("one.code", "")])
    assert collect(Sample(), typed) == {"lines": [{"code": "b"}]}


def test_names_that_no_field_has_are_strangers() -> None:
    typed = MultiDict([("name", "x"), ("lines.3.code", "a"), ("_key", "k"), ("csrf_token", "t")])
    assert strangers(Sample(), typed) == []
    typed.add("lines.3.colour", "red")
    typed.add("role", "administrator")
    assert strangers(Sample(), typed) == ["lines.3.colour", "role"]


@pytest.mark.parametrize(
    "day",
    [
        "R8.4.1",
        "r8.4.1",
        "R8/4/1",
        "R8-4-1",
        "R08.04.01",
        "令和8年4月1日",
        "令和８年４月１日",
        "令8.4.1",
        "R8年4月1日",
        "２０２６年４月１日",
        "2026-04-01",
        "2026/4/1",
        "20260401",
        "2026.4.1",
    ],
)
@pytest.mark.parametrize("hour", ["9:05", "９：０５", "09:05", "9時05分", "9時5分"])
def test_14_spellings_of_a_day_are_read_with_a_time(day: str, hour: str) -> None:
    assert moment(f"{day} {hour}") == "2026-04-01T09:05:00+09:00"
    assert moment(f"{day}　{hour}") == "2026-04-01T09:05:00+09:00"


@pytest.mark.parametrize("typed", ["R8.2.30 9:00", "R8.4.1 25:00", "R8.4.1 9:60", "昨日 9:00", "R8.4.1"])
def test_an_impossible_moment_stays_as_it_was_typed(typed: str) -> None:
    assert moment(typed) == typed


def test_each_kind_of_field_gets_its_control(world: World) -> None:
    assert {control.name: control.kind for control in form(world)} == KINDS


def test_faults_stand_beside_their_fields_and_lead_there(world: World) -> None:
    made = form(
        world,
        MultiDict([("lines.0.code", "a"), ("lines.4.code", "x")]),
        faults={"lines.4.code": ["だめ"], "": ["全体"]},
    )
    assert made["lines.4.code"].errors == ["だめ"]
    assert made.summary == [("f-lines-4-code-0", "だめ"), ("", "全体")]


def test_after_a_conflict_only_what_really_differs_is_shown(world: World) -> None:
    typed = MultiDict([("name", "わたし"), ("story", "一行目\r\n二行目"), ("count", "")])
    made = form(world, typed, rival=Rival(MultiDict([("name", "同僚"), ("story", "一行目\n二行目")])))
    assert {c.name: c.beside.held for c in made.differences if c.beside} == {"name": ("同僚",)}


def _inputs(schema: ma.Schema, path: str = "") -> Iterator[tuple[ma.Schema, str, str]]:
    """(schema, name, dotted path) of every field that a form may show."""
    for name, field in schema.load_fields.items():
        if name == "version" or isinstance(field, fields.Constant):
            continue
        yield schema, name, f"{path}{name}"
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from _inputs(inner.schema, f"{path}{name}.")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_field_of_every_form_has_a_japanese_label(world: World) -> None:
    home = world.app.extensions["casework"]
    unworded = {
        f"{type(schema).__name__}.{name}"
        for door in home.forms.values()
        if door.takes is not None
        for schema, name, _ in _inputs(door.takes())
        if not home.messages.has_field(family(schema), name)
    }
    assert sorted(unworded) == []


REFUSALS = (400, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 500, 503)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("status", REFUSALS)
def test_a_refusal_says_what_to_do_next(world_with_cast: World, status: int) -> None:
    world, reader = world_with_cast, Reader(world_with_cast, "shakyo")

    class Made(CaseworkError):
        pass

    Made.status = status

    def refuse() -> None:
        raise Made("fault")

    world.app.view_functions["accounts_pages.account"] = refuse
    answer = reader.http.get("/account")
    assert answer.status_code == status
    main = answer.text.split("<main")[1].split("</main>")[0]
    assert any(word in main for word in NEXT)
    assert '<a href="/">' in main
    assert answer.headers["Content-Security-Policy"] == PAGE_CSP
    assert {name: answer.headers[name] for name in HEADERS if name != "Content-Security-Policy"} == {
        name: value for name, value in HEADERS.items() if name != "Content-Security-Policy"
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_the_server_itself_refuses_is_a_page_too(world_with_cast: World) -> None:
    reader = Reader(world_with_cast, "shakyo")
    assert "ページが見つかりません" in reader.open("/nirgends", 404).text
    assert "権限がありません" in reader.open("/staff", 403).text
    assert "対応していません" in reader.http.put("/account").text
    huge = reader.http.post("/account/password", data={"new": "x" * 1_100_000})
    assert (huge.status_code, "大きすぎます" in huge.text) == (413, True)


@pytest.mark.parametrize(
    "trouble", [Unavailable("busy"), Refused("fault"), RuntimeError("geheim"), NotFound()]
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_fault_while_saving_gives_everything_typed_back(
    world_with_cast: World, trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(world_with_cast, "participation")
    shown = reader.open("/resources/new")

    def fail(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(FormDoor, "_do", fail)
    status = getattr(trouble, "status", 500)
    answer = reader.send(shown, status, name="架空 大切な文", remarks="消えてはならない")
    if status != 404:  # what is not there for the person takes nothing back
        assert "架空 大切な文" in answer.text
        assert "消えてはならない" in answer.text
    assert "geheim" not in answer.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_only_parcels_of_this_house_are_opened(world: World) -> None:
    with world.app.app_context():
        sealed = parcel.pack(
            "/intakes/new", MultiDict([("name", "架空"), ("csrf_token", "t"), ("_version", "3")])
        )
        assert "架空" not in sealed
        opened = parcel.unpack(sealed)
        assert opened is not None
        path, typed = opened
        assert (path, dict(typed)) == ("/intakes/new", {"name": "架空", "_version": "3"})
        assert parcel.unpack(sealed[:-4] + "AAAA") is None
        assert parcel.unpack("nichts") is None
        world.app.config["SECRET_KEY"] = b"another house"
        assert parcel.unpack(sealed) is None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "path", ["https://example.com/", "//example.com/x", "/\\example.com", "javascript:alert(1)"]
)
def test_a_parcel_leads_nowhere_else(world_with_cast: World, path: str) -> None:
    with world_with_cast.app.app_context():
        sealed = parcel.pack(path, MultiDict([("name", "架空")]))
    sent = {"login": "shakyo", "password": PASSWORD, "parcel": sealed, "next": path}
    answer = world_with_cast.app.test_client().post("/sign-in", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_assets_travel_packed_and_are_kept_for_a_year(world_with_cast: World) -> None:
    reader = Reader(world_with_cast, "shakyo")
    for address in assets(reader.open("/").text):
        packed = reader.http.get(address, headers={"Accept-Encoding": "gzip"})
        plain = reader.http.get(address)
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert "immutable" in plain.headers["Cache-Control"]
        assert re.search(r"\?v=[0-9a-f]{12}$", address)
        assert plain.headers["X-Content-Type-Options"] == "nosniff"
    assert reader.http.get("/static/..%2fheaders.py").status_code == 404


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_pages_are_light(world_with_cast: World) -> None:
    reader = Reader(world_with_cast, "shakyo")
    first = sum(weight(reader, address) for address in assets(reader.open("/").text))
    heaviest = {path: weight(reader, path) for path in ("/", "/account", "/intakes/new", "/resources")}
    assert max(heaviest.values()) <= LATER_LOAD, heaviest
    assert first + max(heaviest.values()) <= FIRST_LOAD, first


def assets(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', page)


def weight(reader: Reader, address: str) -> int:
    answer = reader.http.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    return len(answer.data)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_navigation_shows_each_role_only_where_it_may_go(world_with_cast: World) -> None:
    for login in ("shakyo", "chair", "member", "supervisor", "privacy", "admin"):
        reader = Reader(world_with_cast, login)
        places = reader.open("/").text.split('class="places"')[1].split("</nav>")[0]
        links = re.findall(r'href="([^"]+)"', places)
        assert links[0] == "/"
        for link in links:
            reader.open(link.replace("&amp;", "&"))
