"""Loading the municipality's lists, and extending or retiring their entries."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ..codes.models import Code
from ..db import Base
from ..kernel.actor import Permission as P
from ..kernel.errors import BadInput, Refused
from ..settings import bundled_path
from ..usecase import Context, use_case
from .models import Agency, District, Initiative, Window
from .queries import code_view
from .rules import CodeDraft, CodeView, RetireDraft, SyncReport

Wanted = dict[Any, dict[str, Any]]


@use_case(P.DIRECTORY_MANAGE, event="directory.synced")
def sync_directory(ctx: Context) -> SyncReport:
    """Load the municipality's lists: add what is new, update names, retire what left; rename and delete nothing."""
    folder = bundled_path("config") / "municipality" / ctx.settings.municipality
    total = [0, 0, 0]
    for model, wanted in (
        (Agency, _agencies(folder)),
        (Window, _windows(folder)),
        (District, _districts(folder)),
        (Initiative, _initiatives(folder)),
        (Code, _codes(folder)),
    ):
        for place, count in enumerate(_bring(ctx, model, wanted)):
            total[place] += count
    return SyncReport(*total)


@use_case(P.CODE_MANAGE, event="code.added")
def add_code(ctx: Context, draft: CodeDraft) -> CodeView:
    """Extend a list by an entry of the city's own."""
    query = ctx.select(Code).where(Code.list == draft.list)
    known = {row.code for row in ctx.all(query)}
    if not known:
        raise BadInput("unknown_code", "list")
    if draft.code in known:
        raise BadInput("code_taken", "code")
    row = Code(
        list=draft.list,
        code=draft.code,
        ja=draft.ja,
        en=draft.en,
        sort=draft.sort,
        status="U",
        valid_from=draft.valid_from,
        valid_to=None,
    )
    ctx.add(row)
    return code_view(row)


@use_case(P.CODE_MANAGE, event="code.retired")
def retire_code(ctx: Context, list: str, code: str, draft: RetireDraft) -> CodeView:
    """Retire an entry from a day on; what was recorded with it stays readable."""
    row = ctx.one(ctx.select(Code).where(Code.list == list, Code.code == code))
    if row is None:
        raise BadInput("unknown_code", "code")
    if row.valid_from is not None and draft.on < row.valid_from:
        raise BadInput("retired_before_begin", "on")
    row.valid_to = draft.on
    return code_view(row)


def _bring(ctx: Context, model: type[Base], wanted: Wanted) -> tuple[int, int, int]:
    """Bring a table to what the file says; (added, changed, retired)."""
    there = {_key(model, row): row for row in ctx.all(ctx.select(model))}
    added = changed = retired = 0
    for key, values in wanted.items():
        row = there.get(key)
        if row is None:
            ctx.add(model(**values))
            added += 1
        elif _update(row, values):
            changed += 1
    for key, row in there.items():
        if key not in wanted and _retire(row, ctx.today - timedelta(days=1)):
            retired += 1
    return added, changed, retired


def _key(model: type[Base], row: Any) -> Any:
    if model is Code:
        return (row.list, row.code)
    return row.key if model is Initiative else row.code


def _update(row: Any, values: dict[str, Any]) -> bool:
    """A code's label is never renamed; names and order of the directory follow the file."""
    if isinstance(row, Code) and row.ja != values["ja"]:
        raise Refused("code_renamed", "ja", list=row.list, entry=row.code)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _retire(row: Any, on: date) -> bool:
    name = "valid_to" if isinstance(row, Code) else "retired_on"
    # Entries that staff added themselves (status U) are theirs to retire.
    if not hasattr(row, name) or getattr(row, name) is not None or getattr(row, "status", "C") == "U":
        return False
    setattr(row, name, on)
    return True


# -- files -------------------------------------------------------------------------------------------


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _keyed(rows: Iterable[dict[str, str]], make: Callable[[int, dict[str, str]], dict[str, Any]]) -> Wanted:
    made = (make(sort, row) for sort, row in enumerate(rows, start=1))
    return {values.get("code") or values["key"]: values for values in made}


def _agencies(folder: Path) -> Wanted:
    """Divisions first; an outside agency that is listed with them too (市社協) stays what the city plan says."""
    divisions = _keyed(
        _rows(folder / "divisions.csv"),
        lambda sort, r: {
            "code": r["code"],
            "name": r["name"],
            "kind": r["kind"],
            "support_meeting_member": r["support_meeting_member"] == "1",
            "sort": sort,
        },
    )
    outside = _keyed(
        _rows(folder / "agencies.csv"),
        lambda sort, r: {
            "code": r["code"],
            "name": r["name"],
            "kind": r["kind"],
            "support_meeting_member": False,
            "sort": 1000 + sort,
        },
    )
    return outside | divisions


def _windows(folder: Path) -> Wanted:
    return _keyed(
        _rows(folder / "windows.csv"),
        lambda sort, r: {
            "code": r["code"],
            "name": r["name"],
            "agency": r["division"],
            "initiative": r["initiative"] or None,
            "field": r["field"],
            "sort": sort,
        },
    )


def _districts(folder: Path) -> Wanted:
    return _keyed(
        _rows(folder / "districts.csv"),
        lambda sort, r: {
            "code": r["code"],
            "name": r["name"],
            "kind": r["kind"],
            "parent": r["parent"] or None,
            "sort": sort,
        },
    )


def _initiatives(folder: Path) -> Wanted:
    return _keyed(
        _rows(folder / "initiatives.csv"),
        lambda sort, r: {
            "key": r["key"],
            "printed_number": r["printed_number"],
            "name": r["name"],
            "divisions": r["divisions"],
            "tracking": r["tracking"],
            "restated": r["restated"] == "1",
            "sort": sort,
        },
    )


def _codes(folder: Path) -> Wanted:
    return {
        (r["list"], r["code"]): {
            "list": r["list"],
            "code": r["code"],
            "ja": r["ja"],
            "en": r["en"],
            "status": r["status"],
            "sort": int(r["sort"]),
            "valid_from": date.fromisoformat(r["valid_from"]) if r["valid_from"] else None,
            "valid_to": date.fromisoformat(r["valid_to"]) if r["valid_to"] else None,
        }
        for r in _rows(folder / "codes.csv")
    }
