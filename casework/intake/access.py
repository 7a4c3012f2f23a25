"""Reasons to touch an intake, and its bar: that of its person and of its case (I12, I13)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from ..agencies.models import Window
from ..cases import access as cases
from ..cases.models import Case
from ..db.reasons import (
    all_of,
    anyone,
    equals,
    has,
    mine,
    my_agency,
    renamed,
    through,
)
from ..kernel.policy import Bar, Bars, Reason
from ..people import access as people
from ..people.models import Person
from .models import Intake, IntakeSavedForm, IntakeTopic
from .rules import IntakeState

_shared_case = cases.of_case(Intake.case_id)


def of_case(reason: Reason) -> Reason:
    """Who may see the case for `reason` may read the intake it began with: data is entered once (I28)."""
    return renamed(f"intake of: {reason.name}", through(Intake.case_id, reason, to=Case.id))


own = renamed("own intake", mine(Intake.owner_id))
own_agency = renamed("own division's intake", my_agency(Intake.owner_agency))
referred = renamed("referred intake", equals(Intake.state, IntakeState.REFERRED.value))
answered = renamed(
    "own division's answered intake",
    all_of(my_agency(Intake.owner_agency), equals(Intake.state, IntakeState.ANSWERED.value)),
)
any_intake = renamed("any unprotected intake", equals(Intake.state, *(state.value for state in IntakeState)))
own_form = renamed("own unsent form", mine(IntakeSavedForm.staff_id))

# "Known elsewhere?" asks which division holds a case; nothing but that division's code is handed out (I13).
# Nobody's grant changes the answer: a protected case counts as unknown, and the bar of conflicts holds as well.
known_case = renamed("any unprotected case", equals(Case.protected, False))
any_window = anyone(Window)


def person_of(reason: Reason) -> Reason:
    """A person may be seen by whom an intake about them may be seen."""
    return renamed(
        f"person of: {reason.name}", has(Intake.person_id, all_of(reason, _shared_case), at=Person.id)
    )


_open_intake = all_of(people.about(Intake.person_id), _shared_case)
BARS: Bars = {
    Intake: Bar(_open_intake),
    IntakeTopic: Bar(through(IntakeTopic.intake_id, _open_intake, to=Intake.id)),
}


def out_of_sight(staff: Any, now: Any) -> ColumnElement[bool]:
    """WHERE clause: protection or kinship keeps the intake's person from a staff member, whatever their role."""
    return or_(people.unnamed(Intake.person_id, staff, now), people.of_circle(Intake.person_id, staff))


def unnamed_owner(now: Any) -> ColumnElement[bool]:
    """WHERE clause: an open intake about a protected person for whom its owner is not named."""
    return and_(Intake.is_open(), people.unnamed(Intake.person_id, Intake.owner_id, now))


def owner_in_conflict() -> ColumnElement[bool]:
    """WHERE clause: an open intake whose owner may not see it; a colleague has to take it over (I1)."""
    tied = Intake.owner_id.in_(people.tied_staff())
    return and_(Intake.is_open(), tied, people.of_circle(Intake.person_id, Intake.owner_id))
