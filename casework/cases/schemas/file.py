"""The whole case file in one answer."""

from __future__ import annotations

from marshmallow import fields

from ...people.schemas import HouseholdOut, PersonOut
from ...web.schema import CodeField, InSchema, OutSchema, page_of
from .given import CaseOut, NoteOut


class FileArgs(InSchema):
    purpose = CodeField(load_default="", metadata={"description": "why the notes are read; recorded"})


class FileOut(OutSchema):
    case = fields.Nested(CaseOut)
    persons = fields.List(fields.Nested(PersonOut))
    household = fields.Nested(HouseholdOut, allow_none=True)
    notes = fields.Nested(page_of(NoteOut))
