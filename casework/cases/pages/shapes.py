"""What the case pages ask besides the doors' schemas: ticks by list, sections by name, a person searched or new."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from marshmallow import fields

from ...kernel.book import Book, Option
from ...kernel.errors import BadInput
from ...kernel.messages import Messages
from ...kernel.wareki import PartialDate
from ...people.rules import PersonDraft
from ...web.schema import AtMost, CodeField, InSchema, JapanesePartialDate, LongText, Text
from ..rules import (
    FACT_LISTS,
    AddPersonDraft,
    AssessmentDraft,
    FactDraft,
    IssueDraft,
    IssuesDraft,
    Section,
    SectionDraft,
)
from ..schemas.taken import Choice, code, codes, day

TERMS = ("name", "kana", "birth", "phone", "address")


def code_options(book: Book, messages: Messages, lists: Iterable[str]) -> list[Option]:
    """Codes of several lists in one choice, grouped; the value is "list:code"."""
    return [
        Option(f"{name}:{o.value}", o.label, messages.label("code_list", name))
        for name in lists
        for o in book.offered(name)
    ]


def ticked(
    *,
    consult_topic: tuple[str, ...],
    issue: tuple[str, ...],
    compound_issue: tuple[str, ...],
    main: str | None,
    next_contact_on: date | None,
) -> IssuesDraft:
    """Issues from the ticks of three lists; the most pressing one need not be ticked twice."""
    lists = {"consult_topic": consult_topic, "issue": issue, "compound_issue": compound_issue}
    chosen = dict.fromkeys((name, code) for name, found in lists.items() for code in found)
    pressing = _pair(main, "main", lists) if main else None
    if pressing is not None:
        chosen = {pressing: None, **chosen}
    return IssuesDraft(
        tuple(IssueDraft(name, code, (name, code) == pressing) for name, code in chosen), next_contact_on
    )


def _pair(value: str, field: str, lists: Iterable[str]) -> tuple[str, str]:
    name, _, chosen = value.partition(":")
    if name not in lists or not chosen:
        raise BadInput("unknown_choice", field)
    return name, chosen


class IssuesTicked(InSchema):
    """相談内容・課題・複合課題 by ticks, and when contact is next due."""

    draft: ClassVar[Callable[..., Any] | None] = staticmethod(ticked)
    consult_topic = codes("consult_topic", load_default=())
    issue = codes("issue", load_default=())
    compound_issue = codes("compound_issue", load_default=())
    main = Text(limit=130)
    next_contact_on = day()


def written(
    *, facts: tuple[FactDraft, ...], housing_kind: str | None, **texts: str | None
) -> AssessmentDraft:
    """A revision from one text per section; sections left empty are not in it."""
    sections = tuple(SectionDraft(s, text) for s in Section if (text := texts.get(s.value)))
    if not sections:
        raise BadInput("assessment_empty", Section.HEALTH.value)
    return AssessmentDraft(sections, facts, housing_kind)


class FactChosen(InSchema):
    draft = staticmethod(lambda person_id, fact: FactDraft(person_id, *_pair(fact, "facts", FACT_LISTS)))
    person_id = fields.UUID(required=True)
    fact = Text(required=True, limit=130)


class AssessmentWritten(InSchema):
    """アセスメントシート: every section a field of its own."""

    draft: ClassVar[Callable[..., Any] | None] = staticmethod(written)
    presenting_issue = LongText()
    family_wishes = LongText()
    health = LongText()
    disability = LongText()
    work = LongText()
    housing = LongText()
    housing_kind = code("housing_kind")
    finances = LongText()
    insurance_pension = LongText()
    life_history = LongText()
    support_history = LongText()
    strengths = LongText()
    issues_and_background = LongText()
    direction = LongText()
    facts = fields.List(fields.Nested(FactChosen), load_default=(), validate=AtMost(200))


def added(
    *,
    role: str,
    person_id: UUID | None,
    name: str | None,
    kana: str | None,
    birth: PartialDate | None,
    **_: Any,
) -> AddPersonDraft:
    """Somebody found by the search, or a new person as far as typed."""
    if person_id is not None:
        return AddPersonDraft(role, person_id=person_id)
    return AddPersonDraft(role, person=PersonDraft(name=name, kana=kana, birth=birth))


class PersonSought(InSchema):
    """Search terms, the person chosen among those found or nobody, and what they are in the case."""

    draft: ClassVar[Callable[..., Any] | None] = staticmethod(added)
    name = Text(limit=100)
    kana = Text(limit=100)
    birth = JapanesePartialDate(load_default=None, allow_none=True)
    phone = Text(limit=40)
    address = Text(limit=300)
    person_id = fields.UUID(load_default=None, allow_none=True)
    role = Choice(("subject", "household", "other"), required=True, metadata={"label_of": "case_role"})


__all__ = ["TERMS", "AssessmentWritten", "CodeField", "IssuesTicked", "PersonSought", "code_options"]
