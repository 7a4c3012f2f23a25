"""`casework retention run`: destroys the keys of erased records where that was cut short, or a restore undid it."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from ..web.system import system_context
from . import actions, queries


@click.group()
def retention() -> None:
    """保存年限と消去."""


@retention.command()
@with_appcontext
def run() -> None:
    """Destroy what keys are left of erased records; a second run changes nothing."""
    click.echo(f"keys of erased records destroyed: {finish()}")


def finish() -> int:
    """How many keys the erasures had that were not known to be complete, or are not in this keystore."""
    with system_context() as ctx:
        waiting = queries.pending_keys(ctx)
    total = 0
    for erasure_id in waiting:
        with system_context() as ctx:
            total += actions.destroy_keys(ctx, erasure_id)
    return total
