"""Bodies that a schema accepts, made from the schema itself, for tests that walk over every route."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from marshmallow import Schema, fields, validate

from casework.web.schema import CodeField, JapaneseDate, JapanesePartialDate, Text
from tests.support.world import START

# Codes that exist in Kamakura's lists; fields without a list take an agency.
CODES = {
    "": "korei_ikiiki",
    "agency": "korei_ikiiki",
    "window": "nandemo",
    "district": "ofuna",
    "code_list": "place_kind",
    "initiative": "2-2-1-2",
    "consult_topic": "housing",
    "contact_method": "home_visit",
    "contact_result": "absent",
    "consent_purpose": "plan_conference_sharing",
    "consent_item": "plan",
    "consent_form": "written",
    "meeting_role": "support",
    "meeting_basis": "act_106_6",
    "verdict": "continue",
    "goal_status": "achieved",
    "observed_change": "calm",
    "close_reason": "goal_reached",
    "interrupt_reason": "contact_lost",
    "emergency_kind": "life",
    "outreach_trigger": "not_reached",
    "place_kind": "salon",
}


def example(schema: type[Schema] | Schema, *, everything: bool = False, text: Any = None) -> dict[str, Any]:
    """A body with the required fields, or with every field; `text(name)` supplies typed texts."""
    made = schema() if isinstance(schema, type) else schema
    say = text or (lambda _name: "架空の内容")
    return {
        name: _value(field, name, everything=everything, text=say)
        for name, field in made.load_fields.items()
        if (field.required or everything) and name != "version"
    }


def _value(field: fields.Field[Any], name: str, *, everything: bool, text: Any) -> Any:
    if isinstance(field, fields.Nested):
        inner = example(field.schema, everything=everything, text=text)  # type: ignore[arg-type]
        return [inner] if field.many else inner
    if isinstance(field, fields.List):
        return [_value(field.inner, name, everything=everything, text=text)]
    chosen = _chosen(field)
    if chosen is not None:
        return chosen
    if isinstance(field, CodeField):
        return CODES.get(field.code_list, "korei_ikiiki")
    if isinstance(field, Text):
        return text(name)
    return _plain(field)


def _chosen(field: fields.Field[Any]) -> Any:
    if isinstance(field, fields.Enum):
        return next(iter(field.enum)).value
    for validator in field.validators:
        if isinstance(validator, validate.OneOf):
            return next(iter(validator.choices))
    return None


def _plain(field: fields.Field[Any]) -> Any:
    if isinstance(field, JapaneseDate):
        return "2026-04-07"
    if isinstance(field, JapanesePartialDate):
        return "昭和19年"
    if isinstance(field, fields.AwareDateTime):
        return START.astimezone(UTC).isoformat()
    if isinstance(field, fields.UUID):
        return str(uuid4())
    if isinstance(field, fields.Boolean):
        return True
    if isinstance(field, fields.Integer):
        return 1
    if isinstance(field, fields.Dict):
        return {}
    return datetime.now(UTC).date().isoformat() if isinstance(field, fields.Date) else "abcdefgh"
