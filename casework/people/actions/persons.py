"""Recording persons and households."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ...agencies.models import District
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...kernel.wareki import PartialDate
from ...usecase import Context, use_case
from .. import queries
from ..models import (
    CareRelation,
    Household,
    HouseholdMember,
    Person,
    PersonAddress,
    PersonContact,
    SafeContact,
    SearchChange,
)
from ..rules import (
    AddressDraft,
    CareDraft,
    ContactDraft,
    HouseholdView,
    LeaveDraft,
    MemberDraft,
    PersonDraft,
    PersonEdit,
    PersonView,
    SafeContactDraft,
    check_address,
)
from .relations import look_for_kin

# -- steps -------------------------------------------------------------------------------------------


def create_person(
    ctx: Context, draft: PersonDraft, *, field: str = "person", beside: Sequence[UUID] = ()
) -> Person:
    """Step: a new person with their own data key; nameless if nothing is known (I5).

    Owners `beside` get their data keys in the same commit of the keystore.
    """
    ctx.codes(("sex", draft.sex or "", f"{field}.sex"))
    person = Person(
        anonymous=draft.name is None,
        protected=False,
        sex=draft.sex,
        created_by=ctx.actor.id,
        created_at=ctx.now,
    )
    ctx.add(person)
    ctx.new_owner(person.id, *beside)
    ctx.seal(person, name=draft.name, kana=draft.kana)
    _set_birth(ctx, person, draft.birth)
    for n, address in enumerate(draft.addresses):
        _add_address(ctx, person, address, f"{field}.addresses.{n}")
    for contact in draft.contacts:
        _add_contact(ctx, person, contact)
    if draft.safe_contact is not None:
        _add_safe_contact(ctx, person, draft.safe_contact)
    searchable(ctx, person)
    return person


def create_household(
    ctx: Context, members: Sequence[MemberDraft], household_type: str | None = None
) -> Household:
    """Step: a household of persons the actor may see."""
    ctx.codes(("household_type", household_type or "", "household_type"))
    household = Household(household_type=household_type, created_by=ctx.actor.id, created_at=ctx.now)
    ctx.add(household)
    for n, member in enumerate(members):
        _add_member(ctx, household, member, f"members.{n}")
    return household


def searchable(ctx: Context, person: Person) -> None:
    """Step: tell every process that this person's search key changed, and link whoever declared them."""
    ctx.add(SearchChange(person_id=person.id))
    look_for_kin(ctx, person)


# -- persons -----------------------------------------------------------------------------------------


@use_case(P.PERSON_WRITE, event="person.edited")
def edit_person(ctx: Context, person_id: UUID, draft: PersonEdit) -> PersonView:
    """Correct a person's name, reading, birth date or sex."""
    person = ctx.load(Person, person_id)
    ctx.codes(("sex", draft.sex or "", "sex"))
    ctx.seal(person, name=draft.name, kana=draft.kana)
    _set_birth(ctx, person, draft.birth)
    person.sex, person.anonymous = draft.sex, draft.name is None
    searchable(ctx, person)
    ctx.session.flush()
    return queries.person_view(ctx, person)


@use_case(P.PERSON_WRITE, event="person.moved")
def add_address(ctx: Context, person_id: UUID, draft: AddressDraft) -> PersonView:
    """Record where a person lives from now on; the address before stays in the history."""
    person = ctx.load(Person, person_id)
    for former in ctx.parts(person, PersonAddress, PersonAddress.valid_until.is_(None)):
        former.valid_until = draft.valid_from or ctx.today
    _add_address(ctx, person, draft, "address")
    searchable(ctx, person)
    ctx.session.flush()
    return queries.person_view(ctx, person)


@use_case(P.PERSON_WRITE, event="person.contact_added")
def add_contact(ctx: Context, person_id: UUID, draft: ContactDraft) -> PersonView:
    """Record a telephone number or mail address."""
    person = ctx.load(Person, person_id)
    _add_contact(ctx, person, draft)
    searchable(ctx, person)
    ctx.session.flush()
    return queries.person_view(ctx, person)


@use_case(P.PERSON_WRITE, event="person.safe_contact_set")
def set_safe_contact(ctx: Context, person_id: UUID, draft: SafeContactDraft) -> PersonView:
    """Record how to reach a person without putting them in danger; the newest counts."""
    person = ctx.load(Person, person_id)
    _add_safe_contact(ctx, person, draft)
    ctx.session.flush()
    return queries.person_view(ctx, person)


