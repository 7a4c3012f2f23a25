"""The city's retention schedules, read once per process from its folder."""

from __future__ import annotations

import tomllib
from functools import cache

from ...kernel.errors import NotFound
from ...settings import bundled_path
from ...usecase import Context
from ..rules import Schedule, schedules


@cache
def _read(municipality: str) -> tuple[Schedule, ...]:
    path = bundled_path("config") / "municipality" / municipality / "retention.toml"
    return schedules(tomllib.loads(path.read_text(encoding="utf-8")))


def plan(ctx: Context) -> tuple[Schedule, ...]:
    """Step: every class of records of this city."""
    return _read(ctx.settings.municipality)


def schedule_of(ctx: Context, code: str) -> Schedule:
    """Step: one class by its code."""
    found = next((s for s in plan(ctx) if s.code == code), None)
    if found is None:
        raise NotFound("schedule", code)
    return found
