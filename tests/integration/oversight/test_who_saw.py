"""だれが見たか: the answer is what the trail holds, no more and no less, and asking is on record itself."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import create_engine, text

from casework.kernel.errors import StepUpRequired
from casework.kernel.messages import Messages
from casework.oversight import queries
from casework.oversight.schemas import comma_separated
from casework.settings import bundled_path
from casework.usecase import registry
from tests.support.story import Story
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SINCE = date(2020, 1, 1)


def _ask(story: Story, status: int = 200, **asked: object) -> dict:
    days = {"since": "2020-01-01", "until": "2040-01-01", **asked}
    return story.seat["privacy"].get(f"/audit/readers?{urlencode(days)}", status)


def _number(story: Story) -> str:
    return story.seat["coordinator"].get(f"/cases/{story.ids['case']}")["number"]


def _all(story: Story, **asked: object) -> list[dict]:
    found, after = [], None
    while True:
        page = _ask(story, **asked, **({"after": after} if after else {}))
        found += page["lines"]
        after = page["next"]
        if after is None:
            return found


def test_the_readers_of_a_case_are_those_of_the_trail(world: World, story: Story, database: str) -> None:
    number = _number(story)
    lines = _all(story, number=number)
    engine = create_engine(database)
    with engine.connect() as connection:
        case = story.ids["case"]
        query = text("SELECT seq FROM audit_entry WHERE case_id = :id OR target = :id ORDER BY seq DESC")
        wanted = [row.seq for row in connection.execute(query, {"id": case})]
        asked = "SELECT count(*) FROM audit_entry WHERE event = 'audit.readers_read' AND target = :id"
        recorded = connection.execute(text(asked), {"id": case}).scalar_one()
    engine.dispose()
    assert recorded > 1
    mine = {"audit.readers_read"}  # the pages of this very question came after the first of them
    assert [line["seq"] for line in lines if line["event"] not in mine] == [
        seq for seq in wanted if seq <= lines[0]["seq"]
    ]
    assert {line["kind"] for line in lines} == {"read", "changed", "refused"}
    assert all(line["actor_name"] for line in lines)


def test_the_readers_of_a_person_include_those_of_their_case_and_the_period_is_kept(
    world: World, story: Story
) -> None:
    found = _ask(story, number=_number(story))
    person = found["persons"][0]["person_id"]
    assert "name" not in found["persons"][0]
    story.seat["coordinator"].get(f"/persons/{person}")
    events = {line["event"] for line in _all(story, person=person)}
    assert {"person.read", "case.read"} <= events
    today = world.clock.now().date()
    late = _ask(story, person=person, since=(today + timedelta(days=2)).isoformat())
    assert late["lines"] == []
    assert _ask(story, 422, number="N0-00000")["code"] == "record_unknown"
    assert _ask(story, 422, number=_number(story), until="2019-01-01")["code"] == "period_backwards"


def test_only_the_privacy_officer_asks_and_a_file_wants_a_fresh_proof(world: World, story: Story) -> None:
    number, days = _number(story), "since=2020-01-01&until=2040-01-01"
    for login in ("admin", "supervisor", "coordinator", "member", "report"):
        story.seat[login].get(f"/audit/readers?number={number}&{days}", 403)
    world.later(hours=1)
    story.seat["privacy"].come_back()
    answer = story.seat["privacy"].ask("GET", f"/audit/readers.csv?number={number}&{days}")
    assert answer.status_code == 200
    assert answer.text.splitlines()[0].startswith("seq,at,actor")
    who = world.actor("privacy_officer")
    ctx = world.ctx(who)
    ctx.actor = type(who)(who.id, who.name, who.memberships, world.clock.now())
    with pytest.raises(StepUpRequired):
        queries.all_who_saw(ctx, since=SINCE, until=SINCE, number=number)


def test_a_protected_case_is_unknown_to_who_has_no_grant(world: World, story: Story, database: str) -> None:
    number = _number(story)
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE case_file SET protected = 1 WHERE number = :n"), {"n": number})
    engine.dispose()
    assert _ask(story, 422, number=number)["code"] == "record_unknown"


def test_the_page_says_it_in_japanese_and_the_file_holds_no_formula(world: World, story: Story) -> None:
    number = _number(story)
    page = story.seat["privacy"].raw("GET", f"/oversight/seen?number={number}", headers={})
    assert page.status_code == 200
    assert "ケースを見た" in page.text
    assert "case.read" not in page.text
    unknown = story.seat["privacy"].raw("GET", "/oversight/seen?number=X", headers={})
    assert unknown.status_code == 422
    file = story.seat["privacy"].raw(
        "GET", f"/oversight/seen.csv?number={number}&since=2020-01-01&until=2040-01-01", headers={}
    )
    assert "ケースを見た" in file.get_data().decode("utf-8-sig")
    assert comma_separated([["=1+1", "@x", "見た"]]) == "'=1+1,'@x,見た\r\n"


def test_every_event_has_a_japanese_name(world: World) -> None:
    assert world.app
    words = Messages(bundled_path("config") / "messages")
    events = {about.event for name, about in registry.items() if name.startswith("casework.")}
    assert sorted(event for event in events if not words.has_label("event", event)) == []
