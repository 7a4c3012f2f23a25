"""What is told of the keys to people: roughly how many, and whether any is left."""

from __future__ import annotations

import pytest

from casework.custody.rules import in_steps


@pytest.mark.parametrize(("keys", "told"), [(0, 0), (1, 100), (100, 100), (101, 200)])
def test_data_keys_are_told_in_steps_and_none_is_none(keys: int, told: int) -> None:
    assert in_steps(keys) == told
