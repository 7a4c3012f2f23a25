"""`casework …`: init, serve, check, policy show, flow draw; the houses add their own groups."""

from __future__ import annotations

import importlib
import stat
import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import FlaskGroup, with_appcontext

from .app import HOUSES, KEYS_UNUSABLE, create_app, create_core
from .crypto import CryptoError, KeyRing
from .crypto.keystore.chosen import create_store, open_store
from .kernel.flow import Flow
from .kernel.garbage import search_less, settle
from .kernel.policy import Policy
from .migrate import current_revision, head_revision, upgrade
from .policy import POLICY
from .settings import Settings, SettingsError, load_settings
from .usecase.replies import REPLY_OWNER
from .web.house import house


class Commands(FlaskGroup):
    """The commands; keys or settings that cannot be used are told in a line, not in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        search_less()
        try:
            return super().invoke(ctx)
        except (CryptoError, SettingsError) as refusal:
            raise click.ClickException(_said(refusal)) from None


def _said(refusal: CryptoError | SettingsError) -> str:
    known = KEYS_UNUSABLE.get(refusal.code, refusal.code) if isinstance(refusal, CryptoError) else ""
    return str(refusal) or known


@click.group(cls=Commands, create_app=create_app, add_default_commands=False, add_version_option=False)
def cli() -> None:
    """casework: case coordination for 重層的支援."""


@cli.command(with_appcontext=False)
def init() -> None:
    """Make keys, database and directory; a second run changes nothing."""
    prepare()


def prepare() -> Settings:
    """Keys, database and directory as the settings say, telling what was made."""
    settings = load_settings(keys_expected=False)
    if Path(settings.keystore_path).exists():
        made = open_store(settings).complete()
        click.echo(f"keys: added {', '.join(made)}" if made else "keys: already there")
    else:
        KeyRing(create_store(settings)).new_owner(REPLY_OWNER)
        click.echo("keys: made")
    before = current_revision(settings.database_url)
    upgrade(settings.database_url)
    click.echo(f"database: {before or 'empty'} -> {current_revision(settings.database_url)}")
    with create_core(settings).app_context():
        from .agencies.actions import sync_directory
        from .web.system import system_context

        with system_context() as ctx:
            click.echo(f"directory: {sync_directory(ctx)}")
    return settings


def ready() -> Settings | None:
    """The settings if keys are there and the database is at the newest revision; nothing is changed."""
    settings = load_settings(keys_expected=False)
    if not Path(settings.keystore_path).exists():
        return None
    return settings if current_revision(settings.database_url) == head_revision() else None


@cli.command(with_appcontext=False)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=int)
@click.option("--threads", default=8, show_default=True, type=int)
def serve(host: str, port: int, threads: int) -> None:
    """Serve on loopback with waitress."""
    from waitress import serve as run

    app = create_app()
    settle()
    click.echo(f"http://{host}:{port}/")
    run(app, host=host, port=port, threads=threads, ident=None, clear_untrusted_proxy_headers=True)


@cli.command()
@with_appcontext
def check() -> None:
    """Tell whether this installation is sound: keys, schema, file modes, policy."""
    settings = house().settings
    faults = []
    for path in (Path(settings.keystore_path), *Path(settings.kek_dir).glob("*.key")):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            faults.append(f"{path.name} can be read by others")
    if current_revision(settings.database_url) != head_revision():
        faults.append("the database is not at the newest revision; run casework init")
    for line in faults or ["ok"]:
        click.echo(line)
    sys.exit(1 if faults else 0)


@cli.command()
@with_appcontext
def daily() -> None:
    """Work of the night: transfers, overdue 対応事項, old answers and texts, erased keys, findings, checkpoint."""
    from .accounts.actions import run_transfers
    from .audit.shelf import hand_out
    from .desk.actions import expire
    from .meeting.actions import mark_overdue
    from .oversight.actions import issue_checkpoint, purge_replies, scan
    from .retention.cli import finish
    from .web.system import system_context

    with system_context() as ctx:
        done, stuck = run_transfers(ctx)
    click.echo(f"transfers done: {done}, stuck: {stuck}")
    with system_context() as ctx:
        click.echo(f"action items overdue: {mark_overdue(ctx)}")
    with system_context() as ctx:
        click.echo(f"stored answers forgotten: {purge_replies(ctx)}")
    click.echo(f"keys of erased records destroyed: {finish()}")
    with system_context() as ctx:
        click.echo(f"unusual access found: {scan(ctx)}")
    with system_context() as ctx:
        click.echo(f"unsent texts expired: {expire(ctx)}")
    with system_context() as ctx:
        issued = issue_checkpoint(ctx)
    folder = house().settings.checkpoint_dir
    written = hand_out(Path(folder), issued) if folder else 0
    click.echo(f"checkpoint at {issued[-1][0]}: {written} written")


@cli.group()
def policy() -> None:
    """The policy table."""


@policy.command(with_appcontext=False)
def show() -> None:
    """Print who may do what, and for which rows, as Markdown."""
    click.echo(policy_markdown(POLICY))


def policy_markdown(table: Policy) -> str:
    """docs/policy.md: one row per permission and role with its reasons in words."""
    lines = ["# Policy", "", "Printed by `casework policy show`; what is not written here is refused.", ""]
    lines += ["| permission | role | for rows where |", "|---|---|---|"]
    for permission in sorted(table.table):
        for role in sorted(table.table[permission]):
            reasons = table.table[permission][role]
            words = "; ".join(f"{r.model.__name__}: {r.name}" for r in reasons)
            lines.append(f"| {permission.value} | {role.value} | {words} |")
    lines += [
        "",
        "In addition, for every permission and every role:",
        "",
        "| table | row | as part of another |",
    ]
    lines.append("|---|---|---|")
    for model, bar in sorted(table.bars.items(), key=lambda pair: str(pair[0].__name__)):
        lines.append(f"| {model.__name__} | {bar.alone.name} | {bar.part.name if bar.part else '―'} |")
    return "\n".join(lines)


@cli.group()
def flow() -> None:
    """State machines."""


@flow.command(with_appcontext=False)
def draw() -> None:
    """Print every flow as a Mermaid diagram (docs/flows.md)."""
    click.echo(flows_markdown())


def flows() -> list[Flow]:
    """Every flow of every house, in the order of the work."""
    found = []
    for name in HOUSES:
        rules = importlib.import_module(f"casework.{name}.rules")
        found += [value for value in vars(rules).values() if isinstance(value, Flow)]
    return found


def flows_markdown() -> str:
    parts = [
        "# Flows\n\nDrawn by `casework flow draw` from the tables in each `rules.py`; a test keeps them fresh.\n"
    ]
    for each in flows():
        parts.append(f"## {each.name}\n\n```mermaid\n{each.draw()}\n```\n")
        parts.append("| move | from | to | permission | needs |\n|---|---|---|---|---|")
        for m in each.moves:
            sources = ", ".join(s.value for s in each.states if s in m.from_)
            parts.append(f"| {m.name} | {sources} | {m.to.value} | {m.permission.value} | {m.needs} |")
        parts.append("")
    return "\n".join(parts)


@cli.command()
@with_appcontext
def routes() -> None:
    """Print every route with its use case and permission."""
    for endpoint, about in sorted(house().routes.items()):
        click.echo(f"{endpoint}\t{about.permission.value}\t{about.event}")


def _houses() -> None:
    for module, group in (
        ("accounts", "user"),
        ("agencies", "codes"),
        ("oversight", "audit"),
        ("statistics", "statistics"),
        ("custody", "keys"),
        ("custody", "backup"),
        ("retention", "retention"),
    ):
        cli.add_command(getattr(importlib.import_module(f"casework.{module}.cli"), group))
    from .demo.cli import demo_command, synthetic_command

    for make in (demo_command, synthetic_command):
        cli.add_command(make(ready, prepare, create_core))


_houses()
