"""A keystore in a fresh folder, and two owners with keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.crypto import Binding, FileKeyStore, KeyRing
from tests.unit.crypto.owners import MOTHER, ROW, SON


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FileKeyStore]:
    made = FileKeyStore.create(tmp_path / "keystore.db", tmp_path / "kek")
    made.new_data_keys([MOTHER, SON])
    yield made
    made.close()


@pytest.fixture
def ring(store: FileKeyStore) -> KeyRing:
    return KeyRing(store)


@pytest.fixture
def place() -> Binding:
    return Binding("case_note", "body", ROW, MOTHER)
