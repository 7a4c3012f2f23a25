"""`casework user …`: the same acts as at the door, done by whoever runs the machine.

They act alone only until two administrators exist; afterwards what gives rights waits for one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from flask.cli import with_appcontext

from ..kernel.actor import Actor, Role, operator_actor
from ..kernel.errors import CaseworkError
from ..usecase import Context
from ..web.house import house
from ..web.system import system_context
from . import actions, queries
from .rules import (
    GIVEN_TO_STAFF,
    HandOverDraft,
    ResetDraft,
    RoleDraft,
    RoleEnd,
    StaffDetail,
    StaffDraft,
    StaffView,
)

ROLE = click.Choice([role.value for role in GIVEN_TO_STAFF])
DAY = click.DateTime(formats=["%Y-%m-%d"])


def _password(command: Callable[..., Any]) -> Callable[..., Any]:
    """Asked for and never shown; scripts give it in CASEWORK_PASSWORD, not in the list of processes."""
    asked = click.password_option(
        envvar="CASEWORK_PASSWORD", help="asked for if CASEWORK_PASSWORD is not set"
    )
    return asked(command)


@click.group()
def user() -> None:
    """Staff accounts."""


@user.command()
@click.argument("login")
@click.option("--name", required=True)
@click.option("--agency", required=True, help="code of the home agency")
@click.option("--role", "roles", multiple=True, type=ROLE, help="role in the home agency; may be repeated")
@_password
@with_appcontext
def add(login: str, name: str, agency: str, roles: tuple[str, ...], password: str) -> None:
    """Open an account; its password serves only to set another."""
    draft = StaffDraft(login, name, agency, password, tuple(RoleDraft(Role(role), agency) for role in roles))
    with _operator() as ctx:
        _told(actions.create(ctx, draft))


@user.command("list")
@click.option("--agency", help="only this home agency")
@with_appcontext
def list_(agency: str | None) -> None:
    """Print accounts: id, login, name, agency, roles in force, state."""
    for staff in _everyone(agency):
        roles = ",".join(f"{r.role}@{r.agency}" for r in staff.roles if r.in_force)
        state = "disabled" if staff.disabled_at else "active"
        click.echo("\t".join((str(staff.id), staff.login, staff.name, staff.agency, roles, state)))


@user.command()
@click.argument("login")
@click.argument("role", type=ROLE)
@click.argument("agency")
@click.option("--from", "begins", type=DAY, help="first day; today if not given")
@click.option("--until", "ends", type=DAY, help="last day; open if not given")
@click.option("--end", is_flag=True, help="end the role instead: on --until, or at once")
@click.option("--hand-over-to", "receiver", help="login of who takes over work that would be left")
@with_appcontext
def role(
    login: str,
    role: str,
    agency: str,
    begins: datetime | None,
    ends: datetime | None,
    end: bool,
    receiver: str | None,
) -> None:
    """Give a role in an agency, or end it."""
    staff = _find(login)
    with _operator() as ctx:
        if not end:
            draft = RoleDraft(Role(role), agency, valid_from=_day(begins), valid_until=_day(ends))
            _told(actions.add_role(ctx, staff.id, draft), quiet=True)
            return
    running = [r for r in staff.roles if (r.role, r.agency) == (role, agency) and r.in_force]
    if not running:
        raise click.ClickException(f"{login} holds no {role} at {agency}")
    to_staff_id = _receiver(receiver)
    with _operator() as ctx:
        ended = actions.end_role(ctx, staff.id, running[0].id, RoleEnd(_day(ends), to_staff_id))
    _told(ended, quiet=True)


@user.command()
@click.argument("login")
@click.option("--hand-over-to", "receiver", help="login of who takes over all open work")
@with_appcontext
def disable(login: str, receiver: str | None) -> None:
    """Disable an account, handing over its open work in the same act."""
    staff, to_staff_id = _find(login), _receiver(receiver)
    with _operator() as ctx:
        actions.disable(ctx, staff.id, HandOverDraft(to_staff_id))


@user.command()
@click.argument("login")
@with_appcontext
def enable(login: str) -> None:
    """Let a disabled account sign in again."""
    staff = _find(login)
    with _operator() as ctx:
        _told(actions.enable(ctx, staff.id), quiet=True)


@user.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="show what would happen and change nothing")
@with_appcontext
def transfers(file: Path, dry_run: bool) -> None:
    """Apply the transfer list of the personnel office (CSV); all lines or none."""
    data, say = file.read_bytes(), house().messages
    with _operator() as ctx:
        view = actions.preview_transfers(ctx, data)
    for line in view.lines:
        kind = say.label("transfer_kind", line.kind) if line.kind else "?"
        words = (str(line.number), line.login, kind, line.on.isoformat(), f"{line.open_work}件")
        click.echo("\t".join((*words, *(say.error(fault.code, fault.facts) for fault in line.faults))))
    if dry_run and not view.faulty:
        return
    with _operator() as ctx:
        actions.apply_transfers(ctx, data)


@user.command("password")
@click.argument("login")
@_password
@with_appcontext
def set_password(login: str, password: str) -> None:
    """Set a temporary password, good only for setting another."""
    staff = _find(login)
    with _operator() as ctx:
        _told(actions.reset_password(ctx, staff.id, ResetDraft(password)), quiet=True)


def _told(staff: StaffDetail, *, quiet: bool = False) -> None:
    """Print the id of a new account, and what waits for a second person once there are two administrators."""
    if not quiet:
        click.echo(staff.id)
    for change in staff.changes:
        words = " ".join(filter(None, (change.kind, change.role, change.agency)))
        click.echo(f"waits for approval by an administrator or privacy officer: {words}", err=True)


def _operator() -> AbstractContextManager[Context]:
    """The Context of whoever runs the machine: it acts alone only until two administrators exist."""
    return _system(operator_actor(house().clock.now()))


@user.command("reset-factors")
@click.argument("login")
@with_appcontext
def reset_factors(login: str) -> None:
    """Take a lost code app, passkeys and recovery codes off an account; its sessions end."""
    staff = _find(login)
    with _system() as ctx:
        actions.reset_factors(ctx, staff.id)


@contextmanager
def _system(actor: Actor | None = None) -> Iterator[Context]:
    """The system's Context; a refusal becomes its sentence and exit code 1."""
    try:
        with system_context(actor) as ctx:
            yield ctx
    except CaseworkError as refusal:
        raise click.ClickException(house().messages.error(refusal.code, refusal.facts)) from None


def _everyone(agency: str | None = None) -> Iterator[StaffView]:
    after: str | None = None
    while True:
        with _system() as ctx:
            page = queries.list_staff(ctx, agency=agency, after=after)
        yield from page.items
        after = page.next
        if after is None:
            return


def _find(login: str) -> StaffView:
    with _system() as ctx:
        return queries.by_login(ctx, login)


def _receiver(login: str | None) -> UUID | None:
    return None if login is None else _find(login).id


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()
