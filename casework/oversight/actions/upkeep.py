"""Housekeeping of the house itself: stored answers are kept for a week."""

from __future__ import annotations

from datetime import timedelta

from ...audit.models import AuditHead
from ...kernel.actor import Permission
from ...usecase import Context, replies, use_case

KEPT = timedelta(days=7)


@use_case(Permission.HOUSEKEEPING, event="house.replies_purged")
def purge_replies(ctx: Context) -> int:
    """Forget the stored answers of Idempotency-Keys older than a week."""
    ctx.select(AuditHead)
    return replies.purge(ctx, ctx.now - KEPT)
