"""Drafts of the case file: what comes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from ...kernel.errors import BadInput
from ...people.rules import MemberDraft, PersonDraft
from .consent import ConsentState
from .narrative import Section, SegmentClass


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
class AddPersonDraft:
    """A further person of a case: known already, or new; role subject, household or other."""

    role: str
    person_id: UUID | None = None
    person: PersonDraft | None = None


@dataclass(frozen=True, slots=True)
class HouseholdDraft:
    """世帯 of a case."""

    members: tuple[MemberDraft, ...]
    household_type: str | None = None


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


@dataclass(frozen=True, slots=True)
class MoveDraft:
    """A move that only may say why."""

    why: str | None = None


@dataclass(frozen=True, slots=True)
class HandOverDraft:
    """The new owner and why."""

    owner_id: UUID
    agency: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeadDraft:
    """主担当: a person and the agency they act for."""

    lead_id: UUID
    agency: str


@dataclass(frozen=True, slots=True)
class StepOutDraft:
    """多機関協働 steps out: why, and the 主担当 if one is to be named with it."""

    reason: str
    lead_id: UUID | None = None
    lead_agency: str | None = None


@dataclass(frozen=True, slots=True)
class ReopenDraft:
    """A new episode: for which of the actor's divisions, why, and when contact is next due."""

    agency: str
    reason: str
    next_contact_on: date | None = None


@dataclass(frozen=True, slots=True)
class IssueDraft:
    """A topic, issue or compound issue; at most one of a case is the most pressing (`main`)."""

    list: str
    code: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class IssuesDraft:
    issues: tuple[IssueDraft, ...]
    next_contact_on: date | None = None


@dataclass(frozen=True, slots=True)
class GrantDraft:
    """Leave for a supervisor to read one case for a purpose (code, and in words), from now or later, to a moment."""

    staff_id: UUID
    agency: str
    purpose_code: str
    purpose: str
    ends_at: datetime
    begins_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SectionDraft:
    section: Section
    text: str


@dataclass(frozen=True, slots=True)
class FactDraft:
    person_id: UUID
    list: str
    code: str


@dataclass(frozen=True, slots=True)
class AssessmentDraft:
    """A whole new revision. `based_on` is the revision it was written from, so that nobody's words are lost."""

    sections: tuple[SectionDraft, ...]
    facts: tuple[FactDraft, ...] = ()
    housing_kind: str | None = None
    based_on: int | None = None


@dataclass(frozen=True, slots=True)
class ConsentDraft:
    """What a person said of sharing. GIVEN needs recipients, items, date, form and holder (個人情報保護法69条)."""

    purpose: str
    state: ConsentState
    recipients: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    holder: str | None = None
    form: str | None = None
    given_on: date | None = None
    expires_on: date | None = None
    proxy: str | None = None
    reason: str | None = None
    this_case_only: bool = True


@dataclass(frozen=True, slots=True)
class ConsentChange:
    """The next row of a thread. What is left out stays as it was; recipients and items can only become fewer."""

    state: ConsentState
    recipients: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    holder: str | None = None
    form: str | None = None
    given_on: date | None = None
    expires_on: date | None = None
    proxy: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SegmentDraft:
    """A piece of narrative: about whom, said by whom, its class, and where it was first learned (I7)."""

    segment_class: SegmentClass
    text: str
    about_id: UUID | None = None
    said_by: str | None = None
    origin_basis: str | None = None
    origin_item: UUID | None = None


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A note of the progress record; `quotes` are segments of the case's notes that are copied with their origin."""

    happened_at: datetime
    method: str
    agency: str
    segments: tuple[SegmentDraft, ...] = ()
    quotes: tuple[UUID, ...] = ()
    with_whom: str | None = None
    next_step: str | None = None
    next_due_on: date | None = None
    minutes: int | None = None
    contacted: bool = False


@dataclass(frozen=True, slots=True)
class DisclosureDraft:
    """What is told, to whom, on what ground: consent:<thread id>, a meeting's basis, or emergency."""

    to_agency: str
    ground: str
    channel: str
    items: tuple[str, ...]
    what: str


@dataclass(frozen=True, slots=True)
class ProposalDraft:
    reason: str
    basis: str = "act_106_6"


ISSUE_LISTS = ("consult_topic", "issue", "compound_issue")
FACT_LISTS = ("attribute", "work_status", "health_insurance")


def check_issues(issues: tuple[IssueDraft, ...]) -> None:
    """Each code once, lists that a case may carry, and at most one most pressing (最も困っていること)."""
    if sum(issue.main for issue in issues) > 1:
        raise BadInput("two_main", "issues")
    seen: set[tuple[str, str]] = set()
    for place, issue in enumerate(issues):
        if issue.list not in ISSUE_LISTS:
            raise BadInput("unknown_list", f"issues.{place}.list")
        if (issue.list, issue.code) in seen:
            raise BadInput("issue_twice", f"issues.{place}.code")
        seen.add((issue.list, issue.code))


def grant_period(draft: GrantDraft, now: datetime, most_days: int) -> datetime:
    """When the grant begins; it has an end, ahead and not too far."""
    begins = draft.begins_at or now
    if begins < now or begins > now + timedelta(days=most_days):
        raise BadInput("grant_begin_range", "begins_at", days=most_days)
    if draft.ends_at <= begins or draft.ends_at > begins + timedelta(days=most_days):
        raise BadInput("grant_end_range", "ends_at", days=most_days)
    return begins


def check_note(draft: NoteDraft, now: datetime) -> None:
    """A note says something, and of the past."""
    if not draft.segments and not draft.quotes:
        raise BadInput("note_empty", "segments")
    if draft.happened_at > now:
        raise BadInput("moment_ahead", "happened_at")
