"""Questions to the trail."""

from __future__ import annotations

from ..audit import trail
from ..audit.models import AuditHead
from ..kernel.actor import Permission
from ..usecase import Context, use_case


@use_case(Permission.AUDIT_VERIFY, event="audit.verified", reads=True)
def verify_trail(ctx: Context) -> trail.Verdict:
    """Walk the whole trail and compare it with its head: 0 ok, 1 tampered, 2 incomplete."""
    ctx.select(AuditHead)
    return trail.verify(ctx.session)
