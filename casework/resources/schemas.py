"""What the doors take and give for resources."""

from __future__ import annotations

from marshmallow import fields, validate

from ..web.schema import CodeField, Fault, InSchema, JapaneseDate, LongText, OutSchema, PageArgs, Text
from .rules import ResourceDraft


class ResourceIn(InSchema):
    draft = ResourceDraft
    kind = CodeField(required=True, list="place_kind")
    name = Text(required=True, limit=200)
    district = CodeField(list="district", load_default=None, allow_none=True)
    agency = CodeField(list="agency", load_default=None, allow_none=True)
    capacity = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(0, 10_000, error=Fault("field_too_large")),
    )
    accepts = LongText(limit=2000)
    contact = Text(limit=300)
    remarks = LongText(limit=2000)


class ResourceEditIn(ResourceIn):
    version = fields.Integer(load_only=True)


class ResourceArgs(PageArgs):
    kind = CodeField(load_default=None, list="place_kind")
    district = CodeField(list="district", load_default=None)


class ResourceOut(OutSchema):
    id = fields.UUID()
    version = fields.Integer()
    kind = fields.String()
    name = fields.String()
    district = fields.String(allow_none=True)
    agency = fields.String(allow_none=True)
    capacity = fields.Integer(allow_none=True)
    accepts = fields.String(allow_none=True)
    contact = fields.String(allow_none=True)
    remarks = fields.String(allow_none=True)
    active = fields.Boolean()
    last_verified_on = JapaneseDate(allow_none=True)
    verified_by = fields.UUID(allow_none=True)
