"""Tables of 会議: meetings, their cases, members, sheets, decisions and 対応事項. Texts carry the case's key."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Confidential, Owned, Versioned, code_column, ref, sealed, state_column
from ..db.base import key
from .rules import OPEN_ACTIONS, ActionState, MeetingState

NOT_WITHDRAWN = text("withdrawn_at IS NULL")


class Meeting(Versioned, Confidential, Base):
    """One meeting on exactly one legal basis, called by one convener (I8). Several cases may be on its agenda."""

    __tablename__ = "meeting"
    __sealed_by__ = "id"
    __shared__ = True
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 5 AND 600", name="minutes"),
        CheckConstraint("(state = 'cancelled') = (cancel_reason IS NOT NULL)", name="cancelled_why"),
        CheckConstraint(
            "state IN ('planned', 'convened', 'cancelled') OR shared_at IS NOT NULL", name="shared_when"
        ),
        CheckConstraint(
            "state IN ('planned', 'convened', 'material_shared', 'cancelled') OR held_at IS NOT NULL",
            name="held_when",
        ),
        CheckConstraint(
            "(state IN ('minutes_confirmed', 'closed')) = (confirmed_at IS NOT NULL AND confirmed_by IS NOT NULL)",
            name="confirmed_when",
        ),
        Index("ix_meeting_list", "convener", "planned_at", "id"),
    )
    id: Mapped[UUID] = key()
    basis: Mapped[str] = code_column("meeting_basis")
    convener: Mapped[str] = ref("agency.code", index=False)
    chair_id: Mapped[UUID] = ref("staff.id")
    deputy_id: Mapped[UUID | None] = ref("staff.id")
    secretariat_id: Mapped[UUID] = ref("staff.id")
    place: Mapped[bytes | None] = sealed()  # it may be a family's home
    planned_at: Mapped[datetime]
    minutes: Mapped[int]
    state: Mapped[str] = state_column(MeetingState)
    planned_by: Mapped[UUID] = ref("staff.id", index=False)
    convened_at: Mapped[datetime | None]
    shared_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None] = ref("staff.id", index=False)
    cancel_reason: Mapped[bytes | None] = sealed()


class AgendaItem(Versioned, Confidential, Base):
    """A case on the agenda. `holder` owned the case when it was taken; `basis` is the meeting's."""

    __tablename__ = "agenda_item"
    __part_of__ = "case_id"
    __sealed_by__ = "case_id"
    __table_args__ = (
        UniqueConstraint("meeting_id", "sort"),
        Index(
            "uq_agenda_item_case",
            "meeting_id",
            "case_id",
            unique=True,
            sqlite_where=NOT_WITHDRAWN,
            postgresql_where=NOT_WITHDRAWN,
        ),
    )
    id: Mapped[UUID] = key()
    meeting_id: Mapped[UUID] = ref("meeting.id")
    case_id: Mapped[UUID] = ref("case_file.id")
    basis: Mapped[str] = code_column("meeting_basis")
    sort: Mapped[int]
    proposal_id: Mapped[UUID | None] = ref("meeting_proposal.id")
    plan_id: Mapped[UUID | None] = mapped_column(index=True)
    holder: Mapped[str] = ref("agency.code", index=False)
    items: Mapped[str]  # consent_item codes, comma separated
    starts_at: Mapped[datetime | None]
    purpose: Mapped[bytes | None] = sealed()
    minutes: Mapped[bytes | None] = sealed()
    minutes_by: Mapped[UUID | None] = ref("staff.id", index=False)
    minutes_at: Mapped[datetime | None]
    taken_by: Mapped[UUID] = ref("staff.id", index=False)
    taken_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdraw_reason: Mapped[bytes | None] = sealed()


class ItemMember(Confidential, Base):
    """An agency, or a person of it, convened for one case (I9). A proxy's name is sealed."""

    __tablename__ = "item_member"
    __part_of__ = "agenda_item_id"
    __sealed_by__ = "case_id"
    __table_args__ = (
        CheckConstraint("proxy IS NULL OR attendance = 'proxy'", name="proxy"),
        Index("ix_item_member_agency", "agency", "meeting_id"),
    )
    id: Mapped[UUID] = key()
    agenda_item_id: Mapped[UUID] = ref("agenda_item.id")
    meeting_id: Mapped[UUID] = ref("meeting.id")
    case_id: Mapped[UUID] = ref("case_file.id")
    agency: Mapped[str] = ref("agency.code", index=False)
    staff_id: Mapped[UUID | None] = ref("staff.id")
    ground: Mapped[bytes | None] = sealed()
    invited_by: Mapped[UUID] = ref("staff.id", index=False)
    invited_at: Mapped[datetime]
    access_ends_at: Mapped[datetime | None]
    attendance: Mapped[str | None] = code_column("attendance")
    proxy: Mapped[bytes | None] = sealed()


