"""KEKs in files: `kek-<n>.key`, 32 bytes, mode 0400, in a folder of their own (0700)."""

from __future__ import annotations

import os
import re
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..errors import KeyMissing, KeyWrong
from .wrapping import NONCE, SHORTEST

_NAME = re.compile(r"kek-([1-9][0-9]{0,8})\.key")


class FileKeks:
    """Each file is read once per process, until `forget`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[int, bytes] = {}

    def make(self, version: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        write_new(self._path(version), os.urandom(32), 0o400)

    def wrap(self, version: int, key: bytes, place: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._kek(version)).encrypt(nonce, key, place)

    def unwrap(self, version: int, wrapped: bytes, place: bytes) -> bytes:
        kek = self._kek(version)
        if len(kek) != 32 or len(wrapped) < SHORTEST:
            raise KeyWrong
        try:
            return AESGCM(kek).decrypt(wrapped[:NONCE], wrapped[NONCE:], place)
        except InvalidTag:
            raise KeyWrong from None

    def destroy(self, version: int) -> None:
        """Overwrite, unlink, and wait for the disk each time: a file system may still keep older blocks."""
        self._held.pop(version, None)
        path = self._path(version)
        try:
            path.chmod(0o600)
            size = path.stat().st_size
            with path.open("r+b", buffering=0) as file:
                for filler in (os.urandom(size), bytes(size)):
                    file.seek(0)
                    file.write(filler)
                    os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return
        except OSError:
            raise KeyMissing from None
        sync_folder(path.parent)

    def present(self) -> set[int]:
        if not self._folder.is_dir():
            return set()
        found = (_NAME.fullmatch(path.name) for path in self._folder.iterdir())
        return {int(match[1]) for match in found if match}

    def forget(self) -> None:
        self._held.clear()

    def _path(self, version: int) -> Path:
        return self._folder / f"kek-{version}.key"

    def _kek(self, version: int) -> bytes:
        kek = self._held.get(version)
        if kek is None:
            try:
                kek = self._path(version).read_bytes()
            except OSError:
                raise KeyMissing from None
            self._held[version] = kek
        return kek


def write_new(path: Path, content: bytes, mode: int) -> None:
    """A file that was not there, on the disk with its name before this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
