"""`casework demo`: a city with invented cases, once; a second run only prints the sign-ins."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import click
from flask import Flask

from ..kernel.actor import Role
from ..kernel.clock import MovableClock, tokyo_date
from ..settings import Settings
from ..web.system import system_context
from . import city
from .city import Standing
from .loader import load
from .staff import STAFF, hire, sign_ins

READERS = (Role.SUPERVISOR, Role.REPORT_OFFICER)  # who looks at figures
REFUSED = (
    "the passphrases of the demo city are public: set CASEWORK_ENV=development, never run it in production"
)
STOPPED = {
    Standing.UNFINISHED: "an earlier run was broken off: remove the database and keys and run it again",
    Standing.FOREIGN: "other accounts are here; the demo city is built in an empty house only",
}


def demo_command(
    ready: Callable[[], Settings | None], prepare: Callable[[], Settings], create_core: Callable[..., Flask]
) -> click.Command:
    """The command; the composition root hands in how keys and database are made and how the house is built.

    `ready()` gives the settings if keys and database are there and in order, else None.
    """

    @click.command("demo")
    def demo() -> None:
        """Fill an empty house with a city of invented cases, and print a sign-in per role."""
        if os.environ.get("CASEWORK_ENV", "production") == "production":
            raise click.ClickException(REFUSED)
        settings = ready()
        there = Standing.EMPTY if settings is None else _standing(create_core(settings))
        if there in STOPPED:
            raise click.ClickException(STOPPED[there])
        if there is Standing.EMPTY:
            _found(prepare(), create_core)
        click.echo("sign-ins of the demo city (role, login, passphrase, agency):")
        for role, login, words, agency in sign_ins():
            click.echo(f"{role:<26} {login:<20} {words:<48} {agency}")

    return demo


def synthetic_command(
    ready: Callable[[], Settings | None], prepare: Callable[[], Settings], create_core: Callable[..., Flask]
) -> click.Command:
    """The command that fills an empty house with a synthetic caseload, for measurements and for looking around."""

    @click.command("synthetic")
    @click.option("--cases", type=click.IntRange(1, 1_000_000), default=1000, show_default=True)
    @click.option("--months", type=click.IntRange(1, 120), default=36, show_default=True)
    @click.option("--seed", type=int, default=1, show_default=True)
    @click.option(
        "--until", type=click.DateTime(["%Y-%m-%d"]), help="the day after the last one; today if left out"
    )
    def synthetic(cases: int, months: int, seed: int, until: datetime | None) -> None:
        """Draw CASES cases over MONTHS months from a seed and put them into an empty house."""
        if os.environ.get("CASEWORK_ENV", "production") == "production":
            raise click.ClickException(REFUSED)
        settings = ready() or prepare()
        app = create_core(settings)
        if _standing(app) is not Standing.EMPTY:
            raise click.ClickException(STOPPED[Standing.FOREIGN])
        end = tokyo_date(datetime.now(UTC)) if until is None else until.date()
        keys = app.extensions["casework"].keys
        made = load(settings, keys, cases=cases, months=months, end=end, seed=seed)
        click.echo(f"synthetic cases: {made}")
        with app.app_context(), system_context() as ctx:
            for colleague in (c for c in STAFF if c.role in READERS):
                hire(ctx, colleague, end - timedelta(days=1))
        for role, login, words, agency in sign_ins():
            if role in READERS:
                click.echo(f"{role:<26} {login:<20} {words:<48} {agency}")

    return synthetic


def _standing(app: Flask) -> Standing:
    with app.app_context():
        return city.standing()


def _found(settings: Settings, create_core: Callable[..., Flask]) -> None:
    """Build the city with a clock of its own, from its founding until yesterday."""
    click.echo("building the demo city; this takes about a minute")
    end = datetime.now(UTC)
    clock = MovableClock(city.founding(end))
    with create_core(settings, clock=clock).app_context():
        city.build(clock, end)
        city.seal_past(clock)
