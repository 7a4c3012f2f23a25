"""How a number is made safe to show: a threshold on households and records, and rounding by the cell's own records."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

_HALF = 8  # bytes of a 64-bit key
_ALL = 1 << 64


@dataclass(frozen=True, slots=True)
class Rule:
    """`base`: shown numbers are its multiples. `hide_below`: fewer distinct households or records are hidden, zero
    included. `mean_cell`: smallest rounded total per cell of a table. `width`: narrowest interval that may remain
    around a number that may be small."""

    version: int = 1
    base: int = 5
    hide_below: int = 10
    mean_cell: int = 5
    width: int = 4


def record_key(key: bytes, unit: str) -> int:
    """64 bits that belong to one record under the statistics key, the same in every table and period."""
    return int.from_bytes(hmac.digest(key, unit.encode(), "sha256")[:_HALF], "big")


def cell_key(record_keys: int) -> int:
    """The cell's key: the sum of its records' keys, so that the same records give the same number everywhere."""
    return record_keys % _ALL


def rounded(key: bytes, n: int, cell: int, base: int = 5) -> int:
    """`n` to a multiple of the base, up with the chance of its remainder: unbiased and at most base - 1 away."""
    rest = n % base
    if rest == 0:
        return n
    drawn = int.from_bytes(hmac.digest(key, b"cell" + cell.to_bytes(_HALF, "big"), "sha256")[:_HALF], "big")
    return n - rest + (base if drawn * base < rest * _ALL else 0)


def fingerprint(key: bytes) -> str:
    """Tells two statistics keys apart and says nothing of either."""
    return hmac.digest(key, b"fingerprint", "sha256")[:_HALF].hex()
