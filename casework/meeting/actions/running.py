"""Running a meeting: secrecy, sheets, opening the material, attendance, minutes, confirming (I9, I11, I18)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from ...accounts.queries import staff_in_agency
from ...cases.actions import record_disclosure
from ...cases.models import Case
from ...cases.rules import CONSENT_PREFIX
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, NotFound, Refused
from ...usecase import Context, use_case
from ..models import AgendaItem, ItemMember, Meeting, MinutesAddition, PreparationSheet, SecrecyPledge
from ..queries.consent import consent_thread, covered, words
from ..queries.meetings import item_view, meeting_view, sheet_view
from ..rules import (
    CONFIRMED,
    MEETING,
    SHEET_TEXTS,
    AttendanceDraft,
    ItemView,
    MeetingState,
    MeetingView,
    MinutesDraft,
    RecordDraft,
    SheetDraft,
    SheetView,
    check_minuted,
    check_sheet,
    needs_consent,
)
from .common import facts_of, meeting_of, open_items
from .deciding import decide


@use_case(P.SECRECY_CONFIRM, event="meeting.secrecy_confirmed")
def confirm_secrecy(ctx: Context, meeting_id: UUID) -> MeetingView:
    """Confirm the secrecy of a meeting for oneself; only then its items can be seen (I9)."""
    meeting = ctx.load(Meeting, meeting_id)
    if not ctx.parts(meeting, SecrecyPledge, SecrecyPledge.staff_id == ctx.actor.id):
        ctx.add(SecrecyPledge(meeting_id=meeting.id, staff_id=ctx.actor.id, confirmed_at=ctx.now))
        ctx.session.flush()
    return meeting_view(ctx, meeting)


@use_case(P.SHEET_WRITE, event="meeting.sheet_written")
def write_sheet(ctx: Context, item_id: UUID, draft: SheetDraft) -> SheetView:
    """Write one's agency's preparation sheet for a case, until the meeting is held; a new one starts from version 0."""
    item = ctx.load(AgendaItem, item_id, edited=False)
    if not ctx.actor.in_agency(draft.agency):
        raise BadInput("unknown_reference", "agency")
    staff_in_agency(ctx, ctx.actor.id, draft.agency, field="agency")
    check_sheet(draft)
    if not ctx.may(P.MEETING_PLAN, item) and item.id not in covered(ctx, [item]):
        raise NotFound("agenda_item", str(item_id))
    state = meeting_state(ctx, item)
    if state not in (MeetingState.PLANNED, MeetingState.CONVENED, MeetingState.MATERIAL_SHARED):
        raise Refused("minutes_confirmed" if state in CONFIRMED else "meeting_was_held")
    rows = ctx.parts(item, PreparationSheet, PreparationSheet.agency == draft.agency)
    row = rows[0] if rows else None
    ctx.compare(0 if row is None else row.version)
    if row is None:
        row = PreparationSheet(
            agenda_item_id=item.id, meeting_id=item.meeting_id, case_id=item.case_id, agency=draft.agency
        )
        row.written_by, row.written_at = ctx.actor.id, ctx.now
        ctx.add(row)
    row.written_by, row.written_at = ctx.actor.id, ctx.now
    ctx.seal(row, **{name: getattr(draft, name) for name in SHEET_TEXTS})
    ctx.session.flush()
    return sheet_view(ctx, row)


@use_case(P.MEETING_RUN, event="meeting.material_shared")
def share(ctx: Context, meeting_id: UUID) -> MeetingView:
    """Open the material to the convened members; each disclosure is recorded with its ground (I11)."""
    meeting = ctx.load(Meeting, meeting_id)
    items = open_items(ctx, meeting)
    meeting.state = MEETING.after(meeting.state, "share", facts_of(ctx, items)).value
    meeting.shared_at = ctx.now
    members = ctx.parts_of(items, ItemMember, ItemMember.access_ends_at.is_(None))
    for item in items:
        _disclose(ctx, item, {m.agency for m in members[item.id]} | {meeting.convener})
    ctx.session.flush()
    return meeting_view(ctx, meeting)


@use_case(P.MEETING_RUN, event="meeting.held")
def hold(ctx: Context, meeting_id: UUID) -> MeetingView:
    """Record that the meeting was held; the members' access now ends by rule."""
    meeting = ctx.load(Meeting, meeting_id)
    meeting.state = MEETING.after(meeting.state, "hold").value
    meeting.held_at = ctx.now
    ends = ctx.now + timedelta(days=ctx.settings.member_access_days_after_meeting)
    members = ctx.parts_of(open_items(ctx, meeting), ItemMember, ItemMember.access_ends_at.is_(None))
    for row in (row for rows in members.values() for row in rows):
        row.access_ends_at = ends
    ctx.session.flush()
    return meeting_view(ctx, meeting)


