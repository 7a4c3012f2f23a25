"""受付 on pages, as counselors and supervisors meet it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from casework.db import CLEARED
from casework.people.models import Person
from tests.support.cast import Seat, hire
from tests.support.pages import Reader, Shown
from tests.support.world import World

SHORT = {"main_topic": "eldercare", "consent": "not_asked"}


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    hire(world)


def receive(reader: Reader, **typed: Any) -> Shown:
    """A reception typed into the page, and the page it leads to."""
    return reader.open(reader.do("/intakes/new", **{**SHORT, **typed}).location)


def persons(world: World) -> int:
    world.session.rollback()
    query = select(func.count()).select_from(Person)
    return int(world.session.scalar(query, execution_options={CLEARED: True}) or 0)


def test_three_answers_receive_a_short_call(world: World) -> None:
    shown = receive(Reader(world, "shakyo"))
    for words in ("介護のこと", "未確認", "氏名なし", "架空 相談", "ほかの機関へつなぐ", "振り分けを始める"):
        assert words in shown.text


def test_the_form_begins_with_the_window_used_last(world: World) -> None:
    reader = Reader(world, "shakyo")
    first = reader.open("/intakes/new")
    assert dict(first.fields)["window"]
    reader.send(first, window="volunteer", **SHORT)
    assert dict(reader.open("/intakes/new").fields)["window"] == "volunteer"


def test_looking_for_the_person_keeps_everything_typed_and_says_why_each_matches(world: World) -> None:
    reader = Reader(world, "shakyo")
    receive(reader, person__name="架空 梅子", person__kana="カクウ ウメコ", person__birth="S19.5.1")
    before = persons(world)
    typed = {
        "person__name": "架空 梅子",
        "person__birth": "昭和19年5月1日",
        "narrative": "同じ方の\n二度目の電話",
    }
    found = reader.send(reader.open("/intakes/new"), 200, _again="search", **typed)
    candidate = found.text.split("この人にする")[1].split("</label>")[0]
    assert "架空 梅子" in candidate
    assert "氏名が一致" in candidate
    assert "生年月日が一致" in candidate
    assert "同じ方の\n二度目の電話</textarea>" in found.text
    assert persons(world) == before
    chosen = found.text.split('name="person_id" value="')[2].split('"')[0]
    done = reader.open(reader.send(found, person_id=chosen, **SHORT).location)
    assert f"/persons/{chosen}" in done.text
    assert persons(world) == before


def test_a_person_chosen_stays_chosen_when_the_form_comes_back(world: World) -> None:
    reader = Reader(world, "shakyo")
    shown = receive(reader, person__name="架空 梅子")
    person = shown.text.split("<main")[1].split("/persons/")[1].split('"')[0]
    wrong = reader.send(reader.open("/intakes/new"), 422, person_id=person, consent="refused")
    assert f'value="{person}" checked' in wrong.text
    assert "架空 梅子" in wrong.text


def test_another_division_that_may_know_the_person_is_named_and_nothing_else(world: World) -> None:
    elsewhere = Reader(world, "seikatsu")
    known = {"person__name": "架空 竹子", "person__birth": "S15.3.2"}
    shown = receive(elsewhere, window="nandemo", **known)
    elsewhere.do(f"{shown.path}/keep")
    found = Reader(world, "shakyo")
    answer = found.send(found.open("/intakes/new"), 200, _again="search", **known)
    assert "同じ人は見つかりませんでした" in answer.text
    assert "生活福祉課" in answer.text.split("ほかの課で支援中の可能性があります")[1].split("</section>")[0]


def test_a_search_without_words_says_what_to_type(world: World) -> None:
    reader = Reader(world, "shakyo")
    answer = reader.send(reader.open("/intakes/new"), 200, _again="search")
    assert "どれかを入力してください" in answer.text


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"main_topic": ""}, "main_topic", "相談内容を1つ以上"),
        ({"main_topic": "unheard_of"}, "main_topic", "選んで"),
        ({"consent": "cannot_ask"}, "consent_reason", "理由を選び"),
        ({"consent": "given", "consent_given__form": "written"}, "consent_given.recipients", "入力"),
        ({"person__district": "kamakura_1", "person__address": ""}, "person.address", "入力"),
        ({"person__birth": "平成40年1月1日"}, "person.birth", "平成"),
        ({"next_contact_on": "R8.4.1"}, "next_contact_on", "受付日以降"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    world: World, typed: dict[str, str], field: str, sentence: str
) -> None:
    reader = Reader(world, "shakyo")
    more = {"narrative": "𠮷野家の<b>長い</b>話", "visitor__name": "架空 次郎", **typed}
    back = reader.send(reader.open("/intakes/new"), 422, **{**SHORT, **more})
    assert sentence in back.beside(field), back.beside(field)
    assert f'href="#f-{field.replace(".", "-")}' in back.text
    assert "𠮷野家の&lt;b&gt;長い&lt;/b&gt;話" in back.text
    assert 'value="架空 次郎"' in back.text


def test_consent_given_at_the_window_is_recorded_with_it(world: World) -> None:
    shown = receive(
        Reader(world, "shakyo"),
        consent="given",
        consent_given__recipients=["seikatsu_fukushi", "korei_ikiiki"],
        consent_given__items="consultation",
        consent_given__form="oral",
    )
    assert "同意あり" in shown.text


def test_what_was_kept_while_typing_is_gone_once_a_searched_form_is_sent(world: World) -> None:
    seat, reader = Seat(world, "shakyo"), Reader(world, "shakyo")
    found = reader.send(reader.open("/intakes/new"), 200, _again="search", person__name="架空 松子")
    typed = {"form": "/intakes/new", "content": json.dumps([["person.name", "架空 松子"]])}
    reader.send(found, **SHORT, _draft=seat.put("/unsent", typed)["mark"])
    assert "架空 松子" not in reader.open("/intakes/new").text


def test_an_open_reception_is_corrected_as_a_whole(world: World) -> None:
    reader = Reader(world, "shakyo")
    shown = receive(reader, other_topics=["housing", "eldercare"], narrative="はじめの話")
    form = reader.open(f"{shown.path}/edit")
    assert ("other_topics", "housing") in form.fields
    second = reader.open(form.path)
    after = reader.open(reader.send(form, main_topic="housing", narrative="直した話").location)
    assert "直した話" in after.text
    stale = reader.send(second, 409, narrative="古い版からの話")
    assert "古い版からの話" in stale.text
    assert ("_theirs.narrative", "直した話") in stale.fields


def test_no_reception_ends_without_reason_and_next_place_and_the_supervisor_sees_no_name(
    world: World,
) -> None:
    reader = Reader(world, "korei")
    shown = receive(reader, window="nandemo", person__name="架空 菊")
    refused = reader.send(reader.open(f"{shown.path}/answer"), 422, text="説明した")
    assert refused.beside("reason") == "その場で回答したときは、理由を選んでください。"
    form = reader.open(f"{shown.path}/answer")
    options = [part.split('"')[0] for part in form.text.split('name="reason"')[1].split('value="')[1:3]]
    places = [part.split('"')[0] for part in form.text.split('name="next_place"')[1].split('value="')[1:3]]
    done = reader.open(reader.send(form, reason=options[-1], next_place=places[-1]).location)
    assert "その場で回答" in done.text
    assert "答えた受付" not in done.text
    assert "架空 菊" not in Reader(world, "supervisor").open("/intakes/answered").text


def test_screening_and_seeking_consent_are_shown_on_the_page_and_in_the_lists(world: World) -> None:
    reader = Reader(world, "shakyo")
    shown = receive(reader)
    begun = reader.open(reader.do(f"{shown.path}/screen").location)
    assert "振り分け中" in begun.text
    assert "振り分けを始める" not in begun.text
    late = reader.send(reader.open(f"{shown.path}/seek-consent"), 422, recontact_on="R8.4.1")
    assert "今日以降" in late.beside("recontact_on")
    reader.do(f"{shown.path}/seek-consent", recontact_on="R8.4.6")
    listed = reader.open("/intakes?which=seeking_consent").text
    assert shown.text.split("<h1>受付 ")[1].split(" ")[0] in listed
    assert "同意の確認中" in listed


def test_danger_is_reported_with_whom_and_when(world: World) -> None:
    reader = Reader(world, "shakyo")
    shown = receive(reader, urgency="life")
    missing = reader.send(reader.open(f"{shown.path}/emergency"), 422, kind="elder_abuse")
    assert "入力してください" in missing.beside("text")
    told = {"kind": "elder_abuse", "notified_to": "elder_division", "text": "あざがあると聞いた"}
    reader.do(f"{shown.path}/emergency", notified_at="R8.4.6 9:30", **told)
    assert "緊急対応" in reader.open(shown.path).text


def test_duplicates_are_merged_by_number_and_parted_again(world: World) -> None:
    reader, coordinator = Reader(world, "shakyo"), Reader(world, "coordinator")
    kept, twin = receive(reader), receive(reader)
    number = kept.text.split("<h1>受付 ")[1].split(" ")[0]
    wrong = coordinator.send(coordinator.open(f"{twin.path}/merge"), 422, number="U2026-0000000")
    assert "この番号の受付・支援記録はありません" in wrong.beside("number")
    coordinator.do(f"{twin.path}/merge", number=number.lower())
    assert "重複としてまとめ済み" in reader.open(twin.path).text
    coordinator.do(f"{twin.path}/unmerge")
    assert "振り分け中" in reader.open(twin.path).text


def test_a_reception_of_another_division_does_not_exist(world: World) -> None:
    shown = receive(Reader(world, "shakyo"))
    stranger = Reader(world, "korei")
    for path in (shown.path, f"{shown.path}/edit", f"{shown.path}/answer"):
        stranger.open(path, 404)
    Reader(world, "admin").open("/intakes", 403)
