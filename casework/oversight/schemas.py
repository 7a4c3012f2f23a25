"""What the doors of oversight take and give."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from marshmallow import fields

from ..web.schema import CodeField, InSchema, JapaneseDate, OutSchema, PageArgs, Text, page_of
from .rules.seen import SeenView
from .rules.unseen import ReceiverDraft
from .rules.unusual import FindingState, FindingVerdict, ReviewDraft

FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CheckpointOut(OutSchema):
    size = fields.Integer()
    at = fields.AwareDateTime()
    root = fields.String()
    house = fields.String()
    line = fields.String()


class SeenFileArgs(InSchema):
    """Which record, by its number or as a person of a case, and from which day to which."""

    number = Text(limit=16)
    person = fields.UUID(load_default=None, allow_none=True)
    since = JapaneseDate(required=True)
    until = JapaneseDate(required=True)


class SeenArgs(SeenFileArgs):
    after = fields.String(load_default=None, allow_none=True)


class SeenChoice(SeenArgs):
    """What the page asks: nothing is looked up before a record is named."""

    since = JapaneseDate(load_default=None, allow_none=True)
    until = JapaneseDate(load_default=None, allow_none=True)


class SeenLineOut(OutSchema):
    seq = fields.Integer()
    at = fields.AwareDateTime()
    actor = fields.String()
    actor_name = fields.String()
    agency = fields.String()
    event = fields.String()
    kind = fields.String()
    outcome = fields.String()
    purpose = fields.String()


class PersonMarkOut(OutSchema):
    person_id = fields.UUID()
    role = fields.String()


class SeenOut(OutSchema):
    number = fields.String()
    person = fields.UUID(allow_none=True)
    persons = fields.List(fields.Nested(PersonMarkOut))
    lines = fields.List(fields.Nested(SeenLineOut))
    next = fields.String(allow_none=True)


class UnnamedOwnerOut(OutSchema):
    protection_id = fields.UUID()
    work = fields.String()
    owner_id = fields.UUID()
    owner_agency = fields.String()
    seers = fields.Integer()
    withdrawn = fields.Boolean()


class ConflictedOwnerOut(OutSchema):
    work = fields.String()
    owner_id = fields.UUID()
    owner_agency = fields.String()
    count = fields.Integer()


class ReceiverIn(InSchema):
    """Who takes over what an owner may not open, and for which division."""

    draft = ReceiverDraft
    to_staff_id = fields.UUID(required=True)
    agency = CodeField(list="agency", required=True)


class FindingArgs(PageArgs):
    state = fields.Enum(
        FindingState,
        by_value=True,
        load_default=FindingState.OPEN,
        error_messages={"unknown": "unknown_code"},
    )


class FindingReviewIn(InSchema):
    """What came of a finding."""

    draft = ReviewDraft
    verdict = fields.Enum(
        FindingVerdict, by_value=True, required=True, error_messages={"unknown": "unknown_code"}
    )
    text = Text(limit=2000, multiline=True, required=True)


class FindingOut(OutSchema):
    id = fields.UUID()
    rule = fields.String()
    actor_id = fields.UUID()
    since = fields.AwareDateTime()
    until = fields.AwareDateTime()
    numbers = fields.Dict(keys=fields.String(), values=fields.Integer())
    state = fields.String()
    verdict = fields.String(allow_none=True)
    text = fields.String(allow_none=True)
    reviewed_by = fields.UUID(allow_none=True)
    reviewed_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


FindingPageOut = page_of(FindingOut)


def seen_csv(view: SeenView) -> str:
    """The visits as CSV, in codes."""
    names = tuple(SeenLineOut().fields)
    return comma_separated([names, *([str(getattr(line, n)) for n in names] for line in view.lines)])


def comma_separated(rows: Sequence[Sequence[str]]) -> str:
    """CSV in which no cell is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([f"'{c}" if c.startswith(FORMULA) else c for c in row] for row in rows)
    return out.getvalue()
