"""A sealed field is read at its place with its key, and refused by name everywhere else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.crypto import Binding, CiphertextCorrupt, ContextMismatch, CryptoError, KeyWrong, fields
from casework.crypto.padding import normal

HOME = Binding("case_note", "body", UUID(int=1), UUID(int=10))
KEY = fields.sealing_key(1, b"k" * 32, b"p" * 32)
OTHER_DATA_KEY = fields.sealing_key(1, b"K" * 32, b"p" * 32)
OTHER_INSTALLATION = fields.sealing_key(1, b"K" * 32, b"P" * 32)
TEXTS = ["", "架空 花子", "a" * 60, "a" * 61, "窓口で聞いたこと。" * 30, "a" * 1021]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_is_read_at_its_place(text: str) -> None:
    assert fields.open_(fields.seal(text, KEY, HOME), KEY, HOME) == normal(text)


def test_a_text_of_200_kilobytes_is_read_again() -> None:
    text = "髙﨑𠮷葛\U000e0100" * 12_000
    assert len(text.encode()) > 200_000
    blob = fields.seal(text, KEY, HOME)
    assert fields.open_(blob, KEY, HOME) == text
    assert (len(blob) - fields.SHORTEST + 64) % 65536 == 0


@pytest.mark.parametrize("text", TEXTS)
def test_the_installation_knows_its_own_fields_without_their_keys(text: str) -> None:
    blob, here, elsewhere = fields.seal(text, KEY, HOME), fields.extract(b"p" * 32), fields.extract(b"P" * 32)
    assert fields.sealed_with(blob, here) is True
    assert fields.sealed_with(blob, elsewhere) is False
    assert fields.sealed_with(fields.seal(text, OTHER_DATA_KEY, HOME), here) is True
    assert fields.sealed_with(fields.seal(text, OTHER_INSTALLATION, HOME), here) is False
    assert fields.sealed_with(blob[: fields.SHORTEST - 1], here) is False
    assert fields.sealed_with(b"", here) is False
    assert fields.sealed_with(flip(blob, 0, 0x01), here) is False
    assert [fields.sealed_with(flip(blob, at, 0x01), here) for at in range(5, 9)] == [False] * 4


@pytest.mark.parametrize("text", TEXTS)
def test_every_flipped_byte_is_found_as_damage(text: str) -> None:
    blob = fields.seal(text, KEY, HOME)
    found = Counter(
        refusal_of(flip(blob, at, mask)) for at in range(len(blob)) for mask in (0x01, 0x10, 0x80, 0xFF)
    )
    assert found == {CiphertextCorrupt: 4 * len(blob)}


@pytest.mark.parametrize("text", TEXTS)
def test_every_forged_byte_is_refused_by_what_it_changes(text: str) -> None:
    blob = fields.seal(text, KEY, HOME)
    for at in range(len(blob) - 4):
        forged = fields.with_checksum(flip(blob, at, 0x04)[:-4])
        assert refusal_of(forged) is expected_of_forged(at), at


@pytest.mark.parametrize("text", TEXTS)
def test_every_shortening_and_lengthening_is_refused(text: str) -> None:
    blob = fields.seal(text, KEY, HOME)
    for end in range(len(blob)):
        assert refusal_of(blob[:end]) is CiphertextCorrupt
        assert refusal_of(fields.with_checksum(blob[:end])) in {CiphertextCorrupt, None}
        assert (refusal_of(fields.with_checksum(blob[:end])) is None) == (end == len(blob) - 4)
    assert refusal_of(blob + b"\0") is CiphertextCorrupt


def test_two_damaged_bytes_and_a_lost_block_are_found_too() -> None:
    blob = fields.seal("架空 花子", KEY, HOME)
    assert refusal_of(flip(flip(blob, 6, 0xFF), 18, 0xFF)) is CiphertextCorrupt
    assert refusal_of(blob[:5] + bytes(20) + blob[25:]) is CiphertextCorrupt
    assert refusal_of(bytes(len(blob))) is CiphertextCorrupt


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(HOME, table="case_plan"),
        replace(HOME, column="said_by"),
        replace(HOME, table="case_noteb", column="ody"),
        replace(HOME, row=UUID(int=2)),
        replace(HOME, owner=UUID(int=11)),
        replace(HOME, row=HOME.owner, owner=HOME.row),
    ],
)
def test_a_field_that_was_moved_is_told_from_damage(elsewhere: Binding) -> None:
    here, there = fields.seal("ここ", KEY, HOME), fields.seal("あそこ", KEY, elsewhere)
    for blob, binding in ((here, elsewhere), (there, HOME)):
        with pytest.raises(ContextMismatch):
            fields.open_(blob, KEY, binding)


def test_a_field_moved_to_another_owner_is_no_wrong_key() -> None:
    blob = fields.seal("ここ", KEY, HOME)
    with pytest.raises(ContextMismatch):
        fields.open_(blob, OTHER_DATA_KEY, replace(HOME, owner=UUID(int=11)))


@pytest.mark.parametrize("version", [0, 2, 256, 2**32 - 1])
def test_a_field_of_another_key_version_is_refused(version: int) -> None:
    blob = fields.seal("ここ", KEY, HOME)
    with pytest.raises(ContextMismatch):
        fields.open_(blob, replace(KEY, version=version), HOME)


@pytest.mark.parametrize("key", [OTHER_DATA_KEY, OTHER_INSTALLATION, replace(KEY, place_root=b"x" * 32)])
def test_a_wrong_key_is_told_from_damage(key: fields.SealingKey) -> None:
    blob = fields.seal("ここ", KEY, HOME)
    with pytest.raises(KeyWrong):
        fields.open_(blob, key, HOME)


def test_texts_of_one_bucket_have_one_size() -> None:
    sizes = {len(fields.seal("a" * length, KEY, HOME)) for length in range(61)}
    assert sizes == {fields.SHORTEST}


def test_the_same_text_sealed_again_shows_nothing_in_common() -> None:
    """Beyond the format and the key version, no byte stays where it was: 1,000 seals touch every value."""
    blobs = [fields.seal("はい", KEY, HOME) for _ in range(1000)]
    assert {blob[:5] for blob in blobs} == {b"\1\0\0\0\1"}
    for at in range(5, fields.SHORTEST):
        assert len({blob[at] for blob in blobs}) > 200, at


@pytest.mark.parametrize("length", [0, 8, 11, 13, 16])
def test_a_nonce_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="12 bytes"):
        fields.seal_with("はい", KEY, HOME, bytes(length))


def test_a_refusal_carries_neither_text_nor_cause() -> None:
    blob = fields.seal("架空 花子", KEY, HOME)
    forged = fields.with_checksum(flip(blob, 40, 1)[:-4])
    for wrong in (flip(blob, 40, 1), forged):
        with pytest.raises(CiphertextCorrupt) as refusal:
            fields.open_(wrong, KEY, HOME)
        assert str(refusal.value) == ""
        assert refusal.value.__cause__ is None


def test_a_key_does_not_show_itself() -> None:
    assert repr(KEY) == "SealingKey(version=1)"


def flip(blob: bytes, at: int, mask: int) -> bytes:
    return blob[:at] + bytes([blob[at] ^ mask]) + blob[at + 1 :]


def refusal_of(blob: bytes) -> type[CryptoError] | None:
    try:
        fields.open_(blob, KEY, HOME)
    except CryptoError as refusal:
        return type(refusal)
    return None


def expected_of_forged(at: int) -> type[CryptoError]:
    """Who mends the checksum chooses the refusal: store tag and nonce, place tag, key tag, all else."""
    if 5 <= at < 9 or 17 <= at < 37:
        return KeyWrong
    return ContextMismatch if 9 <= at < 17 else CiphertextCorrupt
