"""`casework audit verify | checkpoint | pubkey | export | grants`: the trail for those who check and guard it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import with_appcontext

from ..audit import shelf
from ..audit.grants import script
from ..audit.verify import Verdict
from ..kernel.errors import CaseworkError
from ..web.house import house
from ..web.system import system_context
from . import actions, queries

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """The trail (監査証跡)."""


@audit.command()
@click.option("--checkpoints", type=FOLDER, help="folder of the checkpoints that somebody else holds")
@click.option("--pubkey", type=FILE, help="public key that came with them; this house's by default")
@with_appcontext
def verify(checkpoints: Path | None, pubkey: Path | None) -> None:
    """Check the whole trail: exit code 0 ok, 1 tampered, 2 incomplete."""
    told: list[Verdict] = []
    try:
        held = None if checkpoints is None else shelf.held(checkpoints)
        pem = None if pubkey is None else pubkey.read_bytes()
        with system_context() as ctx:
            queries.verify_trail(ctx, held, pem, told.append)
    except (OSError, ValueError, CaseworkError) as fault:
        if not told or told[0].exit_code == 0:
            click.echo(f"cannot verify: {type(fault).__name__}", err=True)
            sys.exit(2)
    (verdict,) = told
    where = "" if verdict.at is None else f" (seq {verdict.at})"
    click.echo(f"{verdict.reason}{where}: {verdict.entries} entries, {verdict.checkpoints} checkpoints")
    sys.exit(verdict.exit_code)


@audit.command()
@click.option("--to", "target", required=True, help="folder to add to, or - for stdout")
@with_appcontext
def checkpoint(target: str) -> None:
    """Sign where the trail stands and hand it out; a folder is also given the ones it lacks."""
    try:
        with system_context() as ctx:
            issued = actions.issue_checkpoint(ctx)
        if target == "-":
            click.echo(issued[-1][1], nl=False)
            return
        written = shelf.hand_out(Path(target), issued)
    except shelf.ShelfDiffers as differs:
        raise click.ClickException(
            f"{differs} in the folder is not what was issued; nothing was written over"
        ) from differs
    except CaseworkError as refusal:
        raise click.ClickException(house().messages.error(refusal.code, refusal.facts)) from refusal
    click.echo(f"checkpoint at {issued[-1][0]}: {written} written")


@audit.command()
@with_appcontext
def pubkey() -> None:
    """Print the public key that checks the signatures, for whoever holds the checkpoints."""
    with system_context() as ctx:
        click.echo(queries.public_pem(ctx), nl=False)


@audit.command()
@click.option("--to", "target", required=True, type=click.File("wb"), help="file, or - for stdout")
@with_appcontext
def export(target: BinaryIO) -> None:
    """Write the whole trail as canonical JSON lines, which tools/verify_trail.py reads."""
    with system_context() as ctx:
        count = queries.export_trail(ctx, target.write)
    click.echo(f"{count} entries", err=True)


@audit.command()
@click.option("--prefix", default="casework", show_default=True, help="beginning of the roles' names")
@with_appcontext
def grants(prefix: str) -> None:
    """Print the SQL that gives PostgreSQL its roles: owner, migrator, app and auditor."""
    if not prefix.isidentifier() or not prefix.isascii():
        raise click.BadParameter("letters, digits and underscores", param_hint="--prefix")
    click.echo(script(prefix), nl=False)
