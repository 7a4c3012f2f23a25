"""Steps that the actions on meetings share: the one guard of confirmed minutes, consent of an item, open items."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...usecase import Context
from ..models import AgendaItem, Decision, ItemMember, Meeting
from ..queries.consent import consent_thread
from ..rules import MeetingFacts, check_not_confirmed, needs_consent


def meeting_of(ctx: Context, item: AgendaItem, permission: P | None = None) -> Meeting:
    """Step: the item's meeting, locked, and still open to writing (I18)."""
    meeting = ctx.load(Meeting, item.meeting_id, permission=permission)
    check_not_confirmed(meeting.state)
    if item.withdrawn_at is not None:
        raise Refused("item_withdrawn")
    return meeting


def open_items(ctx: Context, meeting: Meeting) -> list[AgendaItem]:
    """Step: the items of a loaded meeting that the actor may see and that were not withdrawn, in order."""
    query = ctx.select(AgendaItem, permission=P.AGENDA_READ)
    query = query.where(AgendaItem.meeting_id == meeting.id, AgendaItem.withdrawn_at.is_(None))
    return ctx.all(query.order_by(AgendaItem.sort))


def facts_of(ctx: Context, items: Iterable[AgendaItem], reason: str | None = None) -> MeetingFacts:
    """Step: what the guards of the meeting's flow want to know of its items."""
    items = list(items)
    members = ctx.parts_of(items, ItemMember, ItemMember.access_ends_at.is_(None))
    decisions = ctx.parts_of(items, Decision)
    return MeetingFacts(
        items=len(items),
        unattended=sum(not members[item.id] for item in items),
        unminuted=sum(item.minutes is None or not decisions[item.id] for item in items),
        reason=reason,
    )


def require_consent(ctx: Context, item: AgendaItem, recipients: Collection[str]) -> None:
    """Step: refuse a meeting without secrecy of its own for a case whose people have not agreed (I6)."""
    if needs_consent(item.basis) and consent_thread(ctx, item, recipients) is None:
        raise Refused("consent_missing_use_support_meeting", "case_id")


def item_for_case(items: Iterable[AgendaItem], case_id: UUID | None, field: str) -> AgendaItem:
    """The item of that case; a member for a case that is not on the agenda is refused."""
    found = next((item for item in items if item.case_id == case_id), None)
    if found is None:
        raise BadInput("case_not_on_agenda", field)
    return found
