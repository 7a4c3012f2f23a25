"""What the doors of 保存と消去 take and give."""

from __future__ import annotations

from marshmallow import fields

from ..web.schema import AtMost, CodeField, InSchema, JapaneseDate, LongText, OutSchema, Text, page_of
from .rules import (
    BY_SCHEDULE,
    MOST,
    DecisionDraft,
    HoldDraft,
    ProposalDraft,
    RefusalDraft,
)


class ProposalIn(InSchema):
    draft = ProposalDraft
    numbers = fields.List(Text(limit=16, required=True), required=True, validate=AtMost(MOST, 1))
    ground = CodeField(list="erasure_ground", required=True)
    reason = LongText(limit=1000, required=True)


def _past(numbers: tuple[str, ...], reason: str) -> ProposalDraft:
    return ProposalDraft(numbers, BY_SCHEDULE, reason)


def _single(number: str, ground: str, reason: str) -> ProposalDraft:
    return ProposalDraft((number,), ground, reason)


class PastIn(InSchema):
    """Records of the due list, ticked on the page."""

    draft = staticmethod(_past)
    numbers = fields.List(Text(limit=16, required=True), required=True, validate=AtMost(MOST, 1))
    reason = LongText(limit=1000, required=True)


class SingleIn(InSchema):
    """One record by its number, on whatever ground."""

    draft = staticmethod(_single)
    number = Text(limit=16, required=True)
    ground = CodeField(list="erasure_ground", required=True)
    reason = LongText(limit=1000, required=True)


class DecisionIn(InSchema):
    draft = DecisionDraft
    erasures = fields.List(fields.UUID(), required=True, validate=AtMost(MOST, 1))


class RefusalIn(InSchema):
    draft = RefusalDraft
    reason = LongText(limit=1000, required=True)


class HoldIn(InSchema):
    draft = HoldDraft
    number = Text(limit=16, required=True)
    reason = LongText(limit=1000, required=True)
    ends_on = JapaneseDate(required=True)


class ScheduleOut(OutSchema):
    code = fields.String()
    name = fields.String()
    record = fields.String()
    start = fields.String()
    years = fields.Integer()
    counted = fields.String()
    ground = fields.String()
    hold = fields.Boolean()
    status = fields.String()


class DueLineOut(OutSchema):
    kind = fields.String()
    number = fields.String()
    schedule = fields.String()
    started_on = JapaneseDate()
    due_on = JapaneseDate()


class DueOut(OutSchema):
    lines = fields.List(fields.Nested(DueLineOut))
    more = fields.Boolean()


class HoldOut(OutSchema):
    id = fields.UUID()
    kind = fields.String()
    number = fields.String()
    reason = fields.String(allow_none=True)
    ends_on = JapaneseDate()
    set_by = fields.UUID()
    set_at = fields.AwareDateTime()
    lifted_at = fields.AwareDateTime(allow_none=True)


class ErasureOut(OutSchema):
    id = fields.UUID()
    kind = fields.String()
    number = fields.String()
    schedule = fields.String()
    ground = fields.String()
    state = fields.String()
    proposed_by = fields.UUID()
    proposed_at = fields.AwareDateTime()
    reason = fields.String(allow_none=True)
    decided_by = fields.UUID(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)
    refusal = fields.String(allow_none=True)


class TombstoneOut(OutSchema):
    id = fields.UUID()
    kind = fields.String()
    number = fields.String()
    schedule = fields.String()
    ground = fields.String()
    proposed_by = fields.UUID()
    approved_by = fields.UUID(allow_none=True)
    erased_at = fields.AwareDateTime(allow_none=True)
    rows = fields.Integer()
    keys = fields.Integer()
    keys_gone_at = fields.AwareDateTime(allow_none=True)
    kek_retired_at = fields.AwareDateTime(allow_none=True)
    backups_until = fields.AwareDateTime(allow_none=True)


TombstonePage = page_of(TombstoneOut)
