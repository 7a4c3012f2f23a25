"""One-time values that nobody has to keep: they carry their moment and a proof that this house gave them out.

Only those that were used are remembered, so that asking for one costs no row.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from ...crypto import KeyRing
from ...crypto.binding import pack
from .codes import PURPOSE

LASTS = timedelta(minutes=10)
KEPT = timedelta(days=2)  # used values are remembered far beyond their end: clocks jump
_MOMENT, _RANDOM, _PROOF = 8, 16, 32


def issue(keys: KeyRing, kind: str, bound_to: bytes, now: datetime) -> bytes:
    """A value for one purpose and one person (or b"" for anybody), good for ten minutes."""
    head = int(now.timestamp()).to_bytes(_MOMENT, "big") + secrets.token_bytes(_RANDOM)
    return head + _proof(keys, kind, bound_to, head)


def genuine(keys: KeyRing, kind: str, bound_to: bytes, token: bytes, now: datetime) -> bool:
    """Whether this house gave out the value for this purpose and person, at most ten minutes ago."""
    if len(token) != _MOMENT + _RANDOM + _PROOF:
        return False
    head, proof = token[: _MOMENT + _RANDOM], token[_MOMENT + _RANDOM :]
    if not hmac.compare_digest(proof, _proof(keys, kind, bound_to, head)):
        return False
    given = datetime.fromtimestamp(int.from_bytes(head[:_MOMENT], "big"), UTC)
    return timedelta(seconds=-1) <= now - given <= LASTS


def digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()


def derived(keys: KeyRing, kind: str, token: bytes) -> bytes:
    """A secret that belongs to the value: whoever saw the value alone does not know it."""
    return hmac.digest(_key(keys), pack(b"derived", kind.encode(), token), "sha256")


def _proof(keys: KeyRing, kind: str, bound_to: bytes, head: bytes) -> bytes:
    return hmac.digest(_key(keys), pack(b"given", kind.encode(), bound_to, head), "sha256")


def _key(keys: KeyRing) -> bytes:
    return hmac.digest(keys.store.purpose_key(PURPOSE), b"casework-one-time-key-1", "sha256")
