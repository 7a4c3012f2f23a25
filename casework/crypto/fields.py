"""Sealed fields, format 1, frozen by tests/vectors.

    version(1) | data key version(4) | store tag(4) | place tag(8) | key tag(8)
               | nonce(12) | ciphertext | tag(16) | checksum(4)

All numbers are big-endian. `place` is the AAD of binding.py. Every derived value is HKDF-SHA256 (RFC 5869, no
salt) of one of two keys with its own info, and infos are length-prefixed, so none can be taken for another:

- store tag  = HKDF(place key, pack("casework-store-tag-1", nonce))[:4]: sealed with this installation's keys?
- place tag  = HKDF(place key, pack("casework-place-tag-1", nonce, place))[:8]: sealed for this place and owner?
- key tag    = HKDF(data key, pack("casework-key-tag-1", nonce))[:8]: sealed with this data key?
- field key  = HKDF(data key, place), 32 bytes, for AES-256-GCM over the padded text (padding.py) with
  associated data header | place, where the header is the first 25 bytes.
- checksum   = CRC-32 of all bytes before it: finds damage. It is public, of public bytes, and protects nothing.

The place key is one random key per installation, apart from all data keys: only so can a field moved to another
owner, whose data key differs, be told from a field met by a wrong key. The tags are keyed and hold the nonce:
without the keys they are random bytes, which show neither what two fields share nor where one belongs.

A reader asks in this order, and each question rests on the ones before: whole? (else CiphertextCorrupt) this
installation? (KeyWrong) this place? (ContextMismatch) this data key? (KeyWrong) authentic? (CiphertextCorrupt).
Only the last one protects. Who alters bytes on purpose can choose which refusal is shown, never avoid one.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import zlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .binding import Binding, aad, pack
from .errors import CiphertextCorrupt, ContextMismatch, KeyWrong
from .padding import BUCKETS, pad, unpad

VERSION = 1
NONCE = 12
_HEADER = 1 + 4 + 4 + 8 + 8
_BODY = _HEADER + NONCE
_CHECKSUM = 4
_STORE_TAG = pack(b"casework-store-tag-1")
_PLACE_TAG = pack(b"casework-place-tag-1")
_KEY_TAG = pack(b"casework-key-tag-1")
SHORTEST = _BODY + BUCKETS[0] + 16 + _CHECKSUM


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A data key with the place key of its keystore, both ready to derive from (HKDF's extracted form)."""

    version: int
    root: bytes = field(repr=False)
    place_root: bytes = field(repr=False)


def sealing_key(version: int, key: bytes, place_key: bytes) -> SealingKey:
    return SealingKey(version, extract(key), extract(place_key))


def seal(text: str, key: SealingKey, binding: Binding) -> bytes:
    """Encrypt a text for one place. Raises TextNotSealable for lone surrogates."""
    return seal_with(text, key, binding, os.urandom(NONCE))


def seal_with(text: str, key: SealingKey, binding: Binding, nonce: bytes) -> bytes:
    """As `seal`, with a given nonce: for frozen vectors only, a nonce must never serve twice."""
    # AES-GCM takes other lengths in silence, and 8 bytes would soon repeat.
    if len(nonce) != NONCE:
        raise ValueError("a nonce has 12 bytes")
    return _assemble(pad(text), key, binding, nonce)


def open_(blob: bytes, key: SealingKey, binding: Binding) -> str:
    """Decrypt a text at its place; CiphertextCorrupt, KeyWrong or ContextMismatch if it does not belong here."""
    if len(blob) < SHORTEST or blob[0] != VERSION:
        raise CiphertextCorrupt
    if with_checksum(blob[:-_CHECKSUM]) != blob:
        raise CiphertextCorrupt
    place = aad(binding, key.version)
    nonce = blob[_HEADER:_BODY]
    store_tag, place_tag, key_tag = _tags(key, nonce, place)
    if not hmac.compare_digest(blob[5:9], store_tag):
        raise KeyWrong
    if not hmac.compare_digest(blob[9:17], place_tag):
        raise ContextMismatch
    if not hmac.compare_digest(blob[17:_HEADER], key_tag):
        raise KeyWrong
    try:
        plain = AESGCM(_expand(key.root, place)).decrypt(
            nonce, blob[_BODY:-_CHECKSUM], blob[:_HEADER] + place
        )
    except InvalidTag:
        raise CiphertextCorrupt from None
    return unpad(plain)


def sealed_with(blob: bytes, place_root: bytes) -> bool:
    """Whether the field was sealed in the installation of this place key; says nothing of its content."""
    if len(blob) < SHORTEST or blob[0] != VERSION:
        return False
    expected = _expand(place_root, _STORE_TAG + pack(blob[_HEADER:_BODY]))[:4]
    return hmac.compare_digest(blob[5:9], expected)


def _assemble(plain: bytes, key: SealingKey, binding: Binding, nonce: bytes) -> bytes:
    place = aad(binding, key.version)
    header = bytes([VERSION]) + key.version.to_bytes(4, "big") + b"".join(_tags(key, nonce, place))
    body = AESGCM(_expand(key.root, place)).encrypt(nonce, plain, header + place)
    return with_checksum(header + nonce + body)


def with_checksum(whole: bytes) -> bytes:
    return whole + zlib.crc32(whole).to_bytes(_CHECKSUM, "big")


def extract(key: bytes) -> bytes:
    """HKDF-Extract with no salt: 32 bytes, the same for every info, so worth keeping."""
    return hmac.digest(bytes(32), key, hashlib.sha256)


def _expand(root: bytes, info: bytes) -> bytes:
    """HKDF-Expand for one block of output, 32 bytes."""
    return hmac.digest(root, info + b"\x01", "sha256")


def _tags(key: SealingKey, nonce: bytes, place: bytes) -> tuple[bytes, bytes, bytes]:
    """Store tag, place tag, key tag."""
    packed = pack(nonce)
    return (
        _expand(key.place_root, _STORE_TAG + packed)[:4],
        _expand(key.place_root, _PLACE_TAG + packed + pack(place))[:8],
        _expand(key.root, _KEY_TAG + packed)[:8],
    )
