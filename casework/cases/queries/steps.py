"""Steps of reading that other houses share; the outer use case has asked leave for the case already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, exists, or_, select

from ...agencies.models import Agency
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...people.models import Person
from ...people.queries import names
from ...usecase import Context
from ..models import Case, CasePerson, Consent, ConsentScope, NoteSegment
from ..rules import CasePersonView, ConsentRow, ConsentState, Sharing, in_force, may_carry

ROLE_ORDER = {"subject": 0, "household": 1, "other": 2}


def an_agency(ctx: Context, code: str, *, field: str) -> Agency:
    """Step: an agency that is not retired, else BadInput unknown_reference beside `field`. Nothing is locked."""
    found = agencies(ctx, [code])
    if code not in found:
        raise BadInput("unknown_reference", field)
    return found[code]


def agencies(ctx: Context, codes: Collection[str]) -> dict[str, Agency]:
    """Step: those of the agencies that are not retired, by code, in one statement. Nothing is locked."""

    def build() -> Select[Any]:
        standing = or_(Agency.retired_on.is_(None), Agency.retired_on > bindparam("today"))
        query = ctx.select(Agency, permission=P.DIRECTORY_READ).where(standing)
        return query.where(Agency.code.in_(bindparam("codes", expanding=True)))

    query = ctx.prepared("agencies", build, P.DIRECTORY_READ)
    return {row.code: row for row in ctx.all(query, today=ctx.today, codes=list(codes))}


def any_protected(ctx: Context, person_ids: Iterable[UUID], agency: str) -> bool:
    """Step: whether one of the persons is protected, also one the actor cannot see; who it is stays unsaid (I13).

    The agency only carries the question: its row comes back if the answer is yes.
    """
    wanted = sorted(set(person_ids))
    if not wanted:
        return False
    guarded = exists(select(Person.id).where(Person.id.in_(wanted), Person.protected.is_(True)))
    query = ctx.select(Agency, permission=P.DIRECTORY_READ).where(Agency.code == agency, guarded)
    return ctx.one(query) is not None


def people_of(ctx: Context, case: Case) -> list[CasePersonView]:
    """Step: whom the case is about, with the names the actor may see; the persons themselves come first."""
    links = sorted(ctx.parts(case, CasePerson), key=lambda link: (ROLE_ORDER[link.role], link.id))
    named = names(ctx, {link.person_id for link in links})
    return [
        CasePersonView(link.person_id, link.role, *named.get(link.person_id, (None, None))) for link in links
    ]


def threads_of(
    ctx: Context, person_ids: Iterable[UUID], case_id: UUID | None = None
) -> dict[UUID, list[tuple[Consent, ConsentRow]]]:
    """Step: the newest row of each consent thread per person that the actor may see.

    With `case_id` only consents given for this case or for no case in particular: a person's consent in one case
    says nothing about another.
    """
    wanted = sorted(set(person_ids))
    query = ctx.select(Consent, permission=P.CONSENT_READ).where(Consent.person_id.in_(wanted))
    if case_id is not None:
        query = query.where(or_(Consent.case_id.is_(None), Consent.case_id == case_id))
    newest: dict[UUID, Consent] = {}
    for row in ctx.all(query.order_by(Consent.thread_id, Consent.revision)):
        newest[row.thread_id] = row
    scopes = ctx.parts_of(newest.values(), ConsentScope)
    found: dict[UUID, list[tuple[Consent, ConsentRow]]] = {person_id: [] for person_id in wanted}
    for row in sorted(newest.values(), key=lambda consent: consent.thread_id):
        found[row.person_id].append((row, consent_row(row, scopes[row.id])))
    return found


def consent_row(row: Consent, scopes: Sequence[ConsentScope]) -> ConsentRow:
    """A stored row as the rules see it."""
    return ConsentRow(
        thread_id=row.thread_id,
        purpose=row.purpose,
        state=ConsentState(row.state),
        given_on=row.given_on,
        expires_on=row.expires_on,
        recipients=frozenset(scope.code for scope in scopes if scope.kind == "recipient"),
        items=frozenset(scope.code for scope in scopes if scope.kind == "item"),
    )


def consents_of(ctx: Context, person_rows: Iterable[Person]) -> dict[UUID, list[ConsentRow]]:
    """Step: the newest row of every consent thread of these persons, by person id."""
    found = threads_of(ctx, [person.id for person in person_rows])
    return {person_id: [row for _, row in rows] for person_id, rows in found.items()}


def consent_for(ctx: Context, case: Case, wish: Sharing) -> ConsentRow | None:
    """Step: the consent that covers the wish, if every subject of the case has one in force that day (I6, I10).

    A case without a subject, or with a subject whose consents the actor may not see, has none. Returned is the
    first subject's row; the others cover the same wish.
    """
    subjects = [link.person_id for link in ctx.parts(case, CasePerson, CasePerson.role == "subject")]
    if not subjects:
        return None
    rows = threads_of(ctx, subjects, case.id)
    covering = [in_force([row for _, row in rows[person_id]], wish) for person_id in subjects]
    return None if None in covering else covering[0]


def segments_for(
    ctx: Context, case: Case, segment_ids: Sequence[UUID], *, to_basis: str | None, to_item: UUID | None
) -> list[NoteSegment]:
    """Step: segments of the case's notes that may enter a channel on `to_basis`, in the order asked for.

    BadInput unknown_reference if the actor may not read one; Refused "origin_bound" if what was first learned in a
    meeting with secrecy would leave its circle (I7).
    """
    query = ctx.select(NoteSegment, permission=P.NOTE_READ)
    rows = ctx.all(query.where(NoteSegment.case_id == case.id, NoteSegment.id.in_(sorted(set(segment_ids)))))
    by_id = {row.id: row for row in rows}
    for place, segment_id in enumerate(segment_ids):
        segment = by_id.get(segment_id)
        if segment is None:
            raise BadInput("unknown_reference", f"segments.{place}")
        if not may_carry(segment.origin_basis, segment.origin_item, to_basis=to_basis, to_item=to_item):
            raise Refused("origin_bound", f"segments.{place}")
    return [by_id[segment_id] for segment_id in segment_ids]
