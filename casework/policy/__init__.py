"""Who may do what, for which rows: one table. What is not written here is refused."""

from __future__ import annotations

from ..accounts import access as accounts
from ..agencies.models import Agency, District, Initiative, Window
from ..cases import access as cases
from ..cases.rules import EMERGENCY_ROLES
from ..codes.models import Code
from ..db.reasons import anyone
from ..desk import access as desk
from ..documents import access as documents
from ..intake import access as intake
from ..kernel.actor import Permission as P
from ..kernel.actor import Role as R
from ..kernel.policy import Policy, Reason, Table
from ..outreach import access as outreach
from ..participation import access as participation
from ..people import access as people
from ..people.models import Person
from ..plan import access as plan
from ..referral import access as referral
from ..resources.models import Resource
from ..statistics import access as statistics
from .keeping import KEEPING, Section
from .meetings import meetings
from .papers import DISCLOSURE, RETENTION
from .protection import BARS, PROTECTION, WEIGHED

EVERYONE = tuple(role for role in R if role is not R.SYSTEM)
STAFF_ON_CASES = (
    R.COUNSELOR,
    R.COORDINATOR,
    R.OUTREACH_WORKER,
    R.PARTICIPATION_COORDINATOR,
    R.CHAIR,
    R.SECRETARIAT,
)

# -- directory and codes (agencies) ------------------------------------------------------------------
_DIRECTORY = (anyone(Agency), anyone(Window), anyone(District), anyone(Initiative), anyone(Code))
DIRECTORY: Section = {
    P.DIRECTORY_READ: dict.fromkeys(R, _DIRECTORY),
    P.DIRECTORY_MANAGE: {R.ADMINISTRATOR: _DIRECTORY, R.SYSTEM: _DIRECTORY},
    P.CODE_MANAGE: {R.ADMINISTRATOR: _DIRECTORY, R.SYSTEM: _DIRECTORY},
}

# -- accounts ----------------------------------------------------------------------------------------
ACCOUNTS: Section = {
    P.SIGN_IN: {R.SYSTEM: accounts.any_account},
    P.SESSION_OWN: dict.fromkeys(EVERYONE, (*accounts.own_account, desk.own_form)),
    P.ACCOUNT_READ: dict.fromkeys(
        (R.ADMINISTRATOR, R.SYSTEM), (*accounts.any_account, accounts.any_transfer)
    ),
    P.ACCOUNT_MANAGE: dict.fromkeys(
        (R.ADMINISTRATOR, R.SYSTEM), (*accounts.any_account, accounts.any_change, accounts.any_transfer)
    ),
    # Rights of others change by two people: the second is another administrator or 個人情報担当.
    P.ACCOUNT_APPROVE: {
        R.ADMINISTRATOR: (*accounts.any_account, accounts.any_change),
        R.PRIVACY_OFFICER: (*accounts.any_account, accounts.any_change),
    },
    P.DIRECTORY_READ: dict.fromkeys(R, accounts.colleagues),
}

# -- people ------------------------------------------------------------------------------------------
_RELEASED = (people.own_whereabouts,)
PEOPLE: Section = {
    # Who may see a person because of a case or an intake stands in the sections of those houses.
    P.PERSON_READ: {
        R.COUNSELOR: (people.created, *_RELEASED),
        R.COORDINATOR: (people.created, *_RELEASED),
        R.OUTREACH_WORKER: _RELEASED,
        R.PARTICIPATION_COORDINATOR: _RELEASED,
        R.CHAIR: _RELEASED,
        R.SECRETARIAT: _RELEASED,
        R.SUPERVISOR: _RELEASED,
        R.AGENCY_MEMBER: _RELEASED,
    },
    P.PERSON_WRITE: {R.COUNSELOR: (people.created,), R.COORDINATOR: (people.created,)},
}

# -- resources ---------------------------------------------------------------------------------------
RESOURCES: Section = {
    P.RESOURCE_READ: dict.fromkeys(STAFF_ON_CASES, (anyone(Resource),)),
    P.RESOURCE_WRITE: {
        R.COORDINATOR: (anyone(Resource),),
        R.PARTICIPATION_COORDINATOR: (anyone(Resource),),
        R.SECRETARIAT: (anyone(Resource),),
    },
}

