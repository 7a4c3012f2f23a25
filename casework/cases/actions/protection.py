"""Protection (DV等支援措置) of a person of a case: every case of that person closes itself to all but those named."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, NotFound
from ...people.actions import searchable
from ...people.models import Person, Protection, ProtectionGrant
from ...usecase import Context, use_case
from ..models import Case, CasePerson
from ..rules import PROTECTION_GROUNDS, ProtectDraft, ProtectedView
from .steps import note_step


@use_case(P.PROTECTION_SET, event="case.person_protected")
def protect_person(ctx: Context, case_id: UUID, person_id: UUID, draft: ProtectDraft) -> ProtectedView:
    """Protect a person of a case (I12); only the owners of their cases and who set it go on seeing them."""
    case = ctx.load(Case, case_id, permission=P.CASE_READ)
    if not ctx.parts(case, CasePerson, CasePerson.person_id == person_id):
        raise NotFound("person", str(person_id))
    person = ctx.load(Person, person_id)
    _check(draft)
    cases = _cases_of(ctx, person_id)
    row = Protection(
        person_id=person.id,
        ground=draft.ground,
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        set_by=ctx.actor.id,
        set_at=ctx.now,
    )
    ctx.add(row)
    ctx.seal(row, reason=draft.reason)
    person.protected = True
    searchable(ctx, person)
    for staff_id in sorted({ctx.actor.id, *(found.owner_id for found in cases)}):
        ctx.add(ProtectionGrant(person_id=person.id, staff_id=staff_id, whereabouts=False, given_at=ctx.now))
    for found in cases:
        found.protected = True
    note_step(ctx, case, "protected")
    return ProtectedView(person.id, row.ground, row.valid_from, row.valid_until)


def _check(draft: ProtectDraft) -> None:
    if draft.ground not in PROTECTION_GROUNDS:
        raise BadInput("unknown_choice", "ground")
    if draft.valid_until is not None and draft.valid_until < draft.valid_from:
        raise BadInput("protection_ends_before", "valid_until")


def _cases_of(ctx: Context, person_id: UUID) -> list[Case]:
    """Every case of the person, also those the actor does not see: none may be forgotten."""
    linked = select(CasePerson.case_id).where(CasePerson.person_id == person_id)
    query = ctx.select(Case).where(Case.id.in_(linked)).order_by(Case.id)
    return list(ctx.all(query.with_for_update(of=Case)))
