"""What the doors of 相談受付 take and give."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from ..people.schemas import PersonIn
from ..web.schema import AtMost, CodeField, Fault, InSchema, JapaneseDate, LongText, OutSchema, PageArgs, Text
from .queries import LISTS
from .rules import (
    AnswerDraft,
    EmergencyDraft,
    IntakeDraft,
    IntakeEdit,
    IntakeState,
    MergeDraft,
    ReceptionConsent,
    ReceptionConsentDraft,
    SafeWaysDraft,
    SeekConsentDraft,
    TopicDraft,
    VisitorDraft,
)

UNKNOWN: dict[str, Any] = {"unknown": "unknown_code"}
STATES = [state.value for state in IntakeState]


def optional_code(list_name: str = "", *, needed: bool = False) -> CodeField:
    """`needed`: the move's guard asks for it and says so in its own words; pages mark it."""
    return CodeField(list=list_name, load_default=None, allow_none=True, metadata={"needed": needed})


def optional_date(*, needed: bool = False) -> JapaneseDate:
    return JapaneseDate(load_default=None, allow_none=True, metadata={"needed": needed})


def codes(most: int, list_name: str, *, least: int = 0) -> fields.List[Any]:
    return fields.List(CodeField(list=list_name), required=True, validate=AtMost(most, least))


class IntakeTopicIn(InSchema):
    """相談内容; `main`: 最も困っていること."""

    draft = TopicDraft
    code = CodeField(list="consult_topic", required=True)
    main = fields.Boolean(load_default=False)


class IntakeVisitorIn(InSchema):
    """来談者, if another person."""

    draft = VisitorDraft
    name = Text(limit=100)
    phone = Text(limit=40)
    relation = optional_code("relation")


class ReceptionConsentIn(InSchema):
    """本人同意 given at the window."""

    draft = ReceptionConsentDraft
    recipients = codes(30, "agency", least=1)
    items = codes(30, "consent_item", least=1)
    given_on = JapaneseDate(required=True)
    form = CodeField(list="consent_form", required=True)
    purpose = CodeField(list="consent_purpose", load_default="referral_sharing")
    proxy = Text(limit=100)
    expires_on = optional_date()


class IntakeSafeWaysIn(InSchema):
    """Safe ways to contact: hours, may a message be left, may a letter be sent, what else to mind."""

    draft = SafeWaysDraft
    hours = Text(limit=200)
    message_ok = fields.Boolean(load_default=None, allow_none=True)
    letter_ok = fields.Boolean(load_default=None, allow_none=True)
    remarks = LongText(limit=1000)


class IntakeEditIn(InSchema):
    """The editable part of an open intake, as a whole."""

    draft = IntakeEdit
    topics = fields.List(fields.Nested(IntakeTopicIn), required=True, validate=AtMost(20, 1))
    visitor = fields.Nested(IntakeVisitorIn, load_default=None, allow_none=True)
    wishes = LongText()
    narrative = LongText()
    intake_route = optional_code("intake_route")
    urgency = optional_code("urgency")
    safe_ways = fields.Nested(IntakeSafeWaysIn, load_default=None, allow_none=True)
    next_contact_on = optional_date()
    version = fields.Integer(load_only=True)


class IntakeIn(InSchema):
    """相談受付・申込票. Required are window, topics and the consent state only."""

    draft = IntakeDraft
    window = CodeField(list="window", required=True)
    topics = fields.List(fields.Nested(IntakeTopicIn), required=True, validate=AtMost(20, 1))
    consent = fields.Enum(ReceptionConsent, by_value=True, required=True, error_messages=UNKNOWN)
    consent_reason = optional_code("cannot_ask_reason")
    consent_given = fields.Nested(ReceptionConsentIn, load_default=None, allow_none=True)
    received_on = optional_date()
    person_id = fields.UUID(load_default=None, allow_none=True)
    person = fields.Nested(PersonIn, load_default=None, allow_none=True)
    visitor = fields.Nested(IntakeVisitorIn, load_default=None, allow_none=True)
    wishes = LongText()
    narrative = LongText()
    intake_route = optional_code("intake_route")
    urgency = optional_code("urgency")
    safe_ways = fields.Nested(IntakeSafeWaysIn, load_default=None, allow_none=True)
    next_contact_on = optional_date()
    protect_reason = LongText(limit=4000)


class IntakeAnswerIn(InSchema):
    draft = AnswerDraft
    reason = optional_code("answer_reason", needed=True)
    next_place = optional_code("next_place", needed=True)
    text = LongText(limit=2000)


