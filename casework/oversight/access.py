"""Reasons to read the trail, and the numbers of records that it speaks of; never their content."""

from typing import Any

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import aliased

from ..accounts.models import Staff, StaffRole
from ..audit.models import AuditCheckpoint, AuditEntry, AuditHead, ReadCount
from ..cases import access as cases
from ..cases.models import AccessGrant, Assignment, Case, CasePerson, CaseStep
from ..db.reasons import all_of, any_of, anyone, equals, has, mine, no, not_over, renamed, through
from ..intake import access as intake
from ..intake.models import Intake
from ..meeting.models import AgendaItem, ItemMember, Meeting
from ..outreach.models import OutreachEpisode
from ..participation.models import Need
from ..people.access import unnamed
from ..people.models import Conflict, HouseholdMember, Person, Protection, ProtectionGrant
from ..referral.models import Referral
from .models import UnusualAccess

any_trail = anyone(AuditHead)
trail = (any_trail, anyone(AuditCheckpoint))

# Whoever answers "who saw this" learns that a protected person is known only with a grant by name, like everybody.
_granted = has(
    ProtectionGrant.person_id,
    all_of(mine(ProtectionGrant.staff_id), not_over(ProtectionGrant.ends_at)),
    at=Person.id,
)
_person = renamed("any person, without content", any_of(equals(Person.protected, False), _granted))
seen = (
    anyone(AuditEntry),
    cases.any_case,
    cases.by_case(CasePerson.case_id, cases.any_case),
    _person,
    renamed("intake of any person", through(Intake.person_id, _person, to=Person.id)),
)

# Nobody reviews a finding about themselves, or sees that there is one.
_others = renamed("a finding about somebody else", no(mine(UnusualAccess.actor_id)))
reviewed = (_others, anyone(ReadCount))
# What the rules weigh: who was ever on a case, and who is related to its people. None of these rows is handed out.
_WEIGHED = (
    AccessGrant,
    AgendaItem,
    Assignment,
    AuditEntry,
    Case,
    CasePerson,
    CaseStep,
    Conflict,
    HouseholdMember,
    Intake,
    ItemMember,
    Meeting,
    Need,
    OutreachEpisode,
    ReadCount,
    Referral,
    Staff,
    StaffRole,
    UnusualAccess,
)
scanned = tuple(anyone(model) for model in _WEIGHED)


def owner_unnamed(now: Any) -> ColumnElement[bool]:
    """WHERE clause: a protection with open work whose owner is not named in it, and so does not see it (I1, I12)."""
    link = aliased(CasePerson)
    own = exists().where(
        link.person_id == Protection.person_id,
        link.role == "subject",
        Case.id == link.case_id,
        Case.is_open(),
        unnamed(link.person_id, Case.owner_id, now),
    )
    received = exists().where(Intake.person_id == Protection.person_id, intake.unnamed_owner(now))
    return or_(own.correlate_except(link, Case), received.correlate_except(Intake))


def owner_in_conflict(staff: Any) -> ColumnElement[bool]:
    """WHERE clause: the staff member owns open work that is of their own circle."""
    own = exists().where(Case.owner_id == staff, cases.owner_in_conflict())
    received = exists().where(Intake.owner_id == staff, intake.owner_in_conflict())
    return or_(own.correlate_except(Case), received.correlate_except(Intake))
