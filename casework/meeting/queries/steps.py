"""Steps of reading that other houses share: verdicts, agreed plans, and whether a case is carried by a meeting."""

from __future__ import annotations

from uuid import UUID

from ...cases.models import Case
from ...kernel.actor import Permission as P
from ...usecase import Context
from ..models import AgendaItem, Decision
from ..rules import SUPPORT_MEETING


def verdict_for(ctx: Context, case: Case) -> tuple[str | None, UUID | None]:
    """Step: the latest verdict a held meeting gave on a loaded case, and its agenda item; (None, None) without one."""
    items = ctx.parts(case, AgendaItem, AgendaItem.withdrawn_at.is_(None))
    found = [
        d for rows in ctx.parts_of(items, Decision, Decision.verdict.is_not(None)).values() for d in rows
    ]
    if not found:
        return None, None
    latest = max(found, key=lambda decision: (decision.decided_at, decision.id))
    return latest.verdict, latest.agenda_item_id


def agreed_plan(ctx: Context, plan_id: UUID) -> AgendaItem | None:
    """Step: the agenda item in which a held meeting agreed to the plan, as far as the actor may see it."""
    query = ctx.select(AgendaItem, permission=P.AGENDA_READ)
    query = query.where(AgendaItem.plan_id == plan_id, AgendaItem.withdrawn_at.is_(None))
    items = ctx.all(query.order_by(AgendaItem.id.desc()))
    agreed = ctx.parts_of(items, Decision, Decision.plan_agreed.is_(True))
    return next((item for item in items if agreed[item.id]), None)


def on_support_meeting(ctx: Context, case: Case) -> bool:
    """Step: whether 支援会議 carries the loaded case: it is or was on such an agenda and was not withdrawn."""
    where = (AgendaItem.basis == SUPPORT_MEETING, AgendaItem.withdrawn_at.is_(None))
    return bool(ctx.parts(case, AgendaItem, *where))
