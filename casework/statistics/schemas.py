"""Shapes of the statistics at both doors; every number that leaves is one of a sealed edition."""

from __future__ import annotations

import csv
import io

from marshmallow import fields, validate

from ..web.schema import Fault, InSchema, JapaneseDate, OutSchema
from .rules import TableView
from .rules.official import PURPOSES


class PeriodArgs(InSchema):
    period = fields.String(required=True, validate=validate.Length(max=16))


class YearArgs(InSchema):
    fy = fields.Integer(required=True)


class MaybeYearArgs(InSchema):
    fy = fields.Integer(load_default=None, allow_none=True)


class ReportArgs(InSchema):
    fy = fields.Integer(required=True)
    purpose = fields.String(
        required=True,
        validate=validate.OneOf(PURPOSES, error=Fault("unknown_code")),
        metadata={"label_of": "report_purpose"},
    )


class SheetChoiceOut(OutSchema):
    unit = fields.String()
    group = fields.String()
    name = fields.String()
    kinds = fields.List(fields.String())
    counted = fields.String()


class MenuOut(OutSchema):
    version = fields.Integer()
    base = fields.Integer()
    hide_below = fields.Integer()
    sheets = fields.List(fields.Nested(SheetChoiceOut))


class EditionOut(OutSchema):
    period = fields.String()
    kind = fields.String()
    label = fields.String()
    first_day = JapaneseDate()
    last_day = JapaneseDate()
    fiscal_year = fields.Integer()
    opens_on = JapaneseDate()
    sealed_at = fields.AwareDateTime(allow_none=True)
    hidden_by_audit = fields.Integer(allow_none=True)


class CellOut(OutSchema):
    key = fields.List(fields.String())
    shown = fields.Integer(allow_none=True)


class TableOut(OutSchema):
    id = fields.String()
    unit = fields.String()
    edition = fields.String()
    dims = fields.List(fields.String())
    values = fields.List(fields.List(fields.String()))
    cells = fields.List(fields.Nested(CellOut))
    counted = fields.String()
    sealed_at = fields.AwareDateTime()


class RowOut(OutSchema):
    key = fields.List(fields.String())
    shown = fields.Integer(allow_none=True)
    before = fields.Integer(allow_none=True)
    change = fields.Integer(allow_none=True)


class SheetOut(OutSchema):
    period = fields.String()
    unit = fields.String()
    group = fields.String()
    dims = fields.List(fields.String())
    several = fields.Boolean()
    rows = fields.List(fields.Nested(RowOut))
    total = fields.Nested(RowOut)
    sealed_at = fields.AwareDateTime()
    compared_with = fields.String(allow_none=True)
    unit_name = fields.String()
    name = fields.String()
    counted = fields.String()


class UnitTotalsOut(OutSchema):
    unit = fields.String()
    name = fields.String()
    counted = fields.String()
    shown = fields.Dict(keys=fields.String(), values=fields.Integer(allow_none=True))


class YearOut(OutSchema):
    fy = fields.Integer()
    years = fields.List(fields.Integer())
    totals = fields.List(fields.Nested(UnitTotalsOut))


class BundleOut(OutSchema):
    fy = fields.Integer()
    dims = fields.Dict()
    editions = fields.List(fields.Dict())
    tables = fields.List(fields.Dict())


def table_csv(view: TableView) -> str:
    """A table as CSV: the codes of each cell and its number; nothing where it is hidden."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*view.dims, "shown"])
    writer.writerows([*cell.key, "" if cell.shown is None else cell.shown] for cell in view.cells)
    return out.getvalue()


class LineOut(OutSchema):
    id = fields.String()
    counts = fields.String()
    value = fields.Integer(allow_none=True)
    detail = fields.String()


class SectionOut(OutSchema):
    id = fields.String()
    lines = fields.List(fields.Nested(LineOut))


class OfficialOut(OutSchema):
    fy = fields.Integer()
    label = fields.String()
    complete = fields.Boolean()
    purpose = fields.String()
    made_at = fields.AwareDateTime()
    sections = fields.List(fields.Nested(SectionOut))
