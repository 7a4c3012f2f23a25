"""The keystore that the settings choose: its file, and who keeps its KEKs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from ...settings import Settings, SettingsError
from .moving import MovingKeks
from .providers import FileKeks
from .store import WrappedKeyStore, make_file
from .wrapping import KekProvider


def keeper(settings: Settings) -> KekProvider:
    """Files, a PKCS#11 token, or one after the other; SettingsError if the library for tokens is not installed."""
    present = _keeper(settings, settings.key_provider)
    if not settings.key_provider_before:
        return present
    return MovingKeks(present, _keeper(settings, settings.key_provider_before))


def _keeper(settings: Settings, provider: str) -> KekProvider:
    if provider == "file":
        return FileKeks(Path(settings.kek_dir))
    try:
        from .token import Token, TokenKeks
    except ImportError:
        raise SettingsError("key_provider pkcs11: install casework[pkcs11]") from None
    return TokenKeks(Token(settings.pkcs11_module, settings.pkcs11_token, _pin(settings)))


def open_store(settings: Settings) -> WrappedKeyStore:
    """The keystore that is there; KeyMissing if its file is not."""
    kept = timedelta(days=settings.keystore_backup_days)
    return WrappedKeyStore(Path(settings.keystore_path), keeper(settings), backups_kept=kept)


def create_store(settings: Settings) -> WrappedKeyStore:
    """A new keystore with its first KEK; FileExistsError if one, or a KEK, is there."""
    if keeper(settings).present():
        raise FileExistsError("key-encryption keys stand here already")
    make_file(Path(settings.keystore_path))
    return open_store(settings).fill()


def _pin(settings: Settings) -> str:
    """From its file, else from the environment; never logged, never shown."""
    if not settings.pkcs11_pin_file:
        return settings.pkcs11_pin
    try:
        return Path(settings.pkcs11_pin_file).read_text(encoding="utf-8").strip()
    except OSError:
        raise SettingsError("pkcs11_pin_file: cannot be read") from None
