"""Reasons to touch a case and what hangs on it, and the bar before them (I12, I13): a protected case is in sight of
those named in a grant only, and nobody opens a case of their own circle.

A reason that reaches another table through a case (persons, households, meetings) asks the bar of that case on the
way (`open_case`); rows that belong to a case have the bar themselves.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
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
    missing,
    my_agency,
    no,
    not_over,
    outside,
    renamed,
    through,
    tied,
)
from ..kernel.actor import Standing
from ..kernel.policy import Bar, Bars, Look, Reason
from ..people.access import (
    about,
    homes,
    kin,
    kin_ids,
    named_in_a_grant,
    of_circle,
    of_home,
    tied_staff,
    unnamed,
    unprotected,
)
from ..people.models import Household, Person
from .models import (
    AccessGrant,
    Alert,
    Assessment,
    AssessmentSection,
    Assignment,
    Case,
    CaseIssue,
    CasePerson,
    CaseStep,
    Consent,
    ConsentScope,
    ContactAttempt,
    Disclosure,
    EmergencyAccess,
    MeetingProposal,
    Note,
    NoteSegment,
    PersonFact,
)
from .rules import BOUND_BASES

# -- the bar -----------------------------------------------------------------------------------------


def _kin_cases(who: Standing | StandIn, look: Look) -> set[Any]:
    persons = kin.members(who, look)
    return {row.case_id for person in persons for row in look.matching(CasePerson.person_id, person)}


def _kin_case_ids(who: Any) -> Select[Any]:
    link = aliased(CasePerson)
    return select(link.case_id).where(link.person_id.in_(kin_ids(who)))


# A case is protected when one of those it is about (本人) is; the data of a protected relation live apart from it.
_shut = through(CasePerson.person_id, no(unprotected), to=Person.id)
_shut_subject = has(CasePerson.case_id, all_of(equals(CasePerson.role, "subject"), _shut), at=Case.id)
_named_for_subject = has(
    CasePerson.case_id,
    all_of(equals(CasePerson.role, "subject"), through(CasePerson.person_id, named_in_a_grant, to=Person.id)),
    at=Case.id,
)
_unrelated_case = all_of(
    outside(Case.id, Circle("cases of one's own circle", _kin_cases, _kin_case_ids)),
    outside(Case.household_id, homes),
)
open_case = renamed(
    "no protection and no conflict",
    all_of(
        any_of(equals(Case.protected, False), all_of(_named_for_subject, no(_shut_subject))), _unrelated_case
    ),
)


def of_case(link: InstrumentedAttribute[Any]) -> Reason:
    """What keeps a case out of sight keeps out whatever belongs to it."""
    return tied(link, open_case, to=Case.id)


def by_case(link: InstrumentedAttribute[Any], reason: Reason) -> Reason:
    """The same reason for a row that belongs to a case, each row authorised on its own."""
    return through(link, reason, to=Case.id)


def unnamed_subject(staff: Any, now: Any) -> ColumnElement[bool]:
    """WHERE clause: the case is out of a staff member's sight, who is not named for a protected subject of it."""
    link = aliased(CasePerson)
    subject = exists().where(
        link.case_id == Case.id, link.role == "subject", unnamed(link.person_id, staff, now)
    )
    return and_(Case.protected.is_(True), subject.correlate_except(link))


def in_conflict(staff: Any) -> ColumnElement[bool]:
    """WHERE clause: the case is out of a staff member's sight, because it is of their own circle."""
    link = aliased(CasePerson)
    kin_there = exists().where(link.case_id == Case.id, of_circle(link.person_id, staff))
    return or_(kin_there.correlate_except(link), of_home(Case.household_id, staff))


def out_of_sight(staff: Any, now: Any) -> ColumnElement[bool]:
    """WHERE clause: protection or kinship keeps the case from a staff member, whatever their role."""
    return or_(unnamed_subject(staff, now), in_conflict(staff))


def owner_in_conflict() -> ColumnElement[bool]:
    """WHERE clause: an open case whose owner may not see it; somebody else has to take it over (I1)."""
    return and_(Case.is_open(), Case.owner_id.in_(tied_staff()), in_conflict(Case.owner_id))


