"""Signed checkpoints: what the house says of its trail, in one line that anybody with the public key can check.

The format stands in docs/trail.md. The key is the keystore's purpose key "audit", used as an Ed25519 seed and for
nothing else; the house is named by its public key, so a checkpoint of another installation is found to be foreign.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

FORMAT = "casework-checkpoint-1"
FIRST = "0" * 64  # `previous` of the first checkpoint
PURPOSE = "audit"


class BadCheckpoint(Exception):
    """Not a checkpoint of this house: malformed, foreign or forged."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`root` is the chain's digest after `size` entries, `previous` the digest of the checkpoint before; hex."""

    size: int
    root: str
    previous: str
    at: str
    house: str
    signature: str
    format: str = FORMAT

    @property
    def line(self) -> bytes:
        return canonical(asdict(self)) + b"\n"

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.line).hexdigest()

    @property
    def name(self) -> str:
        return file_name(self.size)


def file_name(size: int) -> str:
    """Names sort by size."""
    return f"checkpoint-{size:012d}.json"


def canonical(value: Any) -> bytes:
    """JSON in one spelling: sorted keys, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def signing_key(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_pem(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def public_key(pem: bytes) -> Ed25519PublicKey:
    """The key in a file of `casework audit pubkey`; ValueError for anything else."""
    found = load_pem_public_key(pem)
    if not isinstance(found, Ed25519PublicKey):
        raise ValueError("not an Ed25519 public key")  # noqa: TRY004 - the file is wrong, not the caller
    return found


def house_of(key: Ed25519PublicKey) -> str:
    """The name of an installation: the beginning of the digest of its public key."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:32]


def issue(key: Ed25519PrivateKey, *, size: int, root: bytes, previous: str, at: datetime) -> Checkpoint:
    """Sign a checkpoint; `at` is an aware moment."""
    root_hex, moment = root.hex(), at.astimezone(UTC).isoformat(timespec="microseconds")
    house = house_of(key.public_key())
    said = {
        "format": FORMAT,
        "size": size,
        "root": root_hex,
        "previous": previous,
        "at": moment,
        "house": house,
    }
    return Checkpoint(size, root_hex, previous, moment, house, key.sign(canonical(said)).hex())


def read(line: bytes, key: Ed25519PublicKey) -> Checkpoint:
    """The checkpoint behind the exact bytes that were handed out; BadCheckpoint says what is wrong."""
    try:
        said = json.loads(line.decode("ascii"))
        found = Checkpoint(**said)
        signature = bytes.fromhex(found.signature)
        sound = found.line == line and found.format == FORMAT and signature.hex() == found.signature
        sound = sound and type(found.size) is int and found.size >= 0
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise BadCheckpoint("checkpoint_malformed") from None
    if not sound:
        raise BadCheckpoint("checkpoint_malformed")
    if found.house != house_of(key):
        raise BadCheckpoint("checkpoint_foreign")
    del said["signature"]
    try:
        key.verify(signature, canonical(said))
    except InvalidSignature:
        raise BadCheckpoint("checkpoint_forged") from None
    return found
