"""Whom a case is about: further persons, and the household they live in."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...people.actions import create_household, create_person
from ...people.models import Person
from ...people.queries import persons_in_sight
from ...people.rules import PersonDraft
from ...usecase import Context, use_case
from ..models import Case, CasePerson
from ..queries.cover import cover_of
from ..queries.steps import people_of
from ..rules import AddPersonDraft, CasePersonView, CaseView, HouseholdDraft, needs_running
from .steps import note_step


@use_case(P.CASE_WRITE, event="case.person_added")
def add_person(ctx: Context, case_id: UUID, draft: AddPersonDraft) -> CasePersonView:
    """Add a person to a case: somebody known, or a new person of whom perhaps not even the name is known."""
    case = ctx.load(Case, case_id)
    needs_running(case.state)
    if draft.person_id is not None and draft.person is not None:
        raise BadInput("person_twice", "person")
    if draft.person_id is not None:
        person_id = ctx.load(Person, draft.person_id, permission=P.PERSON_READ, field="person_id").id
    else:
        person_id = create_person(ctx, draft.person or PersonDraft()).id
    if ctx.parts(case, CasePerson, CasePerson.person_id == person_id):
        raise Refused("person_already", "person_id")
    _live_apart(ctx, case, [person_id], subject=draft.role == "subject", field="person_id")
    ctx.add(CasePerson(case_id=case.id, person_id=person_id, role=draft.role))
    note_step(ctx, case, "person_added")
    ctx.session.flush()
    return next(view for view in people_of(ctx, case) if view.person_id == person_id)


@use_case(P.CASE_WRITE, event="case.household_recorded")
def record_household(ctx: Context, case_id: UUID, draft: HouseholdDraft) -> CaseView:
    """Record the household of a case from persons in sight; it keeps its history from then on."""
    case = ctx.load(Case, case_id)
    needs_running(case.state)
    if case.household_id is not None:
        raise Refused("household_there")
    _live_apart(ctx, case, [member.person_id for member in draft.members], field="members")
    household = create_household(ctx, draft.members, draft.household_type)
    case.household_id = household.id
    known = {row.person_id for row in ctx.parts(case, CasePerson)}
    for member in draft.members:
        if member.person_id not in known:
            ctx.add(CasePerson(case_id=case.id, person_id=member.person_id, role="household"))
    ctx.session.flush()
    return cover_of(ctx, case)


def _live_apart(
    ctx: Context, case: Case, persons: Sequence[UUID], *, field: str, subject: bool = False
) -> None:
    """A protected person closes a case they are a subject of; into another's case they are not written (I12).

    Only somebody named in a grant knows the person's id, so the refusal tells nobody anything new.
    """
    seen = persons_in_sight(ctx, persons)
    if any(person.protected for person in seen) and not case.protected:
        if not subject:
            raise Refused("protected_apart", field)
        case.protected = True
