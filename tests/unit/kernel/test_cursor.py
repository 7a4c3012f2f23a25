"""Cursors come back as they went out, and forged ones are refused."""

from __future__ import annotations

import base64
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.kernel.cursor import decode, encode
from casework.kernel.errors import BadInput

storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(storable, max_size=4))
def test_a_cursor_comes_back_as_it_went_out(parts: list[str]) -> None:
    cursor = encode(*parts)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor)
    assert decode(cursor, len(parts)) == tuple(parts)


def packed(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "!",
        "日本",
        "AAAA",
        "\ud800",
        "W" * 100_000,
        packed({"a": 1, "b": 2}),
        packed(["one"]),
        packed(["one", "two", "three"]),
        packed(["one", 2]),
        packed(["one", None]),
        packed(["one", "nul\0"]),
        packed(["one", "\ud800"]),
        packed([["one"], "two"]),
        packed("ab"),
        encode("one", "two") + "=",
        encode("one", "two") + "!",
        base64.urlsafe_b64encode(b"[" * 5000).decode(),
    ],
)
def test_a_forged_cursor_is_refused(forged: str) -> None:
    with pytest.raises(BadInput) as refusal:
        decode(forged, 2)
    assert (refusal.value.code, refusal.value.field, refusal.value.facts) == ("cursor_invalid", "after", {})


@given(st.text(max_size=60))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    try:
        parts = decode(text, 1)
    except BadInput:
        return
    assert encode(*parts) == text
