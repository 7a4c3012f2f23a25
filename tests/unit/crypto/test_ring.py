"""The ring keeps few keys, asks rarely, and refuses by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from casework.crypto import (
    Binding,
    CiphertextCorrupt,
    ContextMismatch,
    DataKey,
    FileKeyStore,
    KeyMissing,
    KeyRing,
    KeyWrong,
    TextNotSealable,
)
from tests.unit.crypto.owners import MOTHER, ROW, SON


class Counting(FileKeyStore):
    """Counts the questions for data keys."""

    asked = 0

    def data_keys(self, owners: Iterable[UUID]) -> dict[UUID, DataKey]:
        self.asked += 1
        return super().data_keys(owners)


@pytest.fixture
def counting(store: FileKeyStore, tmp_path: Path) -> Iterable[Counting]:
    made = Counting(tmp_path / "keystore.db", tmp_path / "kek")
    yield made
    made.close()


@pytest.mark.parametrize("name", ["髙﨑𠮷葛\U000e0100", "\ufa10田 \ufa19", "", "渡邉󠄂 花子"])
def test_a_name_comes_back_as_it_was_written(name: str, ring: KeyRing, place: Binding) -> None:
    assert ring.open(ring.seal(name, place), place) == name


def test_another_ring_reads_what_one_has_sealed(ring: KeyRing, place: Binding, tmp_path: Path) -> None:
    again = FileKeyStore(tmp_path / "keystore.db", tmp_path / "kek")
    assert KeyRing(again).open(ring.seal("架空 花子", place), place) == "架空 花子"
    again.close()


@pytest.mark.parametrize(
    "change", [{"table": "case_plan"}, {"column": "said_by"}, {"row": UUID(int=2)}, {"owner": SON}]
)
def test_a_moved_field_is_refused(change: dict[str, Any], ring: KeyRing, place: Binding) -> None:
    blob = ring.seal("架空 花子", place)
    with pytest.raises(ContextMismatch):
        ring.open(blob, replace(place, **change))


def test_a_damaged_field_is_refused_with_a_cold_and_a_warm_ring(ring: KeyRing, place: Binding) -> None:
    blob = ring.seal("架空 花子", place)
    for _ in range(2):
        with pytest.raises(CiphertextCorrupt):
            ring.open(blob[:50] + bytes([blob[50] ^ 1]) + blob[51:], place)
        ring.forget()


def test_the_keystore_of_another_installation_is_the_wrong_one(
    ring: KeyRing, place: Binding, tmp_path: Path
) -> None:
    blob = ring.seal("架空 花子", place)
    other = FileKeyStore.create(tmp_path / "other" / "keystore.db", tmp_path / "other" / "kek")
    strange = KeyRing(other)
    with pytest.raises(KeyMissing):
        strange.open(blob, place)
    strange.new_owner(MOTHER)
    with pytest.raises(KeyWrong):
        strange.open(blob, place)
    other.close()


def test_a_data_key_made_anew_is_the_wrong_one(ring: KeyRing, place: Binding, store: FileKeyStore) -> None:
    """As after a restore of an older keystore, in which the owner then got another key."""
    blob = ring.seal("架空 花子", place)
    store.database.connection().execute("DELETE FROM data_key WHERE owner = ?", (MOTHER.bytes,))
    store.new_data_keys([MOTHER])
    ring.forget()
    with pytest.raises(KeyWrong):
        ring.open(blob, place)


def test_an_owner_without_a_key_is_refused_until_it_has_one(ring: KeyRing) -> None:
    place = Binding("case_note", "body", ROW, uuid4())
    with pytest.raises(KeyMissing):
        ring.seal("架空 花子", place)
    with pytest.raises(KeyMissing):
        ring.open(b"", place)
    ring.new_owner(place.owner)
    assert ring.open(ring.seal("架空 花子", place), place) == "架空 花子"


def test_a_lone_surrogate_is_refused(ring: KeyRing, place: Binding) -> None:
    with pytest.raises(TextNotSealable):
        ring.seal("花\ud800子", place)


def test_a_warm_ring_asks_no_more(counting: Counting) -> None:
    ring, owners = KeyRing(counting), [uuid4() for _ in range(300)]
    ring.new_owner(*owners)
    ring.prefetch(owners)
    ring.prefetch(owners)
    for owner in owners:
        ring.seal("はい", Binding("case_note", "body", ROW, owner))
    assert counting.asked == 1
    ring.forget()
    ring.seal("はい", Binding("case_note", "body", ROW, owners[0]))
    assert counting.asked == 2


def test_the_key_least_used_leaves_first(counting: Counting) -> None:
    ring, (one, two, three) = KeyRing(counting, cache_size=2), [uuid4() for _ in range(3)]
    ring.new_owner(one, two, three)
    for owner, asked in ((one, 1), (two, 2), (one, 2), (three, 3), (one, 3), (two, 4), (three, 5)):
        ring.seal("はい", Binding("case_note", "body", ROW, owner))
        assert counting.asked == asked
    ring.prefetch([one, two, three])
    assert len(ring._held) == 2


def test_unknown_owners_are_passed_over_in_advance(counting: Counting) -> None:
    ring = KeyRing(counting)
    ring.prefetch([uuid4(), MOTHER])
    ring.prefetch([MOTHER])
    ring.prefetch([])
    assert counting.asked == 1
    assert ring._held.keys() == {MOTHER}
