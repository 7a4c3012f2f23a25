"""Shapes of 開示請求: what is typed, what is shown, and the record that leaves the house."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ...kernel.errors import BadInput
from ...kernel.wareki import PartialDate
from .deciding import PartVerdict, ProposalKind
from .flow import RequestState


class PartKind(StrEnum):
    """Where a piece comes from."""

    PERSON = "person"
    ADDRESS = "address"
    CONTACT = "contact"
    SAFE_CONTACT = "safe_contact"
    CONSENT = "consent"
    CASE = "case"
    INTAKE = "intake"
    NOTE = "note"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    EVALUATION = "evaluation"
    REFERRAL = "referral"
    MEETING = "meeting"
    OUTREACH = "outreach"
    PARTICIPATION = "participation"


class CopyFormat(StrEnum):
    PDF = "pdf"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class RegisterDraft:
    """A request as it came in. Name and birth date are those on the paper by which the person was identified;
    `case_number` is what the division in charge gives when they alone do not tell the person."""

    name: str
    birth: PartialDate
    requester: str
    identity_check: str
    received_on: date
    case_number: str | None = None
    requester_name: str | None = None


def check_register(draft: RegisterDraft, today: date) -> None:
    """A proxy is named (76条2項); a request has come before it is written down."""
    if draft.received_on > today:
        raise BadInput("day_ahead", "received_on")
    if draft.requester != "person" and not draft.requester_name:
        raise BadInput("requester_name_missing", "requester_name")


@dataclass(frozen=True, slots=True)
class ExtensionDraft:
    reason: str


@dataclass(frozen=True, slots=True)
class ReturnDraft:
    reason: str


@dataclass(frozen=True, slots=True)
class ExportDraft:
    """A copy to be made and handed over: to whom, and how."""

    format: CopyFormat
    recipient: str
    way: str


@dataclass(frozen=True, slots=True)
class GivingDraft:
    """The same copy once more."""

    recipient: str
    way: str


@dataclass(frozen=True, slots=True)
class PartView:
    """A piece as the office sees it; `changed`: the text is no longer the one that was decided."""

    id: UUID
    kind: PartKind
    heading: str
    text: str | None
    proposal: ProposalKind
    proposed_reason: str | None
    verdict: PartVerdict | None
    reason: str | None
    passages: tuple[str, ...]
    remark: str | None
    decided_by: UUID | None
    decided_at: datetime | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Extension:
    on: date
    reason: str | None


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in the list: no content."""

    id: UUID
    number: str
    state: RequestState
    received_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Giving:
    """A line of the ledger: which copy, to whom, when, by whom, and the digest of the file."""

    id: UUID
    copy_id: UUID
    format: CopyFormat
    digest: str
    recipient: str | None
    way: str
    given_by: UUID
    given_at: datetime


@dataclass(frozen=True, slots=True)
class RequestView:
    id: UUID
    number: str
    version: int
    state: RequestState
    name: str | None
    requester: str
    requester_name: str | None
    identity_check: str
    received_on: date
    due_on: date
    extension: Extension | None
    registered_by: UUID
    registered_at: datetime
    submitted_by: UUID | None
    reviewed_by: UUID | None
    reviewed_at: datetime | None
    review_note: str | None
    undecided: int
    parts: tuple[PartView, ...]
    givings: tuple[Giving, ...]
    moves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CopyView:
    """The bytes of a copy that was handed over."""

    number: str
    format: CopyFormat
    digest: str
    body: bytes


# -- what leaves the house ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One text, or the mark that stands in its place; never both."""

    heading: str
    text: str | None = None
    withheld: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """One person's record as it is given: no ids, no numbers of pieces, nothing of what is left out."""

    number: str
    made_on: date
    cover: tuple[Line, ...]
    sections: tuple[Section, ...]
    note: str


def as_json(record: Record) -> bytes:
    """The record as a JSON file; empty members are left out."""
    shown = asdict(record)
    shown["made_on"] = record.made_on.isoformat()
    for section in shown["sections"]:
        section["entries"] = [{k: v for k, v in e.items() if v is not None} for e in section["entries"]]
    return json.dumps(shown, ensure_ascii=False, indent=1).encode()
