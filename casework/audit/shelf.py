"""A folder of checkpoints that somebody else holds: files are added, never changed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from .checkpoint import file_name

PATTERN = "checkpoint-*.json"


class ShelfDiffers(Exception):
    """A file on the shelf is not what was issued; nothing was written over it."""


def held(folder: Path) -> dict[str, bytes]:
    """File name -> bytes of every checkpoint in the folder; OSError if there is no such folder."""
    if not folder.is_dir():
        raise NotADirectoryError(folder.name)
    return {path.name: path.read_bytes() for path in sorted(folder.glob(PATTERN))}


def hand_out(folder: Path, issued: Iterable[tuple[int, str]]) -> int:
    """Write the checkpoints that the folder lacks, each whole or not at all; how many were written.

    ShelfDiffers if a file of the same name holds something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    there, written = held(folder), 0
    for size, line in issued:
        name = file_name(size)
        if name not in there:
            _write(folder, name, line.encode())
            written += 1
        elif there[name] != line.encode():
            raise ShelfDiffers(name)
    return written


def _write(folder: Path, name: str, content: bytes) -> None:
    draft = folder / f".{name}.{os.getpid()}"
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / name)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
