"""Reasons of 開示請求: the record of one person is open through their request alone, dated, as long as it runs.

The privacy officer sees no content otherwise. Protection does not stop the reasons but the bar before them: who handles
the request of a protected person is named in a grant for it; what
concerns a protected person other than the requester is left out by the queries.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from ..cases.models import Case, CasePerson, Note
from ..db.reasons import (
    all_of,
    any_of,
    begun,
    equals,
    has,
    missing,
    my_agency,
    not_over,
    outside,
    renamed,
    through,
)
from ..intake.models import Intake
from ..kernel.policy import Bar, Bars, Reason
from ..outreach.models import OutreachEpisode
from ..participation.models import Need
from ..people.access import kin
from ..people.models import Person
from ..plan.models import Plan
from .models import DisclosureCopy, DisclosureGiving, DisclosurePart, DisclosureRequest
from .rules import OPEN, RequestState

# Nobody handles the request of somebody of their own circle. A protected requester is met through a named grant.
_not_kin = outside(DisclosureRequest.person_id, kin)
BARS: Bars = {
    DisclosureRequest: Bar(_not_kin),
    **{
        link.class_: Bar(through(link, _not_kin, to=DisclosureRequest.id))
        for link in (DisclosurePart.request_id, DisclosureCopy.request_id, DisclosureGiving.request_id)
    },
}

own_office = renamed("request of one's own office", my_agency(DisclosureRequest.agency))
under_review = renamed(
    "request of one's own office, handed in for review",
    all_of(own_office, equals(DisclosureRequest.state, RequestState.IN_REVIEW.value)),
)

giving = renamed(
    "copy given by one's own office",
    through(DisclosureGiving.request_id, own_office, to=DisclosureRequest.id),
)


def _running(reason: Reason, states: frozenset[RequestState]) -> Reason:
    return all_of(
        reason,
        equals(DisclosureRequest.state, *sorted(state.value for state in states)),
        begun(DisclosureRequest.registered_at),
        not_over(DisclosureRequest.access_ends_at),
    )


def record(reason: Reason, states: frozenset[RequestState] = OPEN) -> tuple[Reason, ...]:
    """The record of the person of a running request: every root that the pieces hang on, authorised on its own."""
    running = _running(reason, states)
    person = has(DisclosureRequest.person_id, running, at=Person.id)
    case = has(CasePerson.case_id, through(CasePerson.person_id, person, to=Person.id), at=Case.id)

    def of_person(link: InstrumentedAttribute[Any]) -> Reason:
        return through(link, person, to=Person.id)

    def of_case(link: InstrumentedAttribute[Any]) -> Reason:
        return through(link, case, to=Case.id)

    nobody_else = any_of(missing(OutreachEpisode.person_id), of_person(OutreachEpisode.person_id))
    found = (
        person,
        case,
        of_person(Intake.person_id),
        of_case(Note.case_id),
        of_case(Plan.case_id),
        all_of(of_case(OutreachEpisode.case_id), nobody_else),
        of_person(Need.person_id),
    )
    return tuple(renamed(f"in the record of: {reason.name}", each) for each in found)


REVIEWED = frozenset({RequestState.IN_REVIEW})
