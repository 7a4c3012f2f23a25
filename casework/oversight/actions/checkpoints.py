"""Issuing signed checkpoints."""

from __future__ import annotations

from ...audit import checkpoint, trail
from ...audit.checkpoint import Checkpoint
from ...audit.models import AuditCheckpoint
from ...audit.verify import ISSUED
from ...kernel.actor import Permission as P
from ...usecase import Context, use_case
from ..queries.trail import signing_key


@use_case(P.AUDIT_SEAL, event=ISSUED)
def issue_checkpoint(ctx: Context) -> tuple[tuple[int, str], ...]:
    """Sign where the trail stands now; every checkpoint issued so far as (size, line), the new one last."""
    size, root = trail.lock_head(ctx.session)
    rows = ctx.all(ctx.select(AuditCheckpoint).order_by(AuditCheckpoint.size))
    key = signing_key(ctx)
    previous = checkpoint.read(rows[-1].line.encode(), key.public_key()).digest if rows else checkpoint.FIRST
    made: Checkpoint = checkpoint.issue(key, size=size, root=root, previous=previous, at=ctx.now)
    row = AuditCheckpoint(size=size, line=made.line.decode())
    ctx.add(row)
    return tuple((r.size, r.line) for r in (*rows, row))
