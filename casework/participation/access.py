"""Reasons to touch a participation need: its coordinator, and those who may see its case."""

from __future__ import annotations

from ..cases import access as cases
from ..cases.access import by_case, of_case
from ..cases.models import Case
from ..db.reasons import all_of, has, mine, renamed, through
from ..kernel.policy import Bar, Bars
from ..people.access import about
from .models import Need, Placement, SettlingContact

coordinator = renamed("own need", mine(Need.owner_id))
own_case = by_case(Need.case_id, cases.own)
own_agency = by_case(Need.case_id, cases.own_agency)
lead = by_case(Need.case_id, cases.lead)
multi_agency = by_case(Need.case_id, cases.multi_agency)

# The coordinator of a need may open its case.
case_of_coordinator = renamed(
    "has a participation need of mine", has(Need.case_id, mine(Need.owner_id), at=Case.id)
)

_open = all_of(of_case(Need.case_id), about(Need.person_id))
BARS: Bars = {
    Need: Bar(_open),
    Placement: Bar(through(Placement.need_id, _open, to=Need.id)),
    SettlingContact: Bar(through(SettlingContact.need_id, _open, to=Need.id)),
}
