"""担当者の見られない仕事 on pages: who is blind, and what the privacy officer does about it without seeing anything."""

from __future__ import annotations

import pytest

from tests.support.cast import Seat, hire
from tests.support.pages import Reader
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NAME = "架空 秘子"


def test_the_pages_tell_who_is_blind_and_the_officer_names_them(world: World) -> None:
    hire(world)
    seat, admin = Seat(world, "shakyo"), Seat(world, "admin")
    body = {
        "window": "nandemo",
        "topics": [{"code": "eldercare"}],
        "consent": "not_asked",
        "person": {"name": NAME},
    }
    made = seat.post("/intakes", {**body, "protect_reason": "夫に知られたくない"}, 201)
    seat.post(f"/intakes/{made['id']}/keep")
    staff = {line["login"]: line for line in admin.get("/staff")["items"]}
    admin.confirm()
    leave = {"to_staff_id": staff["coordinator"]["id"]}
    admin.post(f"/staff/{staff['shakyo']['id']}/disable", leave)
    officer = Reader(world, "privacy")
    assert "担当者が指定されていない保護" in officer.open("/").text
    shown = officer.open("/protections/unseen-work").text
    assert "だれもいません" in shown
    assert NAME not in shown
    link = next(p.split('"')[0] for p in shown.split('href="') if "/successor" in p.split('"')[0])
    form = officer.open(link)
    assert NAME not in form.text
    empty = officer.send(form, 422, purpose="")
    assert "入力" in empty.beside("purpose")
    assert officer.do(link, purpose="担当の引き継ぎ").location == "/protections/unseen-work"
    assert "保護の指定がない担当者はいません" in officer.open("/protections/unseen-work").text
    officer.open(link, 404)
    heir = Reader(world, "coordinator")
    assert NAME in heir.open("/cases/lists/mine_open").text
    Reader(world, "korei").open(link, 403)


def test_the_officer_gives_work_in_conflict_away_on_a_page_without_seeing_it(world: World) -> None:
    hire(world)
    reader, officer = Reader(world, "shakyo"), Reader(world, "privacy")
    seat = Seat(world, "shakyo")
    body = {
        "window": "nandemo",
        "topics": [{"code": "eldercare"}],
        "consent": "not_asked",
        "person": {"name": NAME},
    }
    seat.post("/intakes", body, 201)
    reader.do("/account/relations/new", kind="relation", name=NAME)
    assert "利益相反で見られない担当者" in officer.open("/").text
    shown = officer.open("/protections/unseen-work").text
    assert NAME not in shown
    link = next(p.split('"')[0] for p in shown.split('href="') if "/replace" in p.split('"')[0])
    form = officer.open(link)
    assert NAME not in form.text
    own = officer.send(form, 422, to_staff_id=str(seat.me["id"]))
    assert "選べません" in own.beside("to_staff_id")
    to = Seat(world, "coordinator").me["id"]
    assert officer.do(link, to_staff_id=str(to), agency="shakyo").location == "/protections/unseen-work"
    assert "利益相反で見られない担当者はいません" in officer.open("/protections/unseen-work").text
    officer.open(link, 404)
    reader.open(link, 403)
