"""What the reception page asks: flat questions that become the shapes of the use cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from marshmallow import fields, pre_load

from ...kernel.errors import BadInput
from ...kernel.wareki import PartialDate
from ...people.rules import AddressDraft, ContactDraft, ContactKind, PersonDraft, SafeContactDraft
from ...web.schema import AtMost, CodeField, InSchema, JapanesePartialDate, LongText, Text
from ..rules import IntakeDraft, IntakeEdit, ReceptionConsent, SafeWaysDraft, TopicDraft
from ..schemas import (
    UNKNOWN,
    IntakeSafeWaysIn,
    IntakeVisitorIn,
    ReceptionConsentIn,
    optional_code,
    optional_date,
)

NUMBERS = (ContactKind.PHONE_MOBILE, ContactKind.PHONE_HOME, ContactKind.EMAIL)


def topic_drafts(main: str, others: Iterable[str]) -> tuple[TopicDraft, ...]:
    """The most pressing topic first, then the others; naming it twice says nothing new."""
    rest = (TopicDraft(code) for code in dict.fromkeys(others) if code != main)
    return (TopicDraft(main, main=True), *rest)


def resident(
    *, address: str | None, district: str | None, restricted: bool, birth: PartialDate | None, **typed: Any
) -> PersonDraft:
    """A new person from the questions of the page; one tick restricts address and numbers alike (I12)."""
    if district is not None and address is None:
        raise BadInput("field_required", "person.address")
    numbers = ((kind.value, typed.pop(kind.value)) for kind in NUMBERS)
    contacts = tuple(ContactDraft(kind, value, restricted) for kind, value in numbers if value is not None)
    addresses = () if address is None else (AddressDraft(address, district, restricted),)
    return PersonDraft(birth=birth, addresses=addresses, contacts=contacts, **typed)


def reception(
    *,
    main_topic: str,
    other_topics: tuple[str, ...],
    person_id: UUID | None,
    person: PersonDraft | None,
    safe_ways: SafeWaysDraft | None,
    **typed: Any,
) -> IntakeDraft:
    """A reception; for somebody found by the search what was typed to search is not recorded again.

    Safe ways of contact are typed once and stand on the form and with the new person (I28).
    """
    new = None if person_id is not None else person
    if new is not None and safe_ways is not None:
        ways = SafeContactDraft(safe_ways.hours, safe_ways.message_ok, safe_ways.letter_ok, safe_ways.remarks)
        new = replace(new, safe_contact=ways)
    topics = topic_drafts(main_topic, other_topics)
    return IntakeDraft(topics=topics, person_id=person_id, person=new, safe_ways=safe_ways, **typed)


def correction(*, main_topic: str, other_topics: tuple[str, ...], **typed: Any) -> IntakeEdit:
    return IntakeEdit(topics=topic_drafts(main_topic, other_topics), **typed)


class ReceptionPersonIn(InSchema):
    """本人 as far as known; 電話 and address in one line each."""

    draft = staticmethod(resident)
    name = Text(limit=100)
    kana = Text(limit=100)
    birth = JapanesePartialDate(load_default=None, allow_none=True)
    phone_mobile = Text(limit=40)
    address = Text(limit=300)
    sex = optional_code("sex")
    phone_home = Text(limit=40)
    email = Text(limit=200)
    district = optional_code("district")
    restricted = fields.Boolean(load_default=False)


class ReceptionEditIn(InSchema):
    """What of a reception may be corrected while it is open."""

    draft: ClassVar[Callable[..., Any] | None] = staticmethod(correction)
    main_topic = CodeField(list="consult_topic", required=True, error_messages={"required": "topic_missing"})
    other_topics = fields.List(CodeField(list="consult_topic"), load_default=list, validate=AtMost(20))
    narrative = LongText()
    wishes = LongText()
    urgency = optional_code("urgency")
    next_contact_on = optional_date()
    visitor = fields.Nested(IntakeVisitorIn, load_default=None, allow_none=True)
    safe_ways = fields.Nested(IntakeSafeWaysIn, load_default=None, allow_none=True)
    intake_route = optional_code("intake_route")


class ReceptionIn(ReceptionEditIn):
    """相談受付・申込票 on one page; required are window, topic and the consent state only (I5)."""

    draft = staticmethod(reception)
    window = CodeField(list="window", required=True)
    person_id = fields.UUID(load_default=None, allow_none=True)
    person = fields.Nested(ReceptionPersonIn, load_default=None, allow_none=True)
    consent = fields.Enum(ReceptionConsent, by_value=True, required=True, error_messages=UNKNOWN)
    consent_reason = optional_code("cannot_ask_reason")
    consent_given = fields.Nested(ReceptionConsentIn, load_default=None, allow_none=True)
    received_on = optional_date()
    protect_reason = LongText(limit=4000)

    @pre_load
    def only_what_was_said(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The suggested day of consent is no consent: without recipient, item or proxy nothing was said."""
        given = data.get("consent_given") or {}
        said = given.keys() & {"recipients", "items", "proxy", "expires_on"}
        if data.get("consent") == ReceptionConsent.GIVEN or said:
            return data
        return {name: value for name, value in data.items() if name != "consent_given"}


class MergeInto(InSchema):
    """重複: the number of the surviving intake or case."""

    draft = staticmethod(lambda number: number)
    number = Text(required=True, limit=40)
