"""Sealed fields, format 1 (frozen by tests/vectors).

    version(1) | data key version(4) | key tag(8) | place tag(8) | nonce(12) | ciphertext | tag(16)

- field key  = HKDF-SHA256(data key, salt none, info = AAD), 32 bytes; the cipher is AES-256-GCM.
- key tag    = HMAC-SHA256(data key, "casework-key-tag-1")[:8]: tells a wrong key (KeyWrong) from damage.
- place tag  = HMAC-SHA256(data key, "casework-place-tag-1" | AAD)[:8]: tells bytes that were moved here from
  elsewhere (ContextMismatch) from bytes that were damaged. Both tags are keyed, so they tell outsiders nothing
  but that two fields share an owner. They are authenticated: the header is part of the cipher's AAD.
- A damaged tag would look like a wrong key or a moved field, so the header carries no decision alone: when a tag
  differs, the body is tried; if it opens, the header was damaged.
- plaintext  = 4-byte length | UTF-8 text | zeros, padded to 64, 256, 1024, 4096, 16384, 65536 or a multiple of it.
  The text is NFC unless NFC would replace a CJK compatibility ideograph (names keep their written form).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .binding import Binding, aad
from .errors import CiphertextCorrupt, ContextMismatch, KeyWrong, TextNotSealable

VERSION = 1
NONCE = 12
TAG = 16
HEADER = 1 + 4 + 8 + 8
SHORTEST = HEADER + NONCE + 64 + TAG
BUCKETS = (64, 256, 1024, 4096, 16384, 65536)


def seal(text: str, key: bytes, key_version: int, binding: Binding) -> bytes:
    """Encrypt a text for one place. Raises TextNotSealable for lone surrogates."""
    return seal_with(text, key, key_version, binding, os.urandom(NONCE))


def seal_with(text: str, key: bytes, key_version: int, binding: Binding, nonce: bytes) -> bytes:
    """As `seal`, with a given nonce: for frozen vectors only."""
    if len(nonce) != NONCE:
        raise ValueError("a nonce has 12 bytes")
    place = aad(binding, key_version)
    header = bytes([VERSION]) + key_version.to_bytes(4, "big") + key_tag(key) + _place_tag(key, place)
    return header + nonce + AESGCM(_field_key(key, place)).encrypt(nonce, _pad(text), header + place)


def open_(blob: bytes, key: bytes, key_version: int, binding: Binding) -> str:
    """Decrypt a text at its place; KeyWrong, ContextMismatch or CiphertextCorrupt if it does not belong here."""
    if len(blob) < SHORTEST or blob[0] != VERSION or (len(blob) - HEADER - NONCE - TAG) % 64:
        raise CiphertextCorrupt
    place = aad(binding, key_version)
    header, nonce, body = blob[:HEADER], blob[HEADER : HEADER + NONCE], blob[HEADER + NONCE :]
    try:
        plain = AESGCM(_field_key(key, place)).decrypt(nonce, body, header + place)
    except InvalidTag:
        raise _why(blob, key, key_version, place) from None
    return _unpad(plain)


def version_of(blob: bytes) -> int:
    """The data key version a blob names; CiphertextCorrupt if it is no sealed field."""
    if len(blob) < SHORTEST or blob[0] != VERSION:
        raise CiphertextCorrupt
    return int.from_bytes(blob[1:5], "big")


def _why(blob: bytes, key: bytes, key_version: int, place: bytes) -> Exception:
    """Tell a wrong key and a moved field from damage. Damage to a tag alone leaves the other tag right, and a
    field that was really moved or sealed with another key was never altered, which its own tags cannot prove to
    a reader without that key: two differing tags mean another key, one differing place tag means another place."""
    own_key = hmac.compare_digest(blob[5:13], key_tag(key))
    own_place = hmac.compare_digest(blob[13:21], _place_tag(key, place))
    own_version = int.from_bytes(blob[1:5], "big") == key_version
    if own_key and not own_place and own_version and _differs_widely(blob[13:21], _place_tag(key, place)):
        return ContextMismatch()
    if not own_key and not own_place and own_version:
        return KeyWrong()
    if not own_version and own_key:
        return ContextMismatch()
    return CiphertextCorrupt()


def _differs_widely(one: bytes, other: bytes) -> bool:
    """Another place changes about half of the 64 bits; a damaged byte changes at most eight."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count() > 8


def key_tag(key: bytes) -> bytes:
    return hmac.digest(key, b"casework-key-tag-1", hashlib.sha256)[:8]


def _place_tag(key: bytes, place: bytes) -> bytes:
    return hmac.digest(key, b"casework-place-tag-1" + place, hashlib.sha256)[:8]


def _field_key(key: bytes, place: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869) with an empty salt, one block of output."""
    extracted = hmac.digest(bytes(32), key, hashlib.sha256)
    return hmac.digest(extracted, place + b"\x01", hashlib.sha256)


def normal(text: str) -> str:
    """NFC, unless that would replace an ideograph somebody's name is written with (U+F900-U+FAFF)."""
    normalised = unicodedata.normalize("NFC", text)
    if normalised != text and any("\uf900" <= c <= "\ufaff" or "\U0002f800" <= c <= "\U0002fa1f" for c in text):
        return text
    return normalised


def _pad(text: str) -> bytes:
    try:
        raw = normal(text).encode("utf-8")
    except UnicodeEncodeError:
        raise TextNotSealable from None
    framed = len(raw).to_bytes(4, "big") + raw
    size = next((b for b in BUCKETS if len(framed) <= b), -(-len(framed) // BUCKETS[-1]) * BUCKETS[-1])
    return framed.ljust(size, b"\0")


def _unpad(plain: bytes) -> str:
    size = int.from_bytes(plain[:4], "big")
    if size > len(plain) - 4 or any(plain[4 + size :]):
        raise CiphertextCorrupt
    return plain[4 : 4 + size].decode("utf-8")


