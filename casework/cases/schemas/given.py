"""What the case file gives: views out."""

from __future__ import annotations

from marshmallow import fields

from ...web.schema import JapaneseDate, OutSchema


class IssueOut(OutSchema):
    list = fields.String()
    code = fields.String()
    main = fields.Boolean()


class CasePersonOut(OutSchema):
    person_id = fields.UUID()
    role = fields.String()
    name = fields.String(allow_none=True)
    kana = fields.String(allow_none=True)


class AssignmentOut(OutSchema):
    id = fields.UUID()
    agency = fields.String()
    staff_id = fields.UUID(allow_none=True)
    role = fields.String()
    task = fields.String(allow_none=True)
    due_on = JapaneseDate(allow_none=True)
    ends_at = fields.AwareDateTime(allow_none=True)


class CaseTitleOut(OutSchema):
    number = fields.String()
    names = fields.List(fields.String())


class CaseLineOut(OutSchema):
    id = fields.UUID()
    number = fields.String()
    state = fields.String()
    owner_id = fields.UUID()
    owner_name = fields.String(allow_none=True)
    owner_agency = fields.String()
    lead_agency = fields.String(allow_none=True)
    danger = fields.Boolean()
    to_be_approved = fields.Boolean()
    names = fields.List(fields.String())
    opened_at = fields.AwareDateTime()
    last_contact_at = fields.AwareDateTime(allow_none=True)
    next_contact_on = JapaneseDate(allow_none=True)


class CaseOut(OutSchema):
    id = fields.UUID()
    number = fields.String()
    state = fields.String()
    version = fields.Integer()
    owner_id = fields.UUID()
    owner_agency = fields.String()
    lead_id = fields.UUID(allow_none=True)
    lead_agency = fields.String(allow_none=True)
    multi_agency = fields.Boolean()
    danger = fields.Boolean()
    to_be_approved = fields.Boolean()
    previous_id = fields.UUID(allow_none=True)
    household_id = fields.UUID(allow_none=True)
    window = fields.String(allow_none=True)
    opened_at = fields.AwareDateTime()
    last_contact_at = fields.AwareDateTime(allow_none=True)
    next_contact_on = JapaneseDate(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)
    close_reason = fields.String(allow_none=True)
    interrupt_reason = fields.String(allow_none=True)
    after_lead_agency = fields.String(allow_none=True)
    after_lead_id = fields.UUID(allow_none=True)
    people = fields.List(fields.Nested(CasePersonOut))
    issues = fields.List(fields.Nested(IssueOut))
    assignments = fields.List(fields.Nested(AssignmentOut))
    moves = fields.List(fields.String())


class GrantOut(OutSchema):
    id = fields.UUID()
    staff_id = fields.UUID()
    purpose_code = fields.String()
    purpose = fields.String()
    given_by = fields.UUID()
    given_at = fields.AwareDateTime()
    begins_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()


class GrantLineOut(OutSchema):
    id = fields.UUID()
    case_id = fields.UUID()
    number = fields.String()
    staff_id = fields.UUID()
    purpose_code = fields.String()
    given_by = fields.UUID()
    begins_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()


class EmergencyOut(OutSchema):
    """`case_id` and `number` are null where the case itself is out of the reader's sight."""

    id = fields.UUID()
    case_id = fields.UUID(allow_none=True)
    number = fields.String(allow_none=True)
    staff_id = fields.UUID()
    agency = fields.String()
    category = fields.String()
    reason = fields.String(allow_none=True)
    begins_at = fields.AwareDateTime()
    until = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    alarm = fields.Boolean()
    review_due_at = fields.AwareDateTime()
    verdict = fields.String(allow_none=True)
    follow_up = fields.String(allow_none=True)
    reviewed_by = fields.UUID(allow_none=True)
    reviewed_at = fields.AwareDateTime(allow_none=True)


class SectionOut(OutSchema):
    section = fields.String()
    text = fields.String(allow_none=True)


class FactOut(OutSchema):
    person_id = fields.UUID()
    list = fields.String()
    code = fields.String()


class AssessmentOut(OutSchema):
    id = fields.UUID()
    revision = fields.Integer()
    revisions = fields.Integer()
    housing_kind = fields.String(allow_none=True)
    author_id = fields.UUID()
    saved_at = fields.AwareDateTime()
    sections = fields.List(fields.Nested(SectionOut))
    facts = fields.List(fields.Nested(FactOut))


class ConsentOut(OutSchema):
    id = fields.UUID()
    thread_id = fields.UUID()
    revision = fields.Integer()
    person_id = fields.UUID()
    case_id = fields.UUID(allow_none=True)
    purpose = fields.String()
    state = fields.String()
    recipients = fields.List(fields.String())
    items = fields.List(fields.String())
    holder = fields.String(allow_none=True)
    form = fields.String(allow_none=True)
    given_on = JapaneseDate(allow_none=True)
    expires_on = JapaneseDate(allow_none=True)
    proxy = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    recorded_by = fields.UUID()
    recorded_at = fields.AwareDateTime()
    newest = fields.Boolean()
    in_force = fields.Boolean()


class InForceOut(OutSchema):
    in_force = fields.Boolean()
    ground = fields.String(allow_none=True)


class SegmentOut(OutSchema):
    id = fields.UUID()
    sort = fields.Integer()
    about_id = fields.UUID(allow_none=True)
    said_by = fields.String(allow_none=True)
    segment_class = fields.String()
    text = fields.String(allow_none=True)
    origin_basis = fields.String(allow_none=True)
    origin_item = fields.UUID(allow_none=True)


class NoteOut(OutSchema):
    id = fields.UUID()
    happened_at = fields.AwareDateTime()
    method = fields.String()
    with_whom = fields.String(allow_none=True)
    next_step = fields.String(allow_none=True)
    next_due_on = JapaneseDate(allow_none=True)
    minutes = fields.Integer(allow_none=True)
    author_id = fields.UUID()
    author_name = fields.String(allow_none=True)
    author_agency = fields.String()
    corrects_id = fields.UUID(allow_none=True)
    after_closing = fields.Boolean()
    recorded_at = fields.AwareDateTime()
    segments = fields.List(fields.Nested(SegmentOut))


class AlertOut(OutSchema):
    id = fields.UUID()
    kind = fields.String()
    text = fields.String(allow_none=True)
    reported_to = fields.String(allow_none=True)
    reported_at = fields.AwareDateTime(allow_none=True)
    raised_by = fields.UUID()
    raised_at = fields.AwareDateTime()


class DisclosureOut(OutSchema):
    id = fields.UUID()
    to_agency = fields.String(allow_none=True)
    ground = fields.String()
    channel = fields.String()
    items = fields.List(fields.String())
    what = fields.String(allow_none=True)
    by = fields.UUID()
    at = fields.AwareDateTime()


class ProposalOut(OutSchema):
    id = fields.UUID()
    cause = fields.String()
    basis = fields.String()
    reason = fields.String(allow_none=True)
    proposed_by = fields.UUID()
    proposed_at = fields.AwareDateTime()


class TimelineOut(OutSchema):
    kind = fields.String()
    id = fields.UUID()
    at = fields.AwareDateTime()
    by = fields.UUID()
    by_name = fields.String(allow_none=True)
    what = fields.String()
    text = fields.String(allow_none=True)
    from_state = fields.String(allow_none=True)
    to_state = fields.String(allow_none=True)
    to_agency = fields.String(allow_none=True)
    corrects_id = fields.UUID(allow_none=True)
    after_closing = fields.Boolean()
    until = fields.AwareDateTime(allow_none=True)
    verdict = fields.String(allow_none=True)
