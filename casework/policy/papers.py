"""The policy of 開示請求 and of 保存と消去: the privacy officer reads no content but what a running request names."""

from __future__ import annotations

from ..cases.models import Case
from ..db.reasons import anyone
from ..disclosure import access as disclosure
from ..kernel.actor import Permission as P
from ..kernel.actor import Role as R
from ..people.models import Person
from ..retention import access as retention
from .keeping import Section

_TWO = (R.PRIVACY_OFFICER, R.SUPERVISOR)  # the second person may be either

DISCLOSURE: Section = {
    P.DISCLOSURE_REGISTER: {R.PRIVACY_OFFICER: (disclosure.own_office, anyone(Case), anyone(Person))},
    P.DISCLOSURE_READ: {
        R.PRIVACY_OFFICER: (disclosure.own_office, *disclosure.record(disclosure.own_office)),
        R.SUPERVISOR: (
            disclosure.under_review,
            *disclosure.record(disclosure.under_review, disclosure.REVIEWED),
        ),
    },
    P.DISCLOSURE_DECIDE: {R.PRIVACY_OFFICER: (disclosure.own_office,)},
    P.DISCLOSURE_REVIEW: dict.fromkeys(_TWO, (disclosure.under_review,)),
    P.DISCLOSURE_EXPORT: {R.PRIVACY_OFFICER: (disclosure.own_office, disclosure.giving)},
}
RETENTION: Section = {
    P.RETENTION_READ: {
        R.PRIVACY_OFFICER: (*retention.RECORDS, retention.own_hold, retention.own_erasure),
    },
    P.RETENTION_HOLD: {R.PRIVACY_OFFICER: (*retention.RECORDS, retention.own_hold)},
    P.ERASURE_PROPOSE: {R.PRIVACY_OFFICER: (*retention.RECORDS, retention.own_erasure)},
    P.ERASURE_DECIDE: dict.fromkeys(_TWO, (*retention.RECORDS, retention.proposed_erasure)),
    P.ERASURE_RUN: {R.SYSTEM: (retention.any_erasure,)},
}
