"""The key ring: seals and opens fields with data keys that stay unwrapped in a bounded cache."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

from . import fields
from .binding import Binding
from .errors import KeyMissing
from .keystore import DataKey, FileKeyStore


class KeyRing:
    """Thread-safe. At most `cache_size` data keys are held in memory, the least used leave first."""

    def __init__(self, store: FileKeyStore, cache_size: int = 4096) -> None:
        self.store = store
        self._size = cache_size
        self._held: OrderedDict[UUID, DataKey] = OrderedDict()
        self._lock = threading.Lock()

    def seal(self, text: str, bound_to: Binding) -> bytes:
        key = self._key(bound_to.owner)
        return fields.seal(text, key.key, key.version, bound_to)

    def open(self, blob: bytes, bound_to: Binding) -> str:
        key = self._key(bound_to.owner)
        return fields.open_(blob, key.key, key.version, bound_to)

    def prefetch(self, owners: Iterable[UUID]) -> None:
        """Unwrap the keys of many owners with few questions to the store; unknown owners are passed over."""
        with self._lock:
            missing = [owner for owner in set(owners) if owner not in self._held]
        if missing:
            self._hold(self.store.data_keys(missing))

    def new_owner(self, *owners: UUID) -> None:
        self.store.new_data_keys(owners)

    def forget(self) -> None:
        """Drop every key from memory."""
        with self._lock:
            self._held.clear()

    def _key(self, owner: UUID) -> DataKey:
        with self._lock:
            key = self._held.get(owner)
            if key is not None:
                self._held.move_to_end(owner)
                return key
        found = self.store.data_keys([owner])
        if owner not in found:
            raise KeyMissing
        self._hold(found)
        return found[owner]

    def _hold(self, keys: dict[UUID, DataKey]) -> None:
        with self._lock:
            self._held.update(keys)
            while len(self._held) > self._size:
                self._held.popitem(last=False)


