"""Planning a meeting: basis, convener, the cases on its agenda and who is convened for each (I6, I8)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from ...accounts.models import StaffRole
from ...accounts.queries import active_staff, in_force, staff_in_agency
from ...agencies.models import Agency
from ...cases.models import Case, MeetingProposal
from ...cases.queries import an_agency
from ...kernel.actor import Permission as P
from ...kernel.actor import Role
from ...kernel.errors import BadInput, Refused
from ...usecase import Context, use_case
from ..models import AgendaItem, ItemMember, Meeting
from ..queries.meetings import item_view, meeting_view
from ..rules import (
    BEFORE_MATERIAL,
    CITY_DIVISION,
    MEETING,
    PLAN_CONFERENCE,
    AgendaDraft,
    ItemView,
    MeetingDraft,
    MeetingState,
    MeetingView,
    MemberDraft,
    MembersDraft,
    ReasonDraft,
    check_convener,
    check_members_open,
)
from .common import facts_of, item_for_case, meeting_of, open_items, require_consent


@use_case(P.MEETING_PLAN, event="meeting.planned")
def plan_meeting(ctx: Context, draft: MeetingDraft) -> MeetingView:
    """Plan a meeting on exactly one legal basis, called by one agency."""
    agency = ctx.load(Agency, draft.convener, field="convener")
    ctx.codes(("meeting_basis", draft.basis, "basis"))
    check_convener(draft.basis, agency.kind)
    _check_provider(ctx, draft)
    active_staff(ctx, draft.chair_id, field="chair_id")
    if draft.deputy_id is not None:
        active_staff(ctx, draft.deputy_id, field="deputy_id")
    staff_in_agency(ctx, draft.secretariat_id, draft.convener, field="secretariat_id")
    meeting = Meeting(
        basis=draft.basis,
        convener=agency.code,
        chair_id=draft.chair_id,
        deputy_id=draft.deputy_id,
        secretariat_id=draft.secretariat_id,
        planned_at=draft.planned_at,
        minutes=draft.minutes,
        state=MEETING.start.value,
        planned_by=ctx.actor.id,
    )
    ctx.add(meeting)
    ctx.visit.about(meeting)
    ctx.new_owner(meeting.id)
    ctx.seal(meeting, place=draft.place)
    ctx.session.flush()
    return meeting_view(ctx, meeting)


@use_case(P.MEETING_PLAN, event="meeting.case_taken")
def take(ctx: Context, meeting_id: UUID, draft: AgendaDraft) -> ItemView:
    """Put a waiting proposal or a case on the agenda; without secrecy of its own only with consent (I6)."""
    meeting = ctx.load(Meeting, meeting_id)
    check_members_open(meeting.state)
    if (draft.proposal_id is None) == (draft.case_id is None):
        raise BadInput("proposal_or_case", "proposal_id")
    proposal, case = _subject(ctx, draft)
    ctx.codes(*(("consent_item", code, f"items.{n}") for n, code in enumerate(draft.items)))
    if not draft.items:
        raise BadInput("agenda_items_missing", "items")
    if any(item.case_id == case.id for item in open_items(ctx, meeting)):
        raise Refused("case_on_agenda", "case_id")
    item = AgendaItem(
        meeting_id=meeting.id,
        case_id=case.id,
        basis=meeting.basis,
        sort=_next_place(ctx, meeting, apart=case.protected),
        proposal_id=draft.proposal_id,
        plan_id=draft.plan_id,
        holder=case.owner_agency,
        items=",".join(dict.fromkeys(draft.items)),
        starts_at=draft.starts_at,
        taken_by=ctx.actor.id,
        taken_at=ctx.now,
    )
    require_consent(ctx, item, {meeting.convener})
    ctx.add(item)
    ctx.seal(item, purpose=draft.purpose)
    if proposal is not None:
        proposal.taken_at = ctx.now
    ctx.session.flush()
    return item_view(ctx, item)


@use_case(P.MEETING_PLAN, event="meeting.case_withdrawn")
def withdraw(ctx: Context, item_id: UUID, draft: ReasonDraft) -> None:
    """Take a case off the agenda before the meeting is held; its members' access ends at once."""
    item = ctx.load(AgendaItem, item_id)
    meeting = meeting_of(ctx, item)
    if meeting.state not in (*BEFORE_MATERIAL, MeetingState.MATERIAL_SHARED):
        raise Refused("meeting_was_held")
    if not draft.reason:
        raise BadInput("withdraw_reason_missing", "reason")
    _withdraw(ctx, [item], _proposals(ctx, [item]), draft.reason)