@use_case(P.MEETING_RUN, event="meeting.attendance_taken")
def take_attendance(ctx: Context, item_id: UUID, draft: AttendanceDraft) -> ItemView:
    """Record who attended for a case, proxies by name."""
    item = ctx.load(AgendaItem, item_id)
    check_minuted(meeting_of(ctx, item).state)
    ctx.touch(item)
    members = {row.id: row for row in ctx.parts(item, ItemMember)}
    ctx.codes(*(("attendance", at.attendance, f"lines.{n}.attendance") for n, at in enumerate(draft.lines)))
    for n, line in enumerate(draft.lines):
        row = members.get(line.member_id)
        if row is None:
            raise BadInput("unknown_reference", f"lines.{n}.member_id")
        if (line.attendance == "proxy") != (line.proxy is not None):
            raise BadInput("proxy_name", f"lines.{n}.proxy")
        row.attendance = line.attendance
        ctx.seal(row, proxy=line.proxy)
    ctx.session.flush()
    return item_view(ctx, item)


@use_case(P.MEETING_RUN, event="meeting.minutes_written")
def write_minutes(ctx: Context, item_id: UUID, draft: MinutesDraft) -> ItemView:
    """Save the minutes of a case, as often as needed until they are confirmed."""
    item = ctx.load(AgendaItem, item_id)
    check_minuted(meeting_of(ctx, item).state)
    ctx.seal(item, minutes=draft.text)
    item.minutes_by, item.minutes_at = ctx.actor.id, ctx.now
    ctx.session.flush()
    return item_view(ctx, item)


@use_case(P.MEETING_RUN, event="meeting.recorded")
def record(ctx: Context, item_id: UUID, draft: RecordDraft) -> ItemView:
    """Take down minutes and decision of a case in one act, on one screen; the decision may follow later."""
    ctx.load(AgendaItem, item_id)
    decision = draft.decision()
    view: ItemView = write_minutes(ctx, item_id, MinutesDraft(draft.text))
    return view if decision is None else decide(ctx, item_id, decision)


@use_case(P.MEETING_RUN, event="meeting.minutes_drafted")
def draft_minutes(ctx: Context, meeting_id: UUID) -> MeetingView:
    """Put the minutes before the chair."""
    return _move(ctx, meeting_id, "draft_minutes")


@use_case(P.MEETING_CONFIRM, event="meeting.minutes_confirmed")
def confirm(ctx: Context, meeting_id: UUID) -> MeetingView:
    """Confirm the minutes as chair; from now on they only take additions (I18)."""
    meeting = ctx.load(Meeting, meeting_id)
    facts = facts_of(ctx, open_items(ctx, meeting))
    meeting.state = MEETING.after(meeting.state, "confirm", facts).value
    meeting.confirmed_at, meeting.confirmed_by = ctx.now, ctx.actor.id
    ctx.session.flush()
    return meeting_view(ctx, meeting)


@use_case(P.MEETING_RUN, event="meeting.closed")
def close(ctx: Context, meeting_id: UUID) -> MeetingView:
    """Close a meeting whose minutes are confirmed; its cases leave the desk of the secretariat."""
    return _move(ctx, meeting_id, "close")


@use_case(P.MEETING_RUN, event="meeting.minutes_added")
def add_to_minutes(ctx: Context, item_id: UUID, draft: MinutesDraft) -> ItemView:
    """Correct confirmed minutes by an addition; they stay as they were (I18)."""
    item = ctx.load(AgendaItem, item_id)
    if ctx.load(Meeting, item.meeting_id).state not in CONFIRMED:
        raise Refused("minutes_not_confirmed")
    row = MinutesAddition(
        agenda_item_id=item.id, case_id=item.case_id, added_by=ctx.actor.id, added_at=ctx.now
    )
    ctx.add(row)
    ctx.seal(row, text=draft.text)
    ctx.session.flush()
    return item_view(ctx, item)


def meeting_state(ctx: Context, item: AgendaItem) -> str:
    """Step: the state of an item's meeting, also for the referring division that only sees the item."""
    query = ctx.select(Meeting, permission=P.SHEET_WRITE).where(Meeting.id == item.meeting_id)
    meeting: Meeting | None = ctx.one(query)
    if meeting is None:
        raise NotFound("meeting", str(item.meeting_id))
    return meeting.state


def _move(ctx: Context, meeting_id: UUID, name: str) -> MeetingView:
    meeting = ctx.load(Meeting, meeting_id)
    meeting.state = MEETING.after(meeting.state, name).value
    ctx.session.flush()
    return meeting_view(ctx, meeting)


def _disclose(ctx: Context, item: AgendaItem, agencies: set[str]) -> None:
    case = ctx.load(Case, item.case_id, permission=P.CASE_READ)
    ground, told = item.basis, words(item.items)
    if needs_consent(item.basis):
        thread = consent_thread(ctx, item, agencies)
        if thread is None:
            raise Refused("consent_missing_use_support_meeting", "case_id")
        ground = f"{CONSENT_PREFIX}{thread}"
    purpose = ctx.unseal(item, "purpose") or ""
    for agency in sorted(agencies - {item.holder}):
        record_disclosure(
            ctx, case, to_agency=agency, ground=ground, channel="meeting", items=told, what=purpose
        )
