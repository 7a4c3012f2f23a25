"""One case from the window to its close and its reopening: a real server, real HTTP, real sign-ins."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from casework.oversight.queries import verify_trail
from tests.support.cast import CAST, PASSWORD, hire
from tests.support.server import Person, running_server
from tests.support.story import Story
from tests.support.world import START, make_world


@pytest.fixture
def told(database: str, keystore: Path, tmp_path: Path) -> Story:
    """The story, told over HTTP by sixteen people with their own cookies."""
    (tmp_path / "office").mkdir()
    with make_world(database, tmp_path / "office", keystore) as world:
        hire(world)
    with running_server(database, tmp_path, tmp_path / "office" / "keys", START) as server:
        seats = {login: Person(server, login, PASSWORD).sign_in() for login in CAST}
        return Story(seats, server.now, server.later).tell()


def test_the_story_is_told_over_http_and_every_refusal_left_a_trace(
    database: str, told: Story, tmp_path: Path
) -> None:
    engine = create_engine(database)
    with engine.connect() as connection:
        refused = connection.scalar(
            text("SELECT count(*) FROM audit_entry WHERE outcome IN ('not_found', 'not_allowed')")
        )
        sealed = connection.scalar(text("SELECT count(*) FROM note_segment WHERE text IS NULL"))
    engine.dispose()
    assert told.refusals >= 25
    assert refused is not None
    assert refused >= told.refusals
    assert sealed == 0
    (tmp_path / "check").mkdir()
    with make_world(database, tmp_path / "check", tmp_path / "office" / "keys") as world:
        assert verify_trail(world.ctx()).exit_code == 0