# -- cases -------------------------------------------------------------------------------------------
_TEAM = (cases.own, cases.own_agency, cases.lead)
_COUNSELOR_SIGHT = (*_TEAM, cases.assigned)
_COORDINATOR_SIGHT = (*_COUNSELOR_SIGHT, cases.multi_agency)
_WORKERS = (R.OUTREACH_WORKER, R.PARTICIPATION_COORDINATOR)
_TEAMWORK = {R.COUNSELOR: _TEAM, R.COORDINATOR: _COORDINATOR_SIGHT}
_EVERYBODY_ON_IT = {
    R.COUNSELOR: _COUNSELOR_SIGHT,
    R.COORDINATOR: _COORDINATOR_SIGHT,
    **dict.fromkeys(_WORKERS, (cases.assigned,)),
}
_SIGHT = {
    **_EVERYBODY_ON_IT,
    R.COORDINATOR: (*_COORDINATOR_SIGHT, cases.proposed),
    R.SUPERVISOR: (cases.granted,),
}
CASES: Section = {
    P.PERSON_READ: {role: cases.persons(*reasons) for role, reasons in _SIGHT.items()},
    P.PERSON_WRITE: {role: cases.persons(*reasons) for role, reasons in _TEAMWORK.items()},
    P.PERSON_SEARCH: {R.COUNSELOR: (anyone(Person),), R.COORDINATOR: (anyone(Person),)},
    P.PROTECTION_ASK_RELEASE: {role: cases.persons(*reasons) for role, reasons in _EVERYBODY_ON_IT.items()},
    P.CASE_READ: {role: cases.cover(*reasons) for role, reasons in _SIGHT.items()},
    P.CASE_LIST: _SIGHT,
    P.CASE_WRITE: _TEAMWORK,
    P.CASE_ASSESS: _TEAMWORK,
    P.CASE_PLAN: {R.COORDINATOR: _COORDINATOR_SIGHT},
    P.CASE_DECIDE: {R.SUPERVISOR: (cases.granted,)},
    P.CASE_EVALUATE: _TEAMWORK,
    P.CASE_CLOSE: {R.COORDINATOR: _COORDINATOR_SIGHT},
    P.CASE_INTERRUPT: {R.COORDINATOR: _COORDINATOR_SIGHT},
    P.CASE_REOPEN: _TEAMWORK,
    P.CASE_FOLLOW_UP: _TEAMWORK,
    P.CASE_ASSIGN: _TEAMWORK,
    P.CASE_HAND_OVER: {R.COUNSELOR: (cases.own, cases.own_agency), R.COORDINATOR: _COORDINATOR_SIGHT},
    P.CASE_STEP_OUT: {R.COORDINATOR: (*_COORDINATOR_SIGHT, cases.proposed)},
    P.CASE_PROPOSE: {**_EVERYBODY_ON_IT, R.COORDINATOR: (*_COORDINATOR_SIGHT, cases.proposed)},
    P.CASE_GRANT: {R.PRIVACY_OFFICER: (cases.any_case,)},
    P.ALERT_RAISE: _SIGHT,
    P.NOTE_READ: {
        role: cases.narrative(*reasons)
        for role, reasons in {**_EVERYBODY_ON_IT, R.SUPERVISOR: (cases.granted,)}.items()
    },
    P.NOTE_WRITE: {role: cases.narrative(*reasons) for role, reasons in _EVERYBODY_ON_IT.items()},
    P.CONSENT_READ: {role: cases.consents(*reasons) for role, reasons in _EVERYBODY_ON_IT.items()},
    P.CONSENT_WRITE: {role: cases.consents(*reasons) for role, reasons in _EVERYBODY_ON_IT.items()},
    P.DISCLOSURE_WRITE: _EVERYBODY_ON_IT,
    P.PROTECTION_SET: {
        R.COUNSELOR: cases.protection(*_COUNSELOR_SIGHT),
        R.COORDINATOR: cases.protection(*_COORDINATOR_SIGHT),
    },
    P.WORKLIST_READ: _EVERYBODY_ON_IT,
}

