"""The pages of a case, as a counselor meets them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cast import Seat, hire
from tests.support.pages import Reader
from tests.support.world import World


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    hire(world)


@pytest.fixture
def case_id(world: World) -> str:
    """A case of 市社協 about 架空 花子, kept from an intake."""
    seat = Seat(world, "shakyo")
    body: dict[str, Any] = {
        "window": "nandemo",
        "topics": [{"code": "housing", "main": True}],
        "consent": "not_asked",
        "person": {"name": "架空 花子", "kana": "かくう はなこ"},
    }
    intake = seat.post("/intakes", body, 201)
    seat.post(f"/intakes/{intake['id']}/screen")
    kept = seat.post(f"/intakes/{intake['id']}/keep", {})
    return str(kept["case_id"])


def test_a_case_page_shows_who_it_is_about_where_it_stands_and_what_is_next(
    world: World, case_id: str
) -> None:
    shown = Reader(world, "shakyo").open(f"/cases/{case_id}").text
    for words in ("架空 花子", "かくう はなこ", "アセスメントを始める", "住まいについて", "主担当 未定"):
        assert words in shown
    assert "架空 花子" not in shown.split("<title>")[1].split("</title>")[0]


def test_a_stranger_meets_no_case(world: World, case_id: str) -> None:
    stranger = Reader(world, "seikatsu")
    for path in ("", "/notes", "/notes/new", "/people", "/consents", "/assessment", "/team", "/sharing"):
        stranger.open(f"/cases/{case_id}{path}", 404)
    assert case_id not in stranger.open("/cases").text


def test_a_case_stands_in_the_lists_it_belongs_to(world: World, case_id: str) -> None:
    reader = Reader(world, "shakyo")
    assert f"/cases/{case_id}" in reader.open("/cases?scope=own&state=open").text
    assert f"/cases/{case_id}" not in reader.open("/cases?danger=1").text
    assert f"/cases/{case_id}" in reader.open("/cases/lists/mine_open").text
    assert f"/cases/{case_id}" in reader.open("/cases/lists/without_lead").text
    reader.open("/cases/lists/unheard_of", 404)


def test_a_note_is_written_by_piece_and_read_for_a_purpose(world: World, case_id: str) -> None:
    reader = Reader(world, "shakyo")
    told = {"segments__0__text": "架空の雨漏りが続く", "method": "phone_mail"}
    sent = reader.do(f"/cases/{case_id}/notes/new", **told)
    assert sent.location == f"/cases/{case_id}"
    assert "目的を選んで" in reader.open(f"/cases/{case_id}/notes").text
    read = reader.open(f"/cases/{case_id}/notes?purpose=support").text
    assert "架空の雨漏りが続く" in read
    assert "架空 花子について" in read


def test_a_note_that_lacks_its_method_comes_back_with_everything_typed(world: World, case_id: str) -> None:
    reader = Reader(world, "shakyo")
    back = reader.do(f"/cases/{case_id}/notes/new", 422, segments__0__text="消えない言葉", with_whom="隣人")
    assert back.beside("method") != ""
    assert "消えない言葉</textarea>" in back.text
    assert 'value="隣人"' in back.text


def test_lead_and_assessment_lead_to_the_next_step(world: World, case_id: str) -> None:
    reader = Reader(world, "shakyo")
    refused = reader.do(f"/cases/{case_id}/assess", 409)
    assert "主担当の機関と担当者が決まっていません" in refused.text
    me = Seat(world, "shakyo").me["id"]
    reader.do(f"/cases/{case_id}/lead", lead_id=me, agency="shakyo")
    reader.do(f"/cases/{case_id}/assess")
    assert "アセスメント中" in reader.open(f"/cases/{case_id}").text


def test_an_assessment_is_saved_by_sections_and_starts_from_the_last_one(world: World, case_id: str) -> None:
    reader = Reader(world, "shakyo")
    assert "まだ保存されていません" in reader.open(f"/cases/{case_id}/assessment").text
    empty = reader.do(f"/cases/{case_id}/assessment/edit", 422)
    assert "どこか一つの欄" in empty.text
    reader.do(f"/cases/{case_id}/assessment/edit", health="架空の持病")
    again = reader.open(f"/cases/{case_id}/assessment/edit")
    assert "架空の持病</textarea>" in again.text
    stale = reader.open(f"/cases/{case_id}/assessment/edit")
    reader.send(again, work="架空の職場")
    newest = reader.open(f"/cases/{case_id}/assessment").text
    assert "第2版" in newest
    assert "架空の持病" in newest
    late = reader.send(stale, 409, work="遅れた保存").fields
    assert {("work", "遅れた保存"), ("_theirs.work", "架空の職場")} <= set(late)


def test_a_consent_is_recorded_then_withdrawn(world: World, case_id: str) -> None:
    reader = Reader(world, "shakyo")
    person = Seat(world, "shakyo").get(f"/cases/{case_id}")["people"][0]["person_id"]
    path = f"/cases/{case_id}/people/{person}/consents/new"
    lacking = reader.do(path, 422, purpose="referral_sharing")
    assert lacking.beside("recipients") != ""
    given = {"purpose": "referral_sharing", "recipients": ["hoiku"], "items": ["contact"], "form": "written"}
    reader.do(path, **given)
    assert "有効" in reader.open(f"/cases/{case_id}").text.split('id="agreed"')[1]
    thread = Seat(world, "shakyo").get(f"/cases/{case_id}/people/{person}/consents")[0]["thread_id"]
    reader.do(f"/cases/{case_id}/consents/{thread}/change", state="withdrawn")
    shown = reader.open(f"/cases/{case_id}/consents").text
    assert "撤回</span>" in shown
    assert "(前の記録)" in shown


def test_a_household_is_a_picture_and_a_table(world: World, case_id: str) -> None:
    reader = Reader(world, "shakyo")
    reader.do(f"/cases/{case_id}/people/new", name="架空 一郎", role="household")
    reader.do(f"/cases/{case_id}/household/new", members__1__relation="eldest_son")
    shown = reader.open(f"/cases/{case_id}/people").text
    assert '<svg class="family"' in shown
    assert "本人 架空 花子" in shown.split("<desc")[1].split("</desc>")[0]
    assert "長男" in shown.split("世帯の人の一覧")[1]


def test_issues_are_ticked_with_one_most_pressing(world: World, case_id: str) -> None:
    reader = Reader(world, "shakyo")
    health = "illness_health_disability"
    ticks = {"consult_topic": ["housing", health], "main": f"consult_topic:{health}"}
    reader.do(f"/cases/{case_id}/issues", **ticks, next_contact_on="R9.4.1")
    issues = Seat(world, "shakyo").get(f"/cases/{case_id}")["issues"]
    assert {(i["code"], i["main"]) for i in issues} == {("housing", False), (health, True)}


def test_danger_is_recorded_and_never_hidden(world: World, case_id: str) -> None:
    reader = Reader(world, "shakyo")
    kind = reader.open(f"/cases/{case_id}/alerts/new").text.split('<option value="')[2].split('"')[0]
    reader.do(f"/cases/{case_id}/alerts/new", kind=kind, text="架空の危険")
    assert "危険あり" in reader.open(f"/cases/{case_id}/people").text
    assert "架空の危険" in reader.open(f"/cases/{case_id}/sharing").text
    assert f"/cases/{case_id}" in reader.open("/cases/lists/in_danger").text


def test_script_in_a_note_is_shown_as_text(world: World, case_id: str) -> None:
    reader = Reader(world, "shakyo")
    said = "<script>alert(1)</script>"
    reader.do(f"/cases/{case_id}/notes/new", segments__0__text=said, method="phone_mail")
    read = reader.open(f"/cases/{case_id}/notes?purpose=support").text
    assert said not in read
    assert "&lt;script&gt;alert(1)" in read
