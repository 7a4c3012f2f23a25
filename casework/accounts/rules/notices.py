"""アカウントの動き: what happened to an account, told to whom it belongs (ASVS 6.3.5, 6.3.7). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

ATTEMPTS_KEPT_DAYS = 7  # failed sign-ins, so that they are told at the next one that succeeds
NOTICES_SHOWN_DAYS = 90


class NoticeKind(StrEnum):
    """What is told. The sentence of each stands in the messages (labels.notice)."""

    FAILED = "failed"
    HALF = "half"
    NEW_DEVICE = "new_device"
    RECOVERY_USED = "recovery_used"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a notice
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of a notice
    TOTP_ADDED = "totp_added"
    TOTP_REMOVED = "totp_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    RECOVERY_RENEWED = "recovery_renewed"
    FACTORS_RESET = "factors_reset"


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One thing that happened, how many times, and when its owner said that they know of it (None: not yet)."""

    id: UUID
    kind: str
    times: int
    at: datetime
    seen_at: datetime | None
