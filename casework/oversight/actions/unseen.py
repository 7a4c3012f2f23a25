"""Naming whoever works for a protected person and does not see them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from ...accounts.queries import staff_in_agency
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...people.actions import named
from ...people.models import Person, Protection, ProtectionGrant
from ...people.queries import grant_view
from ...people.rules import GrantDraft, GrantView, check_grant
from ...usecase import Context, use_case
from .. import queries


@use_case(P.PROTECTION_REVIEW, event="protection.successor_named", confirmed=True)
def name_successor(ctx: Context, protection_id: UUID, draft: GrantDraft) -> GrantView:
    """Name somebody of the division that holds work for a protected person, while its owner does not see them.

    Two people stand behind it: whoever gave the work to that division, and who names here; nobody names themselves.
    Whereabouts are not opened.
    """
    row = ctx.load(Protection, protection_id)
    if row.lifted_at is not None:
        raise Refused("protection_missing")
    if draft.staff_id == ctx.actor.id:
        raise Refused("protection_grant_own", "staff_id")
    check_grant(draft.until, ctx.now)
    person = _person(ctx, row.person_id)
    agencies = {agency for _, _, _, agency in queries.blind_work(ctx, [person.id])}
    if not agencies:
        raise Refused("protection_owners_see")
    _works_there(ctx, draft.staff_id, agencies)
    if _sees(ctx, person.id, draft.staff_id):
        raise Refused("protection_named_already", "staff_id")
    if queries.is_kin(ctx, person.id, draft.staff_id):
        raise BadInput("owner_out_of_sight", "staff_id")
    return grant_view(ctx, named(ctx, person, draft))


def _person(ctx: Context, person_id: UUID) -> Person:
    """The person whom whoever names does not see; nothing of them is handed out."""
    query = select(Person).where(Person.id == person_id).with_for_update(of=Person)
    person: Person = ctx.session.scalars(ctx.whole(query, Person)).one()
    return person


def _works_there(ctx: Context, staff_id: UUID, agencies: set[str]) -> None:
    """Whoever is named works for a division that holds the work."""
    fault: BadInput | None = None
    for agency in sorted(agencies):
        try:
            staff_in_agency(ctx, staff_id, agency, field="staff_id")
        except BadInput as other:
            fault = other
        else:
            return
    if fault is not None:
        raise fault


def _sees(ctx: Context, person_id: UUID, staff_id: UUID) -> bool:
    query = select(ProtectionGrant.id).where(
        ProtectionGrant.person_id == person_id,
        ProtectionGrant.staff_id == staff_id,
        ProtectionGrant.given_at <= ctx.now,
        ProtectionGrant.ends_at > ctx.now,
    )
    return ctx.session.scalar(ctx.whole(query, ProtectionGrant).limit(1)) is not None
