"""The part of the table about protection, and the bars that stand before every permission (I12, I13)."""

from __future__ import annotations

from collections.abc import Mapping

from ..cases import access as cases
from ..disclosure import access as disclosure
from ..documents import access as documents
from ..intake import access as intake
from ..kernel.actor import Permission as P
from ..kernel.actor import Role as R
from ..kernel.policy import Bars, Reason
from ..meeting import access as meeting
from ..outreach import access as outreach
from ..participation import access as participation
from ..people import access as people
from ..plan import access as plan
from ..referral import access as referral

_NAMED = dict.fromkeys((R.COUNSELOR, R.COORDINATOR), people.named_protection)
_OF_INTAKES = tuple(map(intake.person_of, (intake.own, intake.own_agency)))
PROTECTION: Mapping[P, Mapping[R, tuple[Reason, ...]]] = {
    # At the first contact, before there is a case.
    P.PROTECTION_SET: {R.COUNSELOR: _OF_INTAKES},
    P.PROTECTION_ASK_RELEASE: {R.COUNSELOR: _OF_INTAKES},
    P.PROTECTION_RELEASE: dict.fromkeys((R.SUPERVISOR, R.PRIVACY_OFFICER), (people.any_release,)),
    P.PROTECTION_REVIEW: {**_NAMED, R.PRIVACY_OFFICER: people.any_protection},
    # Where nobody sees a protected person any more, somebody who sees no record names who goes on.
    P.PROTECTION_SUCCEED: {R.PRIVACY_OFFICER: people.any_protection},
    P.SESSION_OWN: dict.fromkeys((role for role in R if role is not R.SYSTEM), (people.own_declaration,)),
    P.CONFLICT_MANAGE: {R.PRIVACY_OFFICER: people.any_declaration},
    P.PROTECTION_END: {
        **_NAMED,
        **dict.fromkeys((R.SUPERVISOR, R.PRIVACY_OFFICER), people.any_protection),
    },
}

# The system stands behind them like everybody: what it seals and tracks tells of no protected person. It reads all
# only where it says so: hand-over (usecase/duties.py, owners and counts), the name table, setting protection.
BARS: Bars = {
    **people.BARS,
    **cases.BARS,
    **intake.BARS,
    **referral.BARS,
    **meeting.BARS,
    **plan.BARS,
    **outreach.BARS,
    **participation.BARS,
    **documents.BARS,
    **disclosure.BARS,
}

# What is weighed for these is handed out to nobody: a look for unusual access must know who belongs to a case.
WEIGHED = frozenset({P.ACCESS_SCAN})
