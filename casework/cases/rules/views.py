"""Views of the case file: what goes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from ...kernel.withheld import Withheld


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
    owner_name: str | None = None
    last_contact_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseTitle:
    """What a list says about the case that a row belongs to: its number, and the names of those it is about."""

    number: str
    names: tuple[str, ...]


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
    protected: bool = False


@dataclass(frozen=True, slots=True)
class GrantView:
    """Named, dated leave to read one case."""

    id: UUID
    staff_id: UUID
    purpose_code: str
    purpose: str | None
    given_by: UUID
    given_at: datetime
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant in force, with the case's number for whoever may know of the case."""

    id: UUID
    case_id: UUID
    number: str
    staff_id: UUID
    purpose_code: str
    given_by: UUID
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SectionView:
    section: str
    text: str | None


@dataclass(frozen=True, slots=True)
class FactView:
    person_id: UUID
    list: str
    code: str


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """One saved revision of the assessment; `revisions` is how many there are."""

    id: UUID
    revision: int
    revisions: int
    housing_kind: str | None
    author_id: UUID
    saved_at: datetime
    sections: tuple[SectionView, ...]
    facts: tuple[FactView, ...]


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A row of a consent's history; `in_force` is said of the newest row of a thread, today."""

    id: UUID
    thread_id: UUID
    revision: int
    person_id: UUID
    case_id: UUID | None
    purpose: str
    state: str
    recipients: tuple[str, ...]
    items: tuple[str, ...]
    holder: str | None
    form: str | None
    given_on: date | None
    expires_on: date | None
    proxy: str | None
    reason: str | None
    recorded_by: UUID
    recorded_at: datetime
    newest: bool
    in_force: bool


@dataclass(frozen=True, slots=True)
class InForceView:
    """Whether every person of the case agreed to this sharing, today; `ground` is what a disclosure names."""

    in_force: bool
    ground: str | None


@dataclass(frozen=True, slots=True)
class SegmentView:
    id: UUID
    sort: int
    about_id: UUID | None
    said_by: str | Withheld | None
    segment_class: str
    text: str | Withheld | None
    origin_basis: str | None
    origin_item: UUID | None


@dataclass(frozen=True, slots=True)
class NoteView:
    id: UUID
    happened_at: datetime
    method: str
    with_whom: str | None
    next_step: str | None
    next_due_on: date | None
    minutes: int | None
    author_id: UUID
    author_name: str | None
    author_agency: str
    corrects_id: UUID | None
    after_closing: bool
    recorded_at: datetime
    segments: tuple[SegmentView, ...]


@dataclass(frozen=True, slots=True)
class AlertView:
    id: UUID
    kind: str
    text: str | None
    reported_to: str | None
    reported_at: datetime | None
    raised_by: UUID
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class DisclosureView:
    id: UUID
    to_agency: str | None
    ground: str
    channel: str
    items: tuple[str, ...]
    what: str | None
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ProposalView:
    id: UUID
    cause: str
    basis: str
    reason: str | None
    proposed_by: UUID
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened: kind note, step, alert, disclosure or emergency.

    `what` is its method, move, kind or channel; an emergency access says until when it lasted, and its verdict.
    """

    kind: str
    id: UUID
    at: datetime
    by: UUID
    by_name: str | None
    what: str
    text: str | None
    from_state: str | None = None
    to_state: str | None = None
    to_agency: str | None = None
    corrects_id: UUID | None = None
    after_closing: bool = False
    until: datetime | None = None
    verdict: str | None = None
