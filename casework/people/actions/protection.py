"""Protection from its first day to its lifting: named grants, releases of whereabouts, renewal (I12).

The end of a measure opens nothing: it is lapsed then, and blocks until two people lift it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, NotFound, Refused
from ...usecase import Context, use_case
from .. import queries
from ..models import Person, PersonAddress, PersonContact, Protection, ProtectionGrant, ReleaseRequest
from ..rules import (
    GrantDraft,
    GrantView,
    ProtectDraft,
    ProtectedView,
    ReleaseDraft,
    ReleaseKind,
    ReleaseState,
    ReleaseView,
    RenewDraft,
    check_decider,
    check_grant,
    check_protection,
    check_release,
    check_renewal,
)
from .persons import searchable

GRANT_LONGEST = timedelta(days=366)

# -- steps -------------------------------------------------------------------------------------------


def set_protection(
    ctx: Context, person: Person, draft: ProtectDraft, holders: Iterable[UUID]
) -> ProtectedView:
    """Step: the person is in sight of the named only, from this moment on; whereabouts of old are restricted too.

    Each holder gets a grant of a year; the end of the protection itself opens nothing.
    """
    check_protection(draft)
    row = _measure(ctx, person, draft)
    person.protected = True
    for address in ctx.parts(person, PersonAddress):
        address.restricted, address.district = True, None
    for contact in ctx.parts(person, PersonContact):
        contact.restricted = True
    for staff_id in sorted(set(holders)):
        named(ctx, person, GrantDraft(staff_id, draft.reason, ctx.now + GRANT_LONGEST))
    searchable(ctx, person)
    return ProtectedView(person.id, row.ground, row.valid_from, row.valid_until)


def _measure(ctx: Context, person: Person, draft: ProtectDraft) -> Protection:
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
    return row


def named(ctx: Context, person: Person, draft: GrantDraft) -> ProtectionGrant:
    """Step: one named person may see the protected one, for a purpose and until a moment; never the whereabouts."""
    row = ProtectionGrant(
        person_id=person.id,
        staff_id=draft.staff_id,
        whereabouts=False,
        given_by=ctx.actor.id,
        given_at=ctx.now,
        ends_at=draft.until,
    )
    ctx.add(row)
    ctx.seal(row, purpose=draft.purpose)
    return row


def decided(ctx: Context, request_id: UUID, kind: ReleaseKind | None, state: ReleaseState) -> ReleaseRequest:
    """Step: a second person decides a request that another made (two people, I12)."""
    row = ctx.load(ReleaseRequest, request_id)
    if kind is not None and row.kind != kind:
        raise NotFound("release_request", str(request_id))
    check_decider(row.asked_by, ctx.actor.id, row.state)
    if row.until is not None and row.until <= ctx.now:
        raise Refused("release_over")
    row.state, row.decided_by, row.decided_at = state.value, ctx.actor.id, ctx.now
    return row


def lifted(ctx: Context, person_id: UUID) -> None:
    """Step: after two people agreed, the person is as others are; restricted whereabouts stay restricted."""
    query = select(Person).where(Person.id == person_id).with_for_update(of=Person)
    person = ctx.session.scalars(ctx.whole(query, Person)).one()
    person.protected = False
    measures = select(Protection).where(Protection.person_id == person_id, Protection.lifted_at.is_(None))
    for measure in ctx.session.scalars(ctx.whole(measures, Protection)):
        measure.lifted_at = ctx.now
    grants = select(ProtectionGrant).where(
        ProtectionGrant.person_id == person_id,
        ProtectionGrant.whereabouts.is_(False),
        ProtectionGrant.ends_at > ctx.now,
    )
    for grant in ctx.session.scalars(ctx.whole(grants, ProtectionGrant)):
        grant.ends_at, grant.ended_by = ctx.now, ctx.actor.id
    searchable(ctx, person)


# -- renewal and grants ------------------------------------------------------------------------------


@use_case(P.PROTECTION_SET, event="protection.renewed")
def renew_protection(ctx: Context, person_id: UUID, draft: RenewDraft) -> ProtectedView:
    """Renew the protection of a person in sight; grants that are in force go on for another year."""
    person = ctx.load(Person, person_id)
    if not person.protected:
        raise Refused("protection_missing")
    check_renewal(draft, ctx.today)
    measures = ctx.parts(person, Protection, Protection.lifted_at.is_(None), order=Protection.set_at)
    last = measures[-1]
    for measure in measures:  # the new one takes its place
        measure.lifted_at = ctx.now
    row = _measure(ctx, person, ProtectDraft(last.ground, draft.reason, ctx.today, draft.valid_until))
    for grant in ctx.parts(person, ProtectionGrant, ProtectionGrant.whereabouts.is_(False)):
        if grant.ends_at > ctx.now:
            grant.ends_at = max(grant.ends_at, ctx.now + GRANT_LONGEST)
    return ProtectedView(person.id, row.ground, row.valid_from, row.valid_until)


@use_case(P.PROTECTION_REVIEW, event="protection.grant_extended", confirmed=True)
def extend_grant(ctx: Context, grant_id: UUID, until: datetime) -> GrantView:
    """The privacy officer lets a named person go on seeing a protected one whom the officer does not see."""
    row = ctx.load(ProtectionGrant, grant_id)
    if row.staff_id == ctx.actor.id:
        raise Refused("protection_grant_own")
    if row.whereabouts:
        raise Refused("release_asked_anew")
    check_grant(until, ctx.now)
    row.ends_at, row.ended_by = until, None
    return queries.grant_view(ctx, row)


@use_case(P.PROTECTION_END, event="protection.grant_ended")
def end_grant(ctx: Context, grant_id: UUID) -> GrantView:
    """End a grant or a release before its day."""
    row = ctx.load(ProtectionGrant, grant_id)
    if row.ends_at <= ctx.now:
        raise Refused("protection_grant_over")
    row.ends_at, row.ended_by = ctx.now, ctx.actor.id
    return queries.grant_view(ctx, row)


# -- release of whereabouts --------------------------------------------------------------------------


@use_case(P.PROTECTION_ASK_RELEASE, event="protection.release_asked")
def ask_release(ctx: Context, person_id: UUID, draft: ReleaseDraft) -> ReleaseView:
    """Ask to see restricted whereabouts, or to go on seeing them; with a reason and an end, another decides (I12)."""
    person = ctx.load(Person, person_id)
    check_release(draft, ctx.now)
    return requested(ctx, person, ReleaseKind.WHEREABOUTS, draft.reason, draft.until)


def requested(
    ctx: Context, person: Person, kind: ReleaseKind, reason: str, until: datetime | None
) -> ReleaseView:
    """Step: a request that waits for a second person; the same wish twice is one wish."""
    if not reason.strip():
        raise BadInput("field_required", "reason")
    row = ReleaseRequest(
        person_id=person.id,
        kind=kind.value,
        asked_by=ctx.actor.id,
        asked_at=ctx.now,
        until=until,
        state=ReleaseState.ASKED.value,
    )
    ctx.add(row)
    ctx.seal(row, reason=reason)
    ctx.session.flush()
    return queries.release_view(ctx, row)


@use_case(P.PROTECTION_RELEASE, event="protection.released", confirmed=True)
def grant_release(ctx: Context, request_id: UUID) -> ReleaseView:
    """Release the whereabouts to the person who asked, until the day asked for."""
    row = decided(ctx, request_id, ReleaseKind.WHEREABOUTS, ReleaseState.GRANTED)
    grant = ProtectionGrant(
        person_id=row.person_id,
        staff_id=row.asked_by,
        whereabouts=True,
        given_by=ctx.actor.id,
        given_at=ctx.now,
        ends_at=row.until,
        request_id=row.id,
    )
    ctx.add(grant)
    ctx.seal(grant, purpose=ctx.unseal(row, "reason"))
    return queries.release_view(ctx, row)


@use_case(P.PROTECTION_RELEASE, event="protection.release_refused")
def refuse_release(ctx: Context, request_id: UUID) -> ReleaseView:
    """Refuse a release or a lifting."""
    return queries.release_view(ctx, decided(ctx, request_id, None, ReleaseState.REFUSED))
