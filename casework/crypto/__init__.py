"""Keys and sealed fields: bytes in, bytes out; knows neither the web nor the database of the application."""

from .binding import Binding
from .errors import (
    CiphertextCorrupt,
    ContextMismatch,
    CryptoError,
    KeyActForbidden,
    KeyDestroyed,
    KeyMissing,
    KeystoreUnreadable,
    KeyWrong,
    TextNotSealable,
)
from .keystore import DataKey, FileKeyStore, KekStatus, KeyStore, Tombstone, WrappedKeyStore
from .ring import KeyRing

__all__ = [
    "Binding",
    "CiphertextCorrupt",
    "ContextMismatch",
    "CryptoError",
    "DataKey",
    "FileKeyStore",
    "KekStatus",
    "KeyActForbidden",
    "KeyDestroyed",
    "KeyMissing",
    "KeyRing",
    "KeyStore",
    "KeyWrong",
    "KeystoreUnreadable",
    "TextNotSealable",
    "Tombstone",
    "WrappedKeyStore",
]
