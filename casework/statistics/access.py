"""Reasons of the statistics: sealed numbers are for every reader of theirs; the records behind them for the system."""

from __future__ import annotations

from ..agencies.models import Agency, District, Window
from ..cases.models import Case, CaseIssue, CasePerson, CaseStep, Note
from ..codes.models import Code
from ..db.reasons import anyone
from ..intake.models import Intake, IntakeTopic
from ..meeting.models import AgendaItem, Decision, ItemMember, Meeting
from ..outreach.models import OutreachEpisode, Visit
from ..participation.models import Need, Placement
from ..people.models import Household, Person, PersonAddress
from ..plan.models import Plan
from ..referral.models import Referral
from .models import Edition

sealed = (anyone(Edition),)
directory = (anyone(Agency), anyone(Window), anyone(District), anyone(Code))
# What is counted when a period is sealed, and for the ministry's report. Nobody is handed these rows.
_COUNTED = (
    Agency,
    AgendaItem,
    Case,
    CaseIssue,
    CasePerson,
    CaseStep,
    Code,
    Decision,
    District,
    Household,
    Intake,
    IntakeTopic,
    ItemMember,
    Meeting,
    Need,
    Note,
    OutreachEpisode,
    Person,
    PersonAddress,
    Placement,
    Plan,
    Referral,
    Visit,
    Window,
)
counted = tuple(anyone(model) for model in _COUNTED)
