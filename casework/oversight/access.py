"""Reasons to read the trail."""

from ..audit.models import AuditHead
from ..db.reasons import anyone

any_trail = anyone(AuditHead)