own = renamed("own case", mine(Case.owner_id))
own_agency = renamed("own division's case", my_agency(Case.owner_agency))
lead = renamed("leads the case", any_of(mine(Case.lead_id), my_agency(Case.lead_agency)))
assigned = renamed(
    "assigned to the case",
    has(
        Assignment.case_id,
        all_of(any_of(mine(Assignment.staff_id), my_agency(Assignment.agency)), not_over(Assignment.ends_at)),
        at=Case.id,
    ),
)
multi_agency = renamed("in 多機関協働", equals(Case.multi_agency, True))
granted = renamed(
    "granted by name",
    has(
        AccessGrant.case_id,
        all_of(mine(AccessGrant.staff_id), begun(AccessGrant.begins_at), not_over(AccessGrant.ends_at)),
        at=Case.id,
    ),
)
# A case put forward for a meeting is on the coordinators' desk until an agenda takes it.
proposed = renamed(
    "proposed for a meeting",
    has(MeetingProposal.case_id, missing(MeetingProposal.taken_at), at=Case.id),
)
any_case = renamed("any case, without content", anyone(Case))
# 緊急閲覧: never through protection, which needs a named grant by two people.
in_emergency = renamed(
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
in_danger = renamed("any case, for danger to life", anyone(Case))
_access_open = of_case(EmergencyAccess.case_id)
own_access = renamed("own emergency access", all_of(mine(EmergencyAccess.staff_id), _access_open))
agency_access = renamed(
    "emergency access of one's division", all_of(my_agency(EmergencyAccess.agency), _access_open)
)
# Whoever reviews goes on seeing an access whose case was protected afterwards, without its number (I22).
any_access = anyone(EmergencyAccess)
any_grant = by_case(AccessGrant.case_id, any_case)


def within(reason: Reason) -> Reason:
    """The reason on a case with the bar of that case, for tables that are reached through it."""
    return renamed(reason.name, all_of(reason, open_case))


def person_by_case(reason: Reason) -> Reason:
    """A person may be seen by whom the case may be seen."""
    linked = has(CasePerson.person_id, by_case(CasePerson.case_id, within(reason)), at=Person.id)
    return renamed(f"person of: {reason.name}", linked)


def household_by_case(reason: Reason) -> Reason:
    """The household of a case in sight; its members are narrowed one by one."""
    return renamed(f"household of: {reason.name}", has(Case.household_id, within(reason), at=Household.id))


def accesses(*reasons: Reason) -> tuple[Reason, ...]:
    """The emergency accesses of a case of one's own: its people are told."""
    return tuple(by_case(EmergencyAccess.case_id, within(reason)) for reason in reasons)


def persons(*reasons: Reason) -> tuple[Reason, ...]:
    """The persons and the household of a case in sight."""
    return (*map(person_by_case, reasons), *map(household_by_case, reasons))


def cover(*reasons: Reason) -> tuple[Reason, ...]:
    """The case and the rows of its timeline, each authorised on its own."""
    links = (CaseStep.case_id, Alert.case_id, Disclosure.case_id)
    return (*reasons, *(by_case(link, reason) for link in links for reason in reasons), *accesses(*reasons))


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


# A note of which every piece is about somebody out of sight is out of sight itself.
_words = has(NoteSegment.note_id, about(NoteSegment.about_id), at=Note.id)
_wordless = no(has(NoteSegment.note_id, anyone(NoteSegment), at=Note.id))
_legible = any_of(_words, _wordless)
_links = (
    CaseIssue.case_id,
    CaseStep.case_id,
    Assignment.case_id,
    AccessGrant.case_id,
    Assessment.case_id,
    AssessmentSection.case_id,
    Alert.case_id,
    Disclosure.case_id,
    MeetingProposal.case_id,
    ContactAttempt.case_id,
)
_consent_open = all_of(about(Consent.person_id), of_case(Consent.case_id))
_fact = through(PersonFact.assessment_id, of_case(Assessment.case_id), to=Assessment.id)
BARS: Bars = {
    Case: Bar(open_case),
    **{link.class_: Bar(of_case(link)) for link in _links},
    CasePerson: Bar(
        all_of(of_case(CasePerson.case_id), about(CasePerson.person_id)), about(CasePerson.person_id)
    ),
    PersonFact: Bar(all_of(_fact, about(PersonFact.person_id)), about(PersonFact.person_id)),
    # Its reasons ask for the case themselves, but for those of the review.
    EmergencyAccess: Bar(through(EmergencyAccess.case_id, _unrelated_case, to=Case.id)),
    Consent: Bar(_consent_open, of_case(Consent.case_id)),
    ConsentScope: Bar(through(ConsentScope.consent_id, _consent_open, to=Consent.id)),
    Note: Bar(all_of(of_case(Note.case_id), _legible), _legible),
    NoteSegment: Bar(
        all_of(of_case(NoteSegment.case_id), about(NoteSegment.about_id)), about(NoteSegment.about_id)
    ),
}