# -- intake ------------------------------------------------------------------------------------------
_INTAKE_TEAM = (intake.own, intake.own_agency)
_INTAKE_SIGHT = {
    R.COUNSELOR: (*_INTAKE_TEAM, *map(intake.of_case, _TEAM)),
    R.COORDINATOR: (*_INTAKE_TEAM, intake.referred, *map(intake.of_case, (*_TEAM, cases.multi_agency))),
}
INTAKE: Section = {
    P.INTAKE_RECEIVE: {R.COUNSELOR: (intake.any_window, intake.own_form)},
    P.INTAKE_READ: _INTAKE_SIGHT,
    P.INTAKE_SCREEN: {R.COUNSELOR: _INTAKE_TEAM, R.COORDINATOR: _INTAKE_TEAM},
    P.ALERT_RAISE: _INTAKE_SIGHT,
    P.INTAKE_MERGE: {
        R.SUPERVISOR: (intake.own_agency, cases.own_agency),
        R.COORDINATOR: (intake.any_intake, intake.known_case),
    },
    P.INTAKE_REVIEW: {R.SUPERVISOR: (intake.answered,)},
    P.KNOWN_ELSEWHERE: {R.COUNSELOR: (intake.known_case,), R.COORDINATOR: (intake.known_case,)},
    P.PERSON_READ: {role: tuple(map(intake.person_of, reasons)) for role, reasons in _INTAKE_SIGHT.items()},
    P.PERSON_WRITE: {R.COUNSELOR: tuple(map(intake.person_of, _INTAKE_TEAM))},
}

# -- referral ----------------------------------------------------------------------------------------
_RECEIVERS = (R.COUNSELOR, R.COORDINATOR, R.AGENCY_MEMBER)
_REFERRAL_SIGHT = {
    R.COUNSELOR: (referral.addressed, referral.held, referral.sent, referral.sent_by_agency),
    R.COORDINATOR: (referral.any_referral,),
    R.AGENCY_MEMBER: (referral.addressed, referral.held, referral.sent),
}
REFERRAL: Section = {
    P.REFERRAL_SEND: {
        R.COUNSELOR: _TEAM,
        R.COORDINATOR: (*_COORDINATOR_SIGHT, referral.case_referred),
        R.AGENCY_MEMBER: (cases.own,),
    },
    P.REFERRAL_READ: {
        role: (*reasons, *map(referral.shared_segment, reasons)) for role, reasons in _REFERRAL_SIGHT.items()
    },
    P.REFERRAL_ANSWER: dict.fromkeys(_RECEIVERS, (referral.addressed, referral.case_addressed)),
    P.REFERRAL_WITHDRAW: {
        R.COUNSELOR: (referral.sent, referral.sent_by_agency),
        R.COORDINATOR: (referral.any_referral,),
        R.AGENCY_MEMBER: (referral.sent,),
    },
    P.REFERRAL_COMPLETE: dict.fromkeys(_RECEIVERS, (referral.held, cases.own, cases.own_agency)),
    P.REFERRAL_WATCH: {
        R.COORDINATOR: (referral.any_referral,),
        R.SUPERVISOR: (referral.either_side,),
    },
    P.CONSENT_READ: dict.fromkeys(_RECEIVERS, (referral.consent_addressed,)),
    # Coordinators see every referred case; a member who accepted one works on it as its owner.
    P.CASE_READ: {
        R.COORDINATOR: cases.cover(referral.case_referred),
        R.AGENCY_MEMBER: cases.cover(cases.own),
    },
    P.CASE_LIST: {R.COORDINATOR: (referral.case_referred,), R.AGENCY_MEMBER: (cases.own,)},
    P.CASE_WRITE: {R.COORDINATOR: (referral.case_referred,), R.AGENCY_MEMBER: (cases.own,)},
    P.CASE_PROPOSE: {R.COORDINATOR: (referral.case_referred,)},
    P.NOTE_READ: {
        R.COORDINATOR: cases.narrative(referral.case_referred),
        R.AGENCY_MEMBER: cases.narrative(cases.own),
    },
    P.NOTE_WRITE: {R.AGENCY_MEMBER: cases.narrative(cases.own)},
}

# -- meeting -----------------------------------------------------------------------------------------
MEETINGS = meetings(team=_TEAM, workers=_WORKERS, everybody=_EVERYBODY_ON_IT)

