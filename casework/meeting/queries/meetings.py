"""Reading meetings, their cases and sheets: who runs them sees all, the convened their items after secrecy (I9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from ...cases.models import Case, MeetingProposal
from ...kernel.actor import Permission as P
from ...kernel.clock import month_in_tokyo
from ...kernel.errors import NotFound
from ...usecase import WITHHELD, Context, Page, Withheld, use_case
from ...usecase.page import after_moment, cut
from ..models import (
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
from ..rules import (
    MEETING,
    AdditionView,
    ConvenedLine,
    DecisionView,
    ItemLine,
    ItemView,
    MaterialView,
    MeetingLine,
    MeetingView,
    MemberView,
    MissingView,
    ProposalLine,
    SheetView,
)
from .actions import action_view
from .consent import covered, words


def meeting_view(ctx: Context, meeting: Meeting) -> MeetingView:
    """A loaded meeting. Whoever is convened sees, before secrecy, date, place and the numbers of their items."""
    runs = ctx.may(P.MEETING_PLAN, meeting)
    pledged = bool(ctx.parts(meeting, SecrecyPledge, SecrecyPledge.staff_id == ctx.actor.id))
    return MeetingView(
        id=meeting.id,
        version=meeting.version,
        basis=meeting.basis,
        convener=meeting.convener,
        chair_id=meeting.chair_id,
        deputy_id=meeting.deputy_id,
        secretariat_id=meeting.secretariat_id,
        place=ctx.unseal(meeting, "place"),
        planned_at=meeting.planned_at,
        minutes=meeting.minutes,
        state=meeting.state,
        secrecy_confirmed=pledged,
        cancel_reason=ctx.unseal(meeting, "cancel_reason") if runs else WITHHELD,
        items=_lines(ctx, meeting, runs=runs),
        moves=ctx.moves(MEETING, meeting),
    )


def _lines(ctx: Context, meeting: Meeting, *, runs: bool) -> tuple[ItemLine, ...]:
    query = ctx.select(AgendaItem, permission=P.AGENDA_READ).where(
        AgendaItem.meeting_id == meeting.id, AgendaItem.withdrawn_at.is_(None)
    )
    items = ctx.all(query.order_by(AgendaItem.sort))
    if not runs:
        known = covered(ctx, items)
        items = [item for item in items if item.id in known]
    decided = ctx.parts_of(items, Decision)
    ctx.prefetch_keys([item.case_id for item in items])
    numbers = case_numbers(ctx, [item.case_id for item in items]) if runs else {}
    seen = [
        ItemLine(
            sort=item.sort,
            id=item.id,
            case_id=item.case_id,
            purpose=ctx.unseal(item, "purpose"),
            starts_at=item.starts_at,
            decided=bool(decided[item.id]),
            number=numbers.get(item.case_id),
        )
        for item in items
    ]
    hidden = () if runs else _numbers(ctx, meeting, {item.id for item in items})
    return tuple(sorted((*seen, *hidden), key=lambda line: line.sort))


def _numbers(ctx: Context, meeting: Meeting, known: set[UUID]) -> tuple[ItemLine, ...]:
    """Numbers of the items the actor is convened for and may not open yet."""
    query = ctx.select(AgendaItem, permission=P.SECRECY_CONFIRM)
    query = query.where(AgendaItem.meeting_id == meeting.id, AgendaItem.withdrawn_at.is_(None))
    return tuple(
        ItemLine(item.sort, WITHHELD, WITHHELD, WITHHELD, WITHHELD, WITHHELD)
        for item in ctx.all(query)
        if item.id not in known
    )


def sheet_view(ctx: Context, row: PreparationSheet) -> SheetView:
    return SheetView(
        id=row.id,
        version=row.version,
        agenda_item_id=row.agenda_item_id,
        agency=row.agency,
        household_picture=ctx.unseal(row, "household_picture"),
        current_efforts=ctx.unseal(row, "current_efforts"),
        wanted_agencies=ctx.unseal(row, "wanted_agencies"),
        requests=ctx.unseal(row, "requests"),
        written_by=row.written_by,
        written_at=row.written_at,
    )


def item_view(ctx: Context, item: AgendaItem) -> ItemView:
    """A loaded item; minutes, members and decision only for who runs the meeting or is convened for it."""
    decisions = ctx.all(
        ctx.select(Decision, permission=P.AGENDA_READ).where(Decision.agenda_item_id == item.id)
    )
    inside = ctx.may(P.MEETING_READ, item)
    held = ctx.select(Meeting, permission=P.MEETING_READ).where(Meeting.id == item.meeting_id)
    meeting = ctx.one(held)
    return ItemView(
        id=item.id,
        version=item.version,
        meeting_id=item.meeting_id,
        case_id=item.case_id,
        sort=item.sort,
        basis=item.basis,
        plan_id=item.plan_id,
        starts_at=item.starts_at,
        purpose=ctx.unseal(item, "purpose"),
        withdrawn=item.withdrawn_at is not None,
        items=words(item.items),
        minutes=ctx.unseal(item, "minutes") if inside else WITHHELD,
        additions=_additions(ctx, item) if inside else WITHHELD,
        members=_members(ctx, item) if inside else WITHHELD,
        decision=_decision(ctx, item, decisions) if inside else WITHHELD,
        meeting_state=None if meeting is None else meeting.state,
        number=case_numbers(ctx, [item.case_id]).get(item.case_id),
    )


def case_numbers(ctx: Context, cases: Iterable[UUID]) -> dict[UUID, str]:
    """Numbers of those cases that the actor may see on a list; the convened never learn them (I12)."""
    query = ctx.select(Case, permission=P.CASE_LIST).where(Case.id.in_(sorted(set(cases))))
    return {row.id: row.number for row in ctx.tuples(Case, query.with_only_columns(Case.id, Case.number))}


def _additions(ctx: Context, item: AgendaItem) -> tuple[AdditionView, ...]:
    rows = ctx.parts(item, MinutesAddition)
    return tuple(AdditionView(ctx.unseal(row, "text"), row.added_by, row.added_at) for row in rows)


def _members(ctx: Context, item: AgendaItem) -> tuple[MemberView, ...]:
    return tuple(
        MemberView(
            id=row.id,
            agenda_item_id=row.agenda_item_id,
            agency=row.agency,
            staff_id=row.staff_id,
            ground=ctx.unseal(row, "ground") or "",
            invited_at=row.invited_at,
            access_ends_at=row.access_ends_at,
            attendance=row.attendance,
            proxy=ctx.unseal(row, "proxy"),
        )
        for row in ctx.parts(item, ItemMember)
    )


def _decision(ctx: Context, item: AgendaItem, found: Iterable[Decision]) -> DecisionView | None:
    row = next(iter(found), None)
    if row is None:
        return None
    return DecisionView(
        policy=ctx.unseal(row, "policy"),
        verdict=row.verdict,
        lead_agency=row.lead_agency,
        lead_id=row.lead_id,
        plan_agreed=row.plan_agreed,
        next_meeting_on=row.next_meeting_on,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        actions=tuple(action_view(ctx, action, moves=False) for action in ctx.parts(item, ActionItem)),
        missing=tuple(
            MissingView(part.place_kind, ctx.unseal(part, "text"))
            for part in ctx.parts(item, MissingResource)
        ),
    )


@use_case(P.MEETING_READ, event="meeting.read", reads=True)
def read_meeting(ctx: Context, meeting_id: UUID) -> MeetingView:
    """Read a meeting with the items one may see."""
    return meeting_view(ctx, ctx.load(Meeting, meeting_id))


@use_case(P.MEETING_READ, event="meeting.listed", reads=True)
def meetings(
    ctx: Context, *, state: str | None = None, month: date | None = None, after: str | None = None
) -> Page[MeetingLine]:
    """List the meetings one runs or is invited to, the latest first; `month` is any day of a month in Japan."""
    query = ctx.select(Meeting)
    if month is not None:
        first, beyond = month_in_tokyo(month)
        query = query.where(Meeting.planned_at >= first, Meeting.planned_at < beyond)
    if state is not None:
        query = query.where(Meeting.state == state)
    size = ctx.settings.page_size
    query = after_moment(query, Meeting.planned_at, Meeting.id, after).limit(size + 1)
    rows, following = cut(ctx.all(query), size, lambda row: (row.planned_at, row.id))
    ctx.prefetch_keys([row.id for row in rows])
    pledges = ctx.parts_of(rows, SecrecyPledge, SecrecyPledge.staff_id == ctx.actor.id)
    lines = (
        MeetingLine(
            id=row.id,
            basis=row.basis,
            convener=row.convener,
            state=row.state,
            planned_at=row.planned_at,
            place=ctx.unseal(row, "place"),
            secrecy_confirmed=bool(pledges[row.id]),
        )
        for row in rows
    )
    return Page(tuple(lines), following)


@use_case(P.AGENDA_READ, event="meeting.item_read", reads=True)
def read_item(ctx: Context, item_id: UUID) -> ItemView:
    """Read one case of a meeting."""
    item = _covered(ctx, item_id)
    return item_view(ctx, item)


@use_case(P.AGENDA_READ, event="meeting.sheets_read", reads=True)
def sheets(ctx: Context, item_id: UUID) -> tuple[SheetView, ...]:
    """Read the preparation sheets of a case: one's own, and all once the material is open."""
    item = _covered(ctx, item_id)
    query = ctx.select(PreparationSheet).where(PreparationSheet.agenda_item_id == item.id)
    return tuple(sheet_view(ctx, row) for row in ctx.all(query.order_by(PreparationSheet.id)))


