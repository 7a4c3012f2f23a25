"""What is past its years: ended records that nothing holds, by number and class alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, not_, or_, select
from sqlalchemy.orm import aliased

from ...cases.models import Case, CasePerson
from ...cases.rules import CaseState
from ...db import Base
from ...disclosure.models import DisclosureRequest
from ...disclosure.rules import OPEN
from ...intake.models import Intake
from ...kernel.actor import Permission as P
from ...kernel.clock import TOKYO, tokyo_date
from ...meeting.models import ActionItem
from ...outreach.models import OutreachEpisode
from ...participation.models import Need
from ...referral.models import Referral
from ...usecase import Context, use_case
from ..models import Erasure, Hold
from ..rules import DueLine, DueList, ErasureState, RecordKind, Schedule, StartEvent
from .schedule import plan


@dataclass(frozen=True)
class Kind:
    """How a kind of record is found: its table, the column that starts its years, and what must hold for a start."""

    record: RecordKind
    model: Any
    started: Any
    starts: dict[StartEvent, Callable[[], Any]]
    obstacles: dict[str, Callable[[Context], Any]]


def _held(model: Any) -> Callable[[Context], Any]:
    return lambda ctx: exists(
        select(Hold.id).where(Hold.record_id == model.id, Hold.lifted_at.is_(None), Hold.ends_on >= ctx.today)
    )


def _asked_for(person_ids: Any) -> Any:
    """A request for the record of one of these persons is running."""
    running = DisclosureRequest.state.in_(sorted(state.value for state in OPEN))
    return exists(select(DisclosureRequest.id).where(DisclosureRequest.person_id.in_(person_ids), running))


def _goes_on(_: Context) -> Any:
    """A later episode names the case: the newest goes first."""
    later = aliased(Case)
    return exists(select(later.id).where(later.previous_id == Case.id))


def _unfinished(_: Context) -> Any:
    """Work of the case that still has an owner."""
    owned: tuple[Any, ...] = (Referral, ActionItem, OutreachEpisode, Need, Intake)
    return or_(*(exists(select(m.id).where(m.case_id == Case.id, m.is_open())) for m in owned))


_people = select(CasePerson.person_id).where(CasePerson.case_id == Case.id).correlate(Case)
KINDS = (
    Kind(
        RecordKind.CASE,
        Case,
        Case.closed_at,
        {
            StartEvent.CASE_CLOSED: lambda: Case.state != CaseState.INTERRUPTED.value,
            StartEvent.CASE_INTERRUPTED: lambda: Case.state == CaseState.INTERRUPTED.value,
        },
        {
            "record_held": _held(Case),
            "record_asked_for": lambda ctx: _asked_for(_people),
            "record_goes_on": _goes_on,
            "record_unfinished": _unfinished,
        },
    ),
    Kind(
        RecordKind.INTAKE,
        Intake,
        Intake.decided_at,
        {StartEvent.INTAKE_ANSWERED: lambda: Intake.decided_at.is_not(None)},
        {
            "record_held": _held(Intake),
            "record_asked_for": lambda ctx: _asked_for([Intake.person_id]),
        },
    ),
    Kind(
        RecordKind.REQUEST,
        DisclosureRequest,
        DisclosureRequest.closed_at,
        {StartEvent.REQUEST_CLOSED: lambda: DisclosureRequest.closed_at.is_not(None)},
        {"record_held": _held(DisclosureRequest)},
    ),
)
BY_KIND = {kind.record: kind for kind in KINDS}


@use_case(P.RETENTION_READ, event="retention.due_listed", reads=True)
def due_list(ctx: Context) -> DueList:
    """List what is past its years and held by nothing, the longest overdue first; no content."""
    size, lines, more = ctx.settings.page_size, [], False
    ctx.select(Hold)
    for schedule in plan(ctx):
        kind = BY_KIND.get(schedule.record)
        if kind is None:
            continue
        query = past(ctx, kind, schedule).order_by(kind.started, kind.model.id).limit(size + 1)
        rows = ctx.tuples(kind.model, query)
        more = more or len(rows) > size
        lines += [_line(schedule, row) for row in rows[:size]]
    return DueList(tuple(sorted(lines, key=lambda line: (line.due_on, line.number))), more)


def past(ctx: Context, kind: Kind, schedule: Schedule, permission: P | None = None) -> Any:
    """Step: (id, number, started) of the records of a class that are due."""
    limit = datetime.combine(schedule.began_before(ctx.today), time(), TOKYO)
    waiting = exists(
        select(Erasure.id).where(
            Erasure.record_id == kind.model.id, Erasure.state == ErasureState.PROPOSED.value
        )
    )
    free = [not_(obstacle(ctx)) for obstacle in kind.obstacles.values()]
    query = ctx.select(kind.model, permission=permission or P.RETENTION_READ)
    query = query.where(kind.started < limit, kind.starts[schedule.start](), not_(waiting), *free)
    return query.with_only_columns(kind.model.id, kind.model.number, kind.started.label("started"))


def _line(schedule: Schedule, row: Any) -> DueLine:
    started: date = tokyo_date(row.started)
    return DueLine(schedule.record, row.number, schedule.code, started, schedule.due_on(started))


def record_by_number(ctx: Context, number: str) -> tuple[Kind, Any] | None:
    """Step: the ended record with this number in sight for the use case's own permission, locked."""
    for kind in KINDS:
        row = ctx.one(ctx.select(kind.model).where(kind.model.number == number))
        if row is not None:
            return kind, ctx.load(kind.model, row.id)
    return None


def obstacle(ctx: Context, kind: Kind, row: Base) -> str | None:
    """Step: the first thing that stands against erasing the record: a hold, a request, a later episode, open work."""
    row_id: UUID = row.id  # type: ignore[attr-defined]
    for code, condition in kind.obstacles.items():
        query = ctx.select(kind.model).where(and_(kind.model.id == row_id, condition(ctx)))
        if ctx.tuples(kind.model, query.with_only_columns(kind.model.id)):
            return code
    return None


def past_its_years(ctx: Context, kind: Kind, row: Any) -> tuple[Schedule, bool]:
    """Step: the class of an ended record, and whether its years are over."""
    started = tokyo_date(getattr(row, kind.started.key))
    interrupted = kind.record is RecordKind.CASE and row.state == CaseState.INTERRUPTED.value
    wanted = [s for s in plan(ctx) if s.record is kind.record]
    schedule = next((s for s in wanted if (s.start is StartEvent.CASE_INTERRUPTED) == interrupted), wanted[0])
    return schedule, schedule.due_on(started) <= ctx.today
