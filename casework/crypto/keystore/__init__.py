"""The keystore: apart from the main database; data keys wrapped under versioned key-encryption keys (KEKs).

`database.py` is its file, `wrapping.py` the frozen form of what lies in it, `providers.py` who keeps the KEKs,
`store.py` what the application asks of it, `erasure.py` how a key is forgotten, `custody.py` the acts of its keepers.
"""

from . import custody
from .erasure import Tombstone
from .store import DataKey, FileKeyStore, KekStatus, KeyStore, WrappedKeyStore
from .wrapping import KekProvider

__all__ = [
    "DataKey",
    "FileKeyStore",
    "KekProvider",
    "KekStatus",
    "KeyStore",
    "Tombstone",
    "WrappedKeyStore",
    "custody",
]
