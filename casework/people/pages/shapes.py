"""What the pages of people ask besides the doors' schemas: a member of a household is searched, then chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from marshmallow import fields

from ...web.schema import JapanesePartialDate, Text
from ..rules import MemberDraft
from ..schemas import MemberIn

TERMS = ("name", "kana", "birth", "phone", "address")


def chosen(**typed: Any) -> MemberDraft:
    """The member; what was typed to search is not recorded."""
    return MemberDraft(**{name: value for name, value in typed.items() if name not in TERMS})


class MemberSought(MemberIn):
    """Search terms, the person chosen among those found, and what they are in the household."""

    draft: ClassVar[Callable[..., Any] | None] = staticmethod(chosen)
    name = Text(limit=100)
    kana = Text(limit=100)
    birth = JapanesePartialDate(load_default=None, allow_none=True)
    phone = Text(limit=40)
    address = Text(limit=300)
    person_id = fields.UUID(required=True, error_messages={"required": "member_missing"})
