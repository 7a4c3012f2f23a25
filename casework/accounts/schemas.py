"""Shapes of accounts at the door: sign-in, sessions, staff and roles."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

from flask_wtf.csrf import generate_csrf
from marshmallow import ValidationError, fields

from ..web.house import house
from ..web.schema import AtMost, CodeField, Fault, InSchema, JapaneseDate, OutSchema, PageArgs, Text
from . import rules

ROLES_AT_ONCE = 20


class Password(fields.String):
    """A password as typed: nothing is trimmed or folded away, only its length is bounded."""

    secret = True  # pages neither show it again nor keep it

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", True)
        kwargs.setdefault("metadata", {}).update(maxLength=rules.PASSWORD_LIMIT, format="password")
        super().__init__(load_only=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        typed: str = super()._deserialize(value, attr, data, **kwargs)
        if len(typed) > rules.PASSWORD_LIMIT:
            raise ValidationError([Fault("password_long", {"most": rules.PASSWORD_LIMIT})])
        if any("\ud800" <= character <= "\udfff" for character in typed):
            raise ValidationError([Fault("text_surrogate")])
        return typed


class RoleField(fields.String):
    """A role that staff can hold."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"enum": [role.value for role in rules.GIVEN_TO_STAFF], "label_of": "role"}
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        typed = super()._deserialize(value, attr, data, **kwargs)
        found = [role for role in rules.GIVEN_TO_STAFF if role.value == typed]
        if not found:
            raise ValidationError([Fault("unknown_code")])
        return found[0]


class SignInIn(InSchema):
    draft = rules.SignInDraft
    login = Text(limit=64, required=True)
    password = Password()


