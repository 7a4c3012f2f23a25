"""Two editors on the pages: both texts stand side by side, nobody's words are dropped, and each field asks once."""

from __future__ import annotations

import json

import pytest

from tests.support.cast import hire
from tests.support.pages import Reader, Shown
from tests.support.world import World

START = {"kind": "salon", "name": "架空の居場所", "remarks": "火曜の昼に開く。", "capacity": "3"}
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def reader(world: World) -> Reader:
    hire(world)
    return Reader(world, "participation")


def _edit(reader: Reader) -> str:
    made = reader.do("/resources/new", **START)
    return f"{made.location}/edit"


def _conflict(reader: Reader, mine: dict[str, str], theirs: dict[str, str]) -> Shown:
    edit = _edit(reader)
    form = reader.open(edit)
    reader.do(edit, **theirs)
    return reader.send(form, 409, **mine)


def _held(reader: Reader, shown: Shown) -> dict[str, str]:
    return dict(reader.open(shown.path).fields)


def test_fields_changed_by_one_editor_only_are_settled_and_nothing_is_lost(reader: Reader) -> None:
    shown = _conflict(reader, {"remarks": "水曜の昼に開く。"}, {"name": "架空の広場"})
    assert "架空の広場" in shown.text
    assert "ほかの人だけが変えました" in shown.text
    assert "あなただけが変えました" in shown.text
    reader.send(shown)
    held = _held(reader, shown)
    assert (held["name"], held["remarks"], held["capacity"]) == ("架空の広場", "水曜の昼に開く。", "3")


@pytest.mark.parametrize(("pick", "kept"), [("mine", "水曜の夜に開く。"), ("theirs", "木曜の昼に開く。")])
def test_a_field_that_both_changed_asks_and_keeps_what_is_chosen(
    reader: Reader, pick: str, kept: str
) -> None:
    shown = _conflict(reader, {"remarks": "水曜の夜に開く。"}, {"remarks": "木曜の昼に開く。"})
    assert '<mark><span class="hidden">違い「</span>水曜<span class="hidden">」</span></mark>' in shown.text
    asked = reader.send(shown, 422)
    assert asked.beside("remarks") == "どちらの内容にするかを選んでください。"
    assert ("_theirs.remarks", "木曜の昼に開く。") in asked.fields
    assert ("remarks", "水曜の夜に開く。") in asked.fields
    reader.send(asked, **{"_pick.remarks": pick})
    assert _held(reader, shown)["remarks"] == kept


def test_a_third_editor_in_between_is_shown_again_and_the_choice_made_is_kept(reader: Reader) -> None:
    shown = _conflict(
        reader, {"name": "架空 一", "remarks": "一の文"}, {"name": "架空 二", "remarks": "二の文"}
    )
    reader.do(shown.path, name="架空 三")
    again = reader.send(shown, 409, **{"_pick.name": "mine", "_pick.remarks": "theirs"})
    assert ("_theirs.name", "架空 三") in again.fields
    assert ("name", "架空 一") in again.fields
    assert "_theirs.remarks" not in dict(again.fields)  # the text chosen is what the record holds
    assert ("remarks", "二の文") in again.fields
    reader.send(again, **{"_pick.name": "theirs"})
    held = _held(reader, shown)
    assert (held["name"], held["remarks"]) == ("架空 三", "二の文")


def test_a_kept_text_that_the_record_has_outrun_opens_side_by_side(reader: Reader) -> None:
    edit = _edit(reader)
    form = reader.open(edit)
    pairs = [
        [n, "わたしの書きかけ" if n == "remarks" else v]
        for n, v in form.fields
        if n not in ("csrf_token", "_key")
    ]
    token = dict(form.fields)["csrf_token"]
    sent = {"form": edit, "content": json.dumps(pairs)}
    kept = reader.http.put("/api/v1/unsent", json=sent, headers={"X-CSRFToken": token})
    assert kept.status_code == 200
    reader.do(f"{edit}?draft=new", remarks="同僚の文", name="同僚の名")
    shown = reader.open(edit)
    assert ("_theirs.remarks", "同僚の文") in shown.fields
    assert ("remarks", "わたしの書きかけ") in shown.fields
    reader.send(shown, **{"_pick.remarks": "mine"})
    held = _held(reader, shown)
    assert (held["remarks"], held["name"]) == ("わたしの書きかけ", "同僚の名")


def test_a_conflict_without_a_difference_says_so(reader: Reader) -> None:
    shown = _conflict(reader, {"name": "同じ名"}, {"name": "同じ名"})
    assert "この画面の項目には、違いがありません。" in shown.text
    reader.send(shown)