class IntakeSeekConsentIn(InSchema):
    draft = SeekConsentDraft
    recontact_on = optional_date(needed=True)


class IntakeEmergencyIn(InSchema):
    draft = EmergencyDraft
    kind = optional_code("emergency_kind", needed=True)
    notified_to = optional_code("notified_to", needed=True)
    notified_at = fields.AwareDateTime(load_default=None, allow_none=True, metadata={"needed": True})
    text = LongText(limit=4000, metadata={"needed": True})


class IntakeMergeIn(InSchema):
    draft = MergeDraft
    into_intake = fields.UUID(load_default=None, allow_none=True)
    into_case = fields.UUID(load_default=None, allow_none=True)


class IntakeSavedFormIn(InSchema):
    """The form as JSON text, as far as it was typed."""

    draft = staticmethod(lambda content: content)
    content = LongText(required=True, limit=60000)


class IntakeArgs(PageArgs):
    which = fields.String(
        load_default="division", validate=validate.OneOf(LISTS, error=Fault("list_unknown"))
    )
    state = fields.String(load_default=None, validate=validate.OneOf(STATES, error=Fault("unknown_code")))


class IntakeTopicOut(OutSchema):
    code = fields.String()
    main = fields.Boolean()


class IntakeVisitorOut(OutSchema):
    name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    relation = fields.String(allow_none=True)


class IntakeSafeWaysOut(OutSchema):
    hours = fields.String(allow_none=True)
    message_ok = fields.Boolean(allow_none=True)
    letter_ok = fields.Boolean(allow_none=True)
    remarks = fields.String(allow_none=True)


class IntakeOut(OutSchema):
    id = fields.UUID()
    number = fields.String()
    state = fields.String()
    version = fields.Integer()
    window = fields.String()
    owner_id = fields.UUID()
    owner_agency = fields.String()
    recorder_id = fields.UUID()
    received_on = fields.Date()
    received_at = fields.AwareDateTime()
    person_id = fields.UUID()
    person_name = fields.String(allow_none=True)
    person_kana = fields.String(allow_none=True)
    visitor = fields.Nested(IntakeVisitorOut)
    topics = fields.List(fields.Nested(IntakeTopicOut))
    wishes = fields.String(allow_none=True)
    narrative = fields.String(allow_none=True)
    intake_route = fields.String(allow_none=True)
    urgency = fields.String(allow_none=True)
    consent = fields.String()
    consent_reason = fields.String(allow_none=True)
    safe_ways = fields.Nested(IntakeSafeWaysOut)
    next_contact_on = fields.Date(allow_none=True)
    answer_reason = fields.String(allow_none=True)
    next_place = fields.String(allow_none=True)
    answer_text = fields.String(allow_none=True)
    case_id = fields.UUID(allow_none=True)
    merged_into_intake = fields.UUID(allow_none=True)
    merged_into_case = fields.UUID(allow_none=True)
    moves = fields.List(fields.String())


class IntakeLineOut(OutSchema):
    id = fields.UUID()
    number = fields.String()
    state = fields.String()
    window = fields.String()
    owner_id = fields.UUID()
    owner_agency = fields.String()
    received_on = fields.Date()
    urgency = fields.String(allow_none=True)
    main_topic = fields.String(allow_none=True)
    person_name = fields.String(allow_none=True)
    next_contact_on = fields.Date(allow_none=True)
    case_id = fields.UUID(allow_none=True)


class IntakeAnsweredLineOut(OutSchema):
    number = fields.String()
    window = fields.String()
    main_topic = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    next_place = fields.String(allow_none=True)
    received_on = fields.Date()


class IntakeMergeLineOut(OutSchema):
    id = fields.UUID()
    number = fields.String()
    state = fields.String()
    version = fields.Integer()
    window = fields.String()
    main_topic = fields.String(allow_none=True)
    received_on = fields.Date()


class IntakeCandidateOut(OutSchema):
    person_id = fields.UUID()
    name = fields.String(allow_none=True)
    kana = fields.String(allow_none=True)
    reasons = fields.List(fields.String())


class IntakeCandidatesOut(OutSchema):
    items = fields.List(fields.Nested(IntakeCandidateOut))
    known_elsewhere = fields.Boolean()
    contacts = fields.List(fields.String())


class IntakeSavedFormOut(OutSchema):
    content = fields.String(allow_none=True)
    saved_at = fields.AwareDateTime(allow_none=True)
