"""Persons, households, the search and releases on pages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cast import Seat, hire
from tests.support.pages import Reader
from tests.support.world import World


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    hire(world)


def receive(world: World, login: str = "shakyo", **person: Any) -> tuple[str, str]:
    """(person, case) of somebody received and kept at a window."""
    seat = Seat(world, login)
    body = {"window": "nandemo", "topics": [{"code": "eldercare"}], "consent": "not_asked", "person": person}
    made = seat.post("/intakes", body, 201)
    return made["person_id"], seat.post(f"/intakes/{made['id']}/keep")["case_id"]


def test_a_person_is_shown_and_corrected_and_a_stale_correction_is_shown_beside(world: World) -> None:
    person, _ = receive(world, name="髙﨑 𠮷子", kana="タカサキ ヨシコ", birth="1940-03")
    reader = Reader(world, "shakyo")
    shown = reader.open(f"/persons/{person}").text
    for words in ("髙﨑 𠮷子", "昭和15年3月", "連絡する前に確かめてください"):
        assert words in shown
    assert "髙﨑" not in shown.split("</title>")[0]
    form = reader.open(f"/persons/{person}/edit")
    assert dict(form.fields)["birth"] == "昭和15年3月"
    second = reader.open(form.path)
    reader.send(form, name="髙﨑 芳子")
    stale = reader.send(second, 409, name="高崎 芳子")
    assert 'value="高崎 芳子"' in stale.text
    assert "ほかの人が先に保存しました" in stale.text
    assert 'name="_theirs.name" value="髙﨑 芳子"' in stale.text


def test_what_is_known_of_a_person_is_recorded_piece_by_piece(world: World) -> None:
    person, _ = receive(world, name="架空 松子")
    reader = Reader(world, "shakyo")
    where = f"/persons/{person}"
    empty = reader.send(reader.open(f"{where}/addresses/new"), 422, valid_from="R8.4.1")
    assert "入力" in empty.beside("address")
    reader.do(f"{where}/addresses/new", address="架空町1-2", valid_from="R8.4.1")
    reader.do(f"{where}/contacts/new", kind="phone_home", value="0467-00-0000")
    reader.do(f"{where}/safe-contact", hours="平日の午前", message_ok="0", remarks="長男が出たら切る")
    shown = reader.open(where).text
    for words in ("架空町1-2", "令和8年4月1日", "0467-00-0000", "平日の午前", "いけない", "長男が出たら切る"):
        assert words in shown
    Reader(world, "korei").open(where, 404)


def test_whereabouts_are_shown_only_after_another_person_released_them(world: World) -> None:
    hidden = {"address": "架空町9-9", "restricted": True}
    person, _ = receive(world, name="架空 桜", addresses=[hidden])
    reader, decider = Reader(world, "shakyo"), Reader(world, "privacy")
    where = f"/persons/{person}"
    shown = reader.open(where).text
    assert "架空町9-9" not in shown
    assert "2人の職員の判断" in shown
    form = reader.open(f"{where}/release-requests/new")
    assert "入力" in reader.send(form, 422, reason="").beside("reason")
    late = reader.send(form, 422, reason="避難先へ同行するため", until="R10.4.1 17:00")
    assert "92日以内" in late.beside("until")
    reader.send(form, reason="避難先へ同行するため")
    waiting = decider.open("/release-requests").text
    assert "避難先へ同行するため" in waiting
    assert "架空 桜" not in waiting
    path = waiting.split('href="')
    grant = next(
        part.split('"')[0] for part in path if part.startswith("/release-requests/") and "/grant" in part
    )
    assert decider.do(grant).location == "/release-requests"
    assert "架空町9-9" in reader.open(where).text
    assert "判断を待つ申請はありません" in decider.open("/release-requests").text
    reader.open("/release-requests", 403)


def test_a_search_tells_why_each_was_found_and_makes_nothing(world: World) -> None:
    receive(world, name="髙橋 架空", kana="タカハシ カクウ", birth="1951-05-01")
    reader = Reader(world, "shakyo")
    page = reader.open("/persons/search")
    found = reader.send(page, 200, _again="search", name="高橋")
    for words in ("髙橋 架空", "異体字で一致", "昭和26年5月1日"):
        assert words in found.text
    assert 'value="高橋"' in found.text
    assert "見つかりませんでした" in reader.send(page, 200, _again="search", name="架空 いない").text
    assert "どれかを入力してください" in reader.send(page, 200, _again="search").text
    Reader(world, "member").open("/persons/search", 403)


def test_a_household_grows_and_shrinks_and_keeps_its_history(world: World) -> None:
    mother, case = receive(world, name="架空 梅子")
    son, _ = receive(world, name="架空 太郎", kana="カクウ タロウ")
    body = {"members": [{"person_id": mother, "relation": "self"}]}
    household = Seat(world, "shakyo").post(f"/cases/{case}/household", body, 201)["household_id"]
    reader, where = Reader(world, "shakyo"), f"/households/{household}"
    assert where in reader.open(f"/persons/{mother}").text
    form = reader.open(f"{where}/members/new")
    assert "探して選んでください" in reader.send(form, 422, relation="son").beside("person_id")
    found = reader.send(form, 200, _again="search", name="架空 太郎", relation="son")
    assert f'value="{son}"' in found.text
    reader.send(found, person_id=son, cohabiting="1", valid_from="R2.4.1")
    shown = reader.open(where).text
    assert "架空 太郎" in shown
    assert "令和2年4月1日" in shown
    reader.do(f"{where}/care", carer_id=son, cared_id=mother)
    leave = next(p.split('"')[0] for p in reader.open(where).text.split('href="')[::-1] if "/leave" in p)
    early = reader.send(reader.open(leave), 422, on="H30.4.1")
    assert early.beside("on")
    reader.do(leave, on="R8.4.6")
    assert "令和8年4月6日" in reader.open(where).text
    Reader(world, "korei").open(where, 404)


def test_the_privacy_officer_ends_the_link_to_a_namesake_and_sees_no_name(world: World) -> None:
    person, _ = receive(world, name="架空 同姓")
    relative = Reader(world, "shakyo_colleague")
    assert relative.open(f"/persons/{person}").text
    form = relative.open("/account/relations/new")
    relative.send(form, kind="relation", name="架空 同姓")
    relative.open(f"/persons/{person}", 404)
    relative.open("/conflicts", 403)
    officer = Reader(world, "privacy")
    shown = officer.open("/conflicts").text
    assert "架空 同僚" in shown
    assert "架空 同姓" not in shown
    assert person not in shown
    link = next(p.split('"')[0] for p in shown.split('href="') if p.startswith("/conflicts/"))
    assert "別人だと確かめて" in officer.open(link).text
    assert officer.do(link).location == "/conflicts"
    assert "に終了" in officer.open("/conflicts").text
    relative.open(f"/persons/{person}")
    officer.open(f"/conflicts/{person}/end", 404)
