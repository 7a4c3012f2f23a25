"""What the case file takes: drafts in, the same for JSON bodies and forms."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Range

from ...people.schemas import MemberIn, PersonIn
from ...web.schema import AtMost, CodeField, Fault, InSchema, JapaneseDate, LongText, PageArgs, Text
from ..queries.emergency import WHICH
from ..queries.lists import SCOPES
from ..rules import (
    CHANNELS,
    FACT_LISTS,
    ISSUE_LISTS,
    AddPersonDraft,
    AlertDraft,
    AssessmentDraft,
    AssignmentDraft,
    CaseState,
    ConsentChange,
    ConsentDraft,
    ConsentState,
    DisclosureDraft,
    EmergencyDraft,
    FactDraft,
    GrantDraft,
    HandOverDraft,
    HouseholdDraft,
    IssueDraft,
    IssuesDraft,
    LeadDraft,
    MoveDraft,
    NoteDraft,
    ProposalDraft,
    ReopenDraft,
    ReviewDraft,
    Section,
    SectionDraft,
    SegmentClass,
    SegmentDraft,
    StepOutDraft,
    Verdict,
)


class Choice(fields.String):
    """One of a few words that the program knows."""

    def __init__(self, words: Any, **kwargs: Any) -> None:
        self.words = [str(word) for word in words]
        kwargs.setdefault("metadata", {})["enum"] = list(self.words)
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        typed = super()._deserialize(value, attr, data, **kwargs)
        if typed not in self.words:
            raise ValidationError([Fault("unknown_choice")])
        return typed


class Chosen(Choice):
    """The same, as a member of its enumeration."""

    def __init__(self, states: Any, **kwargs: Any) -> None:
        super().__init__(states, **kwargs)
        self.states = states

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return self.states(super()._deserialize(value, attr, data, **kwargs))


def day(**kwargs: Any) -> JapaneseDate:
    return JapaneseDate(load_default=None, allow_none=True, **kwargs)


def code(name: str = "", **kwargs: Any) -> CodeField:
    return CodeField(list=name, load_default=None, allow_none=True, **kwargs)


def codes(name: str = "", *, least: int = 0, **kwargs: Any) -> fields.List[Any]:
    return fields.List(CodeField(list=name), validate=AtMost(64, least), **kwargs)


def version() -> fields.Integer:
    """The version an edit starts from, when it is not said by If-Match."""
    return fields.Integer(validate=Range(min=1, max=2**31 - 1))


class MoveIn(InSchema):
    draft = staticmethod(MoveDraft)
    why = LongText(limit=4000)
    version = version()


class HandOverIn(InSchema):
    draft = staticmethod(HandOverDraft)
    owner_id = fields.UUID(required=True)
    agency = CodeField(list="agency", required=True)
    reason = LongText(limit=4000, required=True)
    version = version()


class LeadIn(InSchema):
    draft = staticmethod(LeadDraft)
    lead_id = fields.UUID(required=True)
    agency = CodeField(list="agency", required=True)
    version = version()


class StepOutIn(InSchema):
    draft = staticmethod(StepOutDraft)
    reason = LongText(limit=4000, required=True)
    lead_id = fields.UUID(load_default=None, allow_none=True)
    lead_agency = code("agency")
    version = version()

    @validates_schema
    def together(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("lead_id") is None) != (data.get("lead_agency") is None):
            raise ValidationError({"lead_agency": [Fault("lead_missing")]})


class ReopenIn(InSchema):
    draft = staticmethod(ReopenDraft)
    agency = CodeField(list="agency", required=True)
    reason = LongText(limit=4000, required=True)
    next_contact_on = day()
    version = version()


class IssueIn(InSchema):
    draft = staticmethod(IssueDraft)
    list = Choice(ISSUE_LISTS, required=True)
    code = CodeField(required=True)
    main = fields.Boolean(load_default=False)


class IssuesIn(InSchema):
    draft = staticmethod(IssuesDraft)
    issues = fields.List(fields.Nested(IssueIn), required=True, validate=AtMost(64))
    next_contact_on = day()
    version = version()


class AddPersonIn(InSchema):
    """A further person: known already (`person_id`) or new (`person`, perhaps empty)."""

    draft = staticmethod(AddPersonDraft)
    role = Choice(("subject", "household", "other"), required=True)
    person_id = fields.UUID(load_default=None, allow_none=True)
    person = fields.Nested(PersonIn, load_default=None, allow_none=True)


class HouseholdIn(InSchema):
    """世帯: its members with 続柄; persons in sight only."""

    draft = staticmethod(HouseholdDraft)
    members = fields.List(fields.Nested(MemberIn), required=True, validate=AtMost(30, 1))
    household_type = code("household_type")


class AssignmentIn(InSchema):
    draft = staticmethod(AssignmentDraft)
    agency = CodeField(list="agency", required=True)
    role = CodeField(list="meeting_role", required=True)
    staff_id = fields.UUID(load_default=None, allow_none=True)
    task = LongText(limit=2000)
    due_on = day()


class GrantIn(InSchema):
    draft = staticmethod(GrantDraft)
    staff_id = fields.UUID(required=True)
    agency = CodeField(list="agency", required=True)
    purpose_code = CodeField(list="grant_purpose", required=True)
    purpose = Text(limit=500, required=True)
    begins_at = fields.AwareDateTime(load_default=None, allow_none=True)
    ends_at = fields.AwareDateTime(required=True)


class GrantsArgs(PageArgs):
    staff_id = fields.UUID(load_default=None)
    number = Text(limit=16)


class CaseNumberArgs(InSchema):
    number = Text(limit=16, required=True)


class EmergencyIn(InSchema):
    draft = staticmethod(EmergencyDraft)
    number = Text(limit=16, required=True)
    category = CodeField(list="emergency_kind", required=True)
    reason = LongText(limit=2000, required=True)
    hours = fields.Integer(required=True)


class EmergenciesArgs(PageArgs):
    which = Choice(WHICH, load_default="all")


class ReviewIn(InSchema):
    draft = staticmethod(ReviewDraft)
    verdict = Chosen(Verdict, required=True)
    follow_up = LongText(limit=4000)


class SectionIn(InSchema):
    draft = staticmethod(SectionDraft)
    section = Chosen(Section, required=True)
    text = LongText(required=True)


class FactIn(InSchema):
    draft = staticmethod(FactDraft)
    person_id = fields.UUID(required=True)
    list = Choice(FACT_LISTS, required=True)
    code = CodeField(required=True)


class AssessmentIn(InSchema):
    draft = staticmethod(AssessmentDraft)
    sections = fields.List(fields.Nested(SectionIn), required=True, validate=AtMost(len(Section), 1))
    facts = fields.List(fields.Nested(FactIn), load_default=(), validate=AtMost(200))
    housing_kind = code("housing_kind")
    based_on = fields.Integer(load_default=None, allow_none=True, validate=Range(min=0, max=1_000_000))


class ConsentIn(InSchema):
    draft = staticmethod(ConsentDraft)
    purpose = CodeField(list="consent_purpose", required=True)
    state = Chosen(ConsentState, required=True)
    recipients = codes("agency", load_default=())
    items = codes("consent_item", load_default=())
    holder = code("agency")
    form = code("consent_form")
    given_on = day()
    expires_on = day()
    proxy = Text(limit=200)
    reason = LongText(limit=2000)
    this_case_only = fields.Boolean(load_default=True)


class ConsentChangeIn(InSchema):
    draft = staticmethod(ConsentChange)
    state = Chosen(ConsentState, required=True)
    recipients = codes("agency", load_default=None, allow_none=True)
    items = codes("consent_item", load_default=None, allow_none=True)
    holder = code("agency")
    form = code("consent_form")
    given_on = day()
    expires_on = day()
    proxy = Text(limit=200)
    reason = LongText(limit=2000)


class SegmentIn(InSchema):
    draft = staticmethod(SegmentDraft)
    segment_class = Chosen(SegmentClass, required=True)
    text = LongText(required=True)
    about_id = fields.UUID(load_default=None, allow_none=True)
    said_by = Text(limit=200)
    origin_basis = code("meeting_basis")
    origin_item = fields.UUID(load_default=None, allow_none=True)


class NoteIn(InSchema):
    draft = staticmethod(NoteDraft)
    happened_at = fields.AwareDateTime(required=True)
    method = CodeField(list="contact_method", required=True)
    agency = CodeField(list="agency", required=True)
    segments = fields.List(fields.Nested(SegmentIn), load_default=(), validate=AtMost(50))
    quotes = fields.List(fields.UUID(), load_default=(), validate=AtMost(50))
    with_whom = Text(limit=500)
    next_step = LongText(limit=2000)
    next_due_on = day()
    minutes = fields.Integer(load_default=None, allow_none=True, validate=Range(min=0, max=10_000))
    contacted = fields.Boolean(load_default=False)


class AlertIn(InSchema):
    draft = staticmethod(AlertDraft)
    kind = CodeField(list="emergency_kind", required=True)
    text = LongText(required=True)
    reported_to = code("notified_to")
    reported_at = fields.AwareDateTime(load_default=None, allow_none=True)


class DisclosureIn(InSchema):
    draft = staticmethod(DisclosureDraft)
    to_agency = CodeField(list="agency", required=True)
    ground = Text(limit=64, required=True)
    channel = Choice(CHANNELS, required=True)
    items = codes("consent_item", least=1, required=True)
    what = LongText(required=True)


class ProposalIn(InSchema):
    draft = staticmethod(ProposalDraft)
    reason = LongText(limit=4000, required=True)
    basis = CodeField(list="meeting_basis", load_default="act_106_6")


class ListArgs(PageArgs):
    scope = Choice(SCOPES, load_default="all")
    state = Chosen(CaseState, load_default=None)
    danger = fields.Boolean(load_default=None)


class NotesArgs(PageArgs):
    purpose = CodeField(load_default="", metadata={"description": "why the notes are read; recorded"})


class AssessmentArgs(InSchema):
    revision = fields.Integer(load_default=None, validate=Range(min=1, max=1_000_000))


class InForceArgs(InSchema):
    purpose = CodeField(list="consent_purpose", required=True)
    recipients = codes("agency", load_default=list)
    items = codes("consent_item", load_default=list)
