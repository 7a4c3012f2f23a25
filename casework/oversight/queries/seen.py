"""Who saw this record: answered from the trail, for disclosure requests and complaints. No content is read."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import or_

from ...accounts.models import Staff
from ...audit.models import AuditEntry
from ...cases.models import Case, CasePerson
from ...intake.models import Intake
from ...kernel import cursor
from ...kernel.actor import SYSTEM_ID
from ...kernel.actor import Permission as P
from ...kernel.clock import TOKYO
from ...kernel.errors import BadInput, Refused
from ...people.models import Person
from ...usecase import Context, registry, use_case
from ..rules.seen import LONGEST, PersonMark, SeenKind, SeenLine, SeenView

HOUSE = "システム"


class _Record:
    """What was asked for: its number, the ids that events name it by, and the persons of a case."""

    def __init__(
        self, number: str, targets: list[UUID], cases: list[UUID], persons: tuple[PersonMark, ...]
    ) -> None:
        self.number, self.targets, self.cases, self.persons = number, targets, cases, persons


@use_case(P.AUDIT_READ, event="audit.readers_read", reads=True)
def who_saw(
    ctx: Context,
    *,
    since: date,
    until: date,
    number: str | None = None,
    person: UUID | None = None,
    after: str | None = None,
) -> SeenView:
    """Tell who saw or changed a case or a person's record between two days, the newest first, page by page."""
    size = ctx.settings.page_size
    return _seen(ctx, number, person, since, until, after, size)


@use_case(P.AUDIT_READ, event="audit.readers_exported", reads=True, confirmed=True)
def all_who_saw(
    ctx: Context, *, since: date, until: date, number: str | None = None, person: UUID | None = None
) -> SeenView:
    """The same as a whole, for a file; Refused("readers_too_many") beyond 20,000 lines."""
    found = _seen(ctx, number, person, since, until, None, LONGEST)
    if found.next is not None:
        raise Refused("readers_too_many", lines=LONGEST)
    return found


def _seen(
    ctx: Context,
    number: str | None,
    person: UUID | None,
    since: date,
    until: date,
    after: str | None,
    size: int,
) -> SeenView:
    if until < since:
        raise BadInput("period_backwards", "until")
    record = _of_person(ctx, person) if person is not None else _of_number(ctx, number or "")
    targets, cases = [str(t) for t in record.targets], [str(c) for c in record.cases]
    query = ctx.select(AuditEntry).where(
        or_(AuditEntry.target.in_(targets), AuditEntry.case_id.in_(cases)),
        AuditEntry.at >= _begin(since),
        AuditEntry.at < _begin(until + timedelta(days=1)),
    )
    if after is not None:
        (last,) = cursor.decode(after, 1)
        if not last.isdecimal():
            raise BadInput("cursor_invalid", "after")
        query = query.where(AuditEntry.seq < int(last))
    rows = ctx.all(query.order_by(AuditEntry.seq.desc()).limit(size + 1))
    following = cursor.encode(str(rows[size - 1].seq)) if len(rows) > size else None
    return SeenView(record.number, person, record.persons, _lines(ctx, rows[:size]), following)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), TOKYO)


def _of_number(ctx: Context, number: str) -> _Record:
    """A case by its number, or the person of an intake that became none."""
    case: Case | None = ctx.one(ctx.select(Case).where(Case.number == number))
    if case is not None:
        ctx.load(Case, case.id)
        people = ctx.parts(case, CasePerson)
        marks = tuple(PersonMark(p.person_id, p.role) for p in people)
        return _Record(number, [case.id], [case.id], marks)
    intake: Intake | None = ctx.one(ctx.select(Intake).where(Intake.number == number))
    if intake is None:
        raise BadInput("record_unknown", "number")
    found = _of_person(ctx, intake.person_id)
    return _Record(number, [*found.targets, intake.id], found.cases, ())


def _of_person(ctx: Context, person_id: UUID) -> _Record:
    """A person's own row and every case they belong to, as far as the reader may know of it."""
    ctx.load(Person, person_id)
    links = ctx.all(ctx.select(CasePerson).where(CasePerson.person_id == person_id))
    cases = [link.case_id for link in links]
    return _Record("", [person_id, *cases], cases, ())


def _lines(ctx: Context, rows: list[AuditEntry]) -> tuple[SeenLine, ...]:
    ids = {UUID(row.actor) for row in rows}
    query = ctx.select(Staff, permission=P.DIRECTORY_READ).where(Staff.id.in_(ids))
    staff = {row.id: row for row in ctx.all(query)}
    reading = {about.event for about in registry.values() if about.reads}
    return tuple(_line(row, staff.get(UUID(row.actor)), reading) for row in rows)


def _line(row: AuditEntry, who: Staff | None, reading: set[str]) -> SeenLine:
    kind = SeenKind.READ if row.event in reading else SeenKind.CHANGED
    if row.outcome != "done":
        kind = SeenKind.REFUSED
    name = who.name if who else HOUSE if row.actor == str(SYSTEM_ID) else ""
    agency = who.agency if who else ""
    return SeenLine(row.seq, row.at, row.actor, name, agency, row.event, kind, row.outcome, row.purpose)
