"""What the doors of 会議 take."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from ...web.schema import (
    AtMost,
    CodeField,
    Fault,
    InSchema,
    JapaneseDate,
    LongText,
    PageArgs,
    Text,
)
from ..rules import (
    ActionDraft,
    ActionState,
    AgendaDraft,
    AttendanceDraft,
    AttendanceLine,
    DecisionDraft,
    DoneDraft,
    MeetingDraft,
    MeetingState,
    MemberDraft,
    MembersDraft,
    MinutesDraft,
    MissingDraft,
    ReasonDraft,
    ReassignDraft,
    RecordDraft,
    SheetDraft,
)


def maybe_code(name: str = "") -> CodeField:
    return CodeField(list=name, load_default=None, allow_none=True)


def maybe_id() -> fields.UUID:
    return fields.UUID(load_default=None, allow_none=True)


def maybe_day() -> JapaneseDate:
    return JapaneseDate(load_default=None, allow_none=True)


def maybe_moment() -> fields.AwareDateTime:
    return fields.AwareDateTime(load_default=None, allow_none=True)


def state_of(states: Any) -> fields.String:
    words = [state.value for state in states]
    return fields.String(load_default=None, validate=validate.OneOf(words, error=Fault("unknown_code")))


def _length(value: int) -> None:
    validate.Range(5, 600, error=Fault("field_invalid"))(value)


class MeetingIn(InSchema):
    draft = MeetingDraft
    basis = CodeField(list="meeting_basis", required=True)
    convener = CodeField(list="agency", required=True)
    chair_id = fields.UUID(required=True)
    secretariat_id = fields.UUID(required=True)
    planned_at = fields.AwareDateTime(required=True)
    deputy_id = maybe_id()
    place = Text(limit=200)
    minutes = fields.Integer(load_default=60, validate=_length)


class AgendaIn(InSchema):
    """A proposal that waits, or a case directly."""

    draft = AgendaDraft
    purpose = LongText(limit=4000, required=True)
    proposal_id = maybe_id()
    case_id = maybe_id()
    plan_id = maybe_id()
    starts_at = maybe_moment()
    items = fields.List(
        CodeField(list="consent_item"), load_default=lambda: ["consultation"], validate=AtMost(30)
    )


class MemberIn(InSchema):
    draft = MemberDraft
    agency = CodeField(list="agency", required=True)
    ground = Text(limit=400, required=True)
    staff_id = maybe_id()
    case_id = maybe_id()


class MembersIn(InSchema):
    draft = MembersDraft
    members = fields.List(fields.Nested(MemberIn), load_default=list, validate=AtMost(60))


class MeetingReasonIn(InSchema):
    draft = ReasonDraft
    reason = LongText(limit=2000)


class SheetIn(InSchema):
    """準備シートの四項目."""

    draft = SheetDraft
    version = fields.Integer(load_only=True)
    agency = CodeField(list="agency", required=True)
    household_picture = LongText(limit=4000)
    current_efforts = LongText(limit=4000)
    wanted_agencies = LongText(limit=4000)
    requests = LongText(limit=4000)


class AttendanceLineIn(InSchema):
    draft = AttendanceLine
    member_id = fields.UUID(required=True)
    attendance = CodeField(list="attendance", required=True)
    proxy = Text(limit=100)


class AttendanceIn(InSchema):
    draft = AttendanceDraft
    version = fields.Integer(load_only=True)
    lines = fields.List(fields.Nested(AttendanceLineIn), required=True, validate=AtMost(60, 1))


class MinutesIn(InSchema):
    draft = MinutesDraft
    text = LongText(limit=20000, required=True)


class ActionIn(InSchema):
    draft = ActionDraft
    task = LongText(limit=2000, required=True)
    agency = maybe_code("agency")
    staff_id = maybe_id()
    due_on = maybe_day()
    role = CodeField(list="meeting_role", load_default="support")
    initiative = maybe_code("initiative")


class MissingIn(InSchema):
    draft = MissingDraft
    text = LongText(limit=2000, required=True)
    place_kind = maybe_code("place_kind")


class DecisionFields(InSchema):
    policy = LongText(limit=8000)
    verdict = maybe_code("verdict")
    lead_agency = maybe_code("agency")
    lead_id = maybe_id()
    actions = fields.List(fields.Nested(ActionIn), load_default=list, validate=AtMost(40))
    missing = fields.List(fields.Nested(MissingIn), load_default=list, validate=AtMost(40))
    next_meeting_on = maybe_day()
    plan_agreed = fields.Boolean(load_default=False)


class DecisionIn(DecisionFields):
    draft = DecisionDraft
    policy = LongText(limit=8000, required=True)


class RecordIn(DecisionFields):
    """Minutes and, once it is made, the decision."""

    draft = RecordDraft
    text = LongText(limit=20000, required=True)


class ActionDoneIn(InSchema):
    draft = DoneDraft
    done_on = maybe_day()
    result = LongText(limit=4000)


class ReassignIn(InSchema):
    draft = ReassignDraft
    agency = CodeField(list="agency", required=True)
    staff_id = maybe_id()
    due_on = maybe_day()


class MeetingArgs(PageArgs):
    """`month` is any day of the month that is asked for."""

    state = state_of(MeetingState)
    month = maybe_day()


class ActionArgs(PageArgs):
    which = fields.String(
        load_default="mine",
        validate=validate.OneOf(
            ["mine", "agency", "objected", "overdue", "all"], error=Fault("list_unknown")
        ),
    )
    state = state_of(ActionState)
    agency = maybe_code("agency")
