"""What the doors of 書きかけ take and give."""

from __future__ import annotations

import json
from typing import Any

from flask import current_app
from marshmallow import ValidationError, fields, validate, validates
from werkzeug.exceptions import HTTPException

from ..web.house import house
from ..web.pages.blueprint import FormDoor
from ..web.schema import Fault, InSchema, OutSchema
from .rules import LONGEST, UnsentDraft


def form_at(path: str) -> FormDoor | None:
    """The form behind an address; None if there is none, or none any more."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        return None
    return house().forms.get(str(endpoint))


class UnsentIn(InSchema):
    """A form's address and its pairs as JSON text, as far as they were typed; never of a form that asks a secret."""

    draft = UnsentDraft
    form = fields.String(required=True, validate=validate.Length(max=200, error=Fault("unknown_form")))
    content = fields.String(
        required=True, validate=validate.Length(max=LONGEST, error=Fault("unsent_too_long"))
    )
    mark = fields.String(load_default="", validate=validate.Length(max=64, error=Fault("field_invalid")))

    @validates("form")
    def _kept(self, path: str, **_: Any) -> None:
        door = form_at(path)
        if door is None or not door.keeps:
            raise ValidationError(Fault("unknown_form"))

    @validates("content")
    def _pairs(self, content: str, **_: Any) -> None:
        try:
            pairs = json.loads(content)
        except (ValueError, RecursionError):
            pairs = None
        if not isinstance(pairs, list) or not all(map(_pair, pairs)):
            raise ValidationError(Fault("field_invalid"))


def _pair(given: object) -> bool:
    return isinstance(given, list) and len(given) == 2 and all(isinstance(part, str) for part in given)


class UnsentOut(OutSchema):
    form = fields.String()
    saved_at = fields.AwareDateTime()
    mark = fields.String()
