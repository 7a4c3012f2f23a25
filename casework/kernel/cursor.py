"""Cursors of keyset pages: opaque to clients, checked when they come back."""

from __future__ import annotations

import base64
import binascii
import json

from .errors import BadInput


def encode(*parts: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def decode(cursor: str, count: int) -> tuple[str, ...]:
    """The parts of a cursor; BadInput("cursor_invalid") unless `encode` made it of exactly `count` texts.

    Texts that no database takes (NUL, lone surrogates) are refused too: only a forged cursor holds them.
    """
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        parts = json.loads(raw)
        json.dumps(parts, ensure_ascii=False).encode()
    except (binascii.Error, UnicodeError, ValueError, RecursionError):
        raise BadInput("cursor_invalid", "after") from None
    if not isinstance(parts, list) or len(parts) != count or not all(isinstance(p, str) for p in parts):
        raise BadInput("cursor_invalid", "after")
    if encode(*parts) != cursor or any("\0" in part for part in parts):
        raise BadInput("cursor_invalid", "after")
    return tuple(parts)
