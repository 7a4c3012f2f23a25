"""A city in which everything has happened once, told in process."""

from __future__ import annotations

import pytest

from tests.support.cast import CAST, Seat, hire
from tests.support.story import Story
from tests.support.world import World


@pytest.fixture
def story(world: World) -> Story:
    hire(world)
    seats = {login: Seat(world, login) for login in CAST}
    return Story(seats, world.clock.now, world.later).tell()
