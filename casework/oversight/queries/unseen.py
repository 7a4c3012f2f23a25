"""担当者の見られない仕事: open work whose owner lost sight of it by protection or by a conflict (I1, I12).

Work changes hands without anybody looking at it when somebody leaves, and a declaration or a protection closes a record
to whoever holds it. The owner stays, so that nobody is without one; here it is seen that the owner is blind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select

from ...accounts.models import Staff, StaffRole
from ...accounts.queries import in_force
from ...cases import access as cases
from ...cases.models import Case, CasePerson
from ...intake import access as intake
from ...intake.models import Intake
from ...kernel.actor import Permission as P
from ...people.access import of_circle, unnamed
from ...people.models import Conflict, Protection, ProtectionGrant
from ...usecase import Context, use_case
from ..access import owner_unnamed
from ..rules.unseen import ConflictedOwner, UnnamedOwner, Work

MODELS: Final[dict[Work, Any]] = {Work.CASE: Case, Work.INTAKE: Intake}


@dataclass(frozen=True, slots=True)
class BlindWork:
    """One kind of open work for a protected person that its owner does not see."""

    work: Work
    person: UUID
    owner: UUID
    agency: str


@use_case(P.PROTECTION_REVIEW, event="protection.unnamed_owners_listed", reads=True)
def unnamed_owners(ctx: Context) -> tuple[UnnamedOwner, ...]:
    """List owners who do not see the protected person they work for: whom to name, without person or record."""
    query = ctx.select(Protection).where(Protection.lifted_at.is_(None), owner_unnamed(ctx.now))
    found = {row.person_id: row.id for row in ctx.all(query.order_by(Protection.set_at, Protection.id))}
    blind = set(blind_work(ctx, found))
    seen, withdrawn = seers(ctx, blind), _withdrawn(ctx, found)
    lines = [
        UnnamedOwner(
            found[one.person],
            one.work,
            one.owner,
            one.agency,
            len(seen[one]),
            (one.person, one.owner) in withdrawn,
        )
        for one in blind
    ]
    return tuple(
        sorted(lines, key=lambda line: (line.seers, str(line.protection_id), line.work, line.owner_id))
    )


def blind_work(ctx: Context, persons: Collection[UUID]) -> Iterator[BlindWork]:
    """Step: open work for these protected persons that its owner does not see."""
    linked: Select[Any] = _columns(CasePerson.person_id, Case.owner_id, Case.owner_agency)
    linked = linked.join(Case, Case.id == CasePerson.case_id)
    linked = linked.where(CasePerson.role == "subject", CasePerson.person_id.in_(sorted(persons)))
    linked = linked.where(Case.is_open(), unnamed(CasePerson.person_id, Case.owner_id, ctx.now))
    received = _columns(Intake.person_id, Intake.owner_id, Intake.owner_agency)
    received = received.where(Intake.person_id.in_(sorted(persons)), intake.unnamed_owner(ctx.now))
    for work, query, models in (
        (Work.CASE, linked, (Case, CasePerson)),
        (Work.INTAKE, received, (Intake,)),
    ):
        for row in ctx.session.execute(ctx.whole(query, *models)):
            yield BlindWork(work, row.person_id, row.owner_id, row.owner_agency)


def seers(ctx: Context, blind: Collection[BlindWork]) -> dict[BlindWork, set[UUID]]:
    """Step: which active staff of the division are named for the person, may open such work, and are no kin."""
    query = _columns(ProtectionGrant.person_id, ProtectionGrant.staff_id, StaffRole.agency, StaffRole.role)
    query = query.join(Staff, Staff.id == ProtectionGrant.staff_id)
    query = query.join(StaffRole, StaffRole.staff_id == ProtectionGrant.staff_id)
    query = query.where(
        Staff.disabled_at.is_(None),
        in_force(ctx),
        ProtectionGrant.person_id.in_(sorted({one.person for one in blind})),
        ProtectionGrant.given_at <= ctx.now,
        ProtectionGrant.ends_at > ctx.now,
        ~of_circle(ProtectionGrant.person_id, ProtectionGrant.staff_id),
    )
    rows = ctx.session.execute(ctx.whole(query, ProtectionGrant)).all() if blind else []
    return {
        one: {
            row.staff_id
            for row in rows
            if (row.person_id, row.agency) == (one.person, one.agency)
            and row.role in MODELS[one.work].__carried_by__
        }
        for one in blind
    }


def _withdrawn(ctx: Context, persons: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """(person, staff) whose newest grant somebody ended before its day."""
    query = _columns(ProtectionGrant.person_id, ProtectionGrant.staff_id, ProtectionGrant.ended_by)
    query = query.where(
        ProtectionGrant.person_id.in_(sorted(persons)), ProtectionGrant.whereabouts.is_(False)
    )
    query = query.order_by(ProtectionGrant.given_at, ProtectionGrant.id)
    rows = ctx.session.execute(ctx.whole(query, ProtectionGrant))
    newest = {(row.person_id, row.staff_id): row.ended_by for row in rows}
    return {whose for whose, ended_by in newest.items() if ended_by is not None}


def _columns(*columns: Any) -> Select[Any]:
    """SELECT of a few columns, of rows that are not handed out."""
    return select(*columns)


@use_case(P.CONFLICT_MANAGE, event="conflict.owners_listed", reads=True)
def conflicted_owners(ctx: Context) -> tuple[ConflictedOwner, ...]:
    """List owners who may not open their own work because of a conflict; nothing of one's own circle, and no record."""
    links = ctx.select(Conflict).where(Conflict.ended_at.is_(None)).with_only_columns(Conflict.staff_id)
    tied = sorted(set(ctx.session.scalars(links)))
    counts: Counter[tuple[Work, UUID, str]] = Counter()
    for work, model in MODELS.items():
        query = _columns(model.owner_id, model.owner_agency)
        query = query.where(model.owner_id.in_(tied), *conflicted(ctx, work))
        for row in ctx.session.execute(ctx.whole(query, model)):
            counts[work, row.owner_id, row.owner_agency] += 1
    lines = (ConflictedOwner(work, owner, agency, count) for (work, owner, agency), count in counts.items())
    return tuple(sorted(lines, key=lambda line: (line.owner_agency, str(line.owner_id), line.work)))


def conflicted(ctx: Context, work: Work) -> tuple[Any, ...]:
    """Step: WHERE clauses of open work whose owner is in conflict, outside the circle of whoever asks."""
    if work is Work.CASE:
        return cases.owner_in_conflict(), ~cases.in_conflict(ctx.actor.id)
    return intake.owner_in_conflict(), ~of_circle(Intake.person_id, ctx.actor.id)
