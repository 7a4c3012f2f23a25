"""What the doors of 帳票 take and give."""

from __future__ import annotations

from marshmallow import fields

from ..web.schema import InSchema, JapaneseDate, OutSchema
from .rules import PrintDraft, PrintPurpose


class PrintIn(InSchema):
    draft = PrintDraft
    purpose = fields.Enum(
        PrintPurpose, by_value=True, required=True, error_messages={"unknown": "unknown_code"}
    )


class PrintOut(OutSchema):
    id = fields.UUID()
    number = fields.String()
    kind = fields.String()
    target = fields.UUID()
    purpose = fields.String()
    printed_by = fields.UUID()
    printed_at = fields.AwareDateTime()
    destroy_on = JapaneseDate(allow_none=True)