@use_case(P.MEETING_PLAN, event="meeting.cancelled")
def cancel(ctx: Context, meeting_id: UUID, draft: ReasonDraft) -> MeetingView:
    """Cancel a planned meeting, with a reason; its proposals wait again."""
    meeting = ctx.load(Meeting, meeting_id)
    items = open_items(ctx, meeting)
    proposals = _proposals(ctx, items)
    meeting.state = MEETING.after(meeting.state, "cancel", facts_of(ctx, items, draft.reason)).value
    ctx.seal(meeting, cancel_reason=draft.reason)
    _withdraw(ctx, items, proposals, draft.reason or "")
    ctx.session.flush()
    return meeting_view(ctx, meeting)


@use_case(P.MEETING_CONVENE, event="meeting.members_chosen")
def choose_members(ctx: Context, item_id: UUID, draft: MembersDraft) -> ItemView:
    """Choose who is convened for one case, before the material opens (I8)."""
    item = ctx.load(AgendaItem, item_id)
    meeting = meeting_of(ctx, item)
    check_members_open(meeting.state)
    _add_members(ctx, [item], draft.members, default=item.case_id)
    ctx.session.flush()
    return item_view(ctx, item)


@use_case(P.MEETING_CONVENE, event="meeting.member_removed")
def remove_member(ctx: Context, item_id: UUID, member_id: UUID) -> ItemView:
    """Take somebody off the list; their access ends at once, the row stays."""
    item = ctx.load(AgendaItem, item_id)
    meeting_of(ctx, item)
    rows = ctx.parts(item, ItemMember, ItemMember.id == member_id)
    if not rows:
        raise BadInput("unknown_reference", "member_id")
    rows[0].access_ends_at = ctx.now
    ctx.session.flush()
    return item_view(ctx, item)


@use_case(P.MEETING_CONVENE, event="meeting.convened")
def convene(ctx: Context, meeting_id: UUID, draft: MembersDraft) -> MeetingView:
    """Convene the members; doing it again before the material opens adds members, on record (I8)."""
    meeting = ctx.load(Meeting, meeting_id)
    check_members_open(meeting.state)
    items = open_items(ctx, meeting)
    _add_members(ctx, items, draft.members, default=None)
    ctx.session.flush()
    meeting.state = MEETING.after(meeting.state, "convene", facts_of(ctx, items)).value
    for item, members in _with_members(ctx, items):
        require_consent(ctx, item, {meeting.convener, *(m.agency for m in members)})
    meeting.convened_at = ctx.now
    ctx.session.flush()
    return meeting_view(ctx, meeting)


# -- inside ------------------------------------------------------------------------------------------


def _check_provider(ctx: Context, draft: MeetingDraft) -> None:
    """重層的支援会議 is called by a 多機関協働 provider; its coordinator calls no other meeting."""
    if draft.basis == PLAN_CONFERENCE:
        held = select(StaffRole.id).where(
            StaffRole.agency == draft.convener, StaffRole.role == Role.COORDINATOR.value, in_force(ctx)
        )
        if ctx.session.scalar(held.limit(1)) is None:
            raise Refused("convener_not_coordinating", "convener")
    elif not any(
        m.agency == draft.convener and m.role in (Role.CHAIR, Role.SECRETARIAT) for m in ctx.actor.memberships
    ):
        raise Refused("basis_not_for_coordinator", "basis")


