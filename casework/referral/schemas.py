"""What the doors of つなぎ take and give."""

from __future__ import annotations

from marshmallow import fields, validate

from ..web.schema import AtMost, CodeField, Fault, InSchema, JapaneseDate, LongText, OutSchema, PageArgs
from .rules import (
    AcceptDraft,
    CompleteDraft,
    ForwardDraft,
    ReferralDraft,
    ReferralState,
    ReturnDraft,
)

STATES = [state.value for state in ReferralState]


def optional_code(list_name: str = "", *, needed: bool = False) -> CodeField:
    """`needed`: the move's guard asks for it and says so in its own words; pages mark it."""
    return CodeField(list=list_name, load_default=None, allow_none=True, metadata={"needed": needed})


def one_of(words: list[str], *, default: str | None, code: str) -> fields.String:
    return fields.String(load_default=default, validate=validate.OneOf(words, error=Fault(code)))


class ReferralIn(InSchema):
    """つなぎ, with consent (in force for receiver and items) or without (on a named ground)."""

    draft = ReferralDraft
    to_agency = CodeField(list="agency", required=True)
    reason = LongText(required=True, limit=4000)
    with_consent = fields.Boolean(required=True)
    ground = optional_code("sharing_ground")
    wishes = LongText(limit=2000)
    urgent = fields.Boolean(load_default=False)
    keep_role = optional_code("meeting_role")
    items = fields.List(CodeField(list="consent_item"), load_default=list, validate=AtMost(30))
    segments = fields.List(fields.UUID(), load_default=list, validate=AtMost(100))


class ReferralAcceptIn(InSchema):
    draft = AcceptDraft
    accepted_by = fields.UUID(load_default=None, allow_none=True)


class ReferralReturnIn(InSchema):
    draft = ReturnDraft
    reason = optional_code("return_reason", needed=True)
    text = LongText(limit=2000)


class ReferralForwardIn(InSchema):
    draft = ForwardDraft
    to_agency = optional_code("agency", needed=True)
    text = LongText(limit=2000)


class ReferralCompleteIn(InSchema):
    draft = CompleteDraft
    completed_on = JapaneseDate(load_default=None, allow_none=True, metadata={"needed": True})


class ReferralArgs(PageArgs):
    which = one_of(["inbox", "sent"], default="inbox", code="list_unknown")
    state = one_of(STATES, default=None, code="unknown_code")


class ReferralBoardArgs(PageArgs):
    which = one_of(["open", "returned"], default="open", code="list_unknown")


class SharedSegmentOut(OutSchema):
    about_id = fields.UUID(allow_none=True)
    said_by = fields.String(allow_none=True)
    segment_class = fields.String()
    text = fields.String(allow_none=True)


class ReferralOut(OutSchema):
    id = fields.UUID()
    number = fields.String()
    case_id = fields.UUID()
    state = fields.String()
    version = fields.Integer()
    owner_id = fields.UUID()
    owner_agency = fields.String()
    from_staff = fields.UUID()
    from_agency = fields.String()
    to_agency = fields.String()
    path = fields.List(fields.String())
    previous_id = fields.UUID(allow_none=True)
    reason = fields.String(allow_none=True)
    wishes = fields.String(allow_none=True)
    urgent = fields.Boolean()
    with_consent = fields.Boolean()
    ground = fields.String(allow_none=True)
    keep_role = fields.String(allow_none=True)
    items = fields.List(fields.String())
    segments = fields.List(fields.Nested(SharedSegmentOut))
    sent_at = fields.AwareDateTime()
    ack_due_at = fields.AwareDateTime()
    overdue = fields.Boolean()
    acknowledged_at = fields.AwareDateTime(allow_none=True)
    acknowledged_by = fields.UUID(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)
    answered_by = fields.UUID(allow_none=True)
    accepted_by = fields.UUID(allow_none=True)
    return_reason = fields.String(allow_none=True)
    return_text = fields.String(allow_none=True)
    forwarded_to = fields.String(allow_none=True)
    forward_text = fields.String(allow_none=True)
    completed_on = fields.Date(allow_none=True)
    moves = fields.List(fields.String())


class ReferralLineOut(OutSchema):
    id = fields.UUID()
    number = fields.String()
    case_id = fields.UUID()
    state = fields.String()
    owner_id = fields.UUID()
    owner_agency = fields.String()
    from_agency = fields.String()
    to_agency = fields.String()
    urgent = fields.Boolean()
    sent_at = fields.AwareDateTime()
    ack_due_at = fields.AwareDateTime()
    overdue = fields.Boolean()
    return_reason = fields.String(allow_none=True)


class ReferralOverdueLineOut(OutSchema):
    number = fields.String()
    from_agency = fields.String()
    to_agency = fields.String()
    urgent = fields.Boolean()
    sent_at = fields.AwareDateTime()
    ack_due_at = fields.AwareDateTime()
    days = fields.Integer()
