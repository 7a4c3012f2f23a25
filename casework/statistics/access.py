"""Reasons of the statistics: sealed numbers are for every reader of theirs; the records behind them for the system."""

from __future__ import annotations

from ..agencies.models import Agency, District, Initiative, Window
from ..cases.models import Case, CaseIssue, CasePerson, CaseStep, Note
from ..codes.models import Code
from ..db.reasons import anyone
from ..intake.models import Intake, IntakeTopic
from ..meeting.models import ActionItem, AgendaItem, Decision, ItemMember, Meeting, MissingResource
from ..outreach.models import OutreachEpisode, Visit
from ..participation.models import Need, Placement
from ..people.models import Household, Person, PersonAddress
from ..plan.models import Plan, PlanLine, PlanRole
from ..referral.models import Referral
from .models import Edition, Finding, Indicator, IndicatorYear

sealed = (anyone(Edition),)
evaluated = (anyone(Indicator), anyone(IndicatorYear), anyone(Finding), anyone(Initiative))
directory = (anyone(Initiative), anyone(Agency), anyone(Window), anyone(District), anyone(Code))
# What is counted when a period is sealed, and for the ministry's report. Nobody is handed these rows.
_COUNTED = (
    ActionItem,
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
    Initiative,
    Intake,
    IntakeTopic,
    ItemMember,
    Meeting,
    MissingResource,
    Need,
    Note,
    OutreachEpisode,
    Person,
    PersonAddress,
    Placement,
    Plan,
    PlanLine,
    PlanRole,
    Referral,
    Visit,
    Window,
)
counted = tuple(anyone(model) for model in _COUNTED)
