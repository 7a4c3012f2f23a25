"""The key ring: seals and opens fields with data keys that stay unwrapped in a bounded cache."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

from . import fields
from .binding import Binding
from .errors import KeyMissing
from .keystore import DataKey, KeyStore


class KeyRing:
    """Thread-safe. At most `cache_size` data keys are held in memory, the least used leave first.

    Making a ring reads the place key, so a store without one (KeyMissing) or with a wrong one (KeyWrong) is
    refused here and not at the first field.
    """

    def __init__(self, store: KeyStore, cache_size: int = 4096) -> None:
        self.store = store
        self._size = cache_size
        self._held: OrderedDict[UUID, fields.SealingKey] = OrderedDict()
        self._lock = threading.Lock()
        self._place_root = fields.extract(store.purpose_key("place"))

    def seal(self, text: str, bound_to: Binding) -> bytes:
        """Encrypt a text for its place; KeyMissing, KeyDestroyed, KeyWrong, TextNotSealable."""
        return fields.seal(text, self._key(bound_to.owner), bound_to)

    def open(self, blob: bytes, bound_to: Binding) -> str:
        """The text at its place, in NFC; any CryptoError, never a guess and never a blank instead."""
        return fields.open_(blob, self._key(bound_to.owner), bound_to)

    def prefetch(self, owners: Iterable[UUID]) -> None:
        """Unwrap the keys of many owners with one question to the store; unknown owners are passed over."""
        with self._lock:
            missing = [owner for owner in set(owners) if owner not in self._held]
        if missing:
            self._hold(self.store.data_keys(missing))

    def new_owner(self, *owners: UUID) -> None:
        """Make a data key for each owner that has none, durable before it returns."""
        self.store.new_data_keys(owners)

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
        found = self._hold(self.store.data_keys([owner]))
        if owner not in found:
            raise KeyMissing
        return found[owner]

    def _hold(self, keys: dict[UUID, DataKey]) -> dict[UUID, fields.SealingKey]:
        ready = {
            owner: fields.SealingKey(key.version, fields.extract(key.key), self._place_root)
            for owner, key in keys.items()
        }
        with self._lock:
            self._held.update(ready)
            while len(self._held) > self._size:
                self._held.popitem(last=False)
        return ready
