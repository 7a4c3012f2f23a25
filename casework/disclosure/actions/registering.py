"""Registering a request: who asks, how they were identified, whose record; the pieces are listed with proposals."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from ...agencies.models import Agency
from ...cases.models import Case, CasePerson
from ...kernel.actor import Permission as P
from ...kernel.actor import Role
from ...kernel.errors import BadInput, NotAllowed, Refused
from ...kernel.fiscal import fiscal_year
from ...kernel.folding import fold
from ...people.models import Person
from ...people.queries import identified, limit_searches
from ...usecase import Context, use_case
from ..models import DisclosureCounter, DisclosurePart, DisclosureRequest
from ..queries import request_view
from ..queries.record import collect
from ..rules import (
    ExtensionDraft,
    RegisterDraft,
    RequestState,
    RequestView,
    access_ends,
    check_register,
    due_day,
    extended_day,
    propose,
    request_number,
)


@use_case(P.DISCLOSURE_REGISTER, event="disclosure.registered", confirmed=True)
def register(ctx: Context, draft: RegisterDraft) -> RequestView:
    """Take a request down and open the record of its person to the office, until it is answered.

    Whose record it is says the paper by which they were identified: name and birth date must be exactly those of one
    person. Nobody found (also: erased, protected) and several found are refused; the number of one of their cases,
    given by the division in charge, tells them apart.
    """
    ctx.select(DisclosureRequest)
    check_register(draft, ctx.today)
    ctx.codes(
        ("requester_kind", draft.requester, "requester"),
        ("identity_check", draft.identity_check, "identity_check"),
    )
    limit_searches(ctx)
    person_id = _asked_for(ctx, draft)
    due_on = due_day(draft.received_on)
    row = DisclosureRequest(
        number=_next_number(ctx),
        state=RequestState.DECIDING.value,
        agency=_office(ctx),
        person_id=person_id,
        requester=draft.requester,
        identity_check=draft.identity_check,
        received_on=draft.received_on,
        due_on=due_on,
        access_ends_at=access_ends(due_on),
        registered_by=ctx.actor.id,
        registered_at=ctx.now,
    )
    ctx.add(row)
    ctx.new_owner(row.id)
    ctx.seal(row, requester_name=draft.requester_name)
    ctx.visit.about(row)
    ctx.session.flush()
    _list_parts(ctx, row)
    return request_view(ctx, row)


@use_case(P.DISCLOSURE_DECIDE, event="disclosure.extended")
def extend(ctx: Context, request_id: UUID, draft: ExtensionDraft) -> RequestView:
    """Extend the time for the decision once, by 30 days, with a reason (83条2項)."""
    row = ctx.load(DisclosureRequest, request_id)
    if row.state not in (RequestState.DECIDING.value, RequestState.IN_REVIEW.value):
        raise Refused("extend_answered")
    if row.extended_on is not None:
        raise Refused("extended_already")
    row.extended_on, row.due_on = ctx.today, extended_day(row.received_on)
    row.access_ends_at = access_ends(row.due_on)
    ctx.seal(row, extension=draft.reason)
    return request_view(ctx, row)


def _office(ctx: Context) -> str:
    """The agency for which the officer keeps requests."""
    held = sorted(m.agency for m in ctx.actor.memberships if m.role is Role.PRIVACY_OFFICER)
    if not held:
        raise NotAllowed(P.DISCLOSURE_REGISTER.value)
    return held[0]


def _asked_for(ctx: Context, draft: RegisterDraft) -> UUID:
    if draft.case_number is None:
        found = identified(ctx, draft.name, draft.birth.value)
    else:
        found = _of_case(ctx, draft, draft.case_number)
    if len(found) > 1:
        raise BadInput("request_several_persons", "case_number")
    if not found:
        raise BadInput("request_no_person", "name")
    return found.pop()


def _of_case(ctx: Context, draft: RegisterDraft, number: str) -> set[UUID]:
    """Persons of that case with the name; a birth date known only in part must not contradict."""
    case = ctx.one(ctx.select(Case).where(Case.number == number))
    if case is None:
        return set()
    linked = select(CasePerson.person_id).where(CasePerson.case_id == case.id)
    people = ctx.all(ctx.select(Person).where(Person.id.in_(linked)).order_by(Person.id))
    ctx.prefetch_keys([person.id for person in people])
    return {
        person.id
        for person in people
        if fold(ctx.unseal(person, "name") or "") == fold(draft.name)
        and draft.birth.value.startswith(ctx.unseal(person, "birth") or "")
    }


def _list_parts(ctx: Context, row: DisclosureRequest) -> None:
    for n, found in enumerate(collect(ctx, row)):
        proposal = propose(found.piece)
        source, row_id, field = found.place
        ctx.add(
            DisclosurePart(
                request_id=row.id,
                case_id=found.case_id,
                sort=n,
                kind=found.kind.value,
                source=source,
                row_id=row_id,
                field=field,
                proposal=proposal.kind.value,
                proposed_reason=proposal.reason,
            )
        )


def _next_number(ctx: Context) -> str:
    """The next number of the fiscal year; the year's first request queues behind one agency's row, as cases do."""
    year = fiscal_year(ctx.today)
    query = select(DisclosureCounter).where(DisclosureCounter.year == year).with_for_update()
    query = query.execution_options(populate_existing=True)
    counter = ctx.session.scalars(query).one_or_none()
    if counter is None:
        first = select(Agency).order_by(Agency.code).limit(1).with_for_update(key_share=True)
        ctx.session.scalars(first).one_or_none()
        counter = ctx.session.scalars(query).one_or_none()
    if counter is None:
        counter = DisclosureCounter(year=year, last=0)
        ctx.session.add(counter)
    counter.last += 1
    ctx.session.flush()
    return request_number(ctx.today, counter.last)
