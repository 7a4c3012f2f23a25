"""Reasons to touch an account: administration sees every account, everybody their own."""

from __future__ import annotations

from ..db.reasons import anyone, mine, renamed
from .models import SignInAttempt, Staff, StaffRole, StaffSession

any_account = (anyone(Staff), anyone(StaffRole), anyone(StaffSession), anyone(SignInAttempt))
own_account = (
    renamed("own account", mine(Staff.id)),
    renamed("own roles", mine(StaffRole.staff_id)),
    renamed("own session", mine(StaffSession.staff_id)),
)
colleagues = (anyone(Staff), anyone(StaffRole))
