"""`casework demo`: a city with invented cases, once; a second run only prints the sign-ins."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime

import click
from flask import Flask

from ..kernel.clock import MovableClock
from ..settings import Settings
from . import city
from .staff import sign_ins

REFUSED = (
    "the passphrases of the demo city are public: set CASEWORK_ENV=development, never run it in production"
)


def demo_command(
    ready: Callable[[], Settings | None], prepare: Callable[[], Settings], create_app: Callable[..., Flask]
) -> click.Command:
    """The command; the composition root hands in how keys and database are made and how the house is built.

    `ready()` gives the settings if keys and database are there and in order, else None.
    """

    @click.command("demo")
    def demo() -> None:
        """Fill an empty house with a city of invented cases, and print a sign-in per role."""
        if os.environ.get("CASEWORK_ENV", "production") == "production":
            raise click.ClickException(REFUSED)
        settings = ready() or prepare()
        end = datetime.now(UTC)
        clock = MovableClock(city.founding(end))
        app = create_app(settings, clock=clock)
        with app.app_context():
            _found(clock, end)
        for role, login, words, agency in sign_ins():
            click.echo(f"{role:<26} {login:<20} {words:<48} {agency}")

    return demo


def _found(clock: MovableClock, end: datetime) -> None:
    """Build the city unless it stands; whatever else is there stays untouched."""
    there = city.standing()
    if there is city.Standing.UNFINISHED:
        raise click.ClickException(
            "an earlier run was broken off: remove the database and keys and run it again"
        )
    if there is city.Standing.FOREIGN:
        raise click.ClickException("other accounts are here; the demo city is built in an empty house only")
    if there is city.Standing.EMPTY:
        click.echo("building the demo city; this takes about a minute")
        city.build(clock, end)
