"""Reasons to touch a plan: those of its case, each plan authorised on its own."""

from __future__ import annotations

from ..cases import access as cases
from ..cases.access import by_case
from ..cases.models import AccessGrant
from ..db.reasons import through
from ..kernel.policy import Bar, Bars
from ..meeting import access as meeting
from .models import Evaluation, GoalResult, ObservedChange, Plan, PlanGoal, PlanLine, PlanRole

own = by_case(Plan.case_id, cases.own)
own_agency = by_case(Plan.case_id, cases.own_agency)
lead = by_case(Plan.case_id, cases.lead)
assigned = by_case(Plan.case_id, cases.assigned)
multi_agency = by_case(Plan.case_id, cases.multi_agency)
granted = by_case(Plan.case_id, cases.granted)
in_emergency = by_case(Plan.case_id, cases.in_emergency)

# Who runs a meeting sees and decides the plans of the cases on its agenda, until the meeting is over.
chaired_case = meeting.on_agenda(meeting.chairs)
kept_case = meeting.on_agenda(meeting.keeps)
chaired = by_case(Plan.case_id, chaired_case)
chaired_grant = by_case(AccessGrant.case_id, chaired_case)
kept = by_case(Plan.case_id, kept_case)

_links = (
    Plan.case_id,
    PlanGoal.case_id,
    PlanLine.case_id,
    PlanRole.case_id,
    Evaluation.case_id,
    GoalResult.case_id,
)
BARS: Bars = {
    **{link.class_: Bar(cases.of_case(link)) for link in _links},
    ObservedChange: Bar(
        through(ObservedChange.evaluation_id, cases.of_case(Evaluation.case_id), to=Evaluation.id)
    ),
}
