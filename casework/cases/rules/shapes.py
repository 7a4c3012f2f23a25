"""Shapes of the case file: what comes in as a draft and what goes out as a view."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from .consent import ConsentState
from .narrative import SegmentClass, Section


@dataclass(frozen=True, slots=True)
class CaseOpening:
    """What a new case starts from; the opener's house fills it (intake, reopening)."""

    owner_id: UUID
    owner_agency: str
    subjects: tuple[UUID, ...]
    household_id: UUID | None = None
    household_members: tuple[UUID, ...] = ()
    others: tuple[UUID, ...] = ()
    topics: tuple[tuple[str, bool], ...] = ()
    window: str | None = None
    danger: bool = False
    previous_id: UUID | None = None
    next_contact_on: date | None = None


@dataclass(frozen=True, slots=True)
class IssueView:
    list: str
    code: str
    main: bool


@dataclass(frozen=True, slots=True)
class CasePersonView:
    person_id: UUID
    role: str
    name: str | None
    kana: str | None


@dataclass(frozen=True, slots=True)
class AssignmentView:
    id: UUID
    agency: str
    staff_id: UUID | None
    role: str
    task: str | None
    due_on: date | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One row of a case list."""

    id: UUID
    number: str
    state: str
    owner_id: UUID
    owner_agency: str
    lead_agency: str | None
    danger: bool
    to_be_approved: bool
    names: tuple[str, ...]
    opened_at: datetime
    next_contact_on: date | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """The case file's cover: who owns and leads it, whom it is about, what may be done next."""

    id: UUID
    number: str
    state: str
    version: int
    owner_id: UUID
    owner_agency: str
    lead_id: UUID | None
    lead_agency: str | None
    multi_agency: bool
    danger: bool
    to_be_approved: bool
    previous_id: UUID | None
    household_id: UUID | None
    window: str | None
    opened_at: datetime
    last_contact_at: datetime | None
    next_contact_on: date | None
    closed_at: datetime | None
    close_reason: str | None
    interrupt_reason: str | None
    after_lead_agency: str | None
    after_lead_id: UUID | None
    people: tuple[CasePersonView, ...]
    issues: tuple[IssueView, ...]
    assignments: tuple[AssignmentView, ...]
    moves: tuple[str, ...] = field(default=())


# -- drafts ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AssignmentDraft:
    """An agency's part: role code (meeting_role), person of that agency if known, task, due date."""

    agency: str
    role: str
    staff_id: UUID | None = None
    task: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class AlertDraft:
    """Abuse or danger to life; what was reported to whom and when, if it was."""

    kind: str
    text: str
    reported_to: str | None = None
    reported_at: datetime | None = None
