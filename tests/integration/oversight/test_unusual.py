"""気になる閲覧 from the trail to the review: nothing twice, nobody about themselves, words sealed."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from casework.kernel.actor import Actor
from casework.kernel.errors import NotAllowed, NotFound, Refused
from casework.oversight import actions, queries
from casework.oversight.rules.unusual import FindingState, FindingVerdict, ReviewDraft
from casework.people import queries as people
from tests.support.story import Story
from tests.support.world import World

SAID = ReviewDraft(FindingVerdict.WORK, "本人に聞き、当番で確かめていたと分かった。")
UNKNOWN = UUID("0190aaaa-0000-7000-8000-000000000001")


def _knock(world: World, who: Actor, times: int) -> None:
    """Somebody tries addresses that they cannot see."""
    for _ in range(times):
        with pytest.raises(NotFound):
            people.read_person(world.ctx(who), UNKNOWN)


def test_a_finding_is_made_once_grows_and_is_reviewed_by_somebody_else(world: World, database: str) -> None:
    nosy, officer = world.actor("counselor", "shakyo"), world.actor("privacy_officer")
    _knock(world, nosy, 9)
    assert actions.scan(world.ctx()) == 1
    assert actions.scan(world.ctx(officer)) == 0
    (found,) = queries.findings(world.ctx(officer)).items
    assert (found.rule.value, found.actor_id, dict(found.numbers)) == ("refused_row", nosy.id, {"refused": 9})
    world.later(minutes=1)
    _knock(world, nosy, 2)
    assert actions.scan(world.ctx()) == 0
    assert dict(queries.finding(world.ctx(officer), found.id).numbers) == {"refused": 11}
    done = actions.review(world.ctx(officer), found.id, SAID)
    assert (done.state, done.text, done.reviewed_by) == (FindingState.REVIEWED, SAID.text, officer.id)
    with pytest.raises(Refused, match="finding_reviewed"):
        actions.review(world.ctx(officer), found.id, SAID)
    world.later(minutes=1)
    _knock(world, nosy, 2)
    assert actions.scan(world.ctx()) == 0
    assert dict(queries.finding(world.ctx(officer), found.id).numbers) == {"refused": 11}
    engine = create_engine(database)
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT text, numbers FROM unusual_access")).one()
    engine.dispose()
    assert SAID.text.encode() not in bytes(stored.text)
    assert json.loads(stored.numbers) == {"refused": 11}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobody_sees_or_reviews_a_finding_about_themselves(world: World) -> None:
    officer, other = world.actor("privacy_officer"), world.actor("privacy_officer", "shakyo")
    for _ in range(9):
        with pytest.raises(NotAllowed):
            people.read_person(world.ctx(officer), UNKNOWN)
    assert actions.scan(world.ctx()) == 1
    assert queries.findings(world.ctx(officer)).items == ()
    (found,) = queries.findings(world.ctx(other)).items
    with pytest.raises(NotFound):
        queries.finding(world.ctx(officer), found.id)
    with pytest.raises(NotFound):
        actions.review(world.ctx(officer), found.id, SAID)
    for role in ("supervisor", "administrator", "counselor", "report_officer"):
        with pytest.raises(NotAllowed):
            queries.findings(world.ctx(world.actor(role, "shakyo")))
        with pytest.raises(NotAllowed):
            actions.scan(world.ctx(world.actor(role, "shakyo")))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_year_of_the_storys_work_is_not_flagged_to_death(world: World, story: Story) -> None:
    """Every act of the story in a few hours is the busiest these people ever were."""
    actions.scan(world.ctx(), 1500)
    seat = story.seat["privacy"]
    found = seat.get("/unusual-access")["items"]
    by_rule: dict[str, int] = {}
    for one in found:
        by_rule[one["rule"]] = by_rule.get(one["rule"], 0) + 1
    print(f"findings in the story: {by_rule}")
    assert sum(by_rule.values()) <= 5, by_rule


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_both_doors_lead_to_the_review(world: World, story: Story) -> None:
    seat = story.seat["privacy"]
    who = world.actor("counselor", "shakyo")
    _knock(world, who, 9)
    seat.post("/unusual-access/scan", status=204)
    one = next(f for f in seat.get("/unusual-access")["items"] if f["actor_id"] == str(who.id))
    page = seat.raw("GET", "/oversight/unusual", headers={})
    assert "続けて断られた" in page.text
    assert seat.raw("GET", f"/oversight/unusual/{one['id']}", headers={}).status_code == 200
    assert seat.raw("GET", f"/oversight/unusual/{one['id']}/review", headers={}).status_code == 200
    assert seat.raw("GET", "/oversight/unusual/scan", headers={}).status_code == 200
    assert "確認を待つ気になる閲覧" in seat.raw("GET", "/", headers={}).text
    body = {"verdict": "reported", "text": "所属長へ報告した。"}
    assert seat.post(f"/unusual-access/{one['id']}/review", body)["verdict"] == "reported"
    assert "所属長へ報告した。" in seat.raw("GET", f"/oversight/unusual/{one['id']}", headers={}).text
    listed = seat.get("/unusual-access?state=reviewed")["items"]
    assert [f["text"] for f in listed if f["id"] == one["id"]] == [None]
