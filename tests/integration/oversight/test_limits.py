"""How many records one person opens in an hour: counted over all processes, alarmed, capped; danger is always told."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from casework.intake import actions as intake
from casework.intake import queries as intakes
from casework.intake.rules import IntakeDraft, ReceptionConsent, TopicDraft
from casework.kernel.errors import TooMany
from casework.oversight import actions, queries
from casework.people.rules import PersonDraft
from tests.support.story import Story
from tests.support.world import World, make_world

DRAFT = IntakeDraft(
    window="nandemo",
    topics=(TopicDraft("housing"),),
    consent=ReceptionConsent.NOT_ASKED,
    person=PersonDraft(name="架空 花子"),
    narrative="上限の試験",
)


def _count(database: str) -> list[tuple[str, int]]:
    engine = create_engine(database)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT actor, opened FROM read_count ORDER BY hour"))
        found = [(row.actor, row.opened) for row in rows]
    engine.dispose()
    return found


def test_reads_are_refused_beyond_the_cap_writes_never_and_the_officer_is_told(
    database: str, keystore: Path, tmp_path: Path
) -> None:
    with make_world(database, tmp_path, keystore, read_alarm_per_hour=4, read_cap_per_hour=6) as world:
        who = world.actor("counselor", "shakyo")
        made = world.run(intake.receive, who, DRAFT)
        (before,) = [n for actor, n in _count(database) if actor == str(who.id)] or [0]
        refused = 0
        for _ in range(8):
            try:
                world.run(intakes.read, who, made.id)
            except TooMany:
                refused += 1
        assert refused > 0
        (total,) = [n for actor, n in _count(database) if actor == str(who.id)]
        assert before < total <= 6
        world.run(intake.receive, who, DRAFT)  # an intake is taken all the same
        engine = create_engine(database)
        with engine.connect() as connection:
            query = text(
                "SELECT count(*) FROM audit_entry WHERE outcome = 'read_limit' AND event = 'intake.read'"
            )
            assert connection.execute(query).scalar_one() == refused
        engine.dispose()
        assert actions.scan(world.ctx()) == 1
        (found,) = queries.findings(world.ctx(world.actor("privacy_officer"))).items
        assert (found.rule.value, found.actor_id) == ("read_limit", who.id)
        assert queries.verify_trail(world.ctx()).exit_code == 0
        world.later(hours=1)
        world.run(intakes.read, who, made.id)  # the next hour is a new one


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_two_processes_count_as_one(database: str, keystore: Path, tmp_path: Path) -> None:
    """Nothing is kept in memory: another application on the same store goes on counting where this one stood."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with make_world(database, tmp_path / "a", keystore) as one:
        who = one.actor("counselor", "shakyo")
        made = one.run(intake.receive, who, DRAFT)
        one.run(intakes.read, who, made.id)
        first = _count(database)[-1][1]
    with make_world(database, tmp_path / "b", tmp_path / "a" / "keys") as other:
        other.run(intakes.read, who, made.id)
    assert _count(database)[-1][1] > first
    assert len(_count(database)) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_danger_is_told_from_the_page_although_nothing_more_may_be_opened(
    world: World, story: Story, database: str
) -> None:
    seat, case = story.seat["coordinator"], story.ids["case"]
    engine = create_engine(database)
    moment = world.clock.now().replace(minute=0, second=0, microsecond=0, tzinfo=None)
    with engine.begin() as connection:
        add = text("INSERT OR REPLACE INTO read_count (actor, hour, opened) VALUES (:who, :hour, 3000)")
        hour = f"{moment:%Y-%m-%d %H:%M:%S.%f}"
        connection.execute(add, {"who": seat.me["id"], "hour": hour})
    engine.dispose()
    assert seat.get(f"/cases/{case}", 429)["code"] == "read_limit"
    page = seat.raw("GET", f"/cases/{case}/alerts/new", headers={})
    assert page.status_code == 200
    assert "上限に達しました" in page.text
    assert seat.raw("GET", f"/cases/{case}", headers={}).status_code == 429
