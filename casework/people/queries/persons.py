"""Reading persons and households, searching them, and the releases that wait for a second person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Engine, Select, bindparam, func, select

from ...audit.models import AuditEntry
from ...crypto import KeyDestroyed
from ...kernel.actor import Permission as P
from ...kernel.errors import TooMany
from ...kernel.folding import fold, fold_address, fold_phone
from ...usecase import WITHHELD, Context, Unreadable, use_case
from ..models import (
    CareRelation,
    Household,
    HouseholdMember,
    Person,
    PersonAddress,
    PersonContact,
    ProtectionGrant,
    ReleaseRequest,
    SafeContact,
)
from ..names import table_of
from ..rules import (
    AddressView,
    CandidateView,
    CareView,
    ContactView,
    GrantView,
    HouseholdView,
    MatchReason,
    MemberView,
    PersonView,
    ReleaseState,
    ReleaseView,
    SafeContactView,
    SearchDraft,
    check_search,
)

SEARCH_EVENT = "person.searched"
INTAKE_SEARCH_EVENT = "intake.candidates_sought"
IDENTIFY_EVENT = "disclosure.registered"  # by name and birth date, from an identity paper
MOST_CANDIDATES = 25
CHUNK = 400
FOUND_BY = {
    "name": MatchReason.NAME,
    "kana": MatchReason.KANA,
    "birth": MatchReason.BIRTH,
    "phone": MatchReason.PHONE,
    "address": MatchReason.ADDRESS,
}

# -- steps -------------------------------------------------------------------------------------------


def names(ctx: Context, person_ids: Iterable[UUID]) -> dict[UUID, tuple[str | None, str | None]]:
    """Step: (name, kana) of the persons the actor may see, in one statement; others are absent."""
    return {
        row.id: (ctx.unseal(row, "name", Person), ctx.unseal(row, "kana", Person))
        for row in _named(ctx, person_ids)
    }


def written_names(ctx: Context, person_ids: Iterable[UUID]) -> dict[UUID, str | None]:
    """Step: names alone, for lists: a reading that is not shown is not opened."""
    return {row.id: ctx.unseal(row, "name", Person) for row in _named(ctx, person_ids)}


def _named(ctx: Context, person_ids: Iterable[UUID]) -> Sequence[Any]:
    wanted = sorted(set(person_ids))
    if not wanted:
        return ()

    def build() -> Select[*tuple[Any, ...]]:
        query = ctx.select(Person, permission=P.PERSON_READ)
        query = query.where(Person.id.in_(bindparam("persons", expanding=True)))
        return query.with_only_columns(Person.id, Person.name, Person.kana)

    rows = ctx.tuples(Person, ctx.prepared("names", build, P.PERSON_READ), persons=wanted)
    ctx.prefetch_keys([row.id for row in rows])
    return rows


def visible(ctx: Context, person_ids: Iterable[UUID]) -> set[UUID]:
    """Step: which of the persons the actor may see."""
    return {row.id for row in _named(ctx, person_ids)}


def match_ids(ctx: Context, draft: SearchDraft) -> list[tuple[UUID, tuple[str, ...]]]:
    """Step: persons that match, in sight or not, with the reasons; most reasons first. Protected ones never match."""
    check_search(draft)
    table = table_of(cast(Engine, ctx.session.get_bind()), ctx.keys)
    table.refresh(ctx.session, ctx.keys, ctx.whole)
    terms = {
        "name": fold(draft.name or ""),
        "kana": fold(draft.kana or ""),
        "birth": draft.birth.value if draft.birth else "",
        "phone": fold_phone(draft.phone or ""),
        "address": fold_address(draft.address or ""),
    }
    found = table.find(terms)
    if draft.name and not draft.kana:
        # A name typed in kana is looked for among the readings too.
        for person, fields in table.find({"kana": terms["name"]}).items():
            found.setdefault(person, []).extend(fields)
    ranked = sorted(found.items(), key=lambda pair: (-len(set(pair[1])), pair[0]))
    return [(person, tuple(dict.fromkeys(FOUND_BY[f].value for f in fields))) for person, fields in ranked]


def identified(ctx: Context, name: str, birth: str) -> set[UUID]:
    """Step: persons of exactly this name and birth date, in sight or not. Protected ones are never found."""
    table = table_of(cast(Engine, ctx.session.get_bind()), ctx.keys)
    table.refresh(ctx.session, ctx.keys, ctx.whole)
    return table.exactly({"name": fold(name), "birth": birth})


def limit_searches(ctx: Context) -> None:
    """Step: refuse once the actor's searches of the last hour reach the setting (TooMany "search_limit")."""
    since = ctx.now - timedelta(hours=1)
    query = select(func.count(AuditEntry.seq)).where(
        AuditEntry.actor == str(ctx.actor.id),
        AuditEntry.event.in_((SEARCH_EVENT, INTAKE_SEARCH_EVENT, IDENTIFY_EVENT)),
        AuditEntry.at > since,
    )
    if ctx.count(query, AuditEntry) >= ctx.settings.search_per_hour:
        raise TooMany("search_limit")


