"""Who may do what, for which rows: one table. What is not written here is refused."""

from __future__ import annotations

from .accounts import access as accounts
from .agencies.models import Agency, District, Initiative, Window
from .cases import access as cases
from .codes.models import Code
from .db.reasons import anyone
from .kernel.actor import Permission as P
from .kernel.actor import Role as R
from .kernel.policy import Policy, Reason, Table
from .oversight import access as oversight

EVERYONE = tuple(role for role in R if role is not R.SYSTEM)
STAFF_ON_CASES = (
    R.COUNSELOR,
    R.COORDINATOR,
    R.OUTREACH_WORKER,
    R.PARTICIPATION_COORDINATOR,
    R.CHAIR,
    R.SECRETARIAT,
)

Section = dict[P, dict[R, tuple[Reason, ...]]]

# -- directory and codes (agencies) ------------------------------------------------------------------
_DIRECTORY = (anyone(Agency), anyone(Window), anyone(District), anyone(Initiative), anyone(Code))
DIRECTORY: Section = {
    P.DIRECTORY_READ: {role: _DIRECTORY for role in R},
    P.DIRECTORY_MANAGE: {R.ADMINISTRATOR: _DIRECTORY, R.SYSTEM: _DIRECTORY},
    P.CODE_MANAGE: {R.ADMINISTRATOR: _DIRECTORY, R.SYSTEM: _DIRECTORY},
}

# -- accounts ----------------------------------------------------------------------------------------
ACCOUNTS: Section = {
    P.SIGN_IN: {R.SYSTEM: accounts.any_account},
    P.SESSION_OWN: {role: accounts.own_account for role in EVERYONE},
    P.ACCOUNT_READ: {R.ADMINISTRATOR: accounts.any_account, R.SYSTEM: accounts.any_account},
    P.ACCOUNT_MANAGE: {R.ADMINISTRATOR: accounts.any_account, R.SYSTEM: accounts.any_account},
    P.DIRECTORY_READ: {role: accounts.colleagues for role in R},
}

# -- people ------------------------------------------------------------------------------------------
PEOPLE: Section = {}

# -- resources ---------------------------------------------------------------------------------------
RESOURCES: Section = {}

# -- cases -------------------------------------------------------------------------------------------
_COUNSELOR_SIGHT = (cases.own, cases.own_agency, cases.lead, cases.assigned)
CASES: Section = {
    P.CASE_READ: {
        R.COUNSELOR: _COUNSELOR_SIGHT,
        R.COORDINATOR: (*_COUNSELOR_SIGHT, cases.multi_agency),
        R.OUTREACH_WORKER: (cases.assigned,),
        R.PARTICIPATION_COORDINATOR: (cases.assigned,),
        R.SUPERVISOR: (cases.granted,),
    },
}

# -- intake ------------------------------------------------------------------------------------------
INTAKE: Section = {}

# -- referral ----------------------------------------------------------------------------------------
REFERRAL: Section = {}

# -- meeting -----------------------------------------------------------------------------------------
MEETING: Section = {}

# -- plan --------------------------------------------------------------------------------------------
PLAN: Section = {}

# -- outreach ----------------------------------------------------------------------------------------
OUTREACH: Section = {}

# -- participation -----------------------------------------------------------------------------------
PARTICIPATION: Section = {}

# -- oversight ---------------------------------------------------------------------------------------
OVERSIGHT: Section = {
    P.AUDIT_VERIFY: {
        R.ADMINISTRATOR: (oversight.any_trail,),
        R.PRIVACY_OFFICER: (oversight.any_trail,),
        R.SYSTEM: (oversight.any_trail,),
    },
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
        RESOURCES,
        CASES,
        INTAKE,
        REFERRAL,
        MEETING,
        PLAN,
        OUTREACH,
        PARTICIPATION,
        OVERSIGHT,
    )
)
