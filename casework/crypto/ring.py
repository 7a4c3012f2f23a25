"""The key ring: seals and opens fields with data keys that stay unwrapped in a bounded cache."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from . import fields
from .binding import Binding
from .errors import CryptoError, KeyDestroyed, KeyMissing
from .keystore import DataKey, KeyStore


class KeyRing:
    """Thread-safe. At most `cache_size` data keys are held in memory, the least used leave first.

    Making a ring reads the place key, so a store without one (KeyMissing) or with a wrong one (KeyWrong) is
    refused here and not at the first field. Keys are erased and retired in other processes too: `catch_up` asks the
    keystore whether that happened and drops what is held if so; the gate calls it before every use case.
    """

    def __init__(self, store: KeyStore, cache_size: int = 4096) -> None:
        self.store = store
        self._size = cache_size
        self._held: OrderedDict[UUID, fields.SealingKey] = OrderedDict()
        self._lock = threading.Lock()
        self._place_root = fields.extract(store.purpose_key("place"))
        self.generation = store.generation()

    def seal(self, text: str, bound_to: Binding) -> bytes:
        """Encrypt a text for its place; KeyMissing, KeyDestroyed, KeyWrong, TextNotSealable."""
        return fields.seal(text, self._key(bound_to.owner), bound_to)

    def open(self, blob: bytes, bound_to: Binding) -> str:
        """The text at its place, in NFC; any CryptoError, never a guess and never a blank instead."""
        return fields.open_(blob, self._key(bound_to.owner), bound_to)

    def sealed_here(self, blob: bytes) -> bool:
        """Whether a field was sealed in this installation; its content is neither opened nor judged."""
        return fields.sealed_with(blob, self._place_root)

    def prefetch(self, owners: Iterable[UUID]) -> None:
        """Unwrap the keys of many owners with one question to the store.

        Unknown owners are passed over, and so is a failure: one damaged slot must not hide the others, and each
        field says itself what is wrong with its key.
        """
        with self._lock:
            missing = [owner for owner in set(owners) if owner not in self._held]
        if missing:
            try:
                self._take(missing)
            except CryptoError:
                return

    def new_owner(self, *owners: UUID) -> None:
        """Make a data key for each owner that has none, durable before it returns; KeyDestroyed for an erased one."""
        self.store.new_data_keys(owners)

    def erase(self, *owners: UUID, at: datetime | None = None) -> None:
        """Destroy the keys of owners for good: durable before it returns, a second time changes nothing.

        What they sealed is unreadable from here on (KeyDestroyed) in every process, as soon as its next use case
        begins. `store.tombstones(owners)` tells when old copies of the keystore cannot bring them back either.
        """
        try:
            self.store.erase(owners, at)
        finally:
            self.catch_up()

    def catch_up(self) -> None:
        """Drop what is held if keys were erased or retired since; if the keystore cannot say, drop it too."""
        try:
            found = self.store.generation()
        except CryptoError:
            found = -1
        if found != self.generation or found < 0:
            with self._lock:
                self.generation = found
                self._held.clear()
            self.store.forget()

    def forget(self) -> None:
        """Drop every data key from memory."""
        with self._lock:
            self._held.clear()

    def _key(self, owner: UUID) -> fields.SealingKey:
        with self._lock:
            key = self._held.get(owner)
            if key is not None:
                self._held.move_to_end(owner)
                return key
        found = self._take([owner])
        if owner not in found:
            raise KeyDestroyed if self.store.tombstones([owner]) else KeyMissing
        return found[owner]

    def _take(self, owners: list[UUID]) -> dict[UUID, fields.SealingKey]:
        """Ask the store and hold the answer, unless keys were erased while it was on its way."""
        asked_in = self.generation
        keys: dict[UUID, DataKey] = self.store.data_keys(owners)
        ready = {
            owner: fields.SealingKey(key.version, fields.extract(key.key), self._place_root)
            for owner, key in keys.items()
        }
        with self._lock:
            if self.generation == asked_in:
                self._held.update(ready)
            while len(self._held) > self._size:
                self._held.popitem(last=False)
        return ready