class SecrecyPledge(Confidential, Base):
    """A person confirmed the secrecy of one meeting; without it nobody convened sees any content (I9)."""

    __tablename__ = "secrecy_pledge"
    __part_of__ = "meeting_id"
    __table_args__ = (UniqueConstraint("meeting_id", "staff_id"),)
    id: Mapped[UUID] = key()
    meeting_id: Mapped[UUID] = ref("meeting.id", index=False)
    staff_id: Mapped[UUID] = ref("staff.id")
    confirmed_at: Mapped[datetime]


class PreparationSheet(Versioned, Confidential, Base):
    """準備シート: one per agency and case of a meeting, opened to the members when the material is shared."""

    __tablename__ = "preparation_sheet"
    __part_of__ = "agenda_item_id"
    __sealed_by__ = "case_id"
    __table_args__ = (UniqueConstraint("agenda_item_id", "agency"),)
    id: Mapped[UUID] = key()
    agenda_item_id: Mapped[UUID] = ref("agenda_item.id", index=False)
    meeting_id: Mapped[UUID] = ref("meeting.id")
    case_id: Mapped[UUID] = ref("case_file.id")
    agency: Mapped[str] = ref("agency.code")
    household_picture: Mapped[bytes | None] = sealed()
    current_efforts: Mapped[bytes | None] = sealed()
    wanted_agencies: Mapped[bytes | None] = sealed()
    requests: Mapped[bytes | None] = sealed()
    written_by: Mapped[UUID] = ref("staff.id", index=False)
    written_at: Mapped[datetime]


class Decision(Confidential, Base):
    """What the meeting decided for one case; it exists only once the meeting was held."""

    __tablename__ = "decision"
    __part_of__ = "agenda_item_id"
    __sealed_by__ = "case_id"
    __table_args__ = (
        UniqueConstraint("agenda_item_id"),
        CheckConstraint("(lead_id IS NULL) = (lead_agency IS NULL)", name="lead"),
    )
    id: Mapped[UUID] = key()
    agenda_item_id: Mapped[UUID] = ref("agenda_item.id", index=False)
    case_id: Mapped[UUID] = ref("case_file.id")
    policy: Mapped[bytes | None] = sealed()
    verdict: Mapped[str | None] = code_column("verdict")
    lead_agency: Mapped[str | None] = ref("agency.code", index=False)
    lead_id: Mapped[UUID | None] = ref("staff.id", index=False)
    plan_agreed: Mapped[bool]
    next_meeting_on: Mapped[date | None]
    decided_by: Mapped[UUID] = ref("staff.id", index=False)
    decided_at: Mapped[datetime]


class ActionItem(Versioned, Owned, Confidential, Base):
    """対応事項 of a decision: its owner is the named person of the named agency (I1, I19)."""

    __tablename__ = "action_item"
    __part_of__ = "agenda_item_id"
    __sealed_by__ = "case_id"
    __table_args__ = (
        CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done_when"),
        CheckConstraint("state NOT IN ('objected', 'cancelled') OR reason IS NOT NULL", name="why"),
        Index("ix_action_item_owner", "owner_id", "state", "due_on"),
        Index("ix_action_item_due", "state", "due_on"),
    )
    id: Mapped[UUID] = key()
    agenda_item_id: Mapped[UUID] = ref("agenda_item.id")
    case_id: Mapped[UUID] = ref("case_file.id")
    state: Mapped[str] = state_column(ActionState, index=False)
    role: Mapped[str] = code_column("meeting_role")
    initiative: Mapped[str | None] = ref("initiative.key")
    due_on: Mapped[date]
    task: Mapped[bytes | None] = sealed()
    reason: Mapped[bytes | None] = sealed()  # of the objection or the cancelling
    done_on: Mapped[date | None]
    result: Mapped[bytes | None] = sealed()
    decided_at: Mapped[datetime]

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        return cls.state.in_(sorted(state.value for state in OPEN_ACTIONS))


class MissingResource(Confidential, Base):
    """A place or service the meeting found missing; 地域づくり counts them."""

    __tablename__ = "missing_resource"
    __part_of__ = "agenda_item_id"
    __sealed_by__ = "case_id"
    id: Mapped[UUID] = key()
    agenda_item_id: Mapped[UUID] = ref("agenda_item.id")
    case_id: Mapped[UUID] = ref("case_file.id")
    place_kind: Mapped[str | None] = code_column("place_kind")
    text: Mapped[bytes | None] = sealed()


class MinutesAddition(Confidential, Base):
    """A correction of confirmed minutes: an addition, never a change (I18)."""

    __tablename__ = "minutes_addition"
    __part_of__ = "agenda_item_id"
    __sealed_by__ = "case_id"
    id: Mapped[UUID] = key()
    agenda_item_id: Mapped[UUID] = ref("agenda_item.id")
    case_id: Mapped[UUID] = ref("case_file.id")
    text: Mapped[bytes | None] = sealed()
    added_by: Mapped[UUID] = ref("staff.id", index=False)
    added_at: Mapped[datetime]
