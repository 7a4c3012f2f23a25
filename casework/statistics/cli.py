"""`casework statistics seal PERIOD | due | audit | verify`: exit code 1 when an edition is not as it was sealed."""

from __future__ import annotations

import gc
import sys

import click
from flask.cli import with_appcontext

from ..kernel.errors import CaseworkError
from ..web.house import house
from ..web.system import system_context
from . import actions, queries


@click.group()
def statistics() -> None:
    """Sealed caseload statistics (統計)."""


@statistics.command()
@click.argument("period")
@with_appcontext
def seal(period: str) -> None:
    """Tabulate a closed PERIOD once: 2026-05, 2026-Q1 or FY2026."""
    _seal(period)


@statistics.command()
@click.option("--since", type=int, required=True, help="first fiscal year")
@with_appcontext
def due(since: int) -> None:
    """Seal every period that has closed and is not sealed yet, the oldest first."""
    with system_context() as ctx:
        waiting = queries.due(ctx, since=since)
    for period in waiting:
        _seal(period)
    click.echo(f"sealed {len(waiting)}")


def _seal(period: str) -> None:
    def progress(what: str) -> None:
        click.echo(f"{period}: {what}", err=True)

    gc.disable()  # a year of records is read at once and dropped at once: looking for cycles costs a quarter
    try:
        with system_context() as ctx:
            view = actions.seal(ctx, period, progress)
    except CaseworkError as refusal:
        raise click.ClickException(house().messages.error(refusal.code, refusal.facts)) from refusal
    finally:
        gc.enable()
    click.echo(f"{view.period}: sealed, {view.hidden_by_audit} numbers hidden by the audit")


@statistics.command()
@with_appcontext
def audit() -> None:
    """Print what the self-audit of every edition did."""
    with system_context() as ctx:
        for period, report in queries.audits(ctx):
            click.echo(f"{period}: " + ", ".join(f"{name} {value}" for name, value in report.items()))


@statistics.command()
@with_appcontext
def verify() -> None:
    """Check every edition against its digest: 0 ok, 1 tampered with."""
    with system_context() as ctx:
        found = queries.verify(ctx)
    for period, whole in found:
        click.echo(f"{period}: {'ok' if whole else 'not as it was sealed'}")
    sys.exit(0 if all(whole for _, whole in found) else 1)
