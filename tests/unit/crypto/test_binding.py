"""The bytes that name a place."""

from __future__ import annotations

from itertools import combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from casework.crypto import Binding
from casework.crypto.binding import aad, pack

ROW = UUID(int=1)
OWNER = UUID(int=2)


def test_each_part_stands_behind_its_length() -> None:
    written = aad(Binding("note", "本文", ROW, OWNER), 7)
    assert written == b"".join(
        [
            b"\0\0\0\x10casework-field-1",
            b"\0\0\0\x04note",
            b"\0\0\0\x06" + "本文".encode(),
            b"\0\0\0\x10" + ROW.bytes,
            b"\0\0\0\x10" + OWNER.bytes,
            b"\0\0\0\x04\0\0\0\x07",
        ]
    )


def test_places_that_read_alike_when_joined_differ() -> None:
    places = [
        aad(Binding("note", "body", ROW, OWNER), 1),
        aad(Binding("noteb", "ody", ROW, OWNER), 1),
        aad(Binding("", "notebody", ROW, OWNER), 1),
        aad(Binding("note", "body", OWNER, ROW), 1),
        aad(Binding("note", "body", ROW, OWNER), 256),
    ]
    assert all(one != other for one, other in combinations(places, 2))


@given(st.lists(st.binary(max_size=6)), st.lists(st.binary(max_size=6)))
def test_only_the_same_parts_are_packed_alike(one: list[bytes], other: list[bytes]) -> None:
    assert (pack(*one) == pack(*other)) == (one == other)
