"""Housekeeping of the house itself: stored answers are kept for a week."""

from __future__ import annotations

from datetime import timedelta

from ...audit import reads
from ...audit.models import AuditHead
from ...kernel.actor import Permission
from ...usecase import Context, replies, use_case

KEPT = timedelta(days=7)
COUNTED = timedelta(days=35)


@use_case(Permission.HOUSEKEEPING, event="house.replies_purged")
def purge_replies(ctx: Context) -> int:
    """Forget the stored answers of Idempotency-Keys older than a week, and counts of reads older than five."""
    ctx.select(AuditHead)
    reads.forget(ctx.session, ctx.now - COUNTED)
    return replies.purge(ctx, ctx.now - KEPT)
