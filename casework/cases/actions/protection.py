"""Protection (DV等支援措置, or the person's own word) of a person of a case (I12).

The person's own cases close themselves to all but those named; in other people's cases the person and what is
written about them are out of sight (the bars in casework/people/access.py and casework/cases/access.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from ...accounts.queries import active_staff
from ...kernel.actor import Permission as P
from ...kernel.errors import NotFound, Refused
from ...people.actions import decided, lifted, named, requested, set_protection
from ...people.models import Person
from ...people.queries import grant_view, release_view
from ...people.rules import (
    GrantDraft,
    GrantView,
    ProtectDraft,
    ProtectedView,
    ReleaseKind,
    ReleaseState,
    ReleaseView,
    check_grant,
)
from ...usecase import Context, use_case
from ..models import Case, CasePerson
from ..queries.steps import any_protected
from .steps import note_step


@use_case(P.PROTECTION_SET, event="case.person_protected")
def protect_person(ctx: Context, case_id: UUID, person_id: UUID, draft: ProtectDraft) -> ProtectedView:
    """Protect a person of a case (I12); only the owners of the person's own cases and who set it go on seeing them."""
    case = ctx.load(Case, case_id, permission=P.CASE_READ)
    if not ctx.parts(case, CasePerson, CasePerson.person_id == person_id):
        raise NotFound("person", str(person_id))
    return protect(ctx, ctx.load(Person, person_id), draft)


def protect(ctx: Context, person: Person, draft: ProtectDraft, *, field: str | None = None) -> ProtectedView:
    """Step: protect a loaded person and close their own cases; owners and the actor are named in grants."""
    if person.protected:
        raise Refused("protected_already", field)
    cases = own_cases(ctx, person.id)
    for found in cases:
        found.protected = True
        note_step(ctx, found, "protected")
    return set_protection(ctx, person, draft, (ctx.actor.id, *(found.owner_id for found in cases)))


@use_case(P.PROTECTION_SET, event="protection.grant_named", confirmed=True)
def name_grant(ctx: Context, person_id: UUID, draft: GrantDraft) -> GrantView:
    """Name a colleague who may see a protected person in sight, what for and until when; nobody names themselves."""
    person = ctx.load(Person, person_id)
    if not person.protected:
        raise Refused("protection_missing")
    if draft.staff_id == ctx.actor.id:
        raise Refused("protection_grant_own", "staff_id")
    check_grant(draft.until, ctx.now)
    active_staff(ctx, draft.staff_id, field="staff_id")
    return grant_view(ctx, named(ctx, person, draft), told=True)


@use_case(P.PROTECTION_SET, event="protection.lift_asked")
def ask_lift(ctx: Context, person_id: UUID, reason: str) -> ReleaseView:
    """Ask to lift a protection, with a reason; another person decides (I12)."""
    person = ctx.load(Person, person_id)
    if not person.protected:
        raise Refused("protection_missing")
    return requested(ctx, person, ReleaseKind.LIFT, reason, None)


@use_case(P.PROTECTION_RELEASE, event="protection.lifted", confirmed=True)
def lift(ctx: Context, request_id: UUID) -> ReleaseView:
    """Lift a protection that another person asked to lift; cases open that concern no other protected person."""
    row = decided(ctx, request_id, ReleaseKind.LIFT, ReleaseState.GRANTED)
    lifted(ctx, row.person_id)
    ctx.session.flush()
    for case in own_cases(ctx, row.person_id):
        case.protected = any_protected(ctx, _subjects(ctx, case), case.owner_agency)
    return release_view(ctx, row)


def own_cases(ctx: Context, person_id: UUID) -> Sequence[Case]:
    """Step: every case about the person, also those the actor does not see: none may be forgotten."""
    about = select(CasePerson.case_id).where(CasePerson.person_id == person_id, CasePerson.role == "subject")
    query = select(Case).where(Case.id.in_(about)).order_by(Case.id).with_for_update(of=Case)
    return ctx.session.scalars(ctx.whole(query, Case)).all()


def _subjects(ctx: Context, case: Case) -> Sequence[UUID]:
    query = select(CasePerson.person_id).where(CasePerson.case_id == case.id, CasePerson.role == "subject")
    return ctx.session.scalars(ctx.whole(query, CasePerson)).all()