def candidates(
    ctx: Context, draft: SearchDraft, found: Sequence[tuple[UUID, tuple[str, ...]]]
) -> list[CandidateView]:
    """Step: those of the matches that the actor may see, at most 25, with all reasons."""
    seen: list[tuple[Person, tuple[str, ...]]] = []
    for start in range(0, len(found), CHUNK):
        part = dict(found[start : start + CHUNK])
        rows = persons_in_sight(ctx, part)
        seen += [(row, part[row.id]) for row in sorted(rows, key=lambda r: (-len(part[r.id]), r.id))]
        if len(seen) >= MOST_CANDIDATES:
            break
    shown = seen[:MOST_CANDIDATES]
    ctx.prefetch_keys([row.id for row, _ in shown])
    return [_candidate(ctx, draft, row, reasons) for row, reasons in shown]


def _candidate(ctx: Context, draft: SearchDraft, row: Person, reasons: tuple[str, ...]) -> CandidateView:
    name = ctx.unseal(row, "name")
    if MatchReason.NAME.value in reasons and draft.name and name:
        typed, stored = (text.replace(" ", "").replace("\u3000", "") for text in (draft.name, name))
        if typed not in stored:
            reasons = (*reasons, MatchReason.VARIANT_KANJI.value)
    return CandidateView(row.id, name, ctx.unseal(row, "kana"), ctx.unseal(row, "birth"), reasons)


# -- use cases ---------------------------------------------------------------------------------------


@use_case(P.PERSON_SEARCH, event=SEARCH_EVENT, reads=True)
def search(ctx: Context, draft: SearchDraft) -> list[CandidateView]:
    """Find persons in sight by name, reading, birth date, telephone or address, with the reasons of each match."""
    ctx.select(Person)
    limit_searches(ctx)
    return candidates(ctx, draft, match_ids(ctx, draft))


@use_case(P.PERSON_READ, event="person.read", reads=True)
def read_person(ctx: Context, person_id: UUID) -> PersonView:
    """Open a person's record; restricted whereabouts are left out unless two people released them."""
    return person_view(ctx, ctx.load(Person, person_id))


@use_case(P.PERSON_READ, event="person.households_listed", reads=True)
def households_of(ctx: Context, person_id: UUID) -> tuple[UUID, ...]:
    """Name the households in sight to which a person belongs today, to lead on to them."""
    person = ctx.load(Person, person_id)
    belongs = select(HouseholdMember.household_id).where(
        HouseholdMember.person_id == person.id, HouseholdMember.valid_until.is_(None)
    )
    rows = ctx.all(ctx.select(Household).where(Household.id.in_(belongs)).order_by(Household.id))
    return tuple(row.id for row in rows)


@use_case(P.PERSON_READ, event="household.read", reads=True)
def read_household(ctx: Context, household_id: UUID) -> HouseholdView:
    """Open a household with its history, without members the actor may not know of."""
    return household_view(ctx, ctx.load(Household, household_id))


@use_case(P.PROTECTION_RELEASE, event="protection.releases_listed", reads=True)
def releases(ctx: Context) -> list[ReleaseView]:
    """List the releases that wait for a second person."""
    query = ctx.select(ReleaseRequest).where(ReleaseRequest.state == ReleaseState.ASKED.value)
    return [release_view(ctx, row) for row in ctx.all(query.order_by(ReleaseRequest.asked_at))]


# -- views -------------------------------------------------------------------------------------------


def person_view(ctx: Context, person: Person) -> PersonView:
    """Step: a loaded person as their View; what is restricted is withheld without a release in force."""
    return person_views(ctx, [person])[0]


def person_views(ctx: Context, persons: Sequence[Person]) -> list[PersonView]:
    """Step: several loaded persons, in as many statements as one."""
    if not persons:
        return []
    released = _released(ctx, [person.id for person in persons])
    addresses = ctx.parts_of(persons, PersonAddress, PersonAddress.valid_until.is_(None))
    contacts = ctx.parts_of(persons, PersonContact, PersonContact.valid_until.is_(None))
    safe = ctx.parts_of(persons, SafeContact, order=SafeContact.recorded_at)
    guarded = [p for p in persons if p.protected or _restricted(addresses[p.id], contacts[p.id])]
    grants = ctx.parts_of(guarded, ProtectionGrant, order=ProtectionGrant.given_at)
    return [
        replace(
            _person(ctx, p, p.id in released, addresses[p.id], contacts[p.id], safe[p.id]),
            grants=tuple(grant_view(ctx, grant, told=True) for grant in grants.get(p.id, ())),
        )
        for p in persons
    ]


def _restricted(addresses: Sequence[PersonAddress], contacts: Sequence[PersonContact]) -> bool:
    return any(row.restricted for row in addresses) or any(row.restricted for row in contacts)


