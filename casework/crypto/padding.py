"""What is encrypted: the text as written, framed by its length and padded, so that its size says little."""

from __future__ import annotations

import re
import unicodedata

from .errors import CiphertextCorrupt, TextNotSealable

BUCKETS = (64, 256, 1024, 4096, 16384, 65536)
_FRAME = 4
# NFC replaces these by their unified twins (U+FA10 becomes U+585A), which would rewrite somebody's name.
_COMPATIBILITY_IDEOGRAPHS = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")


def normal(text: str) -> str:
    """NFC for all but CJK compatibility ideographs: names keep the kanji they are written with."""
    if unicodedata.is_normalized("NFC", text):
        return text
    parts = _COMPATIBILITY_IDEOGRAPHS.split(text)
    return "".join(part if at % 2 else unicodedata.normalize("NFC", part) for at, part in enumerate(parts))


def bucket(size: int) -> int:
    """The padded size of `size` bytes: the next bucket, beyond the last one its next multiple."""
    for limit in BUCKETS:
        if size <= limit:
            return limit
    return -(-size // BUCKETS[-1]) * BUCKETS[-1]


def pad(text: str) -> bytes:
    """4-byte length, UTF-8 text, zeros up to the bucket. Raises TextNotSealable for lone surrogates."""
    try:
        raw = normal(text).encode("utf-8")
    except UnicodeEncodeError:
        # The cause would carry the text into a traceback.
        raise TextNotSealable from None
    framed = len(raw).to_bytes(_FRAME, "big") + raw
    return framed.ljust(bucket(len(framed)), b"\0")


def unpad(plain: bytes) -> str:
    """The text inside; CiphertextCorrupt unless `pad` could have made exactly these bytes."""
    end = _FRAME + int.from_bytes(plain[:_FRAME], "big")
    if bucket(end) != len(plain) or plain[end:].strip(b"\0"):
        raise CiphertextCorrupt
    try:
        return plain[_FRAME:end].decode("utf-8")
    except UnicodeDecodeError:
        raise CiphertextCorrupt from None
