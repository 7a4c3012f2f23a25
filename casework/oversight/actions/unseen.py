"""Somebody who sees takes the place of an owner who does not: named in a protection, or given the work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ...accounts.queries import holds_one, staff_in_agency
from ...cases import access as cases
from ...intake import access as intake
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...people.access import of_circle, unnamed
from ...people.actions import named
from ...people.models import Conflict, Person, Protection
from ...people.queries import grant_view
from ...people.rules import GrantDraft, GrantView, check_grant
from ...usecase import Context, use_case
from ...usecase.duties import give
from .. import queries
from ..queries.unseen import MODELS, BlindWork
from ..rules.unseen import ReceiverDraft, Work

OUT_OF_SIGHT = {Work.CASE: cases.out_of_sight, Work.INTAKE: intake.out_of_sight}


@use_case(P.PROTECTION_SUCCEED, event="protection.successor_named", confirmed=True)
def name_successor(ctx: Context, protection_id: UUID, draft: GrantDraft) -> GrantView:
    """Name somebody of a division that holds work for a protected person whom nobody there sees any more.

    As long as somebody there sees the person, they decide whom to name. Nobody names themselves; whereabouts are not
    opened.
    """
    row = ctx.load(Protection, protection_id)
    if row.lifted_at is not None:
        raise Refused("protection_missing")
    if draft.staff_id == ctx.actor.id:
        raise Refused("protection_grant_own", "staff_id")
    check_grant(draft.until, ctx.now)
    person = _person(ctx, row.person_id)
    blind = list(queries.blind_work(ctx, [person.id]))
    if not blind:
        raise Refused("protection_owners_see")
    lost = [one for one, seen in queries.seers(ctx, blind).items() if not seen]
    if not lost:
        raise Refused("protection_others_see")
    _fits(ctx, draft.staff_id, lost)
    if not _holds(ctx, Person, [person.id], unnamed(Person.id, draft.staff_id, ctx.now)):
        raise Refused("protection_named_already", "staff_id")
    if _holds(ctx, Person, [person.id], of_circle(Person.id, draft.staff_id)):
        raise BadInput("successor_unfit", "staff_id")
    return grant_view(ctx, named(ctx, person, draft))


def _person(ctx: Context, person_id: UUID) -> Person:
    """The person whom whoever names does not see; nothing of them is handed out."""
    query = select(Person).where(Person.id == person_id).with_for_update(of=Person)
    person: Person = ctx.session.scalars(ctx.whole(query, Person)).one()
    return person


def _fits(ctx: Context, staff_id: UUID, lost: Sequence[BlindWork]) -> None:
    """Whoever is named works, in a role that opens such work, for a division that holds it."""
    fault = BadInput("successor_unfit", "staff_id")
    for one in lost:
        try:
            staff_in_agency(ctx, staff_id, one.agency, field="staff_id")
        except BadInput as other:
            fault = other
            continue
        if holds_one(ctx, staff_id, one.agency, MODELS[one.work].__carried_by__):
            return
        fault = BadInput("successor_unfit", "staff_id")
    raise fault


def _holds(ctx: Context, model: Any, ids: Sequence[UUID], where: Any) -> bool:
    """Whether it is so of any of these rows; nothing of them is handed out."""
    query = select(model.id).where(model.id.in_(ids), where).limit(1)
    return ctx.session.scalar(ctx.whole(query, model)) is not None


@use_case(P.CONFLICT_MANAGE, event="conflict.work_handed_over", confirmed=True)
def replace_owner(ctx: Context, owner_id: UUID, draft: ReceiverDraft) -> None:
    """Give all open work that its owner may not open, because of a conflict, to somebody who may: all of it or nothing.

    For divisions where no colleague sees it to take it over. Who gives sees no record, and nothing of their own circle
    moves; nobody gives to themselves.
    """
    ctx.select(Conflict)
    if draft.to_staff_id in (owner_id, ctx.actor.id):
        raise BadInput("successor_unfit", "to_staff_id")
    staff_in_agency(ctx, draft.to_staff_id, draft.agency, field="to_staff_id")
    found = {work: _blind_rows(ctx, work, owner_id) for work in Work}
    if not any(found.values()):
        raise Refused("conflict_owner_sees")
    for work, rows in found.items():
        if rows and not _may_have(ctx, work, [row.id for row in rows], draft):
            raise BadInput("successor_unfit", "to_staff_id")
        give(ctx, rows, draft.to_staff_id, draft.agency)


def _blind_rows(ctx: Context, work: Work, owner_id: UUID) -> list[Any]:
    model = MODELS[work]
    query = select(model).where(model.owner_id == owner_id, *queries.conflicted(ctx, work))
    query = query.order_by(model.id).with_for_update(of=model)
    return list(ctx.session.scalars(ctx.whole(query, model)))


def _may_have(ctx: Context, work: Work, ids: Sequence[UUID], draft: ReceiverDraft) -> bool:
    """Whether the receiver's role opens such work, and neither protection nor kinship stands before any of it."""
    model, to = MODELS[work], draft.to_staff_id
    if not holds_one(ctx, to, draft.agency, model.__carried_by__):
        return False
    return not _holds(ctx, model, ids, OUT_OF_SIGHT[work](to, ctx.now))
