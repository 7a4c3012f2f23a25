"""KEKs in a PKCS#11 token (HSM): made there, never extractable, used there with AES-256-GCM; an optional extra.

The wrapped form is the same as with files, place and commitment included. `python-pkcs11` is imported only here.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pkcs11
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, MechanismFlag, ObjectClass
from pkcs11 import exceptions as said

from ..errors import KeyMissing, KeyWrong
from .wrapping import NONCE, SHORTEST

_LABEL = re.compile(r"casework-kek-([1-9][0-9]{0,8})")
# What tokens answer to bytes that do not open; SoftHSM calls it a general error.
_DOES_NOT_OPEN = (
    said.EncryptedDataInvalid,
    said.EncryptedDataLenRange,
    said.FunctionFailed,
    said.GeneralError,
)
_TEMPLATE = {
    Attribute.PRIVATE: True,
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
    Attribute.MODIFIABLE: False,
    Attribute.WRAP: False,
    Attribute.UNWRAP: False,
}
# Signing in to a token counts for the whole process, so there is one session per token and process, never closed.
_sessions: dict[tuple[str, str], tuple[int, Any]] = {}
_turn = threading.RLock()  # a session does one thing at a time


@dataclass(frozen=True)
class Token:
    """Where the KEKs are: the module's path, the token's label, the user's PIN."""

    module: str
    label: str
    pin: str = field(repr=False)


class TokenKeks:
    """Objects `casework-kek-<n>` in a token that serves this installation alone."""

    def __init__(self, token: Token) -> None:
        self._token = token
        self._held: dict[int, Any] = {}
        self._pid = os.getpid()

    def make(self, version: int) -> None:
        with self._at_work() as session:
            if self._find(session, version) is not None:
                raise FileExistsError("the token holds a key of this number already")
            session.generate_key(
                KeyType.AES,
                256,
                id=str(version).encode(),
                label=f"casework-kek-{version}",
                store=True,
                capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT,
                template=_TEMPLATE,
            )

    def wrap(self, version: int, key: bytes, place: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        with self._at_work() as session:
            sealed = self._kek(session, version).encrypt(
                key, mechanism=Mechanism.AES_GCM, mechanism_param=GCMParams(nonce, aad=place, tag_bits=128)
            )
        return nonce + bytes(sealed)

    def unwrap(self, version: int, wrapped: bytes, place: bytes) -> bytes:
        if len(wrapped) < SHORTEST:
            raise KeyWrong
        nonce, sealed = wrapped[:NONCE], wrapped[NONCE:]
        with self._at_work() as session:
            kek = self._kek(session, version)
            try:
                return bytes(
                    kek.decrypt(
                        sealed,
                        mechanism=Mechanism.AES_GCM,
                        mechanism_param=GCMParams(nonce, aad=place, tag_bits=128),
                    )
                )
            except _DOES_NOT_OPEN:
                raise KeyWrong from None

    def destroy(self, version: int) -> None:
        with self._at_work() as session:
            self._held.pop(version, None)
            kek = self._find(session, version)
            if kek is not None:
                kek.destroy()

    def present(self) -> set[int]:
        with self._at_work() as session:
            labels = [
                kek.label or "" for kek in session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY})
            ]
        return {int(match[1]) for match in map(_LABEL.fullmatch, labels) if match}

    def forget(self) -> None:
        with _turn:
            self._held.clear()

    def _kek(self, session: Any, version: int) -> Any:
        kek = self._held.get(version)
        if kek is None:
            kek = self._held[version] = self._find(session, version)
        if kek is None:
            del self._held[version]
            raise KeyMissing
        return kek

    @staticmethod
    def _find(session: Any, version: int) -> Any:
        wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: f"casework-kek-{version}"}
        found = list(session.get_objects(wanted))
        if len(found) > 1:
            raise KeyWrong  # two keys of one number: somebody else writes to this token
        return found[0] if found else None

    @contextmanager
    def _at_work(self) -> Iterator[Any]:
        """The session, for one thread at a time; KeyMissing if the token cannot be reached or refuses the PIN."""
        with _turn:
            if self._pid != os.getpid():  # handles of the parent are worth nothing after a fork
                self._held.clear()
                self._pid = os.getpid()
            try:
                yield _session(self._token)
            except (said.PKCS11Error, RuntimeError, OSError) as trouble:
                if isinstance(trouble, FileExistsError):
                    raise
                self._held.clear()
                _sessions.pop((self._token.module, self._token.label), None)
                raise KeyMissing from None


def _session(token: Token) -> Any:
    place = (token.module, token.label)
    pid, session = _sessions.get(place, (0, None))
    if pid == os.getpid():
        return session
    library = pkcs11.lib(token.module)
    if session is not None:
        library.reinitialize()
    opened = library.get_token(token_label=token.label)
    try:
        session = opened.open(rw=True, user_pin=token.pin)
    except said.UserAlreadyLoggedIn:
        session = opened.open(rw=True)
    _sessions[place] = (os.getpid(), session)
    return session
