"""つなぎ on pages: sent, answered by name, watched."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cast import Seat, hire
from tests.support.pages import Reader
from tests.support.world import World

RECEPTION = {
    "window": "nandemo",
    "topics": [{"code": "withdrawal_truancy", "main": True}],
    "consent": "not_asked",
    "person": {"name": "架空 太郎", "kana": "カクウ タロウ"},
    "narrative": "54歳の長男が20年外に出ていない",
}
WITHOUT = {"to_agency": "seikatsu_fukushi", "with_consent": "0", "ground": "life_protection"}


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    hire(world)


def refer(world: World, **typed: Any) -> str:
    """A referral sent from a reception in one step; the address of its page."""
    intake = Seat(world, "shakyo").post("/intakes", RECEPTION, 201)["id"]
    return Reader(world, "shakyo").do(f"/intakes/{intake}/refer", **{**WITHOUT, **typed}).location


def test_a_reception_is_referred_in_one_step_with_what_was_said(world: World) -> None:
    where = refer(world)
    shown = Reader(world, "shakyo").open(where).text
    assert "54歳の長男が20年外に出ていない" in shown
    assert "生活福祉課" in shown
    assert "取り下げる" in shown
    assert "引き受ける" not in shown


def test_ownership_moves_when_a_named_person_of_the_receiver_accepts(world: World) -> None:
    where = refer(world)
    sender, receiver = Reader(world, "shakyo"), Reader(world, "seikatsu")
    assert where.rsplit("/", 1)[-1] in receiver.open("/referrals").text
    receiver.do(f"{where}/acknowledge")
    seen = sender.open(where).text
    assert "受領確認済み" in seen
    assert "架空 相談" in seen.split("いまの担当")[1].split("</dl>")[0]
    receiver.do(f"{where}/accept")
    accepted = sender.open(where).text
    assert "架空 生活" in accepted.split("引き受けた人")[1].split("</dl>")[0]
    early = receiver.send(receiver.open(f"{where}/complete"), 422, completed_on="R8.4.1")
    assert "つなぎの日より前" in early.beside("completed_on")
    receiver.do(f"{where}/complete", completed_on="R8.4.6")
    assert "令和8年4月6日" in sender.open(where).text.split("本人と連絡がとれた日")[1]


def test_a_return_without_a_reason_comes_back_beside_its_field(world: World) -> None:
    where = refer(world)
    receiver = Reader(world, "seikatsu")
    back = receiver.send(receiver.open(f"{where}/return"), 422, text="生活保護の相談ではない")
    assert back.beside("reason") == "差し戻しの理由を選んでください。"
    assert "生活保護の相談ではない</textarea>" in back.text
    assert receiver.send(back, reason="out_of_scope").location == "/referrals"
    receiver.open(where, 404)
    answer = Reader(world, "shakyo").open(where).text
    assert "生活保護の相談ではない" in answer.split("差し戻しの理由")[1]
    board = Reader(world, "coordinator").open("/referrals/board?which=returned").text
    assert where.rsplit("/", 1)[-1] in board


def test_forwarding_offers_agencies_that_have_not_had_it(world: World) -> None:
    where = refer(world)
    receiver = Reader(world, "seikatsu")
    form = receiver.open(f"{where}/forward")
    offered = form.text.split('name="to_agency"')[1].split("</select>")[0]
    assert 'value="korei_ikiiki"' in offered
    for passed in ("shakyo", "seikatsu_fukushi"):
        assert f'value="{passed}"' not in offered
    receiver.send(form, to_agency="korei_ikiiki", text="高齢の母について")
    passed_on = Reader(world, "korei").open("/referrals").text.split("<tbody>")[1]
    assert "市社協" in passed_on


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"ground": ""}, "ground", "根拠を選んでください"),
        ({"with_consent": "1", "ground": ""}, "items", "提供する項目"),
        (
            {"with_consent": "1", "ground": "", "items": "consultation"},
            "with_consent",
            "有効な本人の同意がありません",
        ),
        ({"to_agency": ""}, "to_agency", "入力"),
    ],
)
def test_what_may_be_told_is_asked_before_it_is_sent(
    world: World, typed: dict[str, str], field: str, sentence: str
) -> None:
    intake = Seat(world, "shakyo").post("/intakes", RECEPTION, 201)["id"]
    reader = Reader(world, "shakyo")
    form = reader.open(f"/intakes/{intake}/refer")
    sent = {**WITHOUT, "wishes": "本人が<決める>", **typed}
    shown = Reader.shown(reader.http.post(form.path, data={**dict(form.fields), **sent}))
    assert shown.status in (409, 422)
    assert sentence in shown.beside(field)
    assert "本人が&lt;決める&gt;" in shown.text


def test_the_board_says_who_holds_what_since_when(world: World) -> None:
    where = refer(world, urgent="1")
    world.later(days=5)
    coordinator = Reader(world, "coordinator")
    board = coordinator.open("/referrals/board").text
    row = board.split(where)[1].split("</tr>")[0]
    for words in ("生活福祉課", "架空 相談", "5日", "期限超過", "至急"):
        assert words in row


def test_late_acknowledgements_reach_the_supervisor_of_either_side_without_names(world: World) -> None:
    refer(world, to_agency="fukushi_somu")
    supervisor = Reader(world, "supervisor")
    assert "期限を過ぎたつなぎはありません" in supervisor.open("/referrals/overdue").text
    world.later(days=5)
    late = Reader(world, "supervisor").open("/referrals/overdue").text.split("<main")[1]
    assert "福祉総務課" in late
    assert "架空" not in late


def test_a_case_is_referred_from_its_page_once_at_a_time(world: World) -> None:
    seat, reader = Seat(world, "shakyo"), Reader(world, "shakyo")
    intake = seat.post("/intakes", RECEPTION, 201)["id"]
    case = seat.post(f"/intakes/{intake}/keep")["case_id"]
    path = f"/cases/{case}/referrals/new"
    where = reader.do(path, reason="つなぐ理由", **WITHOUT).location
    again = reader.send(reader.open(path), 409, reason="もう一度", **WITHOUT)
    assert "返事を待っているつなぎがあります" in again.text
    assert "もう一度</textarea>" in again.text
    reader.do(f"{where}/withdraw")
    assert "取り下げ" in reader.open(where).text
    Reader(world, "korei").open(path, 404)


def test_a_referral_between_others_does_not_exist(world: World) -> None:
    where = refer(world)
    stranger = Reader(world, "korei")
    for path in (where, f"{where}/accept", f"{where}/withdraw"):
        stranger.open(path, 404)
    stranger.open("/referrals/board", 403)
