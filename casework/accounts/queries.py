"""Reading accounts: who works where, for other houses; the list of staff; one's own account and sessions."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from ..kernel.actor import Permission
from ..kernel.errors import BadInput
from ..usecase import Context
from .models import Staff, StaffRole


def staff_in_agency(ctx: Context, staff_id: UUID, agency: str, *, field: str) -> Staff:
    """Step: an active staff member who holds a role in the agency today.

    BadInput beside `field`: "unknown_reference" (no such active account) or "staff_not_in_agency". Inside a write
    the row is share-locked, so that nobody can be disabled while work is being given to them (I1).
    """
    query = ctx.select(Staff, permission=Permission.DIRECTORY_READ)
    query = query.where(Staff.id == staff_id, Staff.disabled_at.is_(None))
    if not ctx.visit.reads:
        query = query.with_for_update(read=True, of=Staff)
    staff: Staff | None = ctx.one(query)
    if staff is None:
        raise BadInput("unknown_reference", field)
    held = select(StaffRole.id).where(StaffRole.staff_id == staff_id, StaffRole.agency == agency, in_force(ctx))
    if ctx.session.scalar(held.limit(1)) is None:
        raise BadInput("staff_not_in_agency", field)
    return staff


def staff_names(ctx: Context, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Step: names of staff, former staff included, in one statement."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    query = select(Staff.id, Staff.name).where(Staff.id.in_(wanted))
    return {row.id: row.name for row in ctx.session.execute(query)}


def in_force(ctx: Context) -> ColumnElement[bool]:
    """WHERE clause: the role counts today; `valid_until` is its last day."""
    return (StaffRole.valid_from <= ctx.today) & or_(
        StaffRole.valid_until.is_(None), StaffRole.valid_until >= ctx.today
    )
