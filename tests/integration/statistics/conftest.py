"""A house with a synthetic year of cases, on the day on which the year may be sealed."""

from __future__ import annotations

from datetime import date

import pytest

from casework.demo.loader import load
from tests.support.world import World

CASES = 500
END = date(2026, 4, 1)


@pytest.fixture
def house(world: World) -> World:
    load(world.settings, world.keys, cases=CASES, months=12, end=END, seed=1)
    world.later(days=2)
    return world
