"""Tables of persons and households. Names, birth dates, addresses and contacts are sealed with the person's key."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Confidential, Dated, Unrecorded, Versioned, code_column, ref, sealed
from ..db.base import key


class Person(Versioned, Confidential, Base):
    """A resident, perhaps without a name (I5). `protected`: DV等支援措置 or the person's own word (I12)."""

    __tablename__ = "person"
    __sealed_by__ = "id"
    __shared__ = True
    id: Mapped[UUID] = key()
    name: Mapped[bytes | None] = sealed()
    kana: Mapped[bytes | None] = sealed()
    birth: Mapped[bytes | None] = sealed()  # ISO, "YYYY", "YYYY-MM" or "YYYY-MM-DD"
    birth_precision: Mapped[str | None] = mapped_column(String(8))
    sex: Mapped[str | None] = code_column("sex")
    anonymous: Mapped[bool]
    protected: Mapped[bool] = mapped_column(default=False)
    merged_into: Mapped[UUID | None]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]


class PersonAddress(Confidential, Base):
    """Where a person lives or lived; an address belongs to a person, never to a household (I12)."""

    __tablename__ = "person_address"
    __part_of__ = "person_id"
    __sealed_by__ = "person_id"
    __table_args__ = (CheckConstraint("restricted = FALSE OR district IS NULL", name="restricted_area"),)
    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = ref("person.id")
    address: Mapped[bytes | None] = sealed()
    district: Mapped[str | None] = ref("district.code", index=False)
    restricted: Mapped[bool]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    recorded_at: Mapped[datetime]


class PersonContact(Confidential, Base):
    """A way to reach a person: kind phone_home, phone_mobile, phone_other or email."""

    __tablename__ = "person_contact"
    __part_of__ = "person_id"
    __sealed_by__ = "person_id"
    __table_args__ = (
        CheckConstraint("kind IN ('phone_home', 'phone_mobile', 'phone_other', 'email')", name="kind"),
    )
    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = ref("person.id")
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[bytes | None] = sealed()
    restricted: Mapped[bool]
    valid_until: Mapped[date | None]
    recorded_at: Mapped[datetime]


class SafeContact(Confidential, Base):
    """How to reach a person without putting them in danger: hours, messages, letters, and what not to do."""

    __tablename__ = "safe_contact"
    __part_of__ = "person_id"
    __sealed_by__ = "person_id"
    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = ref("person.id")
    hours: Mapped[bytes | None] = sealed()
    message_ok: Mapped[bool | None]
    letter_ok: Mapped[bool | None]
    remarks: Mapped[bytes | None] = sealed()
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class Household(Versioned, Confidential, Base):
    """世帯: who lives together is told by its members' dated rows."""

    __tablename__ = "household"
    __shared__ = True
    id: Mapped[UUID] = key()
    household_type: Mapped[str | None] = code_column("household_type")
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]


