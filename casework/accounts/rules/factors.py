"""Second factors (多要素認証): levels of a session, codes as typed, shapes of enrolment and of proofs. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from ...kernel.errors import CaseworkError, Refused
from .staff import MeView

CODE_DIGITS = 6
STEP_SECONDS = 30  # RFC 6238
STEPS_ASIDE = 1  # a clock may be one step off, RFC 6238 section 5.2
RECOVERY_CODES = 10
# 24 signs of 32: 120 random bits, so that a plain keyed hash keeps them (ASVS 6.5.2)
RECOVERY_SIGNS = 24
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
PROOF_LIMIT = 64  # characters of a typed code
HALF_MINUTES = 10  # from the password to the second factor
PENDING_MINUTES = 30  # from the QR code to the first code
PASSKEYS_AT_MOST = 10
SECOND_FACTOR = ("required", "offered")


class Level(StrEnum):
    """What a session was opened with. `half`: the password fitted, the second factor is still to come."""

    HALF = "half"
    PASSWORD = "password"  # noqa: S105 - the name of a level
    TOTP = "totp"
    RECOVERY = "recovery"
    PASSKEY = "passkey"
    SSO = "sso"


class Demand(StrEnum):
    """What has to be done before anything else; the code of the refusal that says so."""

    SECOND_FACTOR = "second_factor_required"
    PASSWORD = "password_change_required"  # noqa: S105 - a code
    ENROL = "enrolment_required"


class Demanded(CaseworkError):
    """The session serves only to meet a demand first (403)."""

    status = 403

    def __init__(self, demand: Demand) -> None:
        super().__init__(demand.value)
        self.demand = demand


def demand_of(level: str, *, must_change_password: bool, required: bool) -> Demand | None:
    """The demand on a session: prove, then replace a temporary password, then enrol where it is required."""
    if level == Level.HALF:
        return Demand.SECOND_FACTOR
    if must_change_password:
        return Demand.PASSWORD
    return Demand.ENROL if required and level == Level.PASSWORD else None


@dataclass(frozen=True, slots=True)
class ProofDraft:
    """A second proof: a code of the app or a recovery code, or the answer of a passkey."""

    code: str = ""
    passkey: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ConfirmDraft:
    """What proves once more who is at the keyboard: the password, and a second factor if the account has one."""

    password: str = ""
    code: str = ""
    passkey: Mapping[str, Any] | None = None

    @property
    def proof(self) -> ProofDraft:
        return ProofDraft(self.code, self.passkey)


@dataclass(frozen=True, slots=True)
class SsoAnswer:
    """What came back from the identity provider; `kept` is the state that this browser was given."""

    state: str
    code: str
    kept: str


@dataclass(frozen=True, slots=True)
class CodeDraft:
    code: str


@dataclass(frozen=True, slots=True)
class PasskeyDraft:
    """A new passkey with the name its owner gives it."""

    name: str
    passkey: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kinds:
    """Which second factors an account has."""

    totp: bool
    passkey: bool

    def __bool__(self) -> bool:
        return self.totp or self.passkey


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A new seed, to be typed or read as a QR code by the app; shown until its first code has come."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """Shown once; None where the codes given before still serve."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PasskeyView:
    id: UUID
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class FactorsView:
    """The second factors of one's own account; `required`: nobody works without one here."""

    totp_since: datetime | None
    passkeys: tuple[PasskeyView, ...]
    recovery_left: int
    required: bool
    passkeys_offered: bool


@dataclass(frozen=True, slots=True)
class Signed:
    """`token` is the secret of the cookie, kept nowhere else; `device` marks the browser as known.

    `kinds` says which second factor is still to come; then the session serves for nothing else and `staff` is None.
    """

    token: str
    device: str
    staff: MeView | None
    kinds: Kinds | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """`token` is the session's new secret; the one before it is worth nothing any more."""

    token: str
    staff: MeView


def fold_code(typed: str) -> str:
    """A code as people type it: half width, without blanks and hyphens, letters that look like digits as digits."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    kept = "".join(c for c in plain if c.isalnum())
    return kept.translate(str.maketrans("OIL", "011"))


def is_app_code(folded: str) -> bool:
    return len(folded) == CODE_DIGITS and folded.isascii() and folded.isdigit()


def spaced(code: str) -> str:
    """A recovery code as it is shown: groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def last_factor_stays(kinds_left: Kinds, *, required: bool) -> None:
    """Where a second factor is required, the last one can be replaced, not taken off."""
    if required and not kinds_left:
        raise Refused("factor_last")


def still_pending(since: datetime | None, now: datetime) -> bool:
    return since is not None and timedelta(0) <= now - since <= timedelta(minutes=PENDING_MINUTES)
