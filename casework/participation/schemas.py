"""What the doors take and give for participation support."""

from __future__ import annotations

from marshmallow import fields, validate

from ..cases.schemas import CaseTitleOut
from ..web.schema import AtMost, CodeField, Fault, InSchema, JapaneseDate, LongText, OutSchema
from .rules import AssessDraft, EndDraft, NeedDraft, SettlingDraft, SettlingSide, TrialDraft

SIDES = [side.value for side in SettlingSide]


class NeedIn(InSchema):
    draft = NeedDraft
    person_id = fields.UUID(required=True)
    coordinator_id = fields.UUID(required=True)
    coordinator_agency = CodeField(list="agency", required=True)
    wish = LongText(limit=4000)
    conditions = LongText(limit=4000)
    wanted_kind = CodeField(load_default=None, allow_none=True, list="place_kind")
    district = CodeField(list="district", load_default=None, allow_none=True)
    plan_id = fields.UUID(load_default=None, allow_none=True)


class AssessIn(InSchema):
    draft = AssessDraft
    wish = LongText(required=True, limit=4000)
    conditions = LongText(limit=4000)
    wanted_kind = CodeField(load_default=None, allow_none=True, list="place_kind")
    district = CodeField(list="district", load_default=None, allow_none=True)


class TrialIn(InSchema):
    draft = TrialDraft
    resource_id = fields.UUID(required=True)
    begins_on = JapaneseDate(required=True)
    shared_items = fields.List(
        CodeField(required=True, list="consent_item"), load_default=list, validate=AtMost(20)
    )
    shared_text = LongText(limit=4000)


class BreakOffIn(InSchema):
    draft = EndDraft
    reason = CodeField(required=True, list="broken_off_reason")
    text = LongText(limit=4000)


class EndIn(InSchema):
    draft = EndDraft
    reason = CodeField(required=True, list="participation_end_reason")
    text = LongText(limit=4000)


class SettlingIn(InSchema):
    draft = SettlingDraft
    side = fields.String(required=True, validate=validate.OneOf(SIDES, error=Fault("unknown_code")))
    at = fields.AwareDateTime(required=True)
    text = LongText(required=True, limit=4000)
    next_on = JapaneseDate(load_default=None, allow_none=True)


class PlacementOut(OutSchema):
    id = fields.UUID()
    resource_id = fields.UUID()
    begins_on = JapaneseDate()
    placed_on = JapaneseDate(allow_none=True)
    ended_on = JapaneseDate(allow_none=True)
    broken_off_reason = fields.String(allow_none=True)
    text = fields.String(allow_none=True)


class SettlingOut(OutSchema):
    id = fields.UUID()
    side = fields.String()
    at = fields.AwareDateTime()
    text = fields.String(allow_none=True)
    next_on = JapaneseDate(allow_none=True)
    by = fields.UUID()


class NeedLineOut(OutSchema):
    id = fields.UUID()
    case_id = fields.UUID()
    state = fields.String()
    wanted_kind = fields.String(allow_none=True)
    district = fields.String(allow_none=True)
    owner_id = fields.UUID()
    owner_agency = fields.String()
    requested_at = fields.AwareDateTime()
    without_place_since = JapaneseDate(allow_none=True)
    case = fields.Nested(CaseTitleOut, allow_none=True)


class NeedOut(NeedLineOut):
    person_id = fields.UUID()
    plan_id = fields.UUID(allow_none=True)
    version = fields.Integer()
    wish = fields.String(allow_none=True)
    conditions = fields.String(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    end_reason = fields.String(allow_none=True)
    placements = fields.List(fields.Nested(PlacementOut))
    settling = fields.List(fields.Nested(SettlingOut))
    moves = fields.List(fields.String())
