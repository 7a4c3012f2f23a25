"""Strings that must never be found outside the cipher, and the search for them in files."""

from __future__ import annotations

import base64
import json
import random
import sys
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
    """The ways a text could lie in a file; of base64 the part that is the same however the text is cut."""
    utf8 = text.encode()
    found = {
        "utf-8": utf8,
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "json": json.dumps(text)[1:-1].encode(),
        "hex": utf8.hex().encode(),
        "HEX": utf8.hex().upper().encode(),
        "percent": "".join(f"%{b:02X}" for b in utf8).encode(),
        "reversed": utf8[::-1],
    }
    for shift in range(3):
        found[f"base64+{shift}"] = base64.b64encode(b"\0" * shift + utf8)[4:-4]
    for name in ("cp932", "euc_jp", "iso2022_jp"):
        try:
            found[name] = text.encode(name)
        except UnicodeEncodeError:  # a character that this encoding does not have cannot lie there in it
            continue
    return found


CHUNK = 1 << 20


def hits(texts: Iterable[str], files: Iterable[Path]) -> list[tuple[str, str, str]]:
    """(file, encoding, text) of every string found in any of the files.

    A piece of a file is looked at once: the four bytes at each place form a set, and only strings whose beginning is
    in it are searched for.
    """
    wanted = [(text, name, raw) for text in texts for name, raw in encodings(text).items()]
    longest = max((len(raw) for _, _, raw in wanted), default=0)
    begins = [(int.from_bytes(raw[:4], sys.byteorder), *entry) for entry in wanted for raw in (entry[2],)]
    found = []
    for path in files:
        content = path.read_bytes()
        for start in range(0, max(1, len(content)), CHUNK):
            piece = content[start : start + CHUNK + longest]
            there = _fours(piece)
            found += [
                (path.name, name, text)
                for begin, text, name, raw in begins
                if begin in there and raw in piece
            ]
    return sorted(set(found))


def _fours(piece: bytes) -> set[int]:
    """The four bytes at each place, as numbers."""
    there: set[int] = set()
    for shift in range(4):
        whole = (len(piece) - shift) // 4 * 4
        there.update(memoryview(piece)[shift : shift + whole].cast("I") if whole > 0 else ())
    return there
