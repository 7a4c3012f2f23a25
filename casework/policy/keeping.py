"""The policy's sections for those who keep the house itself: its trail and its keys."""

from __future__ import annotations

from collections.abc import Mapping

from ..custody import access as custody
from ..desk import access as desk
from ..kernel.actor import Permission as P
from ..kernel.actor import Role as R
from ..kernel.policy import Reason
from ..oversight import access as oversight

Section = Mapping[P, Mapping[R, tuple[Reason, ...]]]

# -- oversight ---------------------------------------------------------------------------------------
OVERSIGHT: Section = {
    P.HOUSEKEEPING: {R.SYSTEM: (oversight.any_trail, desk.any_form)},
    P.AUDIT_VERIFY: dict.fromkeys((R.ADMINISTRATOR, R.PRIVACY_OFFICER, R.SYSTEM), oversight.trail),
    P.AUDIT_SEAL: {R.SYSTEM: oversight.trail},
    P.AUDIT_READ: {R.PRIVACY_OFFICER: oversight.seen},
    P.ACCESS_REVIEW: {R.PRIVACY_OFFICER: oversight.reviewed},
    P.ACCESS_SCAN: dict.fromkeys((R.PRIVACY_OFFICER, R.SYSTEM), oversight.scanned),
}

# -- keys --------------------------------------------------------------------------------------------
CUSTODY: Section = {
    P.KEYS_READ: dict.fromkeys((R.ADMINISTRATOR, R.SYSTEM), (custody.any_retirement,)),
    P.KEYS_RETIRE: {R.ADMINISTRATOR: (custody.any_retirement,)},
    P.KEYS_KEEP: {R.SYSTEM: (custody.any_retirement,)},
    P.BACKUP_MAKE: {R.SYSTEM: (custody.any_retirement,)},
}

KEEPING = (OVERSIGHT, CUSTODY)
