"""Reasons of 保存と消去: ended records by number and class, without content; protected ones stay out of sight (I12)."""

from __future__ import annotations

from ..cases.models import Case
from ..cases.rules import ENDED
from ..db.reasons import all_of, anyone, equals, given, missing, my_agency, renamed, through
from ..disclosure.models import DisclosureRequest
from ..intake.models import Intake
from ..intake.rules import IntakeState
from ..people.models import Person
from .models import Erasure, Hold
from .rules import ErasureState

ended_case = renamed(
    "an ended case that is not protected, without content",
    all_of(
        equals(Case.state, *sorted(state.value for state in ENDED)),
        given(Case.closed_at),
        equals(Case.protected, False),
    ),
)
answered_intake = renamed(
    "an answered intake of somebody not protected, without content",
    all_of(
        equals(Intake.state, IntakeState.ANSWERED.value),
        missing(Intake.case_id),
        through(Intake.person_id, equals(Person.protected, False), to=Person.id),
    ),
)
ended_request = renamed(
    "an ended request of one's own office",
    all_of(my_agency(DisclosureRequest.agency), given(DisclosureRequest.closed_at)),
)
RECORDS = (ended_case, answered_intake, ended_request)

own_hold = renamed("hold of one's own office", my_agency(Hold.agency))
own_erasure = renamed("erasure of one's own office", my_agency(Erasure.agency))
proposed_erasure = renamed(
    "erasure that one's own office proposed",
    all_of(my_agency(Erasure.agency), equals(Erasure.state, ErasureState.PROPOSED.value)),
)
any_erasure = anyone(Erasure)
