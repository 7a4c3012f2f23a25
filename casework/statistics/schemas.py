"""Shapes of the statistics at both doors; every number that leaves is one of a sealed edition."""

from __future__ import annotations

import csv
import io

from marshmallow import fields, validate

from ..web.schema import Fault, InSchema, JapaneseDate, LongText, OutSchema, Text
from .rules import TableView
from .rules.evaluation import GOALS, SOURCES, FindingDraft, IndicatorDraft, YearDraft
from .rules.official import PURPOSES

COUNTED = validate.Range(0, 10**9, error=Fault("count_range"))


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


class ReportChoice(InSchema):
    """What the page asks: nothing is counted before a purpose is chosen."""

    fy = fields.Integer(load_default=None, allow_none=True)
    purpose = fields.String(
        load_default=None,
        allow_none=True,
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


class WaitingOut(OutSchema):
    agency = fields.String()
    by_age = fields.List(fields.Integer())


class ReturnOut(OutSchema):
    from_agency = fields.String()
    to_agency = fields.String()
    count = fields.Integer()


class LoadOut(OutSchema):
    agency = fields.String()
    open_cases = fields.Integer()
    without_lead = fields.Integer()
    late_actions = fields.Integer()


class DurationOut(OutSchema):
    id = fields.String()
    count = fields.Integer()
    median = fields.Float(allow_none=True)
    most = fields.Float(allow_none=True)


class OperationsOut(OutSchema):
    waiting = fields.List(fields.Nested(WaitingOut))
    returns = fields.List(fields.Nested(ReturnOut))
    held = fields.List(fields.Nested(LoadOut))
    reviews_late = fields.Integer()
    durations = fields.List(fields.Nested(DurationOut))


class IndicatorIn(InSchema):
    draft = IndicatorDraft
    goal = fields.String(
        required=True,
        validate=validate.OneOf(GOALS, error=Fault("unknown_code")),
        metadata={"label_of": "plan_goal"},
    )
    viewpoint = Text(required=True, limit=128)
    title = Text(required=True, limit=200)
    unit = Text(required=True, limit=32)
    source = fields.String(
        required=True,
        validate=validate.OneOf(SOURCES, error=Fault("unknown_code")),
        metadata={"label_of": "indicator_source"},
    )


class YearIn(InSchema):
    draft = YearDraft
    version = fields.Integer(load_only=True)
    fy = fields.Integer(
        required=True, validate=validate.Range(2000, 2100, error=Fault("fiscal_year_unknown"))
    )
    target = fields.Integer(load_default=None, allow_none=True, validate=COUNTED)
    actual = fields.Integer(load_default=None, allow_none=True, validate=COUNTED)


class FindingIn(InSchema):
    draft = FindingDraft
    goal = fields.String(
        required=True,
        validate=validate.OneOf(GOALS, error=Fault("unknown_code")),
        metadata={"label_of": "plan_goal"},
    )
    viewpoint = Text(required=True, limit=128)
    method = Text(required=True, limit=64)
    evaluator = Text(required=True, limit=64)
    fy = fields.Integer(
        required=True, validate=validate.Range(2000, 2100, error=Fault("fiscal_year_unknown"))
    )
    text = LongText(required=True, limit=4000)


class FrameOut(OutSchema):
    goal = fields.String()
    evaluators = fields.List(fields.String())
    viewpoints = fields.List(fields.String())
    methods = fields.List(fields.String())


class IndicatorOut(OutSchema):
    id = fields.UUID()
    version = fields.Integer()
    goal = fields.String()
    viewpoint = fields.String()
    title = fields.String()
    unit = fields.String()
    source = fields.String()
    target = fields.Integer(allow_none=True)
    actual = fields.Integer(allow_none=True)
    before = fields.Integer(allow_none=True)
    reached = fields.Boolean(allow_none=True)


class FindingOut(OutSchema):
    id = fields.UUID()
    goal = fields.String()
    viewpoint = fields.String()
    method = fields.String()
    evaluator = fields.String()
    fy = fields.Integer()
    text = fields.String(allow_none=True)
    by = fields.UUID()
    at = fields.AwareDateTime()


class GapOut(OutSchema):
    kind = fields.String()
    code = fields.String()
    shown = fields.Integer(allow_none=True)


class EvaluationOut(OutSchema):
    fy = fields.Integer()
    label = fields.String()
    complete = fields.Boolean()
    sealed = fields.Boolean()
    goals = fields.List(fields.Nested(FrameOut))
    indicators = fields.List(fields.Nested(IndicatorOut))
    findings = fields.List(fields.Nested(FindingOut))
    efforts = fields.List(fields.Nested(GapOut))
    gaps = fields.List(fields.Nested(GapOut))
