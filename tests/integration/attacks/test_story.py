"""The story in process: it reaches its end, and the trail knows every refusal of it."""

from __future__ import annotations

from casework.oversight.queries import verify_trail
from tests.support.story import Story
from tests.support.world import World


def test_the_case_travels_from_the_window_to_its_close_and_the_trail_holds(
    world: World, story: Story
) -> None:
    assert set(story.ids) >= {"intake", "case", "referral", "meeting", "plan", "episode", "need", "reopened"}
    assert verify_trail(world.ctx()).exit_code == 0
