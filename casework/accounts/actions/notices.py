"""アカウントの動き: telling people what happened to their account, at the next page they see."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from ...kernel.actor import Permission
from ...usecase import Context, use_case
from ..models import AccountNotice, Staff, StaffSession
from ..rules import Level, NoticeKind


def tell(ctx: Context, staff_id: UUID, kind: NoticeKind, times: int = 1) -> None:
    """Step: note what happened to an account, in the transaction in which it happens."""
    ctx.add(AccountNotice(staff_id=staff_id, kind=kind.value, times=times, at=ctx.now))


def tell_of_entering(ctx: Context, staff: Staff, level: Level, *, failures: int, known: bool) -> None:
    """Step: what somebody who comes in should know: who failed before, who had the password, where this one is.

    Nothing is told while it fails: that would cost more for a login that exists than for one that does not.
    """
    mine = select(func.max(StaffSession.created_at)).where(StaffSession.staff_id == staff.id)
    before = ctx.session.scalar(mine.where(StaffSession.level != Level.HALF.value))
    if failures:
        tell(ctx, staff.id, NoticeKind.FAILED, failures)
    if before is not None:
        stopped = select(func.count(StaffSession.id)).where(
            StaffSession.staff_id == staff.id,
            StaffSession.level == Level.HALF.value,
            StaffSession.created_at >= before,
            StaffSession.ended_at.is_(None),
        )
        if halves := ctx.session.scalar(stopped):
            tell(ctx, staff.id, NoticeKind.HALF, halves)
        if not known:
            tell(ctx, staff.id, NoticeKind.NEW_DEVICE)
    if level is Level.RECOVERY:
        tell(ctx, staff.id, NoticeKind.RECOVERY_USED)


@use_case(Permission.SESSION_OWN, event="account.notices_seen")
def notices_seen(ctx: Context, notice_id: UUID) -> None:
    """Say that one knows of what happened to one's own account, up to this notice and no further."""
    last = ctx.load(AccountNotice, notice_id)
    query = ctx.select(AccountNotice).where(
        AccountNotice.staff_id == ctx.actor.id, AccountNotice.seen_at.is_(None), AccountNotice.id <= last.id
    )
    for row in ctx.all(query):
        row.seen_at = ctx.now
