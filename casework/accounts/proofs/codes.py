"""Codes: seeds of the app (RFC 6238) sealed with a key of their own purpose, and recovery codes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ...crypto import KeyRing
from ...crypto.binding import pack
from ...kernel.errors import Refused
from .. import rules

PURPOSE = "second_factor"
ISSUER = "casework"
_NONCE = 12
_TAG = 16


def new_seed() -> str:
    """160 random bits in base32, the length of RFC 4226 section 4."""
    return pyotp.random_base32(32)


def seal_seed(keys: KeyRing, staff_id: UUID, seed: str) -> bytes:
    """nonce | ciphertext | tag, bound to the member of staff it belongs to."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_seed_key(keys)).encrypt(nonce, seed.encode(), _place(staff_id))


def open_seed(keys: KeyRing, staff_id: UUID, sealed: bytes) -> str:
    """The seed; Refused("factor_unreadable") if it was sealed with another key or for somebody else."""
    if len(sealed) < _NONCE + _TAG:
        raise Refused("factor_unreadable")
    try:
        return AESGCM(_seed_key(keys)).decrypt(sealed[:_NONCE], sealed[_NONCE:], _place(staff_id)).decode()
    except InvalidTag:
        raise Refused("factor_unreadable") from None


def address(seed: str, login: str) -> str:
    """What the QR code says: otpauth://totp/…"""
    return pyotp.TOTP(seed).provisioning_uri(name=login, issuer_name=ISSUER)


def fitting_steps(seed: str, typed: str, now: datetime) -> list[int]:
    """The time steps around `now` whose code this is, the earliest first; every step costs the same work."""
    here = int(now.timestamp()) // rules.STEP_SECONDS
    app = pyotp.TOTP(seed)
    around = range(max(0, here - rules.STEPS_ASIDE), here + rules.STEPS_ASIDE + 1)
    return [step for step in around if hmac.compare_digest(app.generate_otp(step), typed)]


def new_recovery_codes() -> tuple[str, ...]:
    def one() -> str:
        return "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.RECOVERY_SIGNS))

    return tuple(one() for _ in range(rules.RECOVERY_CODES))


def recovery_digest(keys: KeyRing, staff_id: UUID, folded: str) -> bytes:
    """A keyed digest of a folded code: a copy of the database alone cannot even test a guess."""
    text = pack(b"casework-recovery-1", staff_id.bytes, folded.encode("utf-8", "surrogatepass"))
    return hmac.digest(keys.store.purpose_key(PURPOSE), text, "sha256")


def _seed_key(keys: KeyRing) -> bytes:
    return hmac.digest(keys.store.purpose_key(PURPOSE), b"casework-totp-seed-key-1", hashlib.sha256)


def _place(staff_id: UUID) -> bytes:
    return pack(b"casework-totp-seed-1", staff_id.bytes)
