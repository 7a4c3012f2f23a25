"""The transfer list of the personnel office (人事異動の一覧) as a file: bytes in, lines with their faults out. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from ..kernel import wareki
from ..kernel.errors import BadInput
from .rules import fold_login

LINES_MOST = 1000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NAMES: Final[Mapping[str, str]] = {
    "職員番号": "login",
    "ログイン名": "login",
    "login": "login",
    "異動区分": "kind",
    "新所属": "agency",
    "引継先": "to_login",
    "発効日": "on",
}
NEEDED = ("login", "kind", "agency", "to_login", "on")


class TransferKind(StrEnum):
    """Why somebody leaves their work: 退職 ends the account, 異動 the roles, 休職 rests the account."""

    RETIRE = "retire"
    MOVE = "move"
    REST = "rest"


WORDS: Final[Mapping[str, TransferKind]] = {
    "退職": TransferKind.RETIRE,
    "異動": TransferKind.MOVE,
    "休職": TransferKind.REST,
}


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong with a line, as a code with the facts of its sentence; never what the line says."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list as it was read. `on` None: today. `number` counts lines of the file, headings included."""

    number: int
    login: str
    kind: TransferKind | None
    agency: str
    to_login: str
    on: date | None
    faults: tuple[LineFault, ...]


def read_sheet(data: bytes) -> tuple[Line, ...]:
    """The lines of a CSV file in UTF-8 (with or without BOM) or CP932 with headings in any order.

    BadInput where the file as a whole cannot be read: transfer_encoding, transfer_csv, transfer_headings,
    transfer_empty, transfer_long.
    """
    rows = _rows(_text(data))
    if not rows:
        raise BadInput("transfer_empty", "file")
    places = _places(rows[0][1])
    lines = [_line(number, cells, places) for number, cells in rows[1:]]
    if not lines:
        raise BadInput("transfer_empty", "file")
    if len(lines) > LINES_MOST:
        raise BadInput("transfer_long", "file", most=LINES_MOST)
    return tuple(_twice(lines))


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise BadInput("transfer_encoding", "file")


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """(line number, cells) of every row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        raise BadInput("transfer_csv", "file") from None


def _places(headings: Sequence[str]) -> dict[str, int]:
    found = [NAMES.get(heading.strip()) for heading in headings]
    if None in found or sorted(map(str, found)) != sorted(NEEDED):
        raise BadInput("transfer_headings", "file")
    return {str(name): place for place, name in enumerate(found)}


def _line(number: int, cells: Sequence[str], places: Mapping[str, int]) -> Line:
    if len(cells) != len(places):
        return Line(number, "", None, "", "", None, (LineFault("transfer_cells"),))
    typed = {name: cells[place] for name, place in places.items()}
    if any(cell.startswith(FORMULA) for cell in cells):
        return Line(number, "", None, "", "", None, (LineFault("transfer_formula"),))
    typed = {name: cell.strip() for name, cell in typed.items()}
    faults = []
    kind = WORDS.get(typed["kind"])
    if kind is None:
        faults.append(LineFault("transfer_kind"))
    on = None
    if typed["on"]:
        try:
            on = wareki.parse_date(typed["on"])
        except BadInput as trouble:
            faults.append(LineFault(trouble.code, trouble.facts))
    login, to_login = fold_login(typed["login"]), fold_login(typed["to_login"])
    return Line(number, login, kind, typed["agency"], to_login, on, tuple(faults))


def _twice(lines: Sequence[Line]) -> list[Line]:
    """Each person stands in the list once."""
    named = [line.login for line in lines if line.login]
    return [
        Line(x.number, x.login, x.kind, x.agency, x.to_login, x.on, (*x.faults, LineFault("transfer_twice")))
        if named.count(x.login) > 1
        else x
        for x in lines
    ]
