"""What the doors of 開示請求 take and give."""

from __future__ import annotations

import base64
from typing import Any

from marshmallow import fields

from ..web.schema import (
    AtMost,
    CodeField,
    InSchema,
    JapaneseDate,
    JapanesePartialDate,
    LongText,
    OutSchema,
    Text,
    page_of,
)
from .rules import (
    CopyFormat,
    CopyView,
    ExportDraft,
    ExtensionDraft,
    GivingDraft,
    PartDraft,
    PartVerdict,
    RegisterDraft,
    ReturnDraft,
)

UNKNOWN: dict[str, Any] = {"unknown": "unknown_code"}
PASSAGES = 50


class RegisterIn(InSchema):
    draft = RegisterDraft
    name = Text(limit=100, required=True)
    birth = JapanesePartialDate(required=True)
    case_number = Text(limit=16)
    requester = CodeField(list="requester_kind", required=True)
    requester_name = Text(limit=100)
    identity_check = CodeField(list="identity_check", required=True)
    received_on = JapaneseDate(required=True)


class ExtensionIn(InSchema):
    draft = ExtensionDraft
    reason = LongText(limit=1000, required=True)


class ReturnIn(InSchema):
    draft = ReturnDraft
    reason = LongText(limit=1000, required=True)


class PartIn(InSchema):
    draft = PartDraft
    verdict = fields.Enum(PartVerdict, by_value=True, required=True, error_messages=UNKNOWN)
    reason = CodeField(list="withholding_reason", load_default=None, allow_none=True)
    passages = fields.List(LongText(limit=1000, required=True), load_default=tuple, validate=AtMost(PASSAGES))
    remark = LongText(limit=1000)


class ExportIn(InSchema):
    draft = ExportDraft
    format = fields.Enum(CopyFormat, by_value=True, required=True, error_messages=UNKNOWN)
    recipient = Text(limit=100, required=True)
    way = CodeField(list="handing_way", required=True)


class GivingIn(InSchema):
    draft = GivingDraft
    recipient = Text(limit=100, required=True)
    way = CodeField(list="handing_way", required=True)


class RequestLineOut(OutSchema):
    id = fields.UUID()
    number = fields.String()
    state = fields.String()
    received_on = JapaneseDate()
    due_on = JapaneseDate()


RequestPage = page_of(RequestLineOut)


class PartOut(OutSchema):
    id = fields.UUID()
    kind = fields.String()
    heading = fields.String()
    text = fields.String(allow_none=True)
    proposal = fields.String()
    proposed_reason = fields.String(allow_none=True)
    verdict = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    passages = fields.List(fields.String())
    remark = fields.String(allow_none=True)
    decided_by = fields.UUID(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)
    changed = fields.Boolean()


class GivingOut(OutSchema):
    id = fields.UUID()
    copy_id = fields.UUID()
    format = fields.String()
    digest = fields.String()
    recipient = fields.String(allow_none=True)
    way = fields.String()
    given_by = fields.UUID()
    given_at = fields.AwareDateTime()


class ExtensionOut(OutSchema):
    on = JapaneseDate()
    reason = fields.String(allow_none=True)


class RequestOut(OutSchema):
    id = fields.UUID()
    number = fields.String()
    version = fields.Integer()
    state = fields.String()
    name = fields.String(allow_none=True)
    requester = fields.String()
    requester_name = fields.String(allow_none=True)
    identity_check = fields.String()
    received_on = JapaneseDate()
    due_on = JapaneseDate()
    extension = fields.Nested(ExtensionOut, allow_none=True)
    registered_by = fields.UUID()
    registered_at = fields.AwareDateTime()
    submitted_by = fields.UUID(allow_none=True)
    reviewed_by = fields.UUID(allow_none=True)
    reviewed_at = fields.AwareDateTime(allow_none=True)
    review_note = fields.String(allow_none=True)
    undecided = fields.Integer()
    parts = fields.List(fields.Nested(PartOut))
    givings = fields.List(fields.Nested(GivingOut))
    moves = fields.List(fields.String())


def _encoded(view: Any) -> str:
    copy: CopyView = view
    return base64.b64encode(copy.body).decode()


class CopyOut(OutSchema):
    """The file of a line of the ledger; `content` holds its bytes as base64."""

    number = fields.String()
    format = fields.String()
    digest = fields.String()
    content = fields.Function(_encoded)
