"""Reasons to touch an outreach episode: its worker, and those who may see its case."""

from __future__ import annotations

from ..cases import access as cases
from ..cases.access import by_case, of_case
from ..cases.models import Case
from ..db.reasons import all_of, has, mine, renamed, through
from ..kernel.policy import Bar, Bars
from ..people.access import about
from .models import OutreachEpisode, SafetyNote, Visit

worker = renamed("own episode", mine(OutreachEpisode.owner_id))
own_case = by_case(OutreachEpisode.case_id, cases.own)
own_agency = by_case(OutreachEpisode.case_id, cases.own_agency)
lead = by_case(OutreachEpisode.case_id, cases.lead)
multi_agency = by_case(OutreachEpisode.case_id, cases.multi_agency)

# The worker of an episode may open its case.
case_of_worker = renamed(
    "has an outreach episode of mine",
    has(OutreachEpisode.case_id, mine(OutreachEpisode.owner_id), at=Case.id),
)

_open = all_of(of_case(OutreachEpisode.case_id), about(OutreachEpisode.person_id))
BARS: Bars = {
    OutreachEpisode: Bar(_open),
    SafetyNote: Bar(through(SafetyNote.episode_id, _open, to=OutreachEpisode.id)),
    Visit: Bar(through(Visit.episode_id, _open, to=OutreachEpisode.id)),
}
