"""How a key lies wrapped under a KEK: what it is bound to, its commitment, and what a keeper of KEKs must do.

The form is frozen (tests/vectors/wrapped_v1.json): nonce(12) | AES-256-GCM ciphertext | tag(16), whose associated
data names the owner or purpose, the key's version and the KEK's version.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Protocol
from uuid import UUID

from ..binding import pack
from ..errors import KeyWrong

CANARY = b"casework keystore canary"
NONCE = 12
SHORTEST = NONCE + 16


class KekProvider(Protocol):
    """Who keeps the KEKs: files, or a token that never hands them out.

    Every method may raise KeyMissing (no such KEK, or its keeper cannot be reached); `unwrap` raises KeyWrong for
    bytes that this KEK did not wrap for this place.
    """

    def make(self, version: int) -> None:
        """A new random KEK, lasting before this returns; FileExistsError if there is one of this version."""

    def wrap(self, version: int, key: bytes, place: bytes) -> bytes: ...

    def unwrap(self, version: int, wrapped: bytes, place: bytes) -> bytes: ...

    def destroy(self, version: int) -> None:
        """Beyond recovery from here; nothing happens if it is gone already."""

    def present(self) -> set[int]:
        """Versions that are there, whether or not a keystore knows them."""

    def forget(self) -> None:
        """Drop what this process holds of them."""


def commitment(key: bytes) -> bytes:
    """Binds a wrapped key to its value: AES-GCM alone lets a wrapping be made that opens under two keys."""
    return hashlib.sha256(b"casework-key-commitment-1" + key).digest()


def unwrapped(keks: KekProvider, version: int, wrapped: bytes, seal: bytes, place: bytes) -> bytes:
    """The key inside; KeyWrong unless it is the one that was committed to."""
    key = keks.unwrap(version, wrapped, place)
    if not hmac.compare_digest(commitment(key), seal):
        raise KeyWrong
    return key


def check_canary(keks: KekProvider, version: int, canary: bytes) -> None:
    if keks.unwrap(version, canary, canary_place(version)) != CANARY:
        raise KeyWrong


def canary_place(kek_version: int) -> bytes:
    return pack(b"casework-canary-1", kek_version.to_bytes(4, "big"))


def data_place(owner: UUID, version: int, kek_version: int) -> bytes:
    return pack(
        b"casework-data-key-1", owner.bytes, version.to_bytes(4, "big"), kek_version.to_bytes(4, "big")
    )


def purpose_place(name: str, kek_version: int) -> bytes:
    return pack(b"casework-purpose-key-1", name.encode(), kek_version.to_bytes(4, "big"))
