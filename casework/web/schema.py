"""Base schemas and fields of all doors: unknown input is refused, every fault is a code with a Japanese sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar

from flask import g
from marshmallow import RAISE, Schema, ValidationError, fields, missing, post_load

from ..kernel import text as texts
from ..kernel import wareki
from ..kernel.errors import BadInput
from ..usecase import Withheld

CODE = re.compile(r"[a-z0-9][a-z0-9_\-]{0,63}")


class Fault(str):
    """An error code with the facts that fill its sentence; marshmallow carries it as a message."""

    facts: Mapping[str, Any]

    def __new__(cls, code: str, facts: Mapping[str, Any] | None = None) -> Fault:
        made = super().__new__(cls, code)
        made.facts = facts or {}
        return made


def _codes(*names: str) -> dict[str, Any]:
    return {name: f"field_{name}" for name in names}


fields.Field.default_error_messages = _codes("required", "null", "validator_failed")
fields.Integer.default_error_messages = _codes("invalid", "too_large")
fields.Boolean.default_error_messages = _codes("invalid")
fields.UUID.default_error_messages = {"invalid": "field_invalid", "invalid_uuid": "field_invalid_id"}
fields.String.default_error_messages = {"invalid": "field_invalid", "invalid_utf8": "text_surrogate"}
fields.List.default_error_messages = _codes("invalid")
fields.Nested.default_error_messages = {"type": "field_invalid"}
fields.AwareDateTime.default_error_messages = {
    "invalid": "field_invalid_moment",
    "invalid_awareness": "field_invalid_moment",
    "format": "field_invalid_moment",
}
Schema.error_messages = {"unknown": "field_unknown", "type": "field_invalid"}


class InSchema(Schema):
    """Input of a use case. `draft` is the frozen shape it becomes; an input field `version` goes to the Context."""

    class Meta:
        unknown = RAISE

    draft: ClassVar[Callable[..., Any] | None] = None

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        if "version" in data:
            g.body_version = data.pop("version")
        # Drafts are frozen, so what is a list on the wire is a tuple inside.
        shaped = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        draft = type(self).draft
        return shaped if draft is None else draft(**shaped)


class OutSchema(Schema):
    """Output of a view; fields withheld from the role are left out, not shown as null."""

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """As in marshmallow, without the steps that views do not need: they name every field of their schema."""
        if self.many if many is None else many:
            return [self._dump_view(view) for view in obj]
        return self._dump_view(obj)

    def _dump_view(self, view: Any) -> Any:
        if isinstance(view, Mapping):
            return super().dump(view, many=False)
        found = {}
        for name, field in self.dump_fields.items():
            value = field.serialize(name, view, accessor=_shown)
            if value is not missing:
                found[name if field.data_key is None else field.data_key] = value
        return found

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        value = super().get_attribute(obj, attr, default)
        return missing if isinstance(value, Withheld) else value


def _shown(view: Any, name: str, default: Any) -> Any:
    value = getattr(view, name, default)
    return missing if isinstance(value, Withheld) else value


class ReadField(fields.Field[Any]):
    """Passes WITHHELD through; used by the output fields below."""

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **kwargs: Any) -> Any:
        value = self.get_value(obj, attr, accessor=accessor)
        return value if isinstance(value, Withheld) else super().serialize(attr, obj, accessor, **kwargs)


class Text(fields.String):
    """A typed text: NFC, no control characters, at most `limit` characters as people count them; blank is None."""

    def __init__(self, *, limit: int = 200, multiline: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("allow_none", not kwargs.get("required", False))
        kwargs.setdefault("load_default", None) if not kwargs.get("required") else None
        kwargs.setdefault("metadata", {}).setdefault("maxLength", limit)
        super().__init__(**kwargs)
        self.limit = limit
        self.multiline = multiline

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        typed = super()._deserialize(value, attr, data, **kwargs)
        if not self.required and isinstance(typed, str) and not typed.strip():
            return None
        with _Faults():
            return texts.clean(typed, field=attr or "", limit=self.limit, multiline=self.multiline)


class LongText(Text):
    """Narrative of several lines."""

    def __init__(self, *, limit: int = 8000, **kwargs: Any) -> None:
        super().__init__(limit=limit, multiline=True, **kwargs)


class CodeField(fields.String):
    """A code of a list or of the directory, by shape; the use case asks whether it is on offer."""

    def __init__(self, *, list: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {}).setdefault("description", f"code list: {list}" if list else "code")
        kwargs["metadata"].setdefault("pattern", f"^{CODE.pattern}$")
        super().__init__(**kwargs)
        self.code_list = list

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        typed = super()._deserialize(value, attr, data, **kwargs)
        if not CODE.fullmatch(typed):
            raise ValidationError([Fault("unknown_code")])
        return typed


class JapaneseDate(fields.Field[date]):
    """A day in any usual spelling (R8.4.1, 令和8年4月1日, 2026-04-01, full width too); given out as ISO."""

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str):
            raise ValidationError([Fault("field_invalid")])
        with _Faults():
            return wareki.parse_date(value)


class JapanesePartialDate(fields.Field[Any]):
    """A birth date as well as it is known: a day, a month, a year, or about a year."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> wareki.PartialDate:
        if not isinstance(value, str):
            raise ValidationError([Fault("field_invalid")])
        with _Faults():
            return wareki.parse_partial(value)


class _Faults:
    """Turn a BadInput of the kernel into marshmallow's error, keeping code and facts."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, trouble: BaseException | None, trace: object) -> None:
        if isinstance(trouble, BadInput):
            raise ValidationError([Fault(trouble.code, trouble.facts)]) from None


class AtMost:
    """Validator: a list of at most `most` entries (and at least `least`)."""

    def __init__(self, most: int, least: int = 0) -> None:
        self.most = most
        self.least = least

    def __call__(self, value: list[Any]) -> None:
        if not self.least <= len(value) <= self.most:
            raise ValidationError([Fault("field_list_length", {"least": self.least, "most": self.most})])


class PageArgs(InSchema):
    """Query of every list: continue after the cursor of the page before."""

    after = fields.String(load_default=None, metadata={"description": "cursor of the previous page"})


_pages: dict[type[Schema], type[Schema]] = {}


def page_of(item: type[Schema]) -> type[Schema]:
    """Schema of a keyset page of items: `items` (at most the page size) and `next`, the cursor or null."""
    if item not in _pages:
        shape = {
            "__module__": item.__module__,
            "items": fields.List(fields.Nested(item)),
            "next": fields.String(allow_none=True),
        }
        _pages[item] = type(f"{item.__name__}Page", (OutSchema,), shape)
    return _pages[item]


def schema_name(schema: Any) -> str:
    """A schema's name in the OpenAPI document: its house and its class, so that houses need not avoid each other."""
    cls = schema if isinstance(schema, type) else type(schema)
    house = cls.__module__.split(".")[1]
    return cls.__name__ if house == "web" else f"{house.capitalize()}{cls.__name__}"