@use_case(P.AGENDA_READ, event="meeting.sheets_read", reads=True)
def own_sheet(ctx: Context, item_id: UUID) -> SheetView:
    """Read the sheet of one's own agency, the one written last if one acts for several."""
    item = _covered(ctx, item_id)
    query = ctx.select(PreparationSheet).where(
        PreparationSheet.agenda_item_id == item.id, PreparationSheet.agency.in_(sorted(ctx.actor.agencies))
    )
    rows = ctx.all(query.order_by(PreparationSheet.written_at.desc()).limit(1))
    if not rows:
        raise NotFound("preparation_sheet", str(item_id))
    return sheet_view(ctx, rows[0])


@use_case(P.AGENDA_READ, event="meeting.material_opened", reads=True)
def material(ctx: Context, meeting_id: UUID) -> MaterialView:
    """Open a meeting with the preparation sheets of all cases one may see; each case is told in the trail."""
    meeting = ctx.load(Meeting, meeting_id, permission=P.MEETING_READ)
    shown = meeting_view(ctx, meeting)
    cases = {line.id: line.case_id for line in shown.items if not isinstance(line.id, Withheld)}
    query = ctx.select(PreparationSheet).where(PreparationSheet.agenda_item_id.in_(list(cases)))
    rows = ctx.all(query.order_by(PreparationSheet.agenda_item_id, PreparationSheet.id))
    for item_id, case_id in cases.items():
        ctx.witness("meeting.sheets_read", "agenda_item", item_id, case_id)
    return MaterialView(shown, tuple(sheet_view(ctx, row) for row in rows))


