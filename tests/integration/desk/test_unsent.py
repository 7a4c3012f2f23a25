"""書きかけ: every window keeps its own text, only of forms without a secret, for its writer, and not for ever."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from casework.desk.actions import expire
from casework.desk.models import UnsentForm
from casework.desk.rules import MOST, mark_of
from tests.support.cast import Seat, hire
from tests.support.pages import Reader
from tests.support.story import Story
from tests.support.world import World

FORM = "/resources/new"
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def seat(world: World) -> Seat:
    hire(world)
    return Seat(world, "participation")


def _keep(seat: Seat, name: str, mark: str = "", status: int = 200, form: str = FORM) -> Any:
    content = json.dumps([["name", name]])
    return seat.put("/unsent", {"form": form, "content": content, "mark": mark}, status)


def test_two_windows_with_the_same_form_keep_both_texts(world: World, seat: Seat) -> None:
    one, two = _keep(seat, "架空 一の窓"), _keep(seat, "架空 二の窓")
    assert one["mark"] != two["mark"]
    world.later(minutes=1)
    one = _keep(seat, "架空 一の窓のつづき", one["mark"])
    shown = Reader(world, "participation").open(FORM)
    assert ("name", "架空 一の窓のつづき") in shown.fields
    assert "この画面の書きかけが、ほかに1件あります" in shown.text
    other = re.findall(r'href="(/resources/new\?draft=[0-9a-f]+\.\d+)"', shown.text)
    assert other == [f"{FORM}?draft={two['mark']}"]


def test_a_window_that_knows_an_older_state_keeps_its_text_beside_it(world: World, seat: Seat) -> None:
    """The same text taken up on a second computer while the first still types."""
    first = _keep(seat, "架空 はじめ")
    _keep(seat, "架空 家の端末", first["mark"])
    late = _keep(seat, "架空 窓口の端末", first["mark"])
    assert mark_of(late["mark"]) != mark_of(first["mark"])
    reader = Reader(world, "participation")
    shown = "".join(reader.open(f"{FORM}?draft={line['mark']}").text for line in seat.get("/unsent"))
    assert 'value="架空 家の端末"' in shown
    assert 'value="架空 窓口の端末"' in shown


def test_sending_or_throwing_away_one_window_leaves_the_other(world: World, seat: Seat) -> None:
    kept, other = _keep(seat, "架空 送る"), _keep(seat, "架空 残す")
    reader = Reader(world, "participation")
    form = reader.open(f"{FORM}?draft={kept['mark']}")
    reader.send(form, kind="salon")
    assert [line["mark"] for line in seat.get("/unsent")] == [other["mark"]]
    assert dict(reader.open(f"{FORM}?draft=new").fields)["name"] == ""
    newer = _keep(seat, "架空 残す もっと", other["mark"])
    reader.send(reader.open(FORM), _forget="1", _draft=other["mark"])  # shown before the other went on
    assert [line["mark"] for line in seat.get("/unsent")] == [newer["mark"]]


def test_what_a_colleague_keeps_cannot_be_opened_changed_or_forgotten(world: World, seat: Seat) -> None:
    mine = _keep(seat, "架空 わたしの文")
    other = Seat(world, "coordinator")
    theirs = _keep(other, "架空 同僚の文", mine["mark"])
    assert theirs["mark"] != mine["mark"]
    reader = Reader(world, "coordinator")
    assert "わたしの文" not in reader.open(f"{FORM}?draft={mine['mark']}").text
    assert [line["mark"] for line in seat.get("/unsent")] == [mine["mark"]]


@pytest.mark.parametrize(
    "form", ["/account/password", "/nowhere", "/", "//example.com", "/static/casework.js", "/sign-in"]
)
def test_only_forms_without_a_secret_are_kept(seat: Seat, form: str) -> None:
    assert _keep(seat, "x", status=422, form=form)["errors"][0]["code"] == "unknown_form"


@pytest.mark.parametrize("content", ["", "{", "{}", "[1]", '[["a"]]', '[["a", 1]]', "[" * 5000])
def test_what_is_not_the_pairs_of_a_form_is_refused(seat: Seat, content: str) -> None:
    assert seat.put("/unsent", {"form": FORM, "content": content}, 422)["code"] == "invalid"


def test_no_form_that_keeps_asks_for_a_password_or_a_code_of_the_sign_in(world: World) -> None:
    secret = re.compile(r"password|passphrase|totp|otp$|recovery|pin$|secret$")
    doors = world.app.extensions["casework"].forms.values()
    open_ = [d.title for d in doors if d.keeps and d.takes and any(map(secret.search, d.takes().load_fields))]
    assert open_ == []


def test_an_emptied_row_is_used_again_and_there_are_not_more_than_the_limit(world: World, seat: Seat) -> None:
    marks = [_keep(seat, "x")["mark"] for _ in range(3)]
    reader = Reader(world, "participation")
    reader.send(reader.open(FORM), _forget="1", _draft=marks[0])
    again = mark_of(_keep(seat, "y", form="/persons/search")["mark"])
    assert again is not None
    assert again.id == mark_of(marks[0]).id  # type: ignore[union-attr]
    me = world.session.get(UnsentForm, again.id, execution_options={"casework_cleared": True})
    assert me is not None
    with world.writing() as session:
        rows = [
            UnsentForm(staff_id=me.staff_id, form="/x", saved_at=world.clock.now()) for _ in range(MOST - 3)
        ]
        session.add_all(row for row in rows)
        for row in rows:
            row.content = b"full"
    assert _keep(seat, "z", status=409)["code"] == "unsent_too_many"


def test_old_texts_are_deleted_and_young_ones_stay(world: World, seat: Seat) -> None:
    old = _keep(seat, "架空 古い")
    world.later(days=world.settings.unsent_keep_days - 1)
    seat.come_back()
    young = _keep(seat, "架空 新しい")
    world.later(days=1, minutes=1)
    assert (expire(world.ctx()), expire(world.ctx())) == (1, 0)
    seat.come_back()
    assert [line["mark"] for line in seat.get("/unsent")] == [young["mark"]]
    assert old["mark"] != young["mark"]


def test_a_text_is_closed_once_the_right_to_its_page_is_gone(world: World, story: Story) -> None:
    """Kept for every form of the house by somebody without a right to it: nothing of it comes back, by any address."""
    stranger = Seat(world, "shogai")
    reader = Reader(world, "shogai")
    home = world.app.extensions["casework"]
    closed = 0
    for rule in world.app.url_map.iter_rules():
        door = home.forms.get(rule.endpoint)
        if door is None or not door.keeps or door.takes is None or "uuid:" not in rule.rule:
            continue
        path = re.sub(r"<uuid:\w+>", "01926e3f-0000-7000-8000-00000000000a", rule.rule)
        path = re.sub(r"<\w+>", "none", path)
        kept = _keep(stranger, "架空 鍵の下の文", form=path)
        answer = reader.http.get(f"{path}?draft={kept['mark']}")
        assert answer.status_code in (403, 404), path
        assert "鍵の下の文" not in answer.get_data(as_text=True)
        closed += 1
    assert closed >= 40
    assert story.ids["case"]
