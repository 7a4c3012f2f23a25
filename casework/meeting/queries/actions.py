"""Reading 対応事項: one's own, one's agency's, and those a secretariat tracks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput
from ...usecase import Context, Page, use_case
from ...usecase.page import after_moment, cut
from ..models import ActionItem
from ..rules import ACTION, ActionState, ActionView


def action_view(ctx: Context, row: ActionItem, *, moves: bool = True) -> ActionView:
    """A loaded action item; lists leave out the moves, so that they cost no statement per row."""
    late = row.state in (ActionState.ASSIGNED, ActionState.ACCEPTED) and row.due_on < ctx.today
    return ActionView(
        id=row.id,
        version=row.version,
        agenda_item_id=row.agenda_item_id,
        case_id=row.case_id,
        state=row.state,
        owner_id=row.owner_id,
        owner_agency=row.owner_agency,
        role=row.role,
        initiative=row.initiative,
        due_on=row.due_on,
        overdue=late or row.state == ActionState.OVERDUE,
        task=ctx.unseal(row, "task"),
        reason=ctx.unseal(row, "reason"),
        done_on=row.done_on,
        result=ctx.unseal(row, "result"),
        moves=ctx.moves(ACTION, row) if moves else (),
    )


@use_case(P.ACTION_READ, event="action.listed", reads=True)
def action_items(
    ctx: Context,
    *,
    which: str = "mine",
    state: str | None = None,
    agency: str | None = None,
    after: str | None = None,
) -> Page[ActionView]:
    """List action items: one's own, one's agencies', those objected to, overdue ones, or all in sight; of one agency
    if it is named."""
    query = ctx.select(ActionItem)
    if agency is not None:
        query = query.where(ActionItem.owner_agency == agency)
    if which == "mine":
        query = query.where(ActionItem.owner_id == ctx.actor.id)
    elif which == "agency":
        query = query.where(ActionItem.owner_agency.in_(sorted(ctx.actor.agencies)))
    elif which == "objected":
        query = query.where(ActionItem.state == ActionState.OBJECTED.value)
    elif which == "overdue":
        query = query.where(_overdue(ctx))
    elif which != "all":
        raise BadInput("list_unknown", "which")
    if state is not None:
        query = query.where(ActionItem.state == state)
    size = ctx.settings.page_size
    query = after_moment(query, ActionItem.decided_at, ActionItem.id, after).limit(size + 1)
    rows, following = cut(ctx.all(query), size, lambda row: (row.decided_at, row.id))
    ctx.prefetch_keys(sorted({row.case_id for row in rows}))
    return Page(tuple(action_view(ctx, row, moves=False) for row in rows), following)


@use_case(P.ACTION_READ, event="action.read", reads=True)
def read_action(ctx: Context, action_id: UUID) -> ActionView:
    """Read one action item."""
    return action_view(ctx, ctx.load(ActionItem, action_id))


def _overdue(ctx: Context) -> Any:
    late = sorted(state.value for state in (ActionState.ASSIGNED, ActionState.ACCEPTED))
    return (ActionItem.state == ActionState.OVERDUE.value) | (
        ActionItem.state.in_(late) & (ActionItem.due_on < ctx.today)
    )