def _subject(ctx: Context, draft: AgendaDraft) -> tuple[MeetingProposal | None, Case]:
    if draft.proposal_id is None:
        return None, ctx.load(Case, draft.case_id, permission=P.CASE_PROPOSE, field="case_id")
    proposal = ctx.load(MeetingProposal, draft.proposal_id, field="proposal_id")
    if proposal.taken_at is not None:
        raise Refused("proposal_taken", "proposal_id")
    return proposal, ctx.load(Case, proposal.case_id, permission=P.CASE_READ, field="proposal_id")


APART = 1000  # places beyond it are those of protected cases


def _next_place(ctx: Context, meeting: Meeting, *, apart: bool) -> int:
    """The next place on the agenda; a protected case stands beyond the others and leaves no gap among them (I13)."""
    row = AgendaItem.sort > APART if apart else AgendaItem.sort <= APART
    query = select(func.max(AgendaItem.sort)).where(AgendaItem.meeting_id == meeting.id, row)
    return (ctx.count(query, AgendaItem) or (APART if apart else 0)) + 1


def _with_members(ctx: Context, items: list[AgendaItem]) -> list[tuple[AgendaItem, list[ItemMember]]]:
    members = ctx.parts_of(items, ItemMember, ItemMember.access_ends_at.is_(None))
    return [(item, members[item.id]) for item in items]


def _add_members(
    ctx: Context, items: list[AgendaItem], drafts: tuple[MemberDraft, ...], *, default: UUID | None
) -> None:
    known = {(m.agenda_item_id, m.agency, m.staff_id) for _, rows in _with_members(ctx, items) for m in rows}
    for n, draft in enumerate(drafts):
        item = item_for_case(items, draft.case_id or default, f"members.{n}.case_id")
        agency = an_agency(ctx, draft.agency, field=f"members.{n}.agency")
        if agency.kind == CITY_DIVISION and not agency.support_meeting_member:
            raise BadInput("not_a_meeting_division", f"members.{n}.agency")
        if draft.staff_id is not None:
            staff_in_agency(ctx, draft.staff_id, draft.agency, field=f"members.{n}.staff_id")
        if (item.id, draft.agency, draft.staff_id) in known:
            raise BadInput("member_twice", f"members.{n}.agency")
        known.add((item.id, draft.agency, draft.staff_id))
        require_consent(ctx, item, {draft.agency})
        row = ItemMember(
            agenda_item_id=item.id,
            meeting_id=item.meeting_id,
            case_id=item.case_id,
            agency=draft.agency,
            staff_id=draft.staff_id,
            invited_by=ctx.actor.id,
            invited_at=ctx.now,
        )
        ctx.add(row)
        ctx.seal(row, ground=draft.ground)


def _proposals(ctx: Context, items: list[AgendaItem]) -> dict[UUID, MeetingProposal]:
    """The proposals the items came from; asked before anything ends, for the agenda is what shows them."""
    wanted = sorted({item.proposal_id for item in items if item.proposal_id is not None})
    query = ctx.select(MeetingProposal, permission=P.MEETING_PLAN).where(MeetingProposal.id.in_(wanted))
    return {row.id: row for row in ctx.all(query)}


def _withdraw(
    ctx: Context, items: list[AgendaItem], proposals: dict[UUID, MeetingProposal], why: str
) -> None:
    members = ctx.parts_of(items, ItemMember, ItemMember.access_ends_at.is_(None))
    for item in items:
        item.withdrawn_at = ctx.now
        ctx.seal(item, withdraw_reason=why)
        for member in members[item.id]:
            member.access_ends_at = ctx.now
        if item.proposal_id in proposals:
            proposals[item.proposal_id].taken_at = None
