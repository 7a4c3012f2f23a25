"""What the doors take and give for persons and households."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from marshmallow import fields, validate

from ..web.schema import (
    AtMost,
    CodeField,
    Fault,
    InSchema,
    JapaneseDate,
    JapanesePartialDate,
    LongText,
    OutSchema,
    ReadField,
    Text,
)
from .rules import (
    AddressDraft,
    CareDraft,
    ContactDraft,
    ContactKind,
    GrantDraft,
    Ground,
    LeaveDraft,
    MemberDraft,
    PersonDraft,
    PersonEdit,
    ProtectDraft,
    ReleaseDraft,
    RenewDraft,
    SafeContactDraft,
    SearchDraft,
)
from .rules.relations import ConflictDraft, DeclarationDraft, RelationDeclared

KINDS = [kind.value for kind in ContactKind]


def optional_date() -> JapaneseDate:
    return JapaneseDate(load_default=None, allow_none=True)


def optional_code(list_name: str = "") -> CodeField:
    return CodeField(list=list_name, load_default=None, allow_none=True)


class AddressIn(InSchema):
    """住所; a restricted one carries no district."""

    draft = AddressDraft
    address = Text(required=True, limit=300)
    district = optional_code("district")
    restricted = fields.Boolean(load_default=False)
    valid_from = optional_date()


class ContactIn(InSchema):
    draft = ContactDraft
    kind = fields.String(
        required=True,
        validate=validate.OneOf(KINDS, error=Fault("unknown_code")),
        metadata={"label_of": "contact_kind"},
    )
    value = Text(required=True, limit=200)
    restricted = fields.Boolean(load_default=False)


class SafeContactIn(InSchema):
    draft = SafeContactDraft
    hours = Text(limit=200)
    message_ok = fields.Boolean(load_default=None, allow_none=True)
    letter_ok = fields.Boolean(load_default=None, allow_none=True)
    remarks = LongText(limit=1000)


class PersonIn(InSchema):
    """A resident as far as known."""

    draft = PersonDraft
    name = Text(limit=100)
    kana = Text(limit=100)
    birth = JapanesePartialDate(load_default=None, allow_none=True)
    sex = optional_code("sex")
    addresses = fields.List(fields.Nested(AddressIn), load_default=list, validate=AtMost(5))
    contacts = fields.List(fields.Nested(ContactIn), load_default=list, validate=AtMost(10))
    safe_contact = fields.Nested(SafeContactIn, load_default=None, allow_none=True)


class PersonEditIn(InSchema):
    draft = PersonEdit
    name = Text(limit=100)
    kana = Text(limit=100)
    birth = JapanesePartialDate(load_default=None, allow_none=True)
    sex = optional_code("sex")
    version = fields.Integer(load_only=True)


class MemberIn(InSchema):
    draft: ClassVar[Callable[..., Any] | None] = MemberDraft
    person_id = fields.UUID(required=True)
    relation = optional_code("relation")
    cohabiting = fields.Boolean(load_default=None, allow_none=True)
    valid_from = optional_date()


class LeaveIn(InSchema):
    draft = LeaveDraft
    on = JapaneseDate(required=True)


class CareIn(InSchema):
    draft = CareDraft
    carer_id = fields.UUID(required=True)
    cared_id = fields.UUID(required=True)
    valid_from = optional_date()


class SearchIn(InSchema):
    """Terms travel in the body, so that no personal data is in an address."""

    draft = SearchDraft
    name = Text(limit=100)
    kana = Text(limit=100)
    birth = JapanesePartialDate(load_default=None, allow_none=True)
    phone = Text(limit=40)
    address = Text(limit=300)


class ReleaseIn(InSchema):
    draft = ReleaseDraft
    reason = LongText(required=True, limit=2000)
    until = fields.AwareDateTime(required=True)


class AddressOut(OutSchema):
    id = fields.UUID()
    address = ReadField(allow_none=True)
    district = ReadField(allow_none=True)
    restricted = fields.Boolean()
    valid_from = JapaneseDate(allow_none=True)
    valid_until = JapaneseDate(allow_none=True)


class ContactOut(OutSchema):
    id = fields.UUID()
    kind = fields.String()
    value = ReadField(allow_none=True)
    restricted = fields.Boolean()


class SafeContactOut(OutSchema):
    hours = fields.String(allow_none=True)
    message_ok = fields.Boolean(allow_none=True)
    letter_ok = fields.Boolean(allow_none=True)
    remarks = fields.String(allow_none=True)
    recorded_at = fields.AwareDateTime()


class ProtectionGrantOut(OutSchema):
    id = fields.UUID()
    staff_id = fields.UUID()
    whereabouts = fields.Boolean()
    given_by = fields.UUID()
    given_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    ended_by = fields.UUID(allow_none=True)
    purpose = fields.String(allow_none=True)


class PersonOut(OutSchema):
    id = fields.UUID()
    version = fields.Integer()
    name = fields.String(allow_none=True)
    kana = fields.String(allow_none=True)
    birth = fields.String(allow_none=True)
    birth_precision = fields.String(allow_none=True)
    sex = fields.String(allow_none=True)
    anonymous = fields.Boolean()
    protected = fields.Boolean()
    addresses = fields.List(fields.Nested(AddressOut))
    contacts = fields.List(fields.Nested(ContactOut))
    safe_contact = fields.Nested(SafeContactOut, allow_none=True)
    grants = fields.List(fields.Nested(ProtectionGrantOut))


class MemberOut(OutSchema):
    id = fields.UUID()
    person_id = fields.UUID()
    name = fields.String(allow_none=True)
    kana = fields.String(allow_none=True)
    relation = fields.String(allow_none=True)
    cohabiting = fields.Boolean(allow_none=True)
    valid_from = JapaneseDate(allow_none=True)
    valid_until = JapaneseDate(allow_none=True)


class CareOut(OutSchema):
    id = fields.UUID()
    carer_id = fields.UUID()
    cared_id = fields.UUID()
    valid_from = JapaneseDate(allow_none=True)
    valid_until = JapaneseDate(allow_none=True)


class HouseholdOut(OutSchema):
    id = fields.UUID()
    version = fields.Integer()
    household_type = fields.String(allow_none=True)
    members = fields.List(fields.Nested(MemberOut))
    care = fields.List(fields.Nested(CareOut))


class CandidateOut(OutSchema):
    person_id = fields.UUID()
    name = fields.String(allow_none=True)
    kana = fields.String(allow_none=True)
    birth = fields.String(allow_none=True)
    reasons = fields.List(fields.String())


class ReleaseOut(OutSchema):
    id = fields.UUID()
    person_id = fields.UUID()
    asked_by = fields.UUID()
    asked_at = fields.AwareDateTime()
    reason = fields.String(allow_none=True)
    until = fields.AwareDateTime(allow_none=True)
    kind = fields.String()
    state = fields.String()
    decided_by = fields.UUID(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)


class ProtectIn(InSchema):
    draft = ProtectDraft
    ground = fields.String(
        required=True,
        validate=validate.OneOf([ground.value for ground in Ground], error=Fault("unknown_choice")),
    )
    reason = LongText(limit=4000, required=True)
    valid_from = JapaneseDate(required=True)
    valid_until = optional_date()


class ProtectedOut(OutSchema):
    person_id = fields.UUID()
    ground = fields.String()
    valid_from = JapaneseDate()
    valid_until = JapaneseDate(allow_none=True)


class RenewIn(InSchema):
    draft = RenewDraft
    reason = LongText(limit=4000, required=True)
    valid_until = optional_date()


class NameGrantIn(InSchema):
    draft = GrantDraft
    staff_id = fields.UUID(required=True)
    purpose = LongText(limit=4000, required=True)
    until = fields.AwareDateTime(required=True)


class ExtendIn(InSchema):
    draft = staticmethod(lambda until: until)
    until = fields.AwareDateTime(required=True)


class LiftIn(InSchema):
    draft = staticmethod(lambda reason: reason)
    reason = LongText(limit=4000, required=True)


class ProtectionOut(OutSchema):
    id = fields.UUID()
    person_id = ReadField(allow_none=True)
    ground = fields.String()
    valid_from = JapaneseDate()
    valid_until = JapaneseDate(allow_none=True)
    standing = fields.String()
    grants = fields.List(fields.Nested(ProtectionGrantOut))


class DeclarationIn(InSchema):
    """利益相反の申告: oneself, somebody of one's household, a relation."""

    draft = DeclarationDraft
    kind = fields.String(
        required=True,
        validate=validate.OneOf([kind.value for kind in RelationDeclared], error=Fault("unknown_choice")),
    )
    name = Text(required=True, limit=100)
    kana = Text(limit=100)
    birth = JapanesePartialDate(load_default=None, allow_none=True)


class DeclarationOut(OutSchema):
    id = fields.UUID()
    kind = fields.String()
    name = fields.String(allow_none=True)
    kana = fields.String(allow_none=True)
    birth = fields.String(allow_none=True)
    declared_at = fields.AwareDateTime()


class ConflictIn(InSchema):
    draft = ConflictDraft
    staff_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)


class ConflictOut(OutSchema):
    id = fields.UUID()
    staff_id = fields.UUID()
    person_id = fields.UUID()
    found_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)
