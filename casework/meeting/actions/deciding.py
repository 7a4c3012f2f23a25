"""決定 and 対応事項: what the meeting decides of a case, and the work that follows from it (I19)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from ...accounts.queries import staff_in_agency
from ...agencies.models import Initiative
from ...cases.actions import add_assignment, add_note, set_lead
from ...cases.models import Case
from ...cases.queries import an_agency
from ...cases.rules import AssignmentDraft, NoteDraft, NoteView
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...usecase import Context, use_case
from ..models import ActionItem, AgendaItem, Decision, MissingResource
from ..queries.actions import action_view
from ..queries.meetings import item_view
from ..rules import (
    ACTION,
    LEAD,
    PLAN_CONFERENCE,
    ActionDraft,
    ActionFacts,
    ActionState,
    ActionView,
    DecisionDraft,
    DoneDraft,
    ItemView,
    ReasonDraft,
    ReassignDraft,
    check_decision,
    check_minuted,
)
from .common import meeting_of


@use_case(P.MEETING_DECIDE, event="meeting.decided")
def decide(ctx: Context, item_id: UUID, draft: DecisionDraft) -> ItemView:
    """Record the decision on a case: lead and supporting agencies are assigned, and 多機関協働 begins."""
    item = ctx.load(AgendaItem, item_id)
    check_minuted(meeting_of(ctx, item).state)
    if ctx.parts(item, Decision):
        raise Refused("already_decided")
    plan_here = item.plan_id is not None and item.basis == PLAN_CONFERENCE
    check_decision(draft, today=ctx.today, has_plan=plan_here)
    _check_references(ctx, draft)
    case = ctx.load(Case, item.case_id, permission=P.CASE_READ)
    decision = Decision(
        agenda_item_id=item.id,
        case_id=item.case_id,
        verdict=draft.verdict,
        lead_agency=draft.lead_agency,
        lead_id=draft.lead_id,
        plan_agreed=draft.plan_agreed,
        next_meeting_on=draft.next_meeting_on,
        decided_by=ctx.actor.id,
        decided_at=ctx.now,
    )
    ctx.add(decision)
    ctx.seal(decision, policy=draft.policy)
    _assign_lead(ctx, case, item, draft)
    for action in draft.actions:
        _assign(ctx, case, item, action)
    for missing in draft.missing:
        row = MissingResource(agenda_item_id=item.id, case_id=item.case_id, place_kind=missing.place_kind)
        ctx.add(row)
        ctx.seal(row, text=missing.text)
    ctx.session.flush()
    return item_view(ctx, item)


@use_case(P.MEETING_READ, event="meeting.note_written")
def note_from_meeting(ctx: Context, item_id: UUID, draft: NoteDraft) -> NoteView:
    """Write what was learned in a meeting into the case; each segment keeps the meeting as its origin (I7)."""
    item = ctx.load(AgendaItem, item_id)
    if item.withdrawn_at is not None:
        raise Refused("item_withdrawn")
    if draft.quotes:
        raise BadInput("no_quotes_from_meeting", "quotes")
    # Leave to see the case here is leave to add to it under this item, and no other use case asks for it.
    return add_note(ctx, ctx.load(Case, item.case_id), _with_origin(draft, item), corrects=None)


@use_case(P.ACTION_ANSWER, event="action.accepted")
def accept(ctx: Context, action_id: UUID) -> ActionView:
    """Take on an action item."""
    row = ctx.load(ActionItem, action_id)
    row.state = ACTION.after(row.state, "accept").value
    return _saved(ctx, row)


@use_case(P.ACTION_ANSWER, event="action.objected")
def object_(ctx: Context, action_id: UUID, draft: ReasonDraft) -> ActionView:
    """Object to an action item with a reason; it returns to the secretariat's list."""
    row = ctx.load(ActionItem, action_id)
    row.state = ACTION.after(row.state, "object", ActionFacts(reason=draft.reason)).value
    ctx.seal(row, reason=draft.reason)
    return _saved(ctx, row)


@use_case(P.ACTION_ANSWER, event="action.done")
def done(ctx: Context, action_id: UUID, draft: DoneDraft) -> ActionView:
    """Report an action item as done, on which day and with what result."""
    row = ctx.load(ActionItem, action_id)
    facts = ActionFacts(today=ctx.today, done_on=draft.done_on)
    row.state = ACTION.after(row.state, "done", facts).value
    row.done_on = draft.done_on
    ctx.seal(row, result=draft.result)
    return _saved(ctx, row)


