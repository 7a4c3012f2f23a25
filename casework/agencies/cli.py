"""`casework codes sync`: bring the directory and the code lists to what the municipality's folder says."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from ..web.system import system_context
from . import actions


@click.group()
def codes() -> None:
    """Code lists and directory (コード表)."""


@codes.command()
@with_appcontext
def sync() -> None:
    """Add what is new, retire what left; nothing is renamed or deleted. A second run changes nothing."""
    with system_context() as ctx:
        click.echo(str(actions.sync_directory(ctx)))
