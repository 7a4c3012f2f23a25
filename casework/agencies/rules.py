"""Shapes of the directory and of its lists on file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AgencyView:
    code: str
    name: str
    kind: str
    support_meeting_member: bool
    retired_on: date | None


@dataclass(frozen=True, slots=True)
class WindowView:
    code: str
    name: str
    agency: str
    initiative: str | None
    field: str
    retired_on: date | None


@dataclass(frozen=True, slots=True)
class DistrictView:
    code: str
    name: str
    kind: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class InitiativeView:
    key: str
    printed_number: str
    name: str
    divisions: tuple[str, ...]
    tracking: str
    restated: bool


@dataclass(frozen=True, slots=True)
class CodeView:
    list: str
    code: str
    ja: str
    en: str
    status: str
    sort: int
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class CodeDraft:
    """A further entry of a list; entries are retired, never renamed or deleted."""

    list: str
    code: str
    ja: str
    en: str
    sort: int
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class RetireDraft:
    on: date


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did: rows added, changed and retired; all zero on a second run."""

    added: int
    changed: int
    retired: int

    def __str__(self) -> str:
        return f"{self.added} added, {self.changed} changed, {self.retired} retired"
