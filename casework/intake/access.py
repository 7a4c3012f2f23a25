"""Reasons to touch an intake. Each stops at a protected person or case unless a named grant is held (I12)."""

from __future__ import annotations

from ..agencies.models import Window
from ..cases import access as cases
from ..cases.models import Case
from ..db.reasons import (
    all_of,
    any_of,
    anyone,
    equals,
    has,
    mine,
    missing,
    my_agency,
    not_over,
    renamed,
    through,
)
from ..kernel.policy import Reason
from ..people.models import Person, ProtectionGrant
from .models import Intake, IntakeSavedForm
from .rules import IntakeState

_person_seen = any_of(
    equals(Person.protected, False),
    has(
        ProtectionGrant.person_id,
        all_of(mine(ProtectionGrant.staff_id), not_over(ProtectionGrant.ends_at)),
        at=Person.id,
    ),
)
unprotected = all_of(
    through(Intake.person_id, _person_seen, to=Person.id),
    any_of(missing(Intake.case_id), through(Intake.case_id, cases.unprotected, to=Case.id)),
)


def guarded(name: str, reason: Reason) -> Reason:
    """A reason on Intake that a protected person or case stops."""
    return renamed(name, all_of(reason, unprotected))


def of_case(reason: Reason) -> Reason:
    """Who may see the case for `reason` may read the intake it began with: data is entered once (I28)."""
    return guarded(f"intake of: {reason.name}", through(Intake.case_id, reason, to=Case.id))


own = guarded("own intake", mine(Intake.owner_id))
own_agency = guarded("own division's intake", my_agency(Intake.owner_agency))
referred = guarded("referred intake", equals(Intake.state, IntakeState.REFERRED.value))
answered = guarded(
    "own division's answered intake",
    all_of(my_agency(Intake.owner_agency), equals(Intake.state, IntakeState.ANSWERED.value)),
)
any_intake = guarded("any unprotected intake", equals(Intake.state, *(state.value for state in IntakeState)))
own_form = renamed("own unsent form", mine(IntakeSavedForm.staff_id))

# "Known elsewhere?" asks which division holds a case; nothing but that division's code is handed out (I13).
known_case = renamed("any unprotected case", equals(Case.protected, False))
any_window = anyone(Window)


def person_of(reason: Reason) -> Reason:
    """A person may be seen by whom an intake about them may be seen; protected persons stop at `guarded`."""
    return renamed(f"person of: {reason.name}", has(Intake.person_id, reason, at=Person.id))
