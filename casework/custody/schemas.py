"""What the doors take and give about keys: never key material."""

from __future__ import annotations

from marshmallow import fields, validate

from ..web.schema import Fault, InSchema, OutSchema
from .rules import RetirementDraft


class RetirementIn(InSchema):
    draft = RetirementDraft
    kek_version = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 1_000_000, error=Fault("kek_version_range"))
    )


class KekOut(OutSchema):
    version = fields.Integer()
    state = fields.String()
    created_at = fields.AwareDateTime()
    data_keys = fields.Integer()
    purpose_keys = fields.Integer()
    destroyed_at = fields.AwareDateTime(allow_none=True)
    may_ask = fields.Boolean()


class RetirementOut(OutSchema):
    id = fields.UUID()
    kek_version = fields.Integer()
    state = fields.String()
    requested_by = fields.UUID()
    requested_at = fields.AwareDateTime()
    approved_by = fields.UUID(allow_none=True)
    approved_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()
    moves = fields.List(fields.String())


class ErasuresOut(OutSchema):
    erased = fields.Integer()
    waiting_for_retirement = fields.Integer()
    waiting_for_backups = fields.Integer()
    backups_until = fields.AwareDateTime(allow_none=True)


class KeysOut(OutSchema):
    provider = fields.String()
    provider_before = fields.String()
    keks = fields.List(fields.Nested(KekOut))
    left = fields.Integer()
    rewrap_started_at = fields.AwareDateTime(allow_none=True)
    rewrap_ended_at = fields.AwareDateTime(allow_none=True)
    erasures = fields.Nested(ErasuresOut)
    retirements = fields.List(fields.Nested(RetirementOut))
