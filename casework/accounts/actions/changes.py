"""Rights of others change by two people: what one proposes another approves; taking part ends for both with the act.

The house itself (first start, demo city, tests) acts alone; the machine's operator only until two administrators exist.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from uuid import UUID

from ...kernel.actor import OPERATOR_ID, SYSTEM_ID, Permission, Role
from ...kernel.errors import Refused
from ...usecase import Context, use_case
from .. import queries, rules
from ..models import RightsChange, Staff
from ..rules import Change, ChangeKind, ChangeState, ChangeView, RoleDraft, RoleEnd
from . import rights
from .own import end_sessions


def alone(ctx: Context) -> bool:
    """Step: whether whoever acts may change rights without a second person."""
    if ctx.actor.id == OPERATOR_ID:
        return queries.administrators(ctx) < rules.ADMINISTRATORS_NEEDED
    return ctx.actor.id == SYSTEM_ID


def propose(ctx: Context, staff: Staff, change: Change) -> None:
    """Step: keep a change for a second person; the same change is not proposed twice."""
    query = ctx.select(RightsChange).where(
        RightsChange.staff_id == staff.id,
        RightsChange.state == ChangeState.PROPOSED.value,
        RightsChange.until > ctx.now,
        RightsChange.kind == change.kind.value,
        RightsChange.role.is_(None) if change.role is None else RightsChange.role == change.role.value,
        RightsChange.agency.is_(None) if change.agency is None else RightsChange.agency == change.agency,
    )
    if ctx.all(query.limit(1)):
        raise Refused("change_waits")
    ctx.add(
        RightsChange(
            **asdict(change),
            staff_id=staff.id,
            proposed_by=ctx.actor.id,
            proposed_at=ctx.now,
            until=ctx.now + timedelta(days=ctx.settings.proposal_days),
            state=ChangeState.PROPOSED,
        )
    )


@use_case(Permission.ACCOUNT_APPROVE, event="rights.approved", confirmed=True)
def approve_change(ctx: Context, change_id: UUID) -> ChangeView:
    """Approve what somebody else proposed: the change is made now, and the person's sessions end with it."""
    change = _open(ctx, change_id)
    rules.second_person(ctx.actor.id, proposed_by=change.proposed_by, staff_id=change.staff_id)
    staff = ctx.load(Staff, change.staff_id)
    if staff.disabled_at is not None and change.kind not in (ChangeKind.ENABLE, ChangeKind.ROLE_END):
        raise Refused("staff_disabled")
    _make(ctx, staff, change)
    end_sessions(ctx, staff.id)
    return _decided(ctx, change, ChangeState.APPROVED)


def _make(ctx: Context, staff: Staff, change: RightsChange) -> None:
    if change.kind == ChangeKind.ROLE_ADD:
        begins = max(change.valid_from or date.min, ctx.today)
        draft = RoleDraft(Role(change.role or ""), change.agency or "", begins, change.valid_until)
        rights.check_role(ctx, staff, draft)
        rights.give_role(ctx, staff, draft)
    elif change.kind == ChangeKind.ROLE_END:
        end = RoleEnd(change.valid_until, change.to_staff_id)
        rights.end_role(ctx, staff, rights.role_of(ctx, staff, change.role_id), end)
    elif change.kind == ChangeKind.ENABLE:
        rights.enable(staff)
    else:
        rights.set_password(ctx, staff, change.password_hash or "!")


@use_case(Permission.ACCOUNT_APPROVE, event="rights.refused")
def refuse_change(ctx: Context, change_id: UUID) -> ChangeView:
    """Refuse what somebody else proposed; nothing changes."""
    change = _open(ctx, change_id)
    rules.second_person(ctx.actor.id, proposed_by=change.proposed_by, staff_id=change.staff_id)
    return _decided(ctx, change, ChangeState.REFUSED)


@use_case(Permission.ACCOUNT_MANAGE, event="rights.withdrawn")
def withdraw_change(ctx: Context, change_id: UUID) -> ChangeView:
    """Take back what one proposed oneself."""
    change = _open(ctx, change_id)
    if change.proposed_by != ctx.actor.id:
        raise Refused("change_of_another")
    return _decided(ctx, change, ChangeState.WITHDRAWN)


def _open(ctx: Context, change_id: UUID) -> RightsChange:
    change = ctx.load(RightsChange, change_id)
    rules.check_decision(change.state, change.until, ctx.now)
    return change


def _decided(ctx: Context, change: RightsChange, state: ChangeState) -> ChangeView:
    change.state, change.decided_by, change.decided_at = state, ctx.actor.id, ctx.now
    change.password_hash = None
    return queries.change_view(change)