def persons_in_sight(ctx: Context, person_ids: Iterable[UUID]) -> list[Person]:
    """Step: those of the persons that the actor may see, in the order of their making."""

    def build() -> Select[Any]:
        wanted = Person.id.in_(bindparam("persons", expanding=True))
        return ctx.select(Person, permission=P.PERSON_READ).where(wanted).order_by(Person.id)

    return ctx.all(ctx.prepared("persons", build, P.PERSON_READ), persons=sorted(set(person_ids)))


def _person(
    ctx: Context,
    person: Person,
    released: bool,
    addresses: Sequence[PersonAddress],
    contacts: Sequence[PersonContact],
    safe: Sequence[SafeContact],
) -> PersonView:
    return PersonView(
        id=person.id,
        version=person.version,
        name=ctx.unseal(person, "name"),
        kana=ctx.unseal(person, "kana"),
        birth=ctx.unseal(person, "birth"),
        birth_precision=person.birth_precision,
        sex=person.sex,
        anonymous=person.anonymous,
        protected=person.protected,
        addresses=tuple(_address(ctx, row, person, released) for row in addresses),
        contacts=tuple(_contact(ctx, row, person, released) for row in contacts),
        safe_contact=_safe(ctx, safe[-1]) if safe else None,
    )


def _released(ctx: Context, person_ids: Sequence[UUID]) -> set[UUID]:
    """Those whose whereabouts were released to the actor by two people."""

    def build() -> Select[*tuple[Any, ...]]:
        query = ctx.select(ProtectionGrant, permission=P.PERSON_READ)
        query = query.where(ProtectionGrant.person_id.in_(bindparam("persons", expanding=True)))
        return query.with_only_columns(ProtectionGrant.id, ProtectionGrant.person_id)

    query = ctx.prepared("released", build, P.PERSON_READ)
    return {row.person_id for row in ctx.tuples(ProtectionGrant, query, persons=person_ids)}


def _address(ctx: Context, row: PersonAddress, person: Person, released: bool) -> AddressView:
    hidden = (row.restricted or person.protected) and not released
    text: Any = WITHHELD if hidden else ctx.unseal(row, "address")
    district: Any = WITHHELD if hidden else row.district
    return AddressView(row.id, text, district, row.restricted, row.valid_from, row.valid_until)


def _contact(ctx: Context, row: PersonContact, person: Person, released: bool) -> ContactView:
    hidden = (row.restricted or person.protected) and not released
    value: Any = WITHHELD if hidden else ctx.unseal(row, "value")
    return ContactView(row.id, row.kind, value, row.restricted)


def _safe(ctx: Context, row: SafeContact) -> SafeContactView:
    return SafeContactView(
        ctx.unseal(row, "hours"), row.message_ok, row.letter_ok, ctx.unseal(row, "remarks"), row.recorded_at
    )


def household_view(ctx: Context, household: Household) -> HouseholdView:
    """Step: a loaded household; members out of sight are neither shown nor counted (I12, I13)."""
    members = ctx.parts(household, HouseholdMember, order=HouseholdMember.recorded_at)
    known = names(ctx, [row.person_id for row in members])
    care = ctx.parts(household, CareRelation)
    return HouseholdView(
        id=household.id,
        version=household.version,
        household_type=household.household_type,
        members=tuple(
            MemberView(
                row.id,
                row.person_id,
                *known[row.person_id],
                row.relation,
                row.cohabiting,
                row.valid_from,
                row.valid_until,
            )
            for row in members
            if row.person_id in known
        ),
        care=tuple(
            CareView(row.id, row.carer_id, row.cared_id, row.valid_from, row.valid_until)
            for row in care
            if row.carer_id in known and row.cared_id in known
        ),
    )


def release_view(ctx: Context, row: ReleaseRequest) -> ReleaseView:
    return ReleaseView(
        row.id,
        row.person_id,
        row.asked_by,
        row.asked_at,
        ctx.unseal(row, "reason"),
        row.until,
        row.state,
        row.decided_by,
        row.decided_at,
        row.kind,
    )


def names_that_open(ctx: Context, some: int) -> tuple[int, int]:
    """Of the oldest and newest names, how many open and how many do not; those erased on purpose do not count.

    A step of the check of keys: it hands out two numbers and nothing else.
    """
    query: Any = select(Person.id, Person.name).where(Person.name.is_not(None))
    names = ctx.whole(query, Person)
    rows = [
        *ctx.session.execute(names.order_by(Person.id).limit(some)),
        *ctx.session.execute(names.order_by(Person.id.desc()).limit(some)),
    ]
    said = [ctx.unseal(row, "name", Person) for row in rows]
    closed = [text.code for text in said if isinstance(text, Unreadable)]
    return len(said) - len(closed), sum(code != KeyDestroyed.code for code in closed)


def grant_view(ctx: Context, row: ProtectionGrant, *, told: bool = False) -> GrantView:
    """Step: a grant or release; `told` with its purpose, for those who see the person."""
    return GrantView(
        row.id,
        row.staff_id,
        row.whereabouts,
        row.given_by,
        row.given_at,
        row.ends_at,
        row.ended_by,
        ctx.unseal(row, "purpose") if told else None,
    )
