"""評価 of the city plan (目標2, 目標3): indicators with a target per fiscal year, findings, and gaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ...kernel.errors import BadInput

GOALS = ("2", "3")
MANUAL = "manual"
# Figures of the official report that may feed an indicator: section, line, what it counts.
FED_BY = (
    "intake.received.events",
    "multi_agency.new.cases",
    "multi_agency.plans.events",
    "multi_agency.ended.cases",
    "multi_agency.continuing.cases",
    "meeting.held.events",
    "meeting.discussed.cases",
    "outreach.visited.cases",
    "outreach.visits.events",
    "participation.requested.persons",
    "participation.matched.events",
    "participation.hosts.places",
)
SOURCES = (MANUAL, *FED_BY)


@dataclass(frozen=True, slots=True)
class Frame:
    """How the plan wants a goal to be evaluated: by whom, from which viewpoints, with which methods."""

    goal: str
    evaluators: tuple[str, ...]
    viewpoints: tuple[str, ...]
    methods: tuple[str, ...]


def frames(rows: Iterable[Mapping[str, str]]) -> dict[str, Frame]:
    """The evaluation of the goals as the municipality's folder lists it (evaluation.csv)."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        found.setdefault(row["goal"], {}).setdefault(row["kind"], []).append(row["item"])
    return {
        goal: Frame(
            goal, tuple(k.get("evaluator", ())), tuple(k.get("viewpoint", ())), tuple(k.get("method", ()))
        )
        for goal, k in found.items()
        if goal in GOALS
    }


@dataclass(frozen=True, slots=True)
class IndicatorDraft:
    goal: str
    viewpoint: str
    title: str
    unit: str
    source: str = MANUAL


@dataclass(frozen=True, slots=True)
class YearDraft:
    """A target for a fiscal year; `actual` only for an indicator that nothing feeds."""

    fy: int
    target: int | None = None
    actual: int | None = None


@dataclass(frozen=True, slots=True)
class FindingDraft:
    """What a hearing or a questionnaire found; no person is named in it."""

    goal: str
    viewpoint: str
    method: str
    evaluator: str
    fy: int
    text: str


def check_place(found: Mapping[str, Frame], goal: str, viewpoint: str) -> Frame:
    """The frame of the goal; BadInput for a viewpoint that the plan does not name."""
    frame = found.get(goal)
    if frame is None:
        raise BadInput("unknown_code", "goal")
    if viewpoint not in frame.viewpoints:
        raise BadInput("unknown_code", "viewpoint")
    return frame


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """An indicator in a fiscal year: its target, the figure, and that of the year before."""

    id: UUID
    version: int
    goal: str
    viewpoint: str
    title: str
    unit: str
    source: str
    target: int | None
    actual: int | None
    before: int | None

    @property
    def reached(self) -> bool | None:
        return None if self.target is None or self.actual is None else self.actual >= self.target


@dataclass(frozen=True, slots=True)
class FindingView:
    id: UUID
    goal: str
    viewpoint: str
    method: str
    evaluator: str
    fy: int
    text: str | None
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class GapLine:
    """Where help was missing: a protected number of the sealed fiscal year, None if hidden."""

    kind: str
    code: str
    shown: int | None


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """The yearly report for 鎌倉市地域福祉推進委員会."""

    fy: int
    label: str
    complete: bool
    sealed: bool
    goals: tuple[Frame, ...]
    indicators: tuple[IndicatorView, ...]
    findings: tuple[FindingView, ...]
    efforts: tuple[GapLine, ...]
    gaps: tuple[GapLine, ...]
