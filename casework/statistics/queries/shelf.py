"""Steps on the shelf of sealed editions: the menu, the key, reading an edition back and checking that it is whole."""

from __future__ import annotations

import hmac
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from ...kernel.errors import Refused
from ...settings import bundled_path
from ...usecase import Context
from ..models import Edition, EditionCell, EditionTable
from ..rules import Menu, Place, Published, Table, fingerprint, parse_menu, parse_period

PURPOSE = "statistics"


def menu() -> Menu:
    """The closed menu of this installation (config/statistics.toml)."""
    return _read_menu(bundled_path("config") / "statistics.toml")


@cache
def _read_menu(path: Path) -> Menu:
    return parse_menu(tomllib.loads(path.read_text(encoding="utf-8")))


def statistics_key(ctx: Context) -> bytes:
    """The secret of cell keys and digests: its own purpose, never rotated inside a fiscal year."""
    return ctx.keys.store.purpose_key(PURPOSE)


def editions_of(ctx: Context, fy: int | None = None) -> list[Edition]:
    """Sealed editions, of one fiscal year or all, in the order of their periods."""
    query = ctx.select(Edition).order_by(Edition.last_day, Edition.first_day.desc())
    return ctx.all(query if fy is None else query.where(Edition.fiscal_year == fy))


def edition(ctx: Context, period: str) -> Edition:
    """The edition of a period; Refused "statistics_pending" while it is not sealed."""
    wanted = parse_period(period)
    found: Edition | None = ctx.one(ctx.select(Edition).where(Edition.period == wanted.code))
    if found is None:
        raise Refused("statistics_pending", "period", period=wanted.code)
    return found


def tables_of(ctx: Context, row: Edition, unit: str, groups: Sequence[str]) -> list[EditionTable]:
    """The tables of an edition for one unit and some of its groups."""
    query = select(EditionTable).where(EditionTable.edition_id == row.id, EditionTable.of == unit)
    return list(ctx.session.scalars(query.where(EditionTable.group.in_(groups)).order_by(EditionTable.sort)))


def cells_of(ctx: Context, row: Edition, names: Sequence[str]) -> list[EditionCell]:
    """The numbers of some tables of an edition."""
    query = select(EditionCell).where(EditionCell.edition_id == row.id, EditionCell.table_id.in_(names))
    return list(ctx.session.scalars(query.order_by(EditionCell.table_id, EditionCell.at)))


def totals_of(
    ctx: Context, rows: Sequence[Edition], names: Sequence[str]
) -> dict[tuple[UUID, str], int | None]:
    """The one number of each of these tables in each of these editions."""
    query = select(EditionCell.edition_id, EditionCell.table_id, EditionCell.shown)
    query = query.where(EditionCell.edition_id.in_([row.id for row in rows]), EditionCell.table_id.in_(names))
    return {(row.edition_id, row.table_id): row.shown for row in ctx.session.execute(query)}


def key_of(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


@dataclass(frozen=True, slots=True)
class Volume:
    """An edition with everything in it."""

    row: Edition
    tables: list[EditionTable]
    cells: list[EditionCell]


def volumes(ctx: Context, rows: Sequence[Edition]) -> list[Volume]:
    """Whole editions, in two statements whatever their number."""
    found = {row.id: Volume(row, [], []) for row in rows}
    tables = select(EditionTable).where(EditionTable.edition_id.in_(found)).order_by(EditionTable.sort)
    for table in ctx.session.scalars(tables):
        found[table.edition_id].tables.append(table)
    cells = select(EditionCell).where(EditionCell.edition_id.in_(found))
    for cell in ctx.session.scalars(cells.order_by(EditionCell.table_id, EditionCell.at)):
        found[cell.edition_id].cells.append(cell)
    return list(found.values())


def published(ctx: Context, volume: Volume) -> Published:
    """An edition as the audit reads it; Refused "edition_tampered" if its numbers are not those that were sealed."""
    if not whole(ctx, volume):
        raise Refused("edition_tampered", period=volume.row.period)
    keys: dict[str, list[tuple[str, ...]]] = {}
    for cell in volume.cells:
        keys.setdefault(cell.table_id, []).append(key_of(cell.key))
    shown: dict[Place, int | None] = {(c.table_id, key_of(c.key)): c.shown for c in volume.cells}
    told = tuple(
        Table(t.table_id, t.unit, t.of, key_of(t.dims), tuple(keys[t.table_id]), t.group, t.answer)
        for t in volume.tables
    )
    return Published(parse_period(volume.row.period), told, shown)


def whole(ctx: Context, volume: Volume) -> bool:
    """Whether an edition is as it was sealed."""
    key, row = statistics_key(ctx), volume.row
    now = digest(key, row, volume.tables, volume.cells)
    return row.key_mark == fingerprint(key) and hmac.compare_digest(row.digest, now)


def digest(key: bytes, row: Edition, tables: Sequence[EditionTable], cells: Sequence[EditionCell]) -> str:
    """A keyed digest over everything an edition says."""
    said = {
        "period": row.period,
        "menu": row.menu_version,
        "rule": row.rule_version,
        "audit": row.audit,
        "tables": sorted([t.table_id, t.sort, t.unit, t.of, t.dims, t.group, t.answer] for t in tables),
        "cells": sorted([c.table_id, c.at, c.key, c.shown] for c in cells),
    }
    return hmac.digest(key, b"edition" + json.dumps(said, ensure_ascii=False).encode(), "sha256").hex()
