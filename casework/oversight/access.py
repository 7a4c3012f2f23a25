"""Reasons to read the trail."""

from ..audit.models import AuditCheckpoint, AuditHead
from ..db.reasons import anyone

any_trail = anyone(AuditHead)
trail = (any_trail, anyone(AuditCheckpoint))
