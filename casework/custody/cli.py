"""`casework keys …`: for whoever runs the machine. Exit code 1 when something is refused or not sound."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext

from ..crypto import CryptoError
from ..crypto.keystore import custody
from ..kernel.errors import CaseworkError
from ..usecase import Context
from ..web.house import house
from ..web.system import system_context
from . import actions, queries


@contextmanager
def acting() -> Iterator[Context]:
    """A context of the system, with refusals in the words of the house."""
    try:
        with system_context() as ctx:
            yield ctx
    except CaseworkError as refusal:
        raise click.ClickException(house().messages.error(refusal.code, refusal.facts)) from refusal


@click.group()
def keys() -> None:
    """Key-encryption keys (鍵): rotate, rewrap, retire, verify, all while the service runs."""


@keys.command()
@with_appcontext
def status() -> None:
    """Versions, states, counts, the last rewrapping, pending erasures with their two dates."""
    with acting() as ctx:
        view = queries.show_keys(ctx)
    moving = f" (moving from {view.provider_before})" if view.provider_before else ""
    click.echo(f"provider: {view.provider}{moving}")
    for kek in view.keks:
        ended = f", destroyed {kek.destroyed_at}" if kek.destroyed_at else ""
        counts = f"{kek.data_keys} data keys, {kek.purpose_keys} purpose keys"
        click.echo(f"kek {kek.version}: {kek.state}, made {kek.created_at}{ended}, {counts}")
    begun, last = view.rewrap_started_at or "never", view.rewrap_ended_at or "-"
    click.echo(f"rewrap: {view.left} left, last begun {begun}, ended {last}")
    erasures = view.erasures
    click.echo(
        f"erased: {erasures.erased}, waiting for a retirement {erasures.waiting_for_retirement},"
        f" for backups {erasures.waiting_for_backups} (until {erasures.backups_until or '-'})"
    )
    for asked in view.retirements:
        click.echo(f"retirement of kek {asked.kek_version}: {asked.state}, asked {asked.requested_at}")


@keys.command()
@click.option("--active", type=int, help="the version that is active now; refused if it is another")
@with_appcontext
def rotate(active: int | None) -> None:
    """Make a new key-encryption key the active one; follow with `rewrap`."""
    with acting() as ctx:
        present = max(k.version for k in queries.show_keys(ctx).keks if k.state == "active")
    with acting() as ctx:
        click.echo(f"active: kek {actions.rotate(ctx, present if active is None else active)}")


@keys.command()
@click.option("--batch", type=click.IntRange(1, 10_000), default=custody.BATCH, show_default=True)
@with_appcontext
def rewrap(batch: int) -> None:
    """Wrap data keys and purpose keys under the active key; broken off, it goes on where it was."""
    with acting() as ctx:
        click.echo(f"left: {actions.begin_rewrap(ctx)}")
        store = queries.store(ctx)
    moved = unopened = 0
    ended = False
    while not ended:
        try:
            step = custody.rewrap_some(store, batch)
        except CryptoError as trouble:
            raise click.ClickException(house().messages.error(f"keystore_{trouble.code}")) from trouble
        moved, unopened, ended = moved + step.moved, unopened + step.unopened, step.ended
    click.echo(f"wrapped anew: {moved}, not opened: {unopened}")
    with acting() as ctx:
        actions.end_rewrap(ctx, unopened)


@keys.command()
@click.argument("version", type=int)
@with_appcontext
def retire(version: int) -> None:
    """Destroy an old key-encryption key; two administrators must have asked and approved."""
    with acting() as ctx:
        asked, approved = actions.retire(ctx, version)
    click.echo(f"kek {version}: destroyed (asked by {asked}, approved by {approved})")
    click.echo("destroy every copy of this key that was kept elsewhere too", err=True)


@keys.command()
@with_appcontext
def verify() -> None:
    """Open every slot and canary; exit code 1 names what does not open."""
    with acting() as ctx:
        found = actions.verify(ctx)
    for what, which, code in found.faults:
        click.echo(f"{what} {which}: {code}")
    for version in found.stray:
        click.echo(f"kek {version}: there, but not known to this keystore; left alone")
    click.echo(
        f"{found.keks} keks, {found.purpose_keys} purpose keys, {found.data_keys} data keys,"
        f" {len(found.faults)} faults"
    )
    sys.exit(1 if found.faults else 0)


PLACE = click.Path(file_okay=False, path_type=Path)


@click.group()
def backup() -> None:
    """Online copies of the two stores, each into a custody of its own; key-encryption keys are never copied."""


@backup.command()
@click.argument("to", type=PLACE)
@with_appcontext
def database(to: Path) -> None:
    """Copy the main database into the folder TO, checked."""
    with acting() as ctx:
        click.echo(actions.backup_database(ctx, to).name)


@backup.command()
@click.argument("to", type=PLACE)
@with_appcontext
def keystore(to: Path) -> None:
    """Copy the keystore into the folder TO, checked."""
    with acting() as ctx:
        click.echo(actions.backup_keystore(ctx, to).name)


@backup.command("verify")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@with_appcontext
def verify_files(files: tuple[Path, ...]) -> None:
    """Tell whether backups are as they were written and open."""
    for path in files:
        with acting() as ctx:
            told = actions.verify_backup(ctx, path)
        click.echo(f"{path.name}: {told.kind} of {told.made_at}, {told.counted} entries, ok")
