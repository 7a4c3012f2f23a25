"""担当者の見られない仕事: open work whose owner lost sight of it by protection or by a conflict (I1, I12).

Work changes hands without anybody looking at it when somebody leaves, and a declaration or a protection closes a record
to whoever holds it. The owner stays, so that nobody is without one; here it is seen that the owner is blind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from ...accounts.models import Staff
from ...cases import access as cases
from ...cases.models import Case, CasePerson
from ...intake import access as intake
from ...intake.models import Intake
from ...kernel.actor import Permission as P
from ...people.access import of_circle
from ...people.models import Conflict, Person, Protection, ProtectionGrant
from ...usecase import Context, use_case
from ..access import owner_unnamed
from ..rules.unseen import ConflictedOwner, UnnamedOwner, Work


@use_case(P.PROTECTION_REVIEW, event="protection.unnamed_owners_listed", reads=True)
def unnamed_owners(ctx: Context) -> tuple[UnnamedOwner, ...]:
    """List owners who do not see the protected person they work for: whom to name, without person or record."""
    query = ctx.select(Protection).where(Protection.lifted_at.is_(None), owner_unnamed(ctx.now))
    found = {row.person_id: row for row in ctx.all(query.order_by(Protection.set_at, Protection.id))}
    named = _named(ctx, found)
    lines = {
        UnnamedOwner(found[person].id, work, owner, agency, named.get(person, 0))
        for work, person, owner, agency in blind_work(ctx, found)
    }
    return tuple(
        sorted(lines, key=lambda line: (line.named, str(line.protection_id), line.work, line.owner_id))
    )


def blind_work(ctx: Context, persons: Collection[UUID]) -> Iterator[tuple[Work, UUID, UUID, str]]:
    """Step: (kind, person, owner, agency) of open work for these protected persons that its owner does not see."""
    linked: Select[Any] = _columns(CasePerson.person_id, Case.owner_id, Case.owner_agency).join(
        Case, Case.id == CasePerson.case_id
    )
    linked = linked.where(CasePerson.role == "subject", CasePerson.person_id.in_(sorted(persons)))
    linked = linked.where(Case.is_open(), cases.unnamed_subject(Case.owner_id, ctx.now))
    received = _columns(Intake.person_id, Intake.owner_id, Intake.owner_agency)
    received = received.where(Intake.person_id.in_(sorted(persons)), intake.unnamed_owner(ctx.now))
    for work, query, models in (
        (Work.CASE, linked, (Case, CasePerson)),
        (Work.INTAKE, received, (Intake,)),
    ):
        for row in ctx.session.execute(ctx.whole(query, *models)):
            yield work, row.person_id, row.owner_id, row.owner_agency


def _columns(*columns: Any) -> Select[Any]:
    """SELECT of a few columns, of rows that are not handed out."""
    return select(*columns)


def _named(ctx: Context, persons: Collection[UUID]) -> dict[UUID, int]:
    """How many active staff are named for each person now."""
    query = _columns(ProtectionGrant.person_id, func.count(ProtectionGrant.staff_id.distinct()))
    query = query.join(Staff, Staff.id == ProtectionGrant.staff_id).where(
        Staff.disabled_at.is_(None),
        ProtectionGrant.person_id.in_(sorted(persons)),
        ProtectionGrant.given_at <= ctx.now,
        ProtectionGrant.ends_at > ctx.now,
    )
    rows = ctx.session.execute(ctx.whole(query.group_by(ProtectionGrant.person_id), ProtectionGrant))
    return {row[0]: row[1] for row in rows}


@use_case(P.CONFLICT_MANAGE, event="conflict.owners_listed", reads=True)
def conflicted_owners(ctx: Context) -> tuple[ConflictedOwner, ...]:
    """List owners who may not open their own work because of a conflict; nobody's own, and no record."""
    links = ctx.select(Conflict).where(Conflict.ended_at.is_(None)).with_only_columns(Conflict.staff_id)
    tied = sorted(set(ctx.session.scalars(links)))
    counts: Counter[tuple[Work, UUID, str]] = Counter()
    for work, model, where in (
        (Work.CASE, Case, cases.owner_in_conflict()),
        (Work.INTAKE, Intake, intake.owner_in_conflict()),
    ):
        query = _columns(model.owner_id, model.owner_agency).where(model.owner_id.in_(tied), where)
        for row in ctx.session.execute(ctx.whole(query, model)):
            counts[work, row.owner_id, row.owner_agency] += 1
    lines = (ConflictedOwner(work, owner, agency, count) for (work, owner, agency), count in counts.items())
    return tuple(sorted(lines, key=lambda line: (line.owner_agency, str(line.owner_id), line.work)))


def is_kin(ctx: Context, person_id: UUID, staff_id: UUID) -> bool:
    """Step: whether a conflict keeps the person out of that staff member's sight."""
    query = _columns(Person.id).where(Person.id == person_id, of_circle(Person.id, staff_id))
    return ctx.session.scalar(ctx.whole(query, Person)) is not None
