"""Shapes of persons and households, what a search looks for, and who may decide a release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from ...kernel.errors import BadInput, Refused
from ...kernel.wareki import PartialDate

GRANT_DAYS = 366  # a named grant is renewed every year at the latest
WARN_DAYS = 30  # before its end a protection or a grant stands on the list of those that end
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


class ReleaseKind(StrEnum):
    """What a request is for: to see whereabouts until a moment, or to lift a protection."""

    WHEREABOUTS = "whereabouts"
    LIFT = "lift"


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


class Ground(StrEnum):
    """On which ground a person is protected."""

    DV_MEASURE = "dv_measure"
    OWN_WORD = "own_word"


@dataclass(frozen=True, slots=True)
class ProtectDraft:
    """支援措置, or the person's own word: why, and from when to when."""

    ground: str
    reason: str
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class RenewDraft:
    reason: str
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class GrantDraft:
    """Who else may see a protected person, what for, and until when."""

    staff_id: UUID
    purpose: str
    until: datetime


@dataclass(frozen=True, slots=True)
class GrantView:
    """One named person, or a release of whereabouts to them; what for is told to those who see the person."""

    id: UUID
    staff_id: UUID
    whereabouts: bool
    given_by: UUID
    given_at: datetime
    ends_at: datetime
    ended_by: UUID | None
    purpose: str | None = None


class ProtectionStanding(StrEnum):
    """How a protection stands: a lapsed one blocks like the others until two people lift it."""

    IN_FORCE = "in_force"
    ENDING = "ending"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class ProtectionLine:
    """A protection for review. Whoever is not named in a grant gets no id of the person (`person_id` withheld)."""

    id: UUID
    person_id: Any
    ground: str
    valid_from: date
    valid_until: date | None
    standing: ProtectionStanding
    grants: tuple[GrantView, ...]


@dataclass(frozen=True, slots=True)
class ProtectedView:
    """What the setter is told: since when, and nothing of other cases (I13)."""

    person_id: UUID
    ground: str
    valid_from: date
    valid_until: date | None


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
    grants: tuple[GrantView, ...] = ()


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
    until: datetime | None
    state: str
    decided_by: UUID | None
    decided_at: datetime | None
    kind: str = ReleaseKind.WHEREABOUTS.value


def check_search(draft: SearchDraft) -> None:
    """At least one term; a single character of a name would list half the city."""
    terms = (draft.name, draft.kana, draft.birth, draft.phone, draft.address)
    if all(term is None for term in terms):
        raise BadInput("search_empty", "name")
    for field in ("name", "kana"):
        text: str | None = getattr(draft, field)
        if text is not None and len(text) < 2:
            raise BadInput("search_too_short", field)


def check_protection(draft: ProtectDraft) -> None:
    if draft.ground not in {ground.value for ground in Ground}:
        raise BadInput("unknown_choice", "ground")
    if draft.valid_until is not None and draft.valid_until < draft.valid_from:
        raise BadInput("protection_ends_before", "valid_until")


def check_renewal(draft: RenewDraft, today: date) -> None:
    if draft.valid_until is not None and draft.valid_until <= today:
        raise BadInput("protection_renewed_ahead", "valid_until")


def check_grant(until: datetime, now: datetime) -> None:
    if not now < until <= now + timedelta(days=GRANT_DAYS):
        raise BadInput("protection_grant_until", "until", days=GRANT_DAYS)


def standing_of(valid_until: date | None, today: date) -> ProtectionStanding:
    """Thirty days before its end a protection asks to be renewed."""
    if valid_until is None or valid_until > today + timedelta(days=WARN_DAYS):
        return ProtectionStanding.IN_FORCE
    return ProtectionStanding.LAPSED if valid_until < today else ProtectionStanding.ENDING


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
