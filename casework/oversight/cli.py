"""`casework audit verify`: exit code 0 ok, 1 tampered, 2 incomplete."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from ..web.system import system_context
from . import queries


@click.group()
def audit() -> None:
    """The trail (監査証跡)."""


@audit.command()
@with_appcontext
def verify() -> None:
    """Check the whole chain against its head."""
    with system_context() as ctx:
        verdict = queries.verify_trail(ctx)
    where = "" if verdict.at is None else f" (seq {verdict.at})"
    click.echo(f"{verdict.reason}{where}: {verdict.entries} entries")
    sys.exit(verdict.exit_code)
