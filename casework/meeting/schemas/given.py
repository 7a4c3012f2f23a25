"""What the doors of 会議 give; what a role may not see is left out."""

from __future__ import annotations

from marshmallow import fields

from ...web.schema import OutSchema


class ItemMemberOut(OutSchema):
    id = fields.UUID()
    agenda_item_id = fields.UUID()
    agency = fields.String()
    staff_id = fields.UUID(allow_none=True)
    ground = fields.String()
    invited_at = fields.AwareDateTime()
    access_ends_at = fields.AwareDateTime(allow_none=True)
    attendance = fields.String(allow_none=True)
    proxy = fields.String(allow_none=True)


class AgendaLineOut(OutSchema):
    sort = fields.Integer()
    id = fields.UUID()
    case_id = fields.UUID()
    purpose = fields.String(allow_none=True)
    starts_at = fields.AwareDateTime(allow_none=True)
    decided = fields.Boolean()
    number = fields.String(allow_none=True)


class MeetingLineOut(OutSchema):
    id = fields.UUID()
    basis = fields.String()
    convener = fields.String()
    state = fields.String()
    planned_at = fields.AwareDateTime()
    place = fields.String(allow_none=True)
    secrecy_confirmed = fields.Boolean()


class MeetingOut(OutSchema):
    id = fields.UUID()
    version = fields.Integer()
    basis = fields.String()
    convener = fields.String()
    chair_id = fields.UUID()
    deputy_id = fields.UUID(allow_none=True)
    secretariat_id = fields.UUID()
    place = fields.String(allow_none=True)
    planned_at = fields.AwareDateTime()
    minutes = fields.Integer()
    state = fields.String()
    secrecy_confirmed = fields.Boolean()
    cancel_reason = fields.String(allow_none=True)
    items = fields.List(fields.Nested(AgendaLineOut))
    moves = fields.List(fields.String())


class SheetOut(OutSchema):
    id = fields.UUID()
    version = fields.Integer()
    agenda_item_id = fields.UUID()
    agency = fields.String()
    household_picture = fields.String(allow_none=True)
    current_efforts = fields.String(allow_none=True)
    wanted_agencies = fields.String(allow_none=True)
    requests = fields.String(allow_none=True)
    written_by = fields.UUID()
    written_at = fields.AwareDateTime()


class MaterialOut(OutSchema):
    meeting = fields.Nested(MeetingOut)
    sheets = fields.List(fields.Nested(SheetOut))


class MissingOut(OutSchema):
    place_kind = fields.String(allow_none=True)
    text = fields.String(allow_none=True)


class ActionOut(OutSchema):
    id = fields.UUID()
    version = fields.Integer()
    agenda_item_id = fields.UUID()
    case_id = fields.UUID()
    state = fields.String()
    owner_id = fields.UUID()
    owner_agency = fields.String()
    role = fields.String()
    initiative = fields.String(allow_none=True)
    due_on = fields.Date()
    overdue = fields.Boolean()
    task = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    done_on = fields.Date(allow_none=True)
    result = fields.String(allow_none=True)
    moves = fields.List(fields.String())


class DecisionOut(OutSchema):
    policy = fields.String(allow_none=True)
    verdict = fields.String(allow_none=True)
    lead_agency = fields.String(allow_none=True)
    lead_id = fields.UUID(allow_none=True)
    plan_agreed = fields.Boolean()
    next_meeting_on = fields.Date(allow_none=True)
    decided_by = fields.UUID()
    decided_at = fields.AwareDateTime()
    actions = fields.List(fields.Nested(ActionOut))
    missing = fields.List(fields.Nested(MissingOut))


class AdditionOut(OutSchema):
    text = fields.String(allow_none=True)
    added_by = fields.UUID()
    added_at = fields.AwareDateTime()


class AgendaItemOut(OutSchema):
    id = fields.UUID()
    version = fields.Integer()
    meeting_id = fields.UUID()
    case_id = fields.UUID()
    sort = fields.Integer()
    basis = fields.String()
    plan_id = fields.UUID(allow_none=True)
    starts_at = fields.AwareDateTime(allow_none=True)
    purpose = fields.String(allow_none=True)
    withdrawn = fields.Boolean()
    items = fields.List(fields.String())
    minutes = fields.String(allow_none=True)
    additions = fields.List(fields.Nested(AdditionOut))
    members = fields.List(fields.Nested(ItemMemberOut))
    decision = fields.Nested(DecisionOut, allow_none=True)
    meeting_state = fields.String(allow_none=True)
    number = fields.String(allow_none=True)


class MeetingProposalOut(OutSchema):
    id = fields.UUID()
    case_id = fields.UUID()
    cause = fields.String()
    basis = fields.String()
    reason = fields.String(allow_none=True)
    proposed_by = fields.UUID()
    proposed_at = fields.AwareDateTime()
    number = fields.String(allow_none=True)


class ConvenedOut(OutSchema):
    id = fields.UUID()
    meeting_id = fields.UUID()
    sort = fields.Integer()
    basis = fields.String()
    planned_at = fields.AwareDateTime()
    place = fields.String(allow_none=True)
    purpose = fields.String(allow_none=True)
