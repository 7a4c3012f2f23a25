"""No act without its event, no event without its act: shown on the told city, and shown to find what is missing."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from tests.support.acts import Standing, differences, standing
from tests.support.counts import Count
from tests.support.story import Story
from tests.support.trails import act
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.promise(12)
def test_the_tables_of_the_told_city_are_what_the_trail_tells(
    world: World, story: Story, database: str, count: Count
) -> None:
    engine = create_engine(database)
    with engine.connect() as connection:
        assert differences(Standing(), connection) == []
        count.found(rows=len(standing(connection).rows), differences=0)
    engine.dispose()


@pytest.mark.promise(12)
@pytest.mark.parametrize(
    ("hand", "said"),
    [
        ("DELETE FROM resource", "event without act"),
        ("UPDATE resource SET version = version + 1", "told 1"),
        (
            "INSERT INTO agency SELECT 'x_new', name, kind, support_meeting_member, sort, NULL FROM agency LIMIT 1",
            "act without",
        ),
    ],
)
def test_a_row_changed_past_the_gate_is_found(world: World, database: str, hand: str, said: str) -> None:
    act(world)  # whoever acts is hired below the gate
    engine = create_engine(database)
    with engine.connect() as connection:
        before = standing(connection)
    act(world)
    with engine.begin() as connection:
        assert differences(before, connection) == []
        connection.execute(text(hand))
        found = differences(before, connection)
    engine.dispose()
    assert found
    assert all(said in fault for fault in found)
