"""Between a posted form and nested data: names are dotted paths ("topics.0.code"), the schema tells their branches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from ...kernel import wareki
from ...kernel.clock import TOKYO
from ...kernel.errors import BadInput
from ..schema import JapaneseDate

# Names of the frame itself; everything else in a form is a field or a fault.
FRAME = frozenset({"csrf_token", "_key", "_version", "_base", "_draft", "_again", "_forget"})
MOMENT = re.compile(r"(?P<day>.+?)[\s\u3000T]+(?P<hour>\d{1,2})[:：時](?P<minute>\d{1,2})分?", re.DOTALL)
WIDE = str.maketrans("０１２３４５６７８９", "0123456789")


def collect(schema: Schema, posted: MultiDict[str, str], prefix: str = "") -> dict[str, Any]:
    """What was typed, shaped as the schema expects it; blank fields and blank rows are left out."""
    found: dict[str, Any] = {}
    for name, field in schema.load_fields.items():
        value = _value(field, posted, prefix + (field.data_key or name))
        if value is not None:
            found[field.data_key or name] = value
    return found


def strangers(schema: Schema, posted: MultiDict[str, str]) -> list[str]:
    """Names in the form that no field of the schema has."""
    known = set(_paths(schema))
    return sorted(
        name for name in posted if name not in FRAME and re.sub(r"\.\d+(?=\.|$)", "", name) not in known
    )


def declared_at(schema: Schema, name: str) -> fields.Field[Any] | None:
    """The field behind a dotted name of a form ("actions.0.initiative"); None for a name of the frame."""
    declared: fields.Field[Any] | None = None
    for part in name.split("."):
        if part.isdecimal():
            continue
        inner = declared.inner if isinstance(declared, fields.List) else declared
        fields_here = inner.schema.load_fields if isinstance(inner, fields.Nested) else schema.load_fields
        declared = fields_here.get(part)
        if declared is None:
            return None
    return declared.inner if isinstance(declared, fields.List) else declared


def flatten(data: Mapping[str, Any], prefix: str = "") -> MultiDict[str, str]:
    """Nested data as a form would post it, to show a stored record in its fields."""
    flat: MultiDict[str, str] = MultiDict()
    for name, value in data.items():
        _put(flat, prefix + name, value)
    return flat


def spoken(schema: Schema, flat: MultiDict[str, str]) -> MultiDict[str, str]:
    """A flattened record with its days and moments as people here write them (和暦), not as the API gives them."""
    said: MultiDict[str, str] = MultiDict()
    for name, value in flat.items(multi=True):
        declared = declared_at(schema, name)
        if isinstance(declared, JapaneseDate):
            said.add(name, _day(value))
        elif isinstance(declared, fields.AwareDateTime):
            said.add(name, _moment(value))
        else:
            said.add(name, value)
    return said


def _day(value: str) -> str:
    try:
        return wareki.format_wareki(date.fromisoformat(value))
    except ValueError:
        return value


def _moment(value: str) -> str:
    try:
        return wareki.format_moment(datetime.fromisoformat(value))
    except ValueError:
        return value


def _put(flat: MultiDict[str, str], name: str, value: Any) -> None:
    if isinstance(value, Mapping):
        flat.update(flatten(value, f"{name}."))
    elif isinstance(value, list | tuple):
        for at, entry in enumerate(value):
            if isinstance(entry, Mapping):
                flat.update(flatten(entry, f"{name}.{at}."))
            else:
                flat.add(name, _text(entry))
    elif value is not None:
        flat.add(name, _text(value))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def _value(field: fields.Field[Any], posted: MultiDict[str, str], name: str) -> Any:
    if isinstance(field, fields.Nested):
        return collect(field.schema, posted, f"{name}.") or None
    if isinstance(field, fields.List):
        return _entries(field, posted, name)
    typed = posted.get(name, "")
    if isinstance(field, fields.Boolean):
        return None if typed == "" else typed == "1"
    if isinstance(field, fields.AwareDateTime):
        return moment(typed) or None
    plain = typed.strip().translate(WIDE)
    if isinstance(field, fields.Integer) and plain.isdecimal():
        return int(plain)
    return typed if typed.strip() else None


def _entries(field: fields.List[Any], posted: MultiDict[str, str], name: str) -> list[Any] | None:
    if isinstance(field.inner, fields.Nested):
        rows = (collect(field.inner.schema, posted, f"{name}.{at}.") for at in rows_of(posted, name))
        return [row for row in rows if row] or None
    values = posted.getlist(name)
    if getattr(field.inner, "multiline", False):  # a list of sentences is typed as lines of one field
        values = [line for value in values for line in value.splitlines()]
    return [value for value in values if value.strip()] or None


def rows_of(posted: Iterable[str], name: str) -> list[int]:
    """Which rows of a repeated group the form holds, in order."""
    found = (re.match(rf"{re.escape(name)}\.(\d{{1,3}})\.", key) for key in posted)
    return sorted({int(match.group(1)) for match in found if match})


def moment(typed: str) -> str:
    """A day and a time of day in Japan as ISO 8601; what cannot be read stays as typed, and is refused later."""
    match = MOMENT.fullmatch(typed.strip().translate(WIDE))
    if match is None:
        return typed.strip()
    try:
        day = wareki.parse_date(match["day"])
    except BadInput:
        return typed.strip()
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour > 23 or minute > 59:
        return typed.strip()
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TOKYO).isoformat()


def _paths(schema: Schema, prefix: str = "") -> Iterable[str]:
    for name, field in schema.load_fields.items():
        here = prefix + (field.data_key or name)
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from _paths(inner.schema, f"{here}.")
        else:
            yield here
