"""A 支援会議 through its pages: planned, convened, minuted, decided; members see their item and nothing else."""

from __future__ import annotations

import pytest

from tests.support.cast import CAST, Seat, hire
from tests.support.pages import Reader
from tests.support.story import Story
from tests.support.world import World


@pytest.fixture
def waiting(world: World) -> Story:
    """A case that was returned twice and waits for a meeting."""
    hire(world)
    told = Story({login: Seat(world, login) for login in CAST}, world.clock.now, world.later)
    told.call_at_the_window()
    told.referred_and_returned_twice()
    return told


def _planned(world: World, story: Story) -> tuple[str, str]:
    """Paths of a meeting and of its item, made by the secretariat."""
    office = Reader(world, "secretariat")
    meeting = office.do(
        "/meetings/new",
        basis="act_106_6",
        convener="fukushi_somu",
        chair_id=story.staff("chair"),
        secretariat_id=story.staff("secretariat"),
        planned_at="令和8年4月20日 14:00",
        place="架空会館",
    ).location
    item = office.do(
        f"{meeting}/agenda/new", proposal_id=story.ids["proposal"], purpose="架空の議題"
    ).location
    return meeting, item


def test_a_meeting_is_led_from_its_plan_to_the_answer_of_an_agency(world: World, waiting: Story) -> None:
    meeting, item = _planned(world, waiting)
    chair, office = Reader(world, "chair"), Reader(world, "secretariat")
    chair.do(
        f"{item}/members",
        members__0__agency="korei_ikiiki",
        members__0__ground="act_106_6",
        members__0__staff_id=waiting.staff("korei"),
        members__1__agency="community_care_1",
        members__1__ground="act_106_6",
        members__1__staff_id=waiting.staff("member"),
    )
    chair.do(f"{meeting}/convene")
    member = Reader(world, "member")
    before = member.open(meeting)
    assert "守秘の確認がまだです" in before.text
    assert "架空の議題" not in before.text
    member.open(item, 404)
    member.do(f"{meeting}/secrecy")
    assert "架空の議題" in member.open("/agenda").text
    chair.do(f"{meeting}/share")
    member.do(f"{item}/sheet", household_picture="架空の世帯像", requests="架空のお願い")
    assert "架空の世帯像" in chair.open(item).text
    world.later(days=14)
    for reader in (chair, office, member):
        reader.sign_in()
    office.do(f"{meeting}/hold")
    first, second = office.open(f"{item}/record"), chair.open(f"{item}/record")
    office.send(first, text="事務局の書いた会議録")
    conflict = chair.send(second, 409, text="会議の長の書いた会議録")
    assert "会議の長の書いた会議録" in conflict.text
    assert "事務局の書いた会議録" in conflict.text
    undated = chair.do(f"{item}/record", 422, **_decision(waiting, ""))
    assert undated.beside("actions.0.due_on")
    assert "架空の方針" in undated.text
    assert "まだありません" in chair.open(item).text.split("決定</h2>")[1]
    chair.send(undated, actions__0__due_on=waiting.day(days=30))
    office.do(f"{meeting}/draft-minutes")
    chair.do(f"{meeting}/confirm")
    korei = Reader(world, "korei")
    mine = korei.open("/action-items")
    assert "架空の対応" in mine.text
    action = "/action-items/" + mine.text.split('href="/action-items/')[1].split('"')[0]
    assert "架空の対応" in chair.open("/action-items?which=all&agency=korei_ikiiki").text
    assert "架空の対応" not in chair.open("/action-items?which=all&agency=shakyo").text
    korei.do(f"{action}/accept")
    assert "引き受け" in korei.open(action).text


def _decision(story: Story, due_on: str) -> dict[str, str]:
    return {
        "policy": "架空の方針",
        "lead_agency": "shakyo",
        "lead_id": story.staff("coordinator"),
        "actions__0__task": "架空の対応",
        "actions__0__agency": "korei_ikiiki",
        "actions__0__staff_id": story.staff("korei"),
        "actions__0__role": "support",
        "actions__0__due_on": due_on,
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_is_not_convened_sees_no_meeting_and_no_item(world: World, waiting: Story) -> None:
    meeting, item = _planned(world, waiting)
    stranger = Reader(world, "shogai")
    for path in (meeting, item, f"{item}/sheet", f"{item}/record"):
        assert "架空の議題" not in stranger.open(path, 404 if path != f"{item}/record" else 403).text
    assert "架空会館" not in stranger.open("/agenda").text
