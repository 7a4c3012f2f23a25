"""A house with a synthetic year of cases, on the day on which the year may be sealed; prepared once and copied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import pytest

from casework.demo.loader import load
from casework.statistics import actions
from tests.support.cast import hire
from tests.support.told import Prepared
from tests.support.world import World

CASES = 500
END = date(2026, 4, 1)
PERIODS = ("2025-05", "2025-Q1", "FY2025")
Loaded = Callable[[str], Prepared]


@pytest.fixture(scope="session")
def loaded(prepare_once: Callable[..., Prepared]) -> Loaded:
    """The year, by engine."""

    def fill(world: World) -> None:
        load(world.settings, world.keys, cases=CASES, months=12, end=END, seed=1)
        world.later(days=2)

    return cache(lambda engine: prepare_once(engine, fill))


@pytest.fixture(scope="session")
def sealed(prepare_once: Callable[..., Prepared], loaded: Loaded) -> Loaded:
    """The year with three periods sealed and the people of the cast hired, by engine."""

    def fill(world: World) -> None:
        hire(world)
        for period in PERIODS:
            actions.seal(world.ctx(), period)

    return cache(lambda engine: prepare_once(engine, fill, after=loaded(engine)))


@pytest.fixture
def prepared(request: pytest.FixtureRequest) -> Callable[[str], Prepared | None]:
    for name, scene in (("city", "sealed"), ("house", "loaded")):
        if name in request.fixturenames:
            return request.getfixturevalue(scene)
    return lambda engine: None


@pytest.fixture
def house(world: World) -> World:
    """The year, nothing of it sealed."""
    return world


@pytest.fixture
def city(world: World) -> World:
    """The year with its sealed periods and its people."""
    return world
