"""Strings that must never be found outside the cipher, and the search for them in files."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterable
from pathlib import Path

KANJI = "架空見本例示仮名想定雛形模擬試作髙﨑𠮷葛濵邉渡橋澤嶋鶴亀松竹梅桜柳楓椿藤萩菊蘭桔梗"
KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
ROMAJI = "abcdefghijklmnopqrstuvwxyz"


def make(count: int, seed: int = 7) -> list[str]:
    """Distinct strings in kanji, kana and romaji, long enough not to occur by chance."""
    dice = random.Random(seed)
    found: set[str] = set()
    while len(found) < count:
        letters, length = ((KANJI, 7), (KANA, 10), (ROMAJI, 14))[len(found) % 3]
        found.add("".join(dice.choice(letters) for _ in range(length)))
    return sorted(found)


def encodings(text: str) -> dict[str, bytes]:
    """The ways a text could lie in a file."""
    utf8 = text.encode()
    return {
        "utf-8": utf8,
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "json": json.dumps(text)[1:-1].encode(),
        "base64": base64.b64encode(utf8).rstrip(b"=")[:-1],
        "hex": utf8.hex().encode(),
        "percent": "".join(f"%{b:02X}" for b in utf8).encode(),
        "shift_jis": text.encode("shift_jis", "ignore") if _whole(text) else utf8,
    }


def _whole(text: str) -> bool:
    try:
        text.encode("shift_jis")
    except UnicodeEncodeError:
        return False
    return True


def hits(texts: Iterable[str], files: Iterable[Path]) -> list[tuple[str, str, str]]:
    """(file, encoding, text) of every string found in any of the files."""
    wanted = [(text, name, raw) for text in texts for name, raw in encodings(text).items()]
    found = []
    for path in files:
        content = path.read_bytes()
        found += [(path.name, name, text) for text, name, raw in wanted if raw in content]
    return found
