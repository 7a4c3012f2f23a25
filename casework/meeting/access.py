"""Reasons to touch meetings and their cases. Convened members see their items only, and never the case (I9, I12)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from ..agencies.models import Agency
from ..cases import access as cases
from ..cases.models import Case, CasePerson, Consent, MeetingProposal, NoteSegment
from ..db.reasons import (
    all_of,
    any_of,
    anyone,
    begun,
    equals,
    has,
    mine,
    missing,
    my_agency,
    no,
    not_over,
    renamed,
    through,
)
from ..kernel.policy import Bar, Bars, Reason
from .models import (
    ActionItem,
    AgendaItem,
    Decision,
    ItemMember,
    Meeting,
    MinutesAddition,
    MissingResource,
    PreparationSheet,
    SecrecyPledge,
)
from .rules import PLAN_CONFERENCE, SHARING, MeetingState

_ENDED = (MeetingState.CLOSED.value, MeetingState.CANCELLED.value)
_open_item = cases.of_case(AgendaItem.case_id)

# -- who runs a meeting ------------------------------------------------------------------------------

convener = renamed("calls for my agency", my_agency(Agency.code))
chairs = renamed(
    "chairs the meeting", any_of(mine(Meeting.chair_id), mine(Meeting.deputy_id), my_agency(Meeting.convener))
)
keeps = renamed(
    "secretariat of the convener", any_of(mine(Meeting.secretariat_id), my_agency(Meeting.convener))
)


# A coordinator runs the conferences of their own agency, never a 支援会議.
coordinates = renamed("runs the plan conference", all_of(equals(Meeting.basis, PLAN_CONFERENCE), keeps))
presides = renamed("chair or deputy", chairs)


def item_run(reason: Reason) -> Reason:
    """Items of a meeting one runs."""
    meeting = through(AgendaItem.meeting_id, reason, to=Meeting.id)
    return renamed(f"item: {reason.name}", meeting)


def of_item(link: InstrumentedAttribute[Any], reason: Reason) -> Reason:
    """The same reason for a row that belongs to an item, each row authorised on its own."""
    return renamed(f"of {reason.name}", through(link, reason, to=AgendaItem.id))


def running(reason: Reason) -> tuple[Reason, ...]:
    """A meeting one runs, its items, sheets, decisions and action items."""
    item = item_run(reason)
    links = (PreparationSheet.agenda_item_id, Decision.agenda_item_id, ActionItem.agenda_item_id)
    return (reason, item, *(of_item(link, item) for link in links))


def on_agenda(reason: Reason) -> Reason:
    """A case on the agenda of a meeting one runs, until that meeting is over."""
    meeting = all_of(reason, no(equals(Meeting.state, *_ENDED)))
    item = all_of(missing(AgendaItem.withdrawn_at), through(AgendaItem.meeting_id, meeting, to=Meeting.id))
    return renamed(f"on the agenda: {reason.name}", has(AgendaItem.case_id, item, at=Case.id))


waiting = renamed(
    "proposed for a meeting",
    has(MeetingProposal.case_id, missing(MeetingProposal.taken_at), at=Case.id),
)
proposal = renamed("waits for a meeting", cases.by_case(MeetingProposal.case_id, waiting))


def proposal_of(reason: Reason) -> Reason:
    return renamed(f"proposal of: {reason.name}", cases.by_case(MeetingProposal.case_id, on_agenda(reason)))


def consent_of(reason: Reason) -> tuple[Reason, Reason]:
    """Whether the people of a case agreed to the sharing of a meeting, and nothing else of their consents."""
    links = cases.by_case(CasePerson.case_id, cases.within(reason))
    consent = all_of(equals(Consent.purpose, SHARING), has(CasePerson.person_id, links, at=Consent.person_id))
    return renamed(f"consent to the meeting: {reason.name}", consent), links


def subjects_of(reason: Reason) -> Reason:
    """Whom a case in sight is about, for the question whether all of them agreed."""
    return renamed(f"people of: {reason.name}", cases.by_case(CasePerson.case_id, reason))


# -- who is convened ---------------------------------------------------------------------------------

_named_or_agency = any_of(
    mine(ItemMember.staff_id), all_of(missing(ItemMember.staff_id), my_agency(ItemMember.agency))
)
_access = all_of(_named_or_agency, begun(ItemMember.invited_at), not_over(ItemMember.access_ends_at))
_called = through(ItemMember.meeting_id, begun(Meeting.convened_at), to=Meeting.id)
_pledged = has(SecrecyPledge.meeting_id, mine(SecrecyPledge.staff_id), at=ItemMember.meeting_id)
_item_open = missing(AgendaItem.withdrawn_at)
# A closed meeting remains readable until access ends by rule, so that what one took on can be looked up.
_member = all_of(_access, _called, _pledged)
_shared = renamed("material is open", begun(Meeting.shared_at))

invited = renamed(
    "invited to the meeting",
    has(ItemMember.meeting_id, all_of(_access, _called, cases.of_case(ItemMember.case_id)), at=Meeting.id),
)
member = renamed(
    "convened for the item",
    all_of(_item_open, has(ItemMember.agenda_item_id, _member, at=AgendaItem.id)),
)
member_sheet = renamed(
    "sheet of a convened item",
    all_of(
        through(PreparationSheet.agenda_item_id, member, to=AgendaItem.id),
        any_of(
            my_agency(PreparationSheet.agency), through(PreparationSheet.meeting_id, _shared, to=Meeting.id)
        ),
    ),
)
# The circle in which a fact was first learned: who was convened and confirmed secrecy, and the lead it was given to.
in_circle = renamed(
    "learned in a meeting of mine",
    any_of(
        has(
            ItemMember.agenda_item_id,
            all_of(_named_or_agency, begun(ItemMember.invited_at), _pledged),
            at=NoteSegment.origin_item,
        ),
        has(Decision.agenda_item_id, mine(Decision.lead_id), at=NoteSegment.origin_item),
    ),
)
member_decision = of_item(Decision.agenda_item_id, member)
member_action = of_item(ActionItem.agenda_item_id, member)
item_case = renamed("case of a convened item", has(AgendaItem.case_id, member, at=Case.id))
# Members learn whether consent still covers them, without seeing the case (withdrawal ends access at once).
member_consent = consent_of(item_case)
# Before secrecy: how many items one is convened for, and nothing of them.
numbered = renamed(
    "convened, by number only",
    all_of(_item_open, has(ItemMember.agenda_item_id, all_of(_access, _called), at=AgendaItem.id)),
)
CONVENED = (member, member_sheet, member_decision, member_action)

# -- who else ----------------------------------------------------------------------------------------


def agenda_of(reason: Reason) -> Reason:
    """That a case in sight is on an agenda, and when; its sheets and minutes stay with the convened."""
    return renamed(f"agenda of: {reason.name}", cases.by_case(AgendaItem.case_id, reason))


answers = renamed(
    "took on or is to answer", any_of(mine(ActionItem.owner_id), my_agency(ActionItem.owner_agency))
)
any_action = renamed("any action item", anyone(ActionItem))
referring = renamed("refers the case", all_of(my_agency(AgendaItem.holder), _item_open))
referring_sheet = renamed(
    "own agency's sheet",
    all_of(
        my_agency(PreparationSheet.agency),
        through(PreparationSheet.agenda_item_id, referring, to=AgendaItem.id),
    ),
)
referring_meeting = renamed(
    "meeting of a case one refers", has(AgendaItem.meeting_id, all_of(referring, _open_item), at=Meeting.id)
)


# A meeting about nobody but persons out of sight is out of sight itself, its place and its hour included.
_told = has(AgendaItem.meeting_id, _open_item, at=Meeting.id)
_open_meeting = any_of(_told, no(has(AgendaItem.meeting_id, anyone(AgendaItem), at=Meeting.id)))
_links = (
    AgendaItem.case_id,
    ItemMember.case_id,
    PreparationSheet.case_id,
    Decision.case_id,
    ActionItem.case_id,
    MissingResource.case_id,
    MinutesAddition.case_id,
)
BARS: Bars = {
    Meeting: Bar(_open_meeting),
    **{link.class_: Bar(cases.of_case(link)) for link in _links},
    SecrecyPledge: Bar(through(SecrecyPledge.meeting_id, _open_meeting, to=Meeting.id)),
}
