"""今日, 書きかけ and the account pages, as people meet them."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from casework.accounts.models import Staff
from casework.db import CLEARED
from casework.desk.queries.manual import chapters
from casework.kernel.actor import Role
from casework.settings import bundled_path
from tests.support.cast import PASSWORD, Seat, hire
from tests.support.pages import Reader
from tests.support.world import World


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    hire(world)


def test_who_is_not_signed_in_is_led_to_sign_in_and_on_to_the_page_asked_for(world: World) -> None:
    stranger = world.app.test_client()
    answer = stranger.get("/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/account")
    sent = {"login": "shakyo", "password": "falsch falsch falsch", "next": "/account"}
    wrong = stranger.post("/sign-in", data=sent)
    assert wrong.status_code == 401
    assert "ログイン名またはパスワードが違います" in wrong.text
    assert 'value="shakyo"' in wrong.text
    assert "falsch" not in wrong.text


@pytest.mark.parametrize(
    "to", ["https://example.com/", "//example.com", "/\\example.com", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(world: World, to: str) -> None:
    answer = world.app.test_client().post(
        "/sign-in", data={"login": "shakyo", "password": PASSWORD, "next": to}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_today_shows_each_role_its_own_piles_only(world: World) -> None:
    counselor = Reader(world, "shakyo").open("/").text
    assert "返事を待っているつなぎ" in counselor
    assert "判断を待つ開示の申請" not in counselor
    admin = Reader(world, "admin").open("/").text
    for word in ("つなぎ", "ケース", "会議"):
        assert word not in admin.split("<main")[1]


def test_a_pile_counts_what_its_list_shows(world: World) -> None:
    seat = Seat(world, "shakyo")
    body = {"window": "nandemo", "topics": [{"code": "housing", "main": True}], "consent": "not_asked"}
    seat.post("/intakes", body, 201)
    page = Reader(world, "shakyo").open("/")
    waiting = page.text.split("待っている仕事")[1].split("いまはないもの")[0]
    assert "振り分けの途中の受付" in waiting
    assert "<strong>1</strong>" in waiting


def test_what_is_typed_is_kept_sealed_and_given_back_to_its_writer_only(world: World) -> None:
    seat, reader = Seat(world, "participation"), Reader(world, "participation")
    pairs = [["kind", "salon"], ["name", "架空の縁側"], ["remarks", "火曜だけ\n昼から"]]
    seat.put("/unsent", {"form": "/resources/new", "content": json.dumps(pairs)})
    again = reader.open("/resources/new")
    assert 'value="架空の縁側"' in again.text
    assert "火曜だけ\n昼から</textarea>" in again.text
    assert "書きかけを戻しました" in again.text
    today = reader.open("/").text
    assert "社会資源を登録する" in today
    assert "架空の縁側" in reader.open(re.findall(r'href="(/resources/new\?draft=[^"]+)"', today)[0]).text
    assert "架空の縁側" not in Reader(world, "coordinator").open("/resources/new").text
    reader.send(again, _forget="1")
    assert "架空の縁側" not in reader.open("/resources/new").text


def test_a_form_with_a_password_is_never_kept_or_shown_again(world: World) -> None:
    reader = Reader(world, "admin")
    form = reader.open("/account/password")
    assert "data-keep" not in form.text
    refused = reader.send(form, 422, current="watashi no furui kotoba", new="kurz")
    assert "kurz" not in refused.text
    assert "furui" not in refused.text
    assert refused.beside("current")


def test_a_lost_session_carries_the_typed_text_across_the_sign_in(world: World) -> None:
    reader = Reader(world, "participation")
    form = reader.open("/resources/new")
    world.later(minutes=31)
    lost = reader.send(form, 401, name="架空の途切れ", remarks="一行目\n二行目")
    assert "入力した内容は消えていません" in lost.text
    assert "架空の途切れ" not in lost.text
    parcel = lost.text.split('name="parcel" value="')[1].split('"')[0]
    sent = {"login": "participation", "password": PASSWORD, "parcel": parcel}
    back = reader.shown(reader.http.post("/sign-in", data=sent))
    assert (back.status, "架空の途切れ" in back.text) == (200, True)
    again = reader.shown(reader.http.post("/resources/new", data=dict(back.fields)))
    assert (again.status, 'value="架空の途切れ"' in again.text) == (200, True)
    assert "一行目\n二行目</textarea>" in again.text.replace("\r", "")


def test_one_press_makes_one_account_however_often_it_is_sent(world: World) -> None:
    reader = Reader(world, "admin")
    form = reader.open("/staff/new")
    typed = {"login": "ichido", "name": "架空 一度", "agency": "shakyo", "password": "sakana ga oyogu kawa"}
    role = {"roles__0__role": "counselor", "roles__0__agency": "shakyo"}
    first = reader.send(form, **typed, **role)
    second = reader.send(form, **typed, **role)
    assert first.location == second.location
    found = world.session.scalars(select(Staff.login), execution_options={CLEARED: True})
    assert list(found).count("ichido") == 1


def test_an_expired_form_comes_back_with_everything_typed(world: World) -> None:
    reader = Reader(world, "admin")
    form = reader.open("/staff/new")
    answer = reader.send(form, 400, csrf_token="abgelaufen", login="furui", name="架空 古い")
    assert 'value="架空 古い"' in answer.text
    reader.send(answer, 422)


def test_bad_input_stands_beside_its_field_with_a_summary_that_leads_there(world: World) -> None:
    reader = Reader(world, "admin")
    answer = reader.do(
        "/staff/new", 422, login="x y", name="", agency="shakyo", password="sakana ga oyogu kawa"
    )
    assert answer.beside("name") == "入力してください。"
    assert 'href="#f-name"' in answer.text
    assert "<title>エラー: " in answer.text


def test_an_administrator_leads_an_account_through_its_life_on_pages(world: World) -> None:
    reader = Reader(world, "admin")
    typed = {"login": "hanako", "name": "架空 花子", "agency": "shakyo", "password": "sakana ga oyogu kawa"}
    made = reader.do("/staff/new", **typed, roles__0__role="counselor", roles__0__agency="shakyo")
    here = made.location
    assert "相談支援員" in reader.open(here).text
    reader.do(f"{here}/roles/new", role="chair", agency="shakyo", valid_until="令和9年3月31日")
    assert "会議の長" in reader.open(here).text
    reader.do(f"{here}/move", agency="fukushi_somu", roles=["counselor"])
    reader.do(f"{here}/disable")
    assert "停止中のアカウント" in reader.open(here).text
    reader.do(f"{here}/enable")
    assert "承認を待つ変更" in reader.open(here).text
    officer = Reader(world, "privacy")
    for approve in re.findall(r"/rights-changes/[0-9a-f-]+/approve", officer.open("/rights-changes").text):
        officer.do(approve)
    assert "停止中のアカウント" not in reader.open(here).text
    reader.do(f"{here}/password", password="atarashii asa ga kita kibou")


def test_a_code_is_added_and_retired_and_offered_accordingly(world: World) -> None:
    reader = Reader(world, "admin")
    added = {"list": "place_kind", "code": "engawa", "ja": "縁側カフェ", "en": "porch cafe", "sort": "900"}
    reader.do("/codes/new?list=place_kind", **added)
    assert "縁側カフェ" in reader.open("/codes?list=place_kind").text
    assert "縁側カフェ" in Reader(world, "participation").open("/resources/new").text
    reader.do("/codes/place_kind/engawa/retire", on="R8.4.6")
    world.later(days=2)
    reader.sign_in()
    assert "終了" in reader.open("/codes?list=place_kind").text


def test_a_counselor_finds_no_administration(world: World) -> None:
    reader = Reader(world, "shakyo")
    for path in ("/staff", "/staff/new", "/codes/new"):
        assert "権限がありません" in reader.open(path, 403).text


def test_a_resource_is_registered_found_and_edited_without_overwriting(world: World) -> None:
    reader = Reader(world, "participation")
    made = reader.do("/resources/new", kind="agri_fishery", name="架空農園", capacity="3")
    here = made.location
    assert "架空農園" in reader.open("/resources").text
    first, second = reader.open(f"{here}/edit"), reader.open(f"{here}/edit")
    reader.send(first, contact="架空 0467-00-0000")
    conflict = reader.send(second, 409, remarks="送迎あり")
    assert "送迎あり" in conflict.text
    assert "架空 0467-00-0000" in conflict.text
    reader.send(conflict, contact="架空 0467-00-0000")
    shown = reader.open(here).text
    assert "送迎あり" in shown
    assert "架空 0467-00-0000" in shown


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_role_finds_its_chapter_of_the_manual(world: World) -> None:
    """A role that can sign in and has nothing written for it would fail here."""
    written = {
        role for chapter in chapters(bundled_path("config") / "manual").values() for role in chapter.roles
    }
    assert written >= {role.value for role in Role} - {Role.SYSTEM.value}
    page = Reader(world, "secretariat").open("/manual/common")
    assert "会議の長と事務局" in page.text
    assert "構成員(外部の機関)" not in page.text
    assert "議題ごとに一つの画面で" in Reader(world, "secretariat").open("/manual/meeting").text
    Reader(world, "secretariat").open("/manual/nobody", 404)
