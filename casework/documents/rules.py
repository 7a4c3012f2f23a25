"""What can be put on paper, for what, and until when the paper may exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID


class PrintKind(StrEnum):
    """The forms of the ministry's 標準様式 and of the meetings."""

    RECEPTION = "reception"  # 相談受付・申込票
    ASSESSMENT = "assessment"  # アセスメントシート
    PLAN = "plan"  # 支援プラン
    PROGRESS = "progress"  # 支援経過
    AGENDA = "agenda"  # 会議次第
    MINUTES = "minutes"  # 会議録
    EVALUATION = "evaluation"  # 評価・終結


class PrintPurpose(StrEnum):
    """Why somebody needs paper."""

    PERSON = "person"  # 本人に渡す
    DECISION = "decision"  # 決裁・編てつ
    MEETING = "meeting"  # 会議で使う
    VISIT = "visit"  # 訪問に持っていく


# Days until a working copy is destroyed; what the person gets or the office files is kept by their own rules.
KEPT_DAYS = {PrintPurpose.MEETING: 7, PrintPurpose.VISIT: 7}


def destroy_on(purpose: PrintPurpose, today: date) -> date | None:
    """The last day of a working copy; None for what is handed over or filed."""
    days = KEPT_DAYS.get(purpose)
    return None if days is None else today + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class PrintDraft:
    purpose: PrintPurpose


@dataclass(frozen=True, slots=True)
class PrintView:
    """One print. `target` is the record on it: an intake, a case, a plan or a meeting."""

    id: UUID
    number: str
    kind: PrintKind
    target: UUID
    purpose: PrintPurpose
    printed_by: UUID
    printed_at: datetime
    destroy_on: date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A print with the views that stand on it, by name, as the reader may see them now."""

    mark: PrintView
    shown: dict[str, Any]
