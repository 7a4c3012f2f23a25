"""Reasons to touch a referral, and the case through it. The bar of its case stands before all of them (I12, I13)."""

from __future__ import annotations

from ..cases import access as cases
from ..cases.models import Case, CasePerson, Consent, NoteSegment
from ..db.reasons import all_of, any_of, anyone, equals, has, mine, my_agency, renamed, through
from ..kernel.policy import Bar, Bars, Reason
from ..people.access import about
from .models import Referral, ReferralSegment
from .rules import OPEN, PENDING, PURPOSE, ReferralState


def _in(states: frozenset[ReferralState]) -> Reason:
    return equals(Referral.state, *sorted(state.value for state in states))


# The receiver sees it while an answer is awaited and while it holds the duty; a returned one is gone.
addressed = renamed("addressed to my agency", all_of(my_agency(Referral.to_agency), _in(OPEN)))
held = renamed("holds the duty", any_of(mine(Referral.owner_id), my_agency(Referral.owner_agency)))
sent = renamed("sent by me", mine(Referral.from_staff))
sent_by_agency = renamed("sent by my agency", my_agency(Referral.from_agency))
either_side = renamed(
    "my agency sends or receives", any_of(my_agency(Referral.from_agency), my_agency(Referral.to_agency))
)
any_referral = renamed("any unprotected referral", anyone(Referral))

# Answering touches the case (ownership moves, a return may become a proposal), while the answer is awaited.
case_addressed = renamed(
    "its referral awaits my agency",
    has(Referral.case_id, all_of(my_agency(Referral.to_agency), _in(PENDING)), at=Case.id),
)
# Who forwards must know whether the consent for passing on reaches the next agency, and nothing else.
consent_addressed = renamed(
    "consent to the referral that awaits my agency",
    all_of(
        equals(Consent.purpose, PURPOSE),
        has(
            CasePerson.person_id,
            cases.by_case(CasePerson.case_id, cases.within(case_addressed)),
            at=Consent.person_id,
        ),
    ),
)
case_referred = renamed("referred case", has(Referral.case_id, anyone(Referral), at=Case.id))


def shared_segment(reason: Reason) -> Reason:
    """A note segment may be read with the referral it was sent with, if that may be seen for `reason`."""
    return renamed(
        f"shared in: {reason.name}",
        has(
            ReferralSegment.segment_id,
            through(ReferralSegment.referral_id, reason, to=Referral.id),
            at=NoteSegment.id,
        ),
    )


_open = cases.of_case(Referral.case_id)
_told = through(ReferralSegment.segment_id, about(NoteSegment.about_id), to=NoteSegment.id)
BARS: Bars = {
    Referral: Bar(_open),
    ReferralSegment: Bar(all_of(through(ReferralSegment.referral_id, _open, to=Referral.id), _told), _told),
}
