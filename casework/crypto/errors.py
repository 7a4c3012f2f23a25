"""Typed failures: never plaintext, never a silent blank."""


class CryptoError(Exception):
    """`code` is what a page may show and a log may hold; no message carries text or key material."""

    code = "crypto"


class KeyMissing(CryptoError):
    """There is no such keystore, key file or data key."""

    code = "key_missing"


class KeyDestroyed(CryptoError):
    """The key was destroyed on purpose; a tombstone says so."""

    code = "key_destroyed"


class KeyWrong(CryptoError):
    """A key is there but is not the one that sealed this."""

    code = "key_wrong"


class KeystoreUnreadable(CryptoError):
    """The keystore's file is damaged, locked for too long, or no keystore at all."""

    code = "keystore_unreadable"


class CiphertextCorrupt(CryptoError):
    """The sealed bytes were damaged or altered."""

    code = "ciphertext_corrupt"


class ContextMismatch(CryptoError):
    """The sealed bytes are whole but belong to another row, column, owner or key version."""

    code = "context_mismatch"


class TextNotSealable(CryptoError):
    """The text holds lone surrogates and cannot be written as UTF-8."""

    code = "text_not_sealable"


class KeyActForbidden(CryptoError):
    """An act on the key-encryption keys that must not be: nothing was changed.

    `reason`: unknown, active, in_use (keys still lie under it), overtaken (another rotation came first).
    """

    code = "key_act_forbidden"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