def _set_birth(ctx: Context, person: Person, birth: PartialDate | None) -> None:
    if birth is not None and birth.earliest() > ctx.today:
        raise BadInput("date_in_future", "birth")
    ctx.seal(person, birth=None if birth is None else birth.value)
    person.birth_precision = None if birth is None else birth.precision.value


def _add_address(ctx: Context, person: Person, draft: AddressDraft, field: str) -> None:
    check_address(draft, field)
    if draft.district is not None:
        ctx.load(District, draft.district, permission=P.DIRECTORY_READ, field=f"{field}.district")
    row = PersonAddress(
        person_id=person.id,
        district=draft.district,
        restricted=draft.restricted or person.protected,
        valid_from=draft.valid_from,
        recorded_at=ctx.now,
    )
    if row.restricted:
        row.district = None
    ctx.add(row)
    ctx.seal(row, address=draft.address)


def _add_contact(ctx: Context, person: Person, draft: ContactDraft) -> None:
    row = PersonContact(
        person_id=person.id,
        kind=draft.kind,
        restricted=draft.restricted or person.protected,
        recorded_at=ctx.now,
    )
    ctx.add(row)
    ctx.seal(row, value=draft.value)


def _add_safe_contact(ctx: Context, person: Person, draft: SafeContactDraft) -> None:
    row = SafeContact(
        person_id=person.id,
        message_ok=draft.message_ok,
        letter_ok=draft.letter_ok,
        recorded_at=ctx.now,
        recorded_by=ctx.actor.id,
    )
    ctx.add(row)
    ctx.seal(row, hours=draft.hours, remarks=draft.remarks)


# -- households --------------------------------------------------------------------------------------


@use_case(P.PERSON_WRITE, event="household.member_added")
def add_member(ctx: Context, household_id: UUID, draft: MemberDraft) -> HouseholdView:
    """Add a person to a household from a day on."""
    household = ctx.load(Household, household_id)
    present = ctx.parts(household, HouseholdMember, HouseholdMember.valid_until.is_(None))
    if draft.person_id in {row.person_id for row in present}:
        raise Refused("member_already", "person_id")
    _add_member(ctx, household, draft, "")
    ctx.session.flush()
    return queries.household_view(ctx, household)


@use_case(P.PERSON_WRITE, event="household.member_left")
def leave(ctx: Context, household_id: UUID, member_id: UUID, draft: LeaveDraft) -> HouseholdView:
    """Record that a person left the household; the history stays."""
    household = ctx.load(Household, household_id)
    rows = ctx.parts(household, HouseholdMember, HouseholdMember.id == member_id)
    visible = queries.visible(ctx, [row.person_id for row in rows])
    if not rows or rows[0].person_id not in visible:
        raise BadInput("unknown_reference", "member_id")
    if rows[0].valid_from is not None and draft.on < rows[0].valid_from:
        raise BadInput("period_reversed", "on")
    rows[0].valid_until = draft.on
    ctx.session.flush()
    return queries.household_view(ctx, household)


@use_case(P.PERSON_WRITE, event="household.care_recorded")
def record_care(ctx: Context, household_id: UUID, draft: CareDraft) -> HouseholdView:
    """Record who cares for whom."""
    household = ctx.load(Household, household_id)
    if draft.carer_id == draft.cared_id:
        raise BadInput("care_of_oneself", "cared_id")
    members = {row.person_id for row in ctx.parts(household, HouseholdMember)}
    seen = queries.visible(ctx, list(members))
    for field in ("carer_id", "cared_id"):
        if getattr(draft, field) not in members & seen:
            raise BadInput("unknown_reference", field)
    ctx.add(
        CareRelation(
            household_id=household.id,
            carer_id=draft.carer_id,
            cared_id=draft.cared_id,
            valid_from=draft.valid_from,
            recorded_at=ctx.now,
        )
    )
    ctx.session.flush()
    return queries.household_view(ctx, household)


def _add_member(ctx: Context, household: Household, draft: MemberDraft, field: str) -> None:
    at = f"{field}." if field else ""
    ctx.codes(("relation", draft.relation or "", f"{at}relation"))
    ctx.load(Person, draft.person_id, permission=P.PERSON_READ, field=f"{at}person_id")
    ctx.add(
        HouseholdMember(
            household_id=household.id,
            person_id=draft.person_id,
            relation=draft.relation,
            cohabiting=draft.cohabiting,
            valid_from=draft.valid_from,
            recorded_at=ctx.now,
        )
    )
