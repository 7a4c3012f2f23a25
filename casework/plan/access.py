"""Reasons to touch a plan: those of its case, each plan authorised on its own."""

from __future__ import annotations

from ..cases import access as cases
from ..cases.access import by_case
from .models import Plan

own = by_case(Plan.case_id, cases.own)
own_agency = by_case(Plan.case_id, cases.own_agency)
lead = by_case(Plan.case_id, cases.lead)
assigned = by_case(Plan.case_id, cases.assigned)
multi_agency = by_case(Plan.case_id, cases.multi_agency)
granted = by_case(Plan.case_id, cases.granted)
