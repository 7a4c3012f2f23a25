"""What the doors of 書きかけ take and give."""

from __future__ import annotations

from marshmallow import fields, validate

from ..web.schema import Fault, InSchema, OutSchema
from .rules import LONGEST, UnsentDraft


class UnsentIn(InSchema):
    """A form's address and its pairs as JSON text, as far as they were typed."""

    draft = UnsentDraft
    form = fields.String(
        required=True, validate=validate.Regexp(r"/[a-z0-9/_-]{1,199}", error=Fault("unknown_form"))
    )
    content = fields.String(
        required=True, validate=validate.Length(max=LONGEST, error=Fault("unsent_too_long"))
    )


class UnsentArgs(InSchema):
    form = fields.String(required=True)


class UnsentOut(OutSchema):
    form = fields.String()
    saved_at = fields.AwareDateTime()