@use_case(P.ACTION_TRACK, event="action.cancelled")
def cancel(ctx: Context, action_id: UUID, draft: ReasonDraft) -> ActionView:
    """Cancel an action item with a reason, as secretariat or chair."""
    row = ctx.load(ActionItem, action_id)
    row.state = ACTION.after(row.state, "cancel", ActionFacts(reason=draft.reason)).value
    ctx.seal(row, reason=draft.reason)
    return _saved(ctx, row)


@use_case(P.ACTION_TRACK, event="action.reassigned")
def reassign(ctx: Context, action_id: UUID, draft: ReassignDraft) -> ActionView:
    """Give an action item that was objected to, to another person, with its date."""
    row = ctx.load(ActionItem, action_id)
    facts = ActionFacts(person=draft.staff_id, due_on=draft.due_on)
    state = ACTION.after(row.state, "reassign", facts)
    if draft.staff_id is not None and draft.due_on is not None:
        staff_in_agency(ctx, draft.staff_id, draft.agency, field="staff_id")
        row.owner_id, row.owner_agency, row.due_on = draft.staff_id, draft.agency, draft.due_on
    row.state = state.value
    return _saved(ctx, row)


@use_case(P.ACTION_TRACK, event="action.marked_overdue")
def mark_overdue(ctx: Context) -> int:
    """Mark every assigned or accepted action item whose date has passed; how many were marked."""
    waiting = sorted(state.value for state in (ActionState.ASSIGNED, ActionState.ACCEPTED))
    query = ctx.select(ActionItem).where(ActionItem.state.in_(waiting), ActionItem.due_on < ctx.today)
    rows = ctx.all(query.order_by(ActionItem.id).with_for_update(of=ActionItem))
    for row in rows:
        facts = ActionFacts(today=ctx.today, due_on=row.due_on)
        row.state = ACTION.after(row.state, "mark_overdue", facts).value
    return len(rows)


# -- inside ------------------------------------------------------------------------------------------


def _check_references(ctx: Context, draft: DecisionDraft) -> None:
    """Everything named exists, each refused beside its own field."""
    ctx.codes(
        ("verdict", draft.verdict or "", "verdict"),
        *(("meeting_role", action.role, f"actions.{n}.role") for n, action in enumerate(draft.actions)),
        *(("place_kind", m.place_kind or "", f"missing.{n}.place_kind") for n, m in enumerate(draft.missing)),
    )
    if draft.lead_id is not None and draft.lead_agency is not None:
        an_agency(ctx, draft.lead_agency, field="lead_agency")
        staff_in_agency(ctx, draft.lead_id, draft.lead_agency, field="lead_id")
    for n, action in enumerate(draft.actions):
        if action.agency is not None and action.staff_id is not None:
            an_agency(ctx, action.agency, field=f"actions.{n}.agency")
            staff_in_agency(ctx, action.staff_id, action.agency, field=f"actions.{n}.staff_id")
        if action.initiative is not None:
            field = f"actions.{n}.initiative"
            ctx.load(Initiative, action.initiative, permission=P.DIRECTORY_READ, field=field)


def _assign_lead(ctx: Context, case: Case, item: AgendaItem, draft: DecisionDraft) -> None:
    if draft.lead_id is None or draft.lead_agency is None:
        return
    set_lead(ctx, case, draft.lead_id, draft.lead_agency)
    part = AssignmentDraft(agency=draft.lead_agency, role=LEAD, staff_id=draft.lead_id)
    add_assignment(ctx, case, part, decided_in=item.id)
    case.multi_agency = True


def _assign(ctx: Context, case: Case, item: AgendaItem, action: ActionDraft) -> None:
    row = ActionItem(
        agenda_item_id=item.id,
        case_id=item.case_id,
        owner_id=action.staff_id,
        owner_agency=action.agency,
        state=ACTION.start.value,
        role=action.role,
        initiative=action.initiative,
        due_on=action.due_on,
        decided_at=ctx.now,
    )
    ctx.add(row)
    ctx.seal(row, task=action.task)
    part = AssignmentDraft(
        agency=action.agency or "",
        role=action.role,
        staff_id=action.staff_id,
        task=action.task,
        due_on=action.due_on,
    )
    add_assignment(ctx, case, part, decided_in=item.id)


def _with_origin(draft: NoteDraft, item: AgendaItem) -> NoteDraft:
    segments = tuple(
        replace(segment, origin_basis=item.basis, origin_item=item.id) for segment in draft.segments
    )
    return replace(draft, segments=segments)


def _saved(ctx: Context, row: ActionItem) -> ActionView:
    ctx.session.flush()
    return action_view(ctx, row)