@use_case(P.AGENDA_READ, event="meeting.own_items_listed", reads=True)
def my_items(ctx: Context, *, after: str | None = None) -> Page[ConvenedLine]:
    """List the items one is convened for and may see."""
    called = select(ItemMember.agenda_item_id).where(
        or_(ItemMember.staff_id == ctx.actor.id, ItemMember.agency.in_(sorted(ctx.actor.agencies)))
    )
    query = ctx.select(AgendaItem, permission=P.MEETING_READ).where(AgendaItem.id.in_(called))
    size = ctx.settings.page_size
    query = after_moment(query, AgendaItem.taken_at, AgendaItem.id, after).limit(size + 1)
    rows, following = cut(ctx.all(query), size, lambda row: (row.taken_at, row.id))
    found = ctx.select(Meeting, permission=P.MEETING_READ).where(
        Meeting.id.in_(sorted({row.meeting_id for row in rows}))
    )
    known = {meeting.id: meeting for meeting in ctx.all(found)}
    ctx.prefetch_keys([*(row.case_id for row in rows), *known])
    open_ = covered(ctx, rows)
    lines = (
        ConvenedLine(
            id=row.id,
            meeting_id=row.meeting_id,
            sort=row.sort,
            basis=row.basis,
            planned_at=known[row.meeting_id].planned_at,
            place=ctx.unseal(known[row.meeting_id], "place"),
            purpose=ctx.unseal(row, "purpose"),
        )
        for row in rows
        if row.meeting_id in known and row.id in open_
    )
    return Page(tuple(lines), following)


@use_case(P.MEETING_PLAN, event="meeting.proposals_listed", reads=True)
def proposals(ctx: Context, *, after: str | None = None) -> Page[ProposalLine]:
    """List the cases that wait for a meeting, the latest first."""
    query = ctx.select(MeetingProposal).where(MeetingProposal.taken_at.is_(None))
    size = ctx.settings.page_size
    query = after_moment(query, MeetingProposal.proposed_at, MeetingProposal.id, after).limit(size + 1)
    rows, following = cut(ctx.all(query), size, lambda row: (row.proposed_at, row.id))
    ctx.prefetch_keys([row.case_id for row in rows])
    numbers = case_numbers(ctx, (row.case_id for row in rows))
    lines = (
        ProposalLine(
            id=row.id,
            case_id=row.case_id,
            cause=row.cause,
            basis=row.basis,
            reason=ctx.unseal(row, "reason"),
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
            number=numbers.get(row.case_id),
        )
        for row in rows
    )
    return Page(tuple(lines), following)


def _covered(ctx: Context, item_id: UUID) -> AgendaItem:
    """An item in sight; to the convened it does not exist once consent no longer covers them (I10)."""
    item = ctx.load(AgendaItem, item_id)
    convened = ctx.may(P.MEETING_READ, item) and not ctx.may(P.MEETING_PLAN, item)
    if convened and item.id not in covered(ctx, [item]):
        raise NotFound("agenda_item", str(item_id))
    return item
