"""What the doors take and give for the directory and the code lists."""

from __future__ import annotations

from marshmallow import fields, validate

from ..web.schema import CodeField, Fault, InSchema, JapaneseDate, OutSchema, Text
from .rules import CodeDraft, RetireDraft


class CodeArgs(InSchema):
    list = fields.String(load_default=None)


class CodeIn(InSchema):
    draft = CodeDraft
    list = CodeField(list="code_list", required=True)
    code = CodeField(required=True)
    ja = Text(required=True, limit=100)
    en = Text(required=True, limit=100)
    sort = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, 1_000_000, error=Fault("field_too_large"))
    )
    valid_from = JapaneseDate(load_default=None, allow_none=True)


class CodeRetireIn(InSchema):
    draft = RetireDraft
    on = JapaneseDate(required=True)


class AgencyOut(OutSchema):
    code = fields.String()
    name = fields.String()
    kind = fields.String()
    support_meeting_member = fields.Boolean()
    retired_on = JapaneseDate(allow_none=True)


class WindowOut(OutSchema):
    code = fields.String()
    name = fields.String()
    agency = fields.String()
    initiative = fields.String(allow_none=True)
    field = fields.String()
    retired_on = JapaneseDate(allow_none=True)


class DistrictOut(OutSchema):
    code = fields.String()
    name = fields.String()
    kind = fields.String()
    parent = fields.String(allow_none=True)


class InitiativeOut(OutSchema):
    key = fields.String()
    printed_number = fields.String()
    name = fields.String()
    divisions = fields.List(fields.String())
    tracking = fields.String()
    restated = fields.Boolean()


class CodeOut(OutSchema):
    list = fields.String()
    code = fields.String()
    ja = fields.String()
    en = fields.String()
    status = fields.String()
    sort = fields.Integer()
    valid_from = JapaneseDate(allow_none=True)
    valid_to = JapaneseDate(allow_none=True)