# -- plan --------------------------------------------------------------------------------------------
_PLAN_SIGHT = (plan.own, plan.own_agency, plan.lead, plan.assigned)
PLAN: Section = {
    P.PLAN_READ: {
        R.COUNSELOR: _PLAN_SIGHT,
        R.COORDINATOR: (*_PLAN_SIGHT, plan.multi_agency),
        R.OUTREACH_WORKER: (plan.assigned,),
        R.PARTICIPATION_COORDINATOR: (plan.assigned,),
        R.CHAIR: (plan.chaired,),
        R.SECRETARIAT: (plan.kept,),
        R.SUPERVISOR: (plan.granted,),
    },
    # A meeting decides on, closes and interrupts cases through those who run it.
    P.CASE_DECIDE: {R.CHAIR: (plan.chaired_case,)},
    P.CASE_GRANT: {R.CHAIR: (plan.chaired_case,)},
    P.CASE_CLOSE: {R.CHAIR: (plan.chaired_case,), R.SECRETARIAT: (plan.kept_case,)},
    P.CASE_INTERRUPT: {R.CHAIR: (plan.chaired_case,), R.SECRETARIAT: (plan.kept_case,)},
    P.PLAN_WRITE: {
        R.COUNSELOR: (plan.own, plan.lead, cases.own, cases.lead),
        R.COORDINATOR: (plan.own, plan.lead, plan.multi_agency, cases.own, cases.lead, cases.multi_agency),
    },
    P.PLAN_DECIDE: {R.CHAIR: (plan.chaired,), R.SUPERVISOR: (plan.granted,)},
    P.EVALUATION_WRITE: {
        R.COUNSELOR: (plan.own, plan.lead),
        R.COORDINATOR: (plan.own, plan.lead, plan.multi_agency),
    },
}

# -- outreach ----------------------------------------------------------------------------------------
_OUTREACH_SIGHT = (outreach.own_case, outreach.own_agency, outreach.lead)
OUTREACH: Section = {
    P.OUTREACH_START: {
        R.COUNSELOR: (cases.own, cases.own_agency, cases.lead),
        R.COORDINATOR: (cases.own, cases.own_agency, cases.lead, cases.multi_agency),
    },
    P.OUTREACH_READ: {
        R.OUTREACH_WORKER: (outreach.worker,),
        R.COUNSELOR: (*_OUTREACH_SIGHT, outreach.worker),
        R.COORDINATOR: (*_OUTREACH_SIGHT, outreach.multi_agency),
    },
    P.OUTREACH_WRITE: {
        R.OUTREACH_WORKER: (outreach.worker,),
        R.COUNSELOR: (outreach.worker,),
        R.COORDINATOR: (outreach.worker,),
    },
    P.CASE_READ: {R.OUTREACH_WORKER: (outreach.case_of_worker,)},
    P.NOTE_WRITE: {R.OUTREACH_WORKER: (outreach.case_of_worker,)},
    P.CONSENT_READ: {R.OUTREACH_WORKER: cases.consents(outreach.case_of_worker)},
    P.PERSON_READ: {R.OUTREACH_WORKER: (cases.person_by_case(outreach.case_of_worker),)},
}

# -- participation -----------------------------------------------------------------------------------
_NEED_SIGHT = (participation.own_case, participation.own_agency, participation.lead)
PARTICIPATION: Section = {
    P.PARTICIPATION_REQUEST: {
        R.COUNSELOR: (cases.own, cases.own_agency, cases.lead),
        R.COORDINATOR: (cases.own, cases.own_agency, cases.lead, cases.multi_agency),
        R.PARTICIPATION_COORDINATOR: (cases.own, cases.assigned),
    },
    P.PARTICIPATION_READ: {
        R.PARTICIPATION_COORDINATOR: (participation.coordinator,),
        R.COUNSELOR: _NEED_SIGHT,
        R.COORDINATOR: (*_NEED_SIGHT, participation.multi_agency),
    },
    P.PARTICIPATION_WRITE: {
        R.PARTICIPATION_COORDINATOR: (participation.coordinator,),
        R.COORDINATOR: (participation.coordinator,),
    },
    P.CASE_READ: {R.PARTICIPATION_COORDINATOR: (participation.case_of_coordinator,)},
    P.NOTE_WRITE: {R.PARTICIPATION_COORDINATOR: (participation.case_of_coordinator,)},
    P.CONSENT_READ: {R.PARTICIPATION_COORDINATOR: cases.consents(participation.case_of_coordinator)},
    P.PERSON_READ: {R.PARTICIPATION_COORDINATOR: (cases.person_by_case(participation.case_of_coordinator),)},
}

