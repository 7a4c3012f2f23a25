"""Reasons of the house itself; who may see a person because of a case stands in casework/cases/access.py."""

from __future__ import annotations

from ..db.reasons import all_of, any_of, anyone, equals, has, mine, not_over, renamed
from .models import Person, ProtectionGrant, ReleaseRequest

# A protected person needs a named grant, whatever else would allow the actor (I12).
seen_in_spite_of_protection = any_of(
    equals(Person.protected, False),
    has(
        ProtectionGrant.person_id,
        all_of(mine(ProtectionGrant.staff_id), not_over(ProtectionGrant.ends_at)),
        at=Person.id,
    ),
)
created = renamed("recorded by me", all_of(mine(Person.created_by), seen_in_spite_of_protection))
any_release = anyone(ReleaseRequest)
own_release = mine(ReleaseRequest.asked_by)
own_whereabouts = renamed(
    "released to me by two people",
    all_of(
        mine(ProtectionGrant.staff_id),
        equals(ProtectionGrant.whereabouts, True),
        not_over(ProtectionGrant.ends_at),
    ),
)
