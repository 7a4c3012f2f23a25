"""The blueprint of the statistics pages, names of codes, and files for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from flask import Response

from ...web.house import house
from ...web.pages import PageBlueprint

bp = PageBlueprint("statistics", "casework.statistics")
HIDDEN = "―"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LISTS = {"windows": "window", "divisions": "agency", "areas9": "district", "areas5": "district"}
Row = Sequence[str | int]


def name_of(source: str, code: str) -> str:
    """What a code of a dimension is called."""
    kind, _, rest = source.partition(":")
    messages, book = house().messages, house().desk.book()
    if kind in ("words", "answers"):
        found = messages.label(rest.split(":", 1)[0], code)
    else:
        found = book.label(LISTS.get(kind, rest), code)
    return messages.label("stat_unknown", code) if found == code else found


def spreadsheet(name: str, title: Iterable[Row], rows: Sequence[Row]) -> Response:
    """An xlsx: lines that say what it is, a head, and numbers as numbers."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True, "bottom": 1})
        sheet.set_column(0, 1, 28)
        at = 0
        for line in title:
            sheet.write_row(at, 0, line)
            at += 1
        for n, row in enumerate(rows):
            sheet.write_row(at + 1 + n, 0, row, bold if n == 0 else None)
    return _file(out.getvalue(), XLSX, f"{name}.xlsx")


def comma_separated(name: str, rows: Iterable[Row]) -> Response:
    """A CSV with the byte order mark that spreadsheets of the office need for Japanese."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return _file(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"{name}.csv")


def _file(body: bytes, mimetype: str, name: str) -> Response:
    answer = Response(body, content_type=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
