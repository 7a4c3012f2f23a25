"""The mark of a field that this role may not see: it is left out of every answer, not shown as empty."""

from __future__ import annotations

from typing import Final


class Withheld:
    def __repr__(self) -> str:
        return "WITHHELD"

    def __bool__(self) -> bool:
        return False


WITHHELD: Final = Withheld()