class Code(fields.String):
    """A code of the app or a recovery code, as typed."""

    secret = True

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {}).update(maxLength=rules.PROOF_LIMIT)
        super().__init__(load_only=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        typed: str = super()._deserialize(value, attr, data, **kwargs)
        if len(typed) > rules.PROOF_LIMIT or not rules.fold_code(typed):
            raise ValidationError([Fault("code_wrong")])
        return typed


class Answer(fields.Dict):
    """What the browser answers for a passkey: the JSON of a PublicKeyCredential (WebAuthn level 3, 5.1)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):  # from a form
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                raise ValidationError([Fault("passkey_refused")]) from None
        return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]


class ConfirmIn(InSchema):
    """The password, with a code if the account has a second factor; or a passkey, which is both."""

    draft = rules.ConfirmDraft
    password = Password(required=False, load_default="")
    code = Code(load_default="")
    passkey = Answer(load_default=None, allow_none=True)


class ProofIn(InSchema):
    """A code of the app, a recovery code, or a passkey."""

    draft = rules.ProofDraft
    code = Code(load_default="")
    passkey = Answer(load_default=None, allow_none=True)


class PasskeySignInIn(InSchema):
    draft = rules.ProofDraft
    passkey = Answer(required=True)


class CodeIn(InSchema):
    draft = rules.CodeDraft
    code = Code(required=True)


class PasskeyIn(InSchema):
    draft = rules.PasskeyDraft
    name = Text(limit=60, required=True)
    passkey = Answer(required=True)


class PasswordIn(InSchema):
    draft = rules.PasswordDraft
    current = Password()
    new = Password()


class PasswordResetIn(InSchema):
    draft = rules.ResetDraft
    password = Password()


class StaffRoleIn(InSchema):
    draft = rules.RoleDraft
    role = RoleField(required=True)
    agency = CodeField(list="agency", required=True)
    valid_from = JapaneseDate(load_default=None, allow_none=True)
    valid_until = JapaneseDate(load_default=None, allow_none=True)


def _staff_draft(**data: Any) -> rules.StaffDraft:
    return rules.StaffDraft(**{**data, "roles": tuple(data["roles"])})


class StaffIn(InSchema):
    draft = staticmethod(_staff_draft)
    login = Text(limit=64, required=True)
    name = Text(limit=100, required=True)
    agency = CodeField(list="agency", required=True)
    password = Password()
    roles = fields.List(fields.Nested(StaffRoleIn), load_default=list, validate=AtMost(ROLES_AT_ONCE))


class StaffRoleEndIn(InSchema):
    draft = rules.RoleEnd
    last_day = JapaneseDate(load_default=None, allow_none=True)
    to_staff_id = fields.UUID(load_default=None, allow_none=True)


class StaffHandOverIn(InSchema):
    draft = rules.HandOverDraft
    to_staff_id = fields.UUID(load_default=None, allow_none=True)


def _move_draft(**data: Any) -> rules.MoveDraft:
    return rules.MoveDraft(**{**data, "roles": tuple(data["roles"])})


class StaffMoveIn(InSchema):
    draft = staticmethod(_move_draft)
    agency = CodeField(list="agency", required=True)
    roles = fields.List(RoleField(), required=True, validate=AtMost(ROLES_AT_ONCE, least=1))
    to_staff_id = fields.UUID(load_default=None, allow_none=True)


class FileField(fields.String):
    """A file as base64: the bytes as the personnel office wrote them, whatever their encoding."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"format": "byte"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        typed = super()._deserialize(value, attr, data, **kwargs)
        try:
            return b64decode(typed, validate=True)
        except ValueError:
            raise ValidationError([Fault("field_invalid")]) from None


def _sheet(file: bytes) -> bytes:
    return file


class TransfersIn(InSchema):
    draft = staticmethod(_sheet)
    file = FileField(required=True)


class StaffArgs(PageArgs):
    agency = CodeField(list="agency", load_default=None)


class ColleagueArgs(PageArgs):
    agency = CodeField(list="agency", required=True)


class StaffRoleOut(OutSchema):
    id = fields.UUID()
    role = fields.String()
    agency = fields.String()
    valid_from = fields.Date()
    valid_until = fields.Date(allow_none=True)
    in_force = fields.Boolean()


class MeOut(OutSchema):
    """Who is signed in. `csrf_token` goes into the header X-CSRFToken of every change."""

    id = fields.UUID()
    login = fields.String()
    name = fields.String()
    agency = fields.String()
    roles = fields.List(fields.Nested(StaffRoleOut))
    must_change_password = fields.Boolean()
    csrf_token = fields.Function(lambda _view: generate_csrf(), metadata={"type": "string"})


class NoticeOut(OutSchema):
    """Something that happened to one's own account; `seen_at` is null until one says that one knows of it."""

    id = fields.UUID()
    kind = fields.String()
    times = fields.Integer()
    at = fields.AwareDateTime()
    seen_at = fields.AwareDateTime(allow_none=True)


class KindsOut(OutSchema):
    totp = fields.Boolean()
    passkey = fields.Boolean()


class HalfOut(OutSchema):
    """The password fitted; the second factor is still to come, with `csrf_token` in the header X-CSRFToken."""

    kinds = fields.Nested(KindsOut)
    csrf_token = fields.Function(lambda _view: generate_csrf(), metadata={"type": "string"})


class EnrolmentOut(OutSchema):
    """The seed of a code app, to be typed or read as a QR code of `uri`."""

    secret = fields.String()
    uri = fields.String()


class RecoveryOut(OutSchema):
    """New recovery codes, shown this once; empty where those given before still serve."""

    codes = fields.List(fields.String())


class PasskeyOut(OutSchema):
    id = fields.UUID()
    name = fields.String()
    created_at = fields.AwareDateTime()
    used_at = fields.AwareDateTime(allow_none=True)


class FactorsOut(OutSchema):
    totp_since = fields.AwareDateTime(allow_none=True)
    passkeys = fields.List(fields.Nested(PasskeyOut))
    recovery_left = fields.Integer()
    required = fields.Boolean()
    passkeys_offered = fields.Boolean()


class OptionsOut(OutSchema):
    """Options for navigator.credentials, as WebAuthn level 3 writes them in JSON."""

    options = fields.Function(lambda view: view, metadata={"type": "object"})


class SessionOut(OutSchema):
    id = fields.UUID()
    created_at = fields.AwareDateTime()
    seen_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    agent = fields.String()
    current = fields.Boolean()
    level = fields.String()
    confirmed_at = fields.AwareDateTime()


class StaffOut(OutSchema):
    id = fields.UUID()
    login = fields.String()
    name = fields.String()
    agency = fields.String()
    roles = fields.List(fields.Nested(StaffRoleOut))
    created_at = fields.AwareDateTime()
    disabled_at = fields.AwareDateTime(allow_none=True)
    must_change_password = fields.Boolean()
    version = fields.Integer()


class ChangeOut(OutSchema):
    """A change of somebody's rights that waits for a second person, or was decided."""

    id = fields.UUID()
    staff_id = fields.UUID()
    kind = fields.String()
    role = fields.String(allow_none=True)
    agency = fields.String(allow_none=True)
    valid_from = fields.Date(allow_none=True)
    valid_until = fields.Date(allow_none=True)
    proposed_by = fields.UUID()
    proposed_at = fields.AwareDateTime()
    until = fields.AwareDateTime()
    state = fields.String()
    decided_by = fields.UUID(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)


class StaffDetailOut(StaffOut):
    """`open_work`: how many open pieces of work the person owns; which ones is not for administration to see.

    `changes`: what waits for a second person.
    """

    open_work = fields.Integer()
    second_factor = fields.Boolean()
    changes = fields.List(fields.Nested(ChangeOut))


class LineFaultOut(OutSchema):
    code = fields.String()
    message = fields.Function(lambda fault: house().messages.error(fault.code, fault.facts))


class TransferLineOut(OutSchema):
    number = fields.Integer()
    login = fields.String()
    name = fields.String(allow_none=True)
    kind = fields.String(allow_none=True)
    agency = fields.String()
    to_name = fields.String(allow_none=True)
    on = fields.Date()
    scheduled = fields.Boolean()
    open_work = fields.Integer()
    faults = fields.List(fields.Nested(LineFaultOut))


class TransfersOut(OutSchema):
    """What a transfer list does, line by line; `open_work` counts work and says nothing of it."""

    lines = fields.List(fields.Nested(TransferLineOut))
    faulty = fields.Integer()
    applied = fields.Boolean()


class PlannedTransferOut(OutSchema):
    id = fields.UUID()
    staff_id = fields.UUID()
    kind = fields.String()
    agency = fields.String(allow_none=True)
    to_staff_id = fields.UUID(allow_none=True)
    on = fields.Date()
    state = fields.String()
    fault = fields.String(allow_none=True)


class ColleagueOut(OutSchema):
    id = fields.UUID()
    name = fields.String()
    agency = fields.String()
    roles = fields.List(fields.String())
