"""What the doors take and give for outreach."""

from __future__ import annotations

from marshmallow import fields, validate

from ..cases.schemas import CaseTitleOut
from ..web.schema import CodeField, Fault, InSchema, JapaneseDate, LongText, OutSchema, PageArgs, Text
from .rules import EpisodeDraft, OutreachBasis, OutreachState, SafetyDraft, StepDraft, VisitDraft

BASES = [basis.value for basis in OutreachBasis]
STATES = [state.value for state in OutreachState]


class EpisodeIn(InSchema):
    draft = EpisodeDraft
    trigger = CodeField(required=True, list="outreach_trigger")
    basis = fields.String(required=True, validate=validate.OneOf(BASES, error=Fault("unknown_code")))
    worker_id = fields.UUID(required=True)
    worker_agency = CodeField(list="agency", required=True)
    person_id = fields.UUID(load_default=None, allow_none=True)
    background = LongText()


class SafetyIn(InSchema):
    draft = SafetyDraft
    text = LongText(required=True, limit=2000)
    not_to_do = LongText(limit=2000)
    by_two = fields.Boolean(load_default=False)
    review_on = JapaneseDate(required=True)


class VisitIn(InSchema):
    """A visit in under a minute: when, how, with which result; the rest may follow."""

    draft = VisitDraft
    at = fields.AwareDateTime(required=True)
    method = CodeField(required=True, list="contact_method")
    result = CodeField(required=True, list="contact_result")
    minutes = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(0, 1440, error=Fault("minutes_out_of_range")),
    )
    by_two = fields.Boolean(load_default=False)
    with_whom = Text(limit=200)
    text = LongText()
    next_step = LongText(limit=2000)
    next_on = JapaneseDate(load_default=None, allow_none=True)


class StepIn(InSchema):
    draft = StepDraft
    reason = LongText(limit=2000)
    to_agency = CodeField(list="agency", load_default=None, allow_none=True)
    end_reason = CodeField(load_default=None, allow_none=True, list="outreach_end_reason")


class EpisodeArgs(PageArgs):
    state = fields.String(load_default=None, validate=validate.OneOf(STATES, error=Fault("unknown_code")))


class SafetyOut(OutSchema):
    id = fields.UUID()
    text = fields.String(allow_none=True)
    not_to_do = fields.String(allow_none=True)
    by_two = fields.Boolean()
    review_on = JapaneseDate()
    review_overdue = fields.Boolean()
    written_by = fields.UUID()
    written_at = fields.AwareDateTime()


class VisitOut(OutSchema):
    id = fields.UUID()
    at = fields.AwareDateTime()
    method = fields.String()
    result = fields.String()
    minutes = fields.Integer(allow_none=True)
    by_two = fields.Boolean()
    with_whom = fields.String(allow_none=True)
    text = fields.String(allow_none=True)
    next_step = fields.String(allow_none=True)
    next_on = JapaneseDate(allow_none=True)
    by = fields.UUID()


class EpisodeLineOut(OutSchema):
    id = fields.UUID()
    case_id = fields.UUID()
    state = fields.String()
    owner_id = fields.UUID()
    owner_agency = fields.String()
    started_at = fields.AwareDateTime()
    last_visit_at = fields.AwareDateTime(allow_none=True)
    next_on = JapaneseDate(allow_none=True)
    case = fields.Nested(CaseTitleOut, allow_none=True)


class EpisodeOut(EpisodeLineOut):
    person_id = fields.UUID(allow_none=True)
    version = fields.Integer()
    basis = fields.String()
    trigger = fields.String()
    background = fields.String(allow_none=True)
    handed_to = fields.String(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    end_reason = fields.String(allow_none=True)
    effort_minutes = fields.Integer()
    safety = fields.List(fields.Nested(SafetyOut))
    visits = fields.List(fields.Nested(VisitOut))
    moves = fields.List(fields.String())
