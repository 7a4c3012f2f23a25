"""What a sealed field is bound to: its table, column, row and the owner of its data key."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from uuid import UUID

FIELD_FORMAT = b"casework-field-1"


@dataclass(frozen=True, slots=True)
class Binding:
    """A ciphertext moved to another table, column, row or owner must fail."""

    table: str
    column: str
    row: UUID
    owner: UUID


def pack(*parts: bytes) -> bytes:
    """Each part behind its 4-byte big-endian length; never joined with a delimiter."""
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])


@cache
def _packed_column(table: str, column: str) -> bytes:
    return pack(FIELD_FORMAT, table.encode(), column.encode())


def aad(binding: Binding, key_version: int) -> bytes:
    """The bytes that name a place: format, table, column, row id, owner id, data key version (4 bytes)."""
    place = pack(binding.row.bytes, binding.owner.bytes, key_version.to_bytes(4, "big"))
    return _packed_column(binding.table, binding.column) + place
