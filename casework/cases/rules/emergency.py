"""緊急閲覧: who may read without a reason of sight, for how long, and what the review says. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ...kernel.actor import Role
from ...kernel.errors import BadInput, Refused

REVIEW_DAYS = 3  # working days until an emergency access must have been reviewed
TRIES_PER_ACCESS = 4  # a mistyped number is no access, but numbers cannot be tried without end

# Who answers for people in danger. Never 構成員, administration or 統計報告: no case content is theirs.
EMERGENCY_ROLES = (
    Role.COUNSELOR,
    Role.COORDINATOR,
    Role.OUTREACH_WORKER,
    Role.PARTICIPATION_COORDINATOR,
    Role.SUPERVISOR,
)


class Verdict(StrEnum):
    """What the review found."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"


@dataclass(frozen=True, slots=True)
class EmergencyDraft:
    """Which case by its number, what danger, why in words, and for how many hours."""

    number: str
    category: str
    reason: str
    hours: int


@dataclass(frozen=True, slots=True)
class ReviewDraft:
    """`follow_up`: what is done about an access that was not justified."""

    verdict: Verdict
    follow_up: str | None = None


@dataclass(frozen=True, slots=True)
class EmergencyView:
    """An access as its person, the case's people and its reviewers see it. `number` None: the case is out of sight."""

    id: UUID
    case_id: UUID | None
    number: str | None
    staff_id: UUID
    agency: str
    category: str
    reason: str | None
    begins_at: datetime
    until: datetime
    ends_at: datetime
    alarm: bool
    review_due_at: datetime
    verdict: str | None
    follow_up: str | None
    reviewed_by: UUID | None
    reviewed_at: datetime | None


def same_number(typed: str) -> str:
    """A case number as it is stored: half width, without blanks around it."""
    return unicodedata.normalize("NFKC", typed).strip().upper()


def check_hours(hours: int, most: int) -> None:
    """At most as the setting says, which is never more than four hours."""
    if not 1 <= hours <= most:
        raise BadInput("emergency_hours", "hours", most=most)


def check_review(draft: ReviewDraft, *, accessor: UUID, reviewer: UUID, verdict: str | None) -> None:
    """Once, by somebody else; what was not justified has a follow-up."""
    if accessor == reviewer:
        raise Refused("emergency_own_review")
    if verdict is not None:
        raise Refused("emergency_reviewed")
    if draft.verdict is Verdict.NOT_JUSTIFIED and draft.follow_up is None:
        raise BadInput("emergency_follow_up", "follow_up")
