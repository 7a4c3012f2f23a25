"""Reasons to touch an outreach episode: its worker, and those who may see its case."""

from __future__ import annotations

from ..cases import access as cases
from ..cases.access import by_case, guarded
from ..cases.models import Case
from ..db.reasons import all_of, has, mine, renamed
from .models import OutreachEpisode

worker = renamed(
    "own episode", all_of(mine(OutreachEpisode.owner_id), by_case(OutreachEpisode.case_id, cases.unprotected))
)
own_case = by_case(OutreachEpisode.case_id, cases.own)
own_agency = by_case(OutreachEpisode.case_id, cases.own_agency)
lead = by_case(OutreachEpisode.case_id, cases.lead)
multi_agency = by_case(OutreachEpisode.case_id, cases.multi_agency)

# The worker of an episode may open its case.
case_of_worker = guarded(
    "has an outreach episode of mine",
    has(OutreachEpisode.case_id, mine(OutreachEpisode.owner_id), at=Case.id),
)
