"""Typed text: cleaned of what nobody meant to type, and otherwise kept exactly as it was written."""

from __future__ import annotations

import re
import unicodedata

from .errors import BadInput

# NFC replaces these by their unified twins (U+FA19 becomes U+795E), which would rewrite a name.
_COMPATIBILITY_IDEOGRAPHS = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
# C0 and C1 controls, line separators, and the marks of writing direction, which disguise text.
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
_CONTROL = re.compile(f"[{_CONTROLS}\t\n]")
_CONTROL_IN_LINES = re.compile(f"[{_CONTROLS}]")
_TYPED_BREAKS = "\t\n\r"
_JOINER = "\u200d"
_CODE_POINTS_PER_CHARACTER = 8  # one letter under thousands of accents counts as one, and is still refused


def clean(text: str, *, field: str, limit: int, multiline: bool = False) -> str:
    """The text without outer white space, in NFC; wave dashes, inner spaces and kanji variants stay as typed.

    `limit` is in characters as people count them. In multiline text tabs stay and line ends become "\\n".
    BadInput beside `field`: text_surrogate, text_control, text_empty, text_too_long (facts limit, length).
    """
    if _SURROGATE.search(text):
        raise BadInput("text_surrogate", field)
    if multiline:
        text = _LINE_ENDS.sub("\n", text)
    text = _strip(text)
    if (_CONTROL_IN_LINES if multiline else _CONTROL).search(text):
        raise BadInput("text_control", field)
    if len(text) > limit * _CODE_POINTS_PER_CHARACTER:
        raise BadInput("text_too_long", field, limit=limit, length=count_characters(text))
    text = _compose(text)
    if all(_adds_nothing(char) for char in text):
        raise BadInput("text_empty", field)
    if len(text) > limit and (length := count_characters(text)) > limit:
        raise BadInput("text_too_long", field, limit=limit, length=length)
    return text


def count_characters(text: str) -> int:
    """Characters as people count them, nearly: marks, kanji selectors, joiners and skin tones add nothing."""
    count = 0
    joined = False
    for char in text:
        if char == _JOINER:
            joined = count > 0
        elif not _adds_nothing(char):
            count += 0 if joined else 1
            joined = False
    return count


def _adds_nothing(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Me", "Mc", "Cf"} or "\U0001f3fb" <= char <= "\U0001f3ff"


def _is_outer_space(char: str) -> bool:
    return char in _TYPED_BREAKS or (char.isspace() and not _CONTROL.match(char))


def _strip(text: str) -> str:
    """Like str.strip, which would also swallow control characters that have to be refused."""
    start, end = 0, len(text)
    while start < end and _is_outer_space(text[start]):
        start += 1
    while end > start and _is_outer_space(text[end - 1]):
        end -= 1
    return text[start:end]


def _compose(text: str) -> str:
    parts = _COMPATIBILITY_IDEOGRAPHS.split(text)
    return "".join(part if at % 2 else unicodedata.normalize("NFC", part) for at, part in enumerate(parts))