class HouseholdMember(Confidential, Base):
    """Who belonged to a household from when to when, as what (続柄), living under one roof or not."""

    __tablename__ = "household_member"
    __part_of__ = "household_id"
    __table_args__ = (
        CheckConstraint(
            "valid_until IS NULL OR valid_from IS NULL OR valid_until >= valid_from", name="period"
        ),
    )
    id: Mapped[UUID] = key()
    household_id: Mapped[UUID] = ref("household.id")
    person_id: Mapped[UUID] = ref("person.id")
    relation: Mapped[str | None] = code_column("relation")
    cohabiting: Mapped[bool | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    recorded_at: Mapped[datetime]


class CareRelation(Confidential, Base):
    """Who cares for whom (ケアラー), with a start and an end."""

    __tablename__ = "care_relation"
    __part_of__ = "household_id"
    __table_args__ = (CheckConstraint("carer_id <> cared_id", name="two_people"),)
    id: Mapped[UUID] = key()
    household_id: Mapped[UUID] = ref("household.id")
    carer_id: Mapped[UUID] = ref("person.id")
    cared_id: Mapped[UUID] = ref("person.id")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    recorded_at: Mapped[datetime]


class Protection(Versioned, Confidential, Base):
    """支援措置: from when to when whereabouts are blocked, on which ground (dv_measure or own_word)."""

    __tablename__ = "protection"
    __part_of__ = "person_id"
    __sealed_by__ = "person_id"
    __table_args__ = (CheckConstraint("ground IN ('dv_measure', 'own_word')", name="ground"),)
    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = ref("person.id")
    ground: Mapped[str] = mapped_column(String(16))
    reason: Mapped[bytes | None] = sealed()
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    set_by: Mapped[UUID] = ref("staff.id")
    set_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class ProtectionGrant(Dated, Confidential, Base):
    """A named person who may see a protected person, what for and until when; `whereabouts` only by a release."""

    __tablename__ = "protection_grant"
    __follows__ = ("person_id",)
    __part_of__ = "person_id"
    __sealed_by__ = "person_id"
    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = ref("person.id")
    staff_id: Mapped[UUID] = ref("staff.id")
    whereabouts: Mapped[bool]
    purpose: Mapped[bytes | None] = sealed()
    given_by: Mapped[UUID] = ref("staff.id", index=False)
    given_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    request_id: Mapped[UUID | None] = ref("release_request.id", index=False)
    ended_by: Mapped[UUID | None] = ref("staff.id", index=False)  # early, before ends_at was reached


class ReleaseRequest(Versioned, Confidential, Base):
    """A wish to see restricted whereabouts, with an end, or to lift a protection: one asks, another decides (I12)."""

    __tablename__ = "release_request"
    __sealed_by__ = "person_id"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'granted', 'refused')", name="state"),
        CheckConstraint("kind IN ('whereabouts', 'lift')", name="kind"),
        CheckConstraint("(kind = 'lift') = (until IS NULL)", name="until"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_people"),
        CheckConstraint("(state = 'asked') = (decided_by IS NULL)", name="decided"),
    )
    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = ref("person.id")
    kind: Mapped[str] = mapped_column(String(16), default="whereabouts")
    asked_by: Mapped[UUID] = ref("staff.id")
    asked_at: Mapped[datetime]
    reason: Mapped[bytes | None] = sealed()
    until: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(16))
    decided_by: Mapped[UUID | None] = ref("staff.id")
    decided_at: Mapped[datetime | None]


class Declaration(Confidential, Base):
    """What a staff member declared of themselves, their household or a relation, so that they open no record of it.

    Sealed with a key of its own; never changed. Only a privacy officer ends it (`ended_at`).
    """

    __tablename__ = "staff_declaration"
    __sealed_by__ = "id"
    __table_args__ = (
        CheckConstraint("kind IN ('self', 'household', 'relation')", name="kind"),
        CheckConstraint("ended_by IS NULL OR ended_by <> staff_id", name="ended_by_another"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_whom"),
    )
    id: Mapped[UUID] = key()
    staff_id: Mapped[UUID] = ref("staff.id")
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[bytes | None] = sealed()
    kana: Mapped[bytes | None] = sealed()
    birth: Mapped[bytes | None] = sealed()
    declared_by: Mapped[UUID] = ref("staff.id", index=False)
    declared_at: Mapped[datetime]
    ended_by: Mapped[UUID | None] = ref("staff.id", index=False)
    ended_at: Mapped[datetime | None]


class Conflict(Confidential, Base):
    """A person of whom this staff member opens no record: found from a declaration, or named by the privacy officer.

    The rows are shown to nobody but the privacy officer, least of all to the staff member (I13).
    """

    __tablename__ = "conflict"
    __follows__ = ("person_id",)
    __about_staff__ = True
    __table_args__ = (
        CheckConstraint("ended_by IS NULL OR ended_by <> staff_id", name="ended_by_another"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_whom"),
    )
    id: Mapped[UUID] = key()
    staff_id: Mapped[UUID] = ref("staff.id")
    person_id: Mapped[UUID] = ref("person.id")
    declaration_id: Mapped[UUID | None] = ref("staff_declaration.id")
    found_by: Mapped[UUID]  # the privacy officer, or whose work made the system look
    found_at: Mapped[datetime]
    ended_by: Mapped[UUID | None] = ref("staff.id", index=False)
    ended_at: Mapped[datetime | None]


class SearchChange(Unrecorded, Base):
    """Which person's search key changed, in order: every process keeps its name table fresh from here."""

    __tablename__ = "person_search_change"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    person_id: Mapped[UUID]
