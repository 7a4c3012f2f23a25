"""Reasons of the house itself, and the two bars that stand before every row about a person (I12, I13).

Protection: only those named in a grant in force see a protected person. Conflict of interest: nobody sees a record
of themselves, their household or a declared relation, whatever else allows them, a grant or an emergency included.
Who may see a person because of a case stands in casework/cases/access.py.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ..db.reasons import (
    Circle,
    StandIn,
    all_of,
    any_of,
    anyone,
    begun,
    equals,
    has,
    mine,
    no,
    not_over,
    outside,
    renamed,
    through,
    tied,
)
from ..kernel.actor import Standing
from ..kernel.policy import Bar, Bars, Look, Reason
from .models import (
    CareRelation,
    Conflict,
    Declaration,
    Household,
    HouseholdMember,
    Person,
    PersonAddress,
    PersonContact,
    Protection,
    ProtectionGrant,
    ReleaseRequest,
    SafeContact,
)

# -- conflict of interest ----------------------------------------------------------------------------


def _linked(who: Standing | StandIn, look: Look) -> set[Any]:
    return {row.person_id for row in look.matching(Conflict.staff_id, who.id) if row.ended_at is None}


def _homes(who: Standing | StandIn, look: Look) -> set[Any]:
    """Households to which such a person ever belonged: a former wife is no stranger."""
    rows = (row for person in _linked(who, look) for row in look.matching(HouseholdMember.person_id, person))
    return {row.household_id for row in rows}


def _kin(who: Standing | StandIn, look: Look) -> set[Any]:
    homes = (row for home in _homes(who, look) for row in look.matching(HouseholdMember.household_id, home))
    return _linked(who, look) | {row.person_id for row in homes}


def _linked_ids(who: Any) -> Select[Any]:
    return select(Conflict.person_id).where(Conflict.staff_id == who.id, Conflict.ended_at.is_(None))


def _home_ids(who: Any) -> Select[Any]:
    one = aliased(HouseholdMember)
    query = select(one.household_id).join(Conflict, Conflict.person_id == one.person_id)
    return query.where(Conflict.staff_id == who.id, Conflict.ended_at.is_(None))


def kin_ids(who: Any) -> Select[Any]:
    """The persons of the circle as an uncorrelated SELECT."""
    other = aliased(HouseholdMember)
    housed = select(other.person_id).where(other.household_id.in_(_home_ids(who)))
    return select(union(_linked_ids(who), housed).subquery().c.person_id)


kin = Circle("the circle of one's own", _kin, kin_ids)
homes = Circle("the homes of one's own circle", _homes, _home_ids)

# -- protection --------------------------------------------------------------------------------------

in_force = all_of(
    mine(ProtectionGrant.staff_id), begun(ProtectionGrant.given_at), not_over(ProtectionGrant.ends_at)
)
named_in_a_grant = has(ProtectionGrant.person_id, in_force, at=Person.id)
unprotected = renamed(
    "not protected, or named in a grant",
    any_of(equals(Person.protected, False), named_in_a_grant),
)
open_person = renamed("no protection and no conflict", all_of(unprotected, outside(Person.id, kin)))


def about(link: InstrumentedAttribute[Any]) -> Reason:
    """What keeps a person out of sight keeps out whatever names that person."""
    return tied(link, open_person, to=Person.id)


# Whoever decides a release or reviews protections does so without being named in a grant: they see who asks for
# whom by number, when and why, and nothing of the person. Of these rows only the conflict bar is asked.
_decided_blind: Bars = {
    model: Bar(outside(link, kin))
    for model, link in (
        (ReleaseRequest, ReleaseRequest.person_id),
        (ProtectionGrant, ProtectionGrant.person_id),
        (Protection, Protection.person_id),
    )
}
_parts_of_person = (PersonAddress.person_id, PersonContact.person_id, SafeContact.person_id)
_care = all_of(about(CareRelation.carer_id), about(CareRelation.cared_id))
BARS: Bars = {
    Person: Bar(open_person),
    **{link.class_: Bar(about(link)) for link in _parts_of_person},
    Household: Bar(outside(Household.id, homes)),
    HouseholdMember: Bar(about(HouseholdMember.person_id), about(HouseholdMember.person_id)),
    CareRelation: Bar(_care, _care),
    **_decided_blind,
    # Nobody reads what was found about themselves.
    Conflict: Bar(no(mine(Conflict.staff_id))),
}

# -- somebody else's sight ---------------------------------------------------------------------------
# WHERE clauses that ask the two bars for another staff member: `staff`, `person`, `household` and `now` are columns
# or values. They say whose work is out of their own sight, and give nobody leave. Each EXISTS names what is its own:
# by itself SQLAlchemy takes a table from the next SELECT outside only, and would join the one beyond it anew.


def unnamed(person: Any, staff: Any, now: Any) -> ColumnElement[bool]:
    """The person is protected, and the staff member not named for them at that moment."""
    one, grant = aliased(Person), aliased(ProtectionGrant)
    named = exists().where(
        grant.person_id == one.id, grant.staff_id == staff, grant.given_at <= now, grant.ends_at > now
    )
    shut = exists().where(one.id == person, one.protected.is_(True), ~named.correlate_except(grant))
    return shut.correlate_except(one)


def of_circle(person: Any, staff: Any) -> ColumnElement[bool]:
    """The person belongs to the circle of the staff member."""
    link, linked = aliased(Conflict), aliased(Conflict)
    one, other = aliased(HouseholdMember), aliased(HouseholdMember)
    named = exists().where(*_runs(link, staff), link.person_id == person)
    housed = exists().where(
        *_runs(linked, staff),
        one.person_id == linked.person_id,
        other.household_id == one.household_id,
        other.person_id == person,
    )
    return or_(named.correlate_except(link), housed.correlate_except(linked, one, other))


def of_home(household: Any, staff: Any) -> ColumnElement[bool]:
    """The household is one to which somebody of the staff member's circle ever belonged."""
    link, one = aliased(Conflict), aliased(HouseholdMember)
    homes_of = exists().where(
        *_runs(link, staff), one.person_id == link.person_id, one.household_id == household
    )
    return homes_of.correlate_except(link, one)


def _runs(link: Any, staff: Any) -> tuple[ColumnElement[bool], ...]:
    return link.staff_id == staff, link.ended_at.is_(None)


def tied_staff() -> Select[Any]:
    """Staff with any conflict: the few whose work has to be looked at."""
    link = aliased(Conflict)
    return select(link.staff_id).where(link.ended_at.is_(None)).correlate(None)


# -- reasons -----------------------------------------------------------------------------------------

created = renamed("recorded by me", mine(Person.created_by))
any_release = anyone(ReleaseRequest)
any_protection = (anyone(Protection), anyone(ProtectionGrant))
# Whoever is named in a grant sees how the protection stands and who else is named.
named_protection = tuple(
    renamed("of a person one is named for", through(link, named_in_a_grant, to=Person.id))
    for link in (Protection.person_id, ProtectionGrant.person_id)
)
own_release = mine(ReleaseRequest.asked_by)
own_declaration = renamed("declared by or for me", mine(Declaration.staff_id))
any_declaration = (anyone(Declaration), anyone(Conflict))
own_whereabouts = renamed(
    "released to me by two people", all_of(equals(ProtectionGrant.whereabouts, True), in_force)
)