# -- emergency access and grants ---------------------------------------------------------------------
# Read-only, for hours, of a case that is not protected; its people and 個人情報担当 are told.
EMERGENCY: Section = {
    P.CASE_EMERGENCY: dict.fromkeys(EMERGENCY_ROLES, (cases.in_danger, cases.own_access)),
    P.CASE_READ: dict.fromkeys(EMERGENCY_ROLES, cases.cover(cases.in_emergency)),
    P.PERSON_READ: dict.fromkeys(EMERGENCY_ROLES, cases.persons(cases.in_emergency)),
    P.NOTE_READ: dict.fromkeys(EMERGENCY_ROLES, cases.narrative(cases.in_emergency)),
    P.CONSENT_READ: dict.fromkeys(_EVERYBODY_ON_IT, cases.consents(cases.in_emergency)),
    P.PLAN_READ: dict.fromkeys(EMERGENCY_ROLES, (plan.in_emergency,)),
    P.EMERGENCY_READ: {
        **dict.fromkeys(EMERGENCY_ROLES, (cases.own_access, *cases.accesses(cases.own, cases.lead))),
        R.SUPERVISOR: (cases.own_access, cases.agency_access),
        R.AGENCY_MEMBER: cases.accesses(cases.own),
        R.PRIVACY_OFFICER: (cases.any_access,),
    },
    P.EMERGENCY_WATCH: {R.SUPERVISOR: (cases.agency_access,), R.PRIVACY_OFFICER: (cases.any_access,)},
    P.EMERGENCY_REVIEW: {R.PRIVACY_OFFICER: (cases.any_access,)},
    P.CASE_GRANT: {R.PRIVACY_OFFICER: (cases.any_grant,), R.CHAIR: (plan.chaired_grant,)},
}

# -- statistics --------------------------------------------------------------------------------------
# Sealed numbers for those who steer; the records behind them are counted by the system, and for the ministry.
STATISTICS: Section = {
    P.STATISTICS_READ: dict.fromkeys(
        (R.SUPERVISOR, R.REPORT_OFFICER), (*statistics.sealed, *statistics.directory)
    ),
    P.STATISTICS_SEAL: {R.SYSTEM: (*statistics.sealed, *statistics.counted)},
    P.OPERATIONS_READ: dict.fromkeys((R.COORDINATOR, R.CHAIR, R.SECRETARIAT), (anyone(Agency),)),
    P.STATISTICS_REPORT: {R.REPORT_OFFICER: statistics.counted},
    P.EVALUATION_REPORT: {R.REPORT_OFFICER: (*statistics.sealed, *statistics.counted, *statistics.evaluated)},
}

# -- documents ---------------------------------------------------------------------------------------
DOCUMENTS: Section = {
    P.DOCUMENT_PRINT: dict.fromkeys((*STAFF_ON_CASES, R.AGENCY_MEMBER), (documents.own_print,)),
}


def _joined(*sections: Section) -> Table:
    """Lay the sections on top of each other; several may add roles and reasons to one permission."""
    table: dict[P, dict[R, tuple[Reason, ...]]] = {}
    for section in sections:
        for permission, roles in section.items():
            row = table.setdefault(permission, {})
            for role, reasons in roles.items():
                row[role] = row.get(role, ()) + reasons
    return table


POLICY = Policy(
    _joined(
        DIRECTORY,
        ACCOUNTS,
        PEOPLE,
        PROTECTION,
        RESOURCES,
        CASES,
        INTAKE,
        REFERRAL,
        *MEETINGS,
        PLAN,
        OUTREACH,
        PARTICIPATION,
        EMERGENCY,
        STATISTICS,
        DOCUMENTS,
        DISCLOSURE,
        RETENTION,
        *KEEPING,
    ),
    bars=BARS,
    weighed=WEIGHED,
)
