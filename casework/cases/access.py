"""Reasons to touch a case and what hangs on it. Every one stops at a protected case unless a named grant is held."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from ..db.reasons import all_of, any_of, begun, equals, has, mine, my_agency, not_over, renamed, through
from ..kernel.policy import Reason
from ..people.models import Person, ProtectionGrant
from .models import AccessGrant, Assignment, Case, CasePerson

_granted_person = has(
    ProtectionGrant.person_id,
    all_of(mine(ProtectionGrant.staff_id), not_over(ProtectionGrant.ends_at)),
    at=CasePerson.person_id,
)
_protected_seen = has(CasePerson.case_id, _granted_person, at=Case.id)
unprotected = any_of(equals(Case.protected, False), _protected_seen)


def guarded(name: str, reason: Reason) -> Reason:
    """A reason on Case that a protected case stops, unless the actor is named in a grant (I12)."""
    return renamed(name, all_of(reason, unprotected))


def by_case(link: InstrumentedAttribute[Any], reason: Reason) -> Reason:
    """The same reason for a row that belongs to a case, each row authorised on its own."""
    return through(link, reason, to=Case.id)


own = guarded("own case", mine(Case.owner_id))
own_agency = guarded("own division's case", my_agency(Case.owner_agency))
lead = guarded("leads the case", any_of(mine(Case.lead_id), my_agency(Case.lead_agency)))
assigned = guarded(
    "assigned to the case",
    has(
        Assignment.case_id,
        all_of(any_of(mine(Assignment.staff_id), my_agency(Assignment.agency)), not_over(Assignment.ends_at)),
        at=Case.id,
    ),
)
multi_agency = guarded("in 多機関協働", equals(Case.multi_agency, True))
granted = guarded(
    "granted by name",
    has(
        AccessGrant.case_id,
        all_of(mine(AccessGrant.staff_id), begun(AccessGrant.given_at), not_over(AccessGrant.ends_at)),
        at=Case.id,
    ),
)



def person_by_case(reason: Reason) -> Reason:
    """A person may be seen by whom the case may be seen; a protected person only with a named grant."""
    linked = has(CasePerson.person_id, by_case(CasePerson.case_id, reason), at=Person.id)
    open_or_granted = any_of(
        equals(Person.protected, False),
        has(
            ProtectionGrant.person_id,
            all_of(mine(ProtectionGrant.staff_id), not_over(ProtectionGrant.ends_at)),
            at=Person.id,
        ),
    )
    return renamed(f"person of: {reason.name}", all_of(linked, open_or_granted))
