"""Reasons to touch an account: administration sees every account, everybody their own."""

from __future__ import annotations

from ..db.reasons import anyone, mine, renamed
from .models import (
    AccountNotice,
    Passkey,
    PlannedTransfer,
    RecoveryCode,
    RightsChange,
    SignInAttempt,
    SpentToken,
    Staff,
    StaffRole,
    StaffSession,
    TotpSeed,
)

any_account = (
    anyone(Staff),
    anyone(StaffRole),
    anyone(StaffSession),
    anyone(SignInAttempt),
    anyone(TotpSeed),
    anyone(RecoveryCode),
    anyone(Passkey),
    anyone(SpentToken),
    anyone(AccountNotice),
)
any_change = anyone(RightsChange)
any_transfer = anyone(PlannedTransfer)
own_account = (
    renamed("own account", mine(Staff.id)),
    renamed("own roles", mine(StaffRole.staff_id)),
    renamed("own session", mine(StaffSession.staff_id)),
    renamed("own code app", mine(TotpSeed.staff_id)),
    renamed("own recovery codes", mine(RecoveryCode.staff_id)),
    renamed("own passkeys", mine(Passkey.staff_id)),
    renamed("own notices", mine(AccountNotice.staff_id)),
    anyone(SpentToken),
)
colleagues = (anyone(Staff), anyone(StaffRole))
