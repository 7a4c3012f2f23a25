"""Text is kept as written, and its length is hidden inside a bucket."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casework.crypto import CiphertextCorrupt, CryptoError, TextNotSealable
from casework.crypto.padding import bucket, normal, pad, unpad

LIMITS = [64, 256, 1024, 4096, 16384, 65536, 131072, 196608]
NAMES = ["髙", "﨑", "𠮷", "葛\U000e0100", "\ufa10", "\ufa19", "\U0002f800", "神\ufe00"]


@pytest.mark.parametrize(("smaller", "limit"), list(pairwise([0, *LIMITS])))
def test_a_bucket_reaches_from_its_neighbour_to_its_limit(smaller: int, limit: int) -> None:
    assert bucket(smaller + 1) == limit
    assert bucket(limit) == limit


@pytest.mark.parametrize(("length", "size"), [(0, 64), (1, 64), (60, 64), (61, 256), (252, 256), (253, 1024)])
def test_the_length_counts_towards_the_bucket(length: int, size: int) -> None:
    assert pad("a" * length) == length.to_bytes(4, "big") + b"a" * length + bytes(size - length - 4)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_keeps_the_kanji_it_is_written_with(name: str) -> None:
    assert normal(f"{name}か\u3099{name}") == f"{name}が{name}"


def test_nfc_alone_would_have_rewritten_a_name() -> None:
    assert unicodedata.normalize("NFC", "\ufa10") == "\u585a"
    assert normal("\ufa10") == "\ufa10"


def test_other_text_is_brought_to_nfc() -> None:
    assert normal("か\u3099 e\u0301 \u212b") == "が é \u00c5"


@given(st.text())
@example("\ufa10\u3099か\u3099")
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("")
@example("\0\0")
@example("a" * 70000)
def test_what_was_padded_is_found_again(text: str) -> None:
    assert unpad(pad(text)) == normal(text)


@pytest.mark.parametrize("place", [-1, -30])
def test_padding_holds_zeros_and_nothing_else(place: int) -> None:
    for byte in range(1, 256):
        padded = bytearray(pad("架空"))
        padded[place] = byte
        with pytest.raises(CiphertextCorrupt):
            unpad(bytes(padded))


@pytest.mark.parametrize("text", ["\ud800", "花\udfff子", "\udc00\ud800"])
def test_a_lone_surrogate_is_refused_without_repeating_the_text(text: str) -> None:
    with pytest.raises(TextNotSealable) as refusal:
        pad(text)
    assert refusal.value.code == "text_not_sealable"
    assert str(refusal.value) == ""
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"\0\0\0",
        bytes(63),
        bytes(65),
        bytes(128),
        bytes(256),
        b"\0\0\0\1a" + bytes(58) + b"\1",
        b"\0\0\0\1a\1" + bytes(58),
        b"\0\0\0\1a".ljust(64, b"X"),
        b"\0\0\0\x3d" + b"a" * 60,
        b"\xff\xff\xff\xff" + bytes(60),
        b"\0\0\0\2\xed\xa0" + bytes(58),
        b"\0\0\0\1\xff" + bytes(59),
    ],
)
def test_what_was_not_padded_here_is_refused(plain: bytes) -> None:
    with pytest.raises(CiphertextCorrupt):
        unpad(plain)


def test_every_failure_has_a_code_of_its_own() -> None:
    kinds = CryptoError.__subclasses__()
    assert len({kind.code for kind in kinds} | {CryptoError.code}) == len(kinds) + 1
