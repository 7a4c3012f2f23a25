"""Reasons to touch a participation need: its coordinator, and those who may see its case."""

from __future__ import annotations

from ..cases import access as cases
from ..cases.access import by_case, guarded
from ..cases.models import Case
from ..db.reasons import all_of, has, mine, renamed
from .models import Need

coordinator = renamed("own need", all_of(mine(Need.owner_id), by_case(Need.case_id, cases.unprotected)))
own_case = by_case(Need.case_id, cases.own)
own_agency = by_case(Need.case_id, cases.own_agency)
lead = by_case(Need.case_id, cases.lead)
multi_agency = by_case(Need.case_id, cases.multi_agency)

# The coordinator of a need may open its case.
case_of_coordinator = guarded(
    "has a participation need of mine", has(Need.case_id, mine(Need.owner_id), at=Case.id)
)
