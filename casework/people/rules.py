"""Shapes of persons and households, what a search looks for, and who may decide a release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from ..kernel.errors import BadInput, Refused
from ..kernel.wareki import PartialDate

RELEASE_DAYS = 92  # a release of whereabouts is renewed every three months at the latest


class ContactKind(StrEnum):
    PHONE_HOME = "phone_home"
    PHONE_MOBILE = "phone_mobile"
    PHONE_OTHER = "phone_other"
    EMAIL = "email"


class MatchReason(StrEnum):
    """Why a candidate was found; shown beside it so that nobody takes a namesake for the person."""

    NAME = "name"
    VARIANT_KANJI = "variant_kanji"
    KANA = "kana"
    BIRTH = "birth"
    PHONE = "phone"
    ADDRESS = "address"


class ReleaseState(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """住所. A restricted address carries no district: it must not be inferable (I12)."""

    address: str
    district: str | None = None
    restricted: bool = False
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class ContactDraft:
    kind: str
    value: str
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class SafeContactDraft:
    """安全な連絡方法: hours, may a message be left, may a letter be sent, what else to mind."""

    hours: str | None = None
    message_ok: bool | None = None
    letter_ok: bool | None = None
    remarks: str | None = None


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A resident as far as known; nothing is required (I5)."""

    name: str | None = None
    kana: str | None = None
    birth: PartialDate | None = None
    sex: str | None = None
    anonymous: bool = False
    addresses: tuple[AddressDraft, ...] = ()
    contacts: tuple[ContactDraft, ...] = ()
    safe_contact: SafeContactDraft | None = None


@dataclass(frozen=True, slots=True)
class PersonEdit:
    """The editable part of a person, as a whole."""

    name: str | None = None
    kana: str | None = None
    birth: PartialDate | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """Who belongs to a household, as what (続柄), under one roof or not, from when."""

    person_id: UUID
    relation: str | None = None
    cohabiting: bool | None = None
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class LeaveDraft:
    on: date


@dataclass(frozen=True, slots=True)
class CareDraft:
    """Who cares for whom (ケアラー)."""

    carer_id: UUID
    cared_id: UUID
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class SearchDraft:
    """Search-before-create: at least one of these."""

    name: str | None = None
    kana: str | None = None
    birth: PartialDate | None = None
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseDraft:
    """Why restricted whereabouts must be seen, and until when."""

    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class AddressView:
    id: UUID
    address: Any
    district: Any
    restricted: bool
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class ContactView:
    id: UUID
    kind: str
    value: Any
    restricted: bool


@dataclass(frozen=True, slots=True)
class SafeContactView:
    hours: str | None
    message_ok: bool | None
    letter_ok: bool | None
    remarks: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person with present addresses and contacts; restricted values are withheld without a release."""

    id: UUID
    version: int
    name: str | None
    kana: str | None
    birth: str | None
    birth_precision: str | None
    sex: str | None
    anonymous: bool
    protected: bool
    addresses: tuple[AddressView, ...]
    contacts: tuple[ContactView, ...]
    safe_contact: SafeContactView | None


@dataclass(frozen=True, slots=True)
class MemberView:
    id: UUID
    person_id: UUID
    name: str | None
    kana: str | None
    relation: str | None
    cohabiting: bool | None
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class CareView:
    id: UUID
    carer_id: UUID
    cared_id: UUID
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class HouseholdView:
    """世帯 with its history; members the actor may not know of are not there, and are not counted."""

    id: UUID
    version: int
    household_type: str | None
    members: tuple[MemberView, ...]
    care: tuple[CareView, ...]


@dataclass(frozen=True, slots=True)
class CandidateView:
    """Somebody who may be the person at the window, and why."""

    person_id: UUID
    name: str | None
    kana: str | None
    birth: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleaseView:
    id: UUID
    person_id: UUID
    asked_by: UUID
    asked_at: datetime
    reason: str | None
    until: datetime
    state: str
    decided_by: UUID | None
    decided_at: datetime | None


def check_search(draft: SearchDraft) -> None:
    """At least one term; a single character of a name would list half the city."""
    terms = (draft.name, draft.kana, draft.birth, draft.phone, draft.address)
    if all(term is None for term in terms):
        raise BadInput("search_empty", "name")
    for field in ("name", "kana"):
        text: str | None = getattr(draft, field)
        if text is not None and len(text) < 2:
            raise BadInput("search_too_short", field)


def check_release(draft: ReleaseDraft, now: datetime) -> None:
    if not now < draft.until <= now + timedelta(days=RELEASE_DAYS):
        raise BadInput("release_until", "until", days=RELEASE_DAYS)


def check_decider(asked_by: UUID, decider: UUID, state: str) -> None:
    """Two people: who asked does not decide (I12)."""
    if state != ReleaseState.ASKED:
        raise Refused("release_decided")
    if asked_by == decider:
        raise Refused("release_needs_two")


def check_address(draft: AddressDraft, field: str) -> None:
    if draft.restricted and draft.district is not None:
        raise BadInput("restricted_district", f"{field}.district")
