"""Reasons to touch a case and what hangs on it; all stop at a protected case unless a named grant is held (I12)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from ..db.reasons import (
    all_of,
    any_of,
    anyone,
    begun,
    equals,
    has,
    mine,
    missing,
    my_agency,
    no,
    not_over,
    renamed,
    through,
)
from ..kernel.policy import Reason
from ..people.models import Household, Person, ProtectionGrant
from .models import (
    AccessGrant,
    Alert,
    Assignment,
    Case,
    CasePerson,
    CaseStep,
    Consent,
    Disclosure,
    EmergencyAccess,
    MeetingProposal,
    Note,
    NoteSegment,
)
from .rules import BOUND_BASES

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
        all_of(mine(AccessGrant.staff_id), begun(AccessGrant.begins_at), not_over(AccessGrant.ends_at)),
        at=Case.id,
    ),
)
# A case put forward for a meeting is on the coordinators' desk until an agenda takes it.
proposed = guarded(
    "proposed for a meeting",
    has(MeetingProposal.case_id, missing(MeetingProposal.taken_at), at=Case.id),
)
any_case = guarded("any case, without content", anyone(Case))
# 緊急閲覧: never through protection, which needs a named grant by two people.
in_emergency = guarded(
    "opened in an emergency",
    has(
        EmergencyAccess.case_id,
        all_of(
            mine(EmergencyAccess.staff_id),
            begun(EmergencyAccess.begins_at),
            not_over(EmergencyAccess.ends_at),
        ),
        at=Case.id,
    ),
)
in_danger = guarded("any case, for danger to life", anyone(Case))
own_access = renamed("own emergency access", mine(EmergencyAccess.staff_id))
agency_access = renamed("emergency access of one's division", my_agency(EmergencyAccess.agency))
any_access = anyone(EmergencyAccess)
any_grant = by_case(AccessGrant.case_id, any_case)


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


def household_by_case(reason: Reason) -> Reason:
    """The household of a case in sight; its members are narrowed one by one."""
    return renamed(f"household of: {reason.name}", has(Case.household_id, reason, at=Household.id))


def accesses(*reasons: Reason) -> tuple[Reason, ...]:
    """The emergency accesses of a case of one's own: its people are told."""
    return tuple(by_case(EmergencyAccess.case_id, reason) for reason in reasons)


def persons(*reasons: Reason) -> tuple[Reason, ...]:
    """The persons and the household of a case in sight."""
    return (*map(person_by_case, reasons), *map(household_by_case, reasons))


def cover(*reasons: Reason) -> tuple[Reason, ...]:
    """The case and the rows of its timeline, each authorised on its own."""
    links = (CaseStep.case_id, Alert.case_id, Disclosure.case_id, EmergencyAccess.case_id)
    return (*reasons, *(by_case(link, reason) for link in links for reason in reasons))


def narrative(*reasons: Reason) -> tuple[Reason, ...]:
    """The case, its notes and their segments, each authorised on its own.

    What was first learned in a meeting with statutory secrecy stays with its circle (I7): such a segment is open to
    its author here, and to the convened by the meeting's own reasons.
    """
    return (
        *reasons,
        *(by_case(Note.case_id, reason) for reason in reasons),
        *(_segment(reason) for reason in reasons),
    )


_unbound = any_of(
    missing(NoteSegment.origin_basis), no(equals(NoteSegment.origin_basis, *sorted(BOUND_BASES)))
)
_own_words = through(NoteSegment.note_id, mine(Note.author_id), to=Note.id)


def _segment(reason: Reason) -> Reason:
    name = f"segment, not bound to a meeting or one's own: {reason.name}"
    return renamed(name, all_of(by_case(NoteSegment.case_id, reason), any_of(_unbound, _own_words)))


def consents(*reasons: Reason) -> tuple[Reason, ...]:
    """The case and the consents of its people; a consent given for another case stays there."""
    return (*reasons, *(_consent(reason) for reason in reasons))


def _consent(reason: Reason) -> Reason:
    person = through(Consent.person_id, person_by_case(reason), to=Person.id)
    here = any_of(missing(Consent.case_id), by_case(Consent.case_id, reason))
    return renamed(f"consent of: {reason.name}", all_of(person, here))


def protection(*reasons: Reason) -> tuple[Reason, ...]:
    """A person of a case in sight, and every case of that person, so that none is forgotten when one is protected."""
    found: list[Reason] = []
    for reason in reasons:
        person = person_by_case(reason)
        linked = has(CasePerson.case_id, through(CasePerson.person_id, person, to=Person.id), at=Case.id)
        found += [person, renamed(f"case of a {person.name}", linked)]
    return tuple(found)
