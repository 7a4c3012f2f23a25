"""Swapped and altered ciphertexts: a sealed value opens in its own row, column and owner, untouched, or not at all."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import inspect, select

from casework.crypto import CryptoError
from casework.db import CLEARED, Base, Confidential
from casework.usecase import Unreadable
from casework.usecase.context import _binding
from tests.support.story import Story
from tests.support.world import World

Sealed = tuple[Any, str, bytes]  # row, column, ciphertext


def _sealed(world: World) -> list[Sealed]:
    """Every sealed value that the story left behind, in every table."""
    found: list[Sealed] = []
    for mapper in sorted(Base.registry.mappers, key=lambda m: m.class_.__name__):
        model = mapper.class_
        columns = [c.key for c in inspect(model).columns if c.info.get("sealed")]
        if not (issubclass(model, Confidential) and model.__sealed_by__ and columns):
            continue
        for row in world.session.scalars(select(model), execution_options={CLEARED: True}):
            found += [(row, name, getattr(row, name)) for name in columns if getattr(row, name) is not None]
    return found


def _opens(world: World, row: Any, column: str, blob: bytes) -> bool:
    try:
        world.keys.open(blob, _binding(row, column))
    except CryptoError:
        return False
    return True


@pytest.mark.promise(6)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_sealed_value_opens_in_its_place_and_nowhere_else(world: World, story: Story) -> None:
    values = _sealed(world)
    assert all(_opens(world, *value) for value in values)
    dice, swaps, opened = random.Random(11), 0, []
    for row, column, _ in values:
        for _ in range(12):
            other = dice.choice(values)
            if (other[0], other[1]) != (row, column):
                swaps += 1
                opened += [(row, column)] if _opens(world, row, column, other[2]) else []
    tables = {type(row).__name__ for row, _, _ in values}
    print(f"{len(values)} sealed values in {len(tables)} tables, {swaps} swaps, {len(opened)} opened")
    assert opened == []
    assert (len(values) >= 80, len(tables) >= 20, swaps >= 1000) == (True, True, True)


@pytest.mark.promise(6)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_same_text_in_the_same_table_does_not_open_under_another_column_or_row(
    world: World, story: Story
) -> None:
    """The nearest swaps: another column of the same row, the same column of another row of the same owner."""
    values = _sealed(world)
    near = [
        (a, b)
        for a in values
        for b in values
        if a is not b
        and type(a[0]) is type(b[0])
        and getattr(a[0], type(a[0]).__sealed_by__) == getattr(b[0], type(b[0]).__sealed_by__)
    ]
    opened = [1 for (row, column, _), (_, _, blob) in near if _opens(world, row, column, blob)]
    print(f"{len(near)} near swaps, {len(opened)} opened")
    assert opened == []
    assert len(near) >= 200


@pytest.mark.promise(6)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_one_flipped_bit_anywhere_closes_a_value(world: World, story: Story) -> None:
    values, flips, opened = _sealed(world), 0, 0
    one_per_column = {(type(row), column): (row, column, blob) for row, column, blob in values}
    for row, column, blob in one_per_column.values():
        for at in range(len(blob)):
            altered = bytearray(blob)
            altered[at] ^= 1 << (at % 8)
            flips += 1
            opened += _opens(world, row, column, bytes(altered))
        for cut in (blob[:-1], blob[: len(blob) // 2], blob[1:], b"", blob + b"\x00"):
            flips += 1
            opened += _opens(world, row, column, cut)
    print(f"{len(one_per_column)} columns, {flips} alterations, {opened} opened")
    assert opened == 0
    assert flips >= 5000


@pytest.mark.promise(6)
def test_an_altered_text_reads_as_unreadable_and_is_never_saved_over(world: World, story: Story) -> None:
    """Through the door: the record opens, the field says why it cannot be read, an edit is refused (409)."""
    person = story.ids["mother"]
    seat = story.seat["coordinator"]
    before = seat.get(f"/persons/{person}")
    model = next(m.class_ for m in Base.registry.mappers if m.class_.__name__ == "Person")
    column = next(c.key for c in inspect(model).columns if c.info.get("sealed") and "name" in c.key)
    with world.writing() as session:
        row = session.scalars(select(model), execution_options={CLEARED: True}).all()
        mine = next(r for r in row if str(r.id) == person)
        blob = getattr(mine, column)
        setattr(mine, column, blob[:-1] + bytes([blob[-1] ^ 1]))
        session.flush()
    shown = seat.get(f"/persons/{person}")
    assert "復号できません" in shown["name"]
    edit = {"name": "架空の別の名前", "version": shown["version"]}
    refused = seat.patch(f"/persons/{person}", edit, 409)
    assert refused["code"] == "sealed_unreadable"
    assert shown["id"] == before["id"]
    assert isinstance(world.ctx().unseal(mine, column), Unreadable)
