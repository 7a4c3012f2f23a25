"""Tables of 開示請求. A request has a data key of its own: what was given is erased when its own years are over."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Confidential, Unrecorded, Versioned, code_column, ref, sealed, state_column
from ..db.base import key
from .rules import CopyFormat, PartKind, PartVerdict, ProposalKind, RequestState


class DisclosureRequest(Versioned, Confidential, Base):
    """A request for one person's record, kept by the office (`agency`) that received it."""

    __tablename__ = "disclosure_request"
    __sealed_by__ = "id"
    __lets_go__ = ("person_id",)  # the ledger of an ended request outlives the person's record
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("(reviewed_by IS NULL) = (reviewed_at IS NULL)", name="reviewed_when"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> submitted_by", name="two_people"),
        CheckConstraint(
            "state NOT IN ('approved', 'given', 'closed') OR reviewed_by IS NOT NULL", name="reviewed"
        ),
        CheckConstraint("(state IN ('closed', 'withdrawn')) = (closed_at IS NOT NULL)", name="closed_when"),
        CheckConstraint("due_on >= received_on", name="due"),
        CheckConstraint("person_id IS NOT NULL OR state IN ('closed', 'withdrawn')", name="whose"),
    )
    id: Mapped[UUID] = key()
    number: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = state_column(RequestState)
    agency: Mapped[str] = ref("agency.code")
    person_id: Mapped[UUID | None] = ref("person.id")
    requester: Mapped[str] = code_column("requester_kind")
    requester_name: Mapped[bytes | None] = sealed()
    identity_check: Mapped[str] = code_column("identity_check")
    received_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(index=True)
    extended_on: Mapped[date | None]
    extension: Mapped[bytes | None] = sealed()
    access_ends_at: Mapped[datetime]
    registered_by: Mapped[UUID] = ref("staff.id", index=False)
    registered_at: Mapped[datetime]
    submitted_by: Mapped[UUID | None] = ref("staff.id", index=False)
    reviewed_by: Mapped[UUID | None] = ref("staff.id", index=False)
    reviewed_at: Mapped[datetime | None]
    review_note: Mapped[bytes | None] = sealed()
    closed_at: Mapped[datetime | None]


class DisclosurePart(Confidential, Base):
    """One piece of the record with what is proposed and what was decided. The text stays where it is: the piece names
    its row and column, and keeps a sealed digest of the text that was decided."""

    __tablename__ = "disclosure_part"
    __part_of__ = "request_id"
    __sealed_by__ = "request_id"
    __follows__ = ("case_id",)
    __names__ = "row_id"
    __table_args__ = (
        UniqueConstraint("request_id", "source", "row_id", "field"),
        CheckConstraint("(verdict IS NULL) = (decided_by IS NULL)", name="decided_by_whom"),
        CheckConstraint("verdict IS NULL OR seen IS NOT NULL", name="decided_on_what"),
        CheckConstraint("verdict NOT IN ('part', 'withhold') OR reason IS NOT NULL", name="withheld_why"),
        CheckConstraint("verdict <> 'part' OR passages IS NOT NULL", name="part_of_what"),
    )
    id: Mapped[UUID] = key()
    request_id: Mapped[UUID] = ref("disclosure_request.id", index=False)
    case_id: Mapped[UUID | None] = ref("case_file.id")
    sort: Mapped[int]
    kind: Mapped[str] = state_column(PartKind, name="kind", index=False)
    source: Mapped[str] = mapped_column(String(32))
    row_id: Mapped[UUID] = mapped_column(index=True)
    field: Mapped[str] = mapped_column(String(32))
    proposal: Mapped[str] = state_column(ProposalKind, name="proposal", index=False)
    proposed_reason: Mapped[str | None] = code_column("withholding_reason")
    verdict: Mapped[str | None] = state_column(PartVerdict, name="verdict", index=False)
    reason: Mapped[str | None] = code_column("withholding_reason")
    passages: Mapped[bytes | None] = sealed()
    remark: Mapped[bytes | None] = sealed()
    seen: Mapped[bytes | None] = sealed()
    decided_by: Mapped[UUID | None] = ref("staff.id", index=False)
    decided_at: Mapped[datetime | None]


class DisclosureCopy(Confidential, Base):
    """A file as it was handed over, sealed; the digest is that of its bytes."""

    __tablename__ = "disclosure_copy"
    __part_of__ = "request_id"
    __sealed_by__ = "request_id"
    id: Mapped[UUID] = key()
    request_id: Mapped[UUID] = ref("disclosure_request.id")
    format: Mapped[str] = state_column(CopyFormat, name="format", index=False)
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes | None] = sealed()
    made_by: Mapped[UUID] = ref("staff.id", index=False)
    made_at: Mapped[datetime]


class DisclosureGiving(Confidential, Base):
    """A line of the ledger: this copy, to whom, how, when, by whom. Every handing over is a new line."""

    __tablename__ = "disclosure_giving"
    __part_of__ = "request_id"
    __sealed_by__ = "request_id"
    id: Mapped[UUID] = key()
    request_id: Mapped[UUID] = ref("disclosure_request.id")
    copy_id: Mapped[UUID] = ref("disclosure_copy.id", index=False)
    recipient: Mapped[bytes | None] = sealed()
    way: Mapped[str] = code_column("handing_way")
    given_by: Mapped[UUID] = ref("staff.id", index=False)
    given_at: Mapped[datetime]


class DisclosureCounter(Unrecorded, Base):
    """The last number of a fiscal year, locked while a request is registered."""

    __tablename__ = "disclosure_counter"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
