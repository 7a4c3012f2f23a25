"""Writes wrapped_v1.json, once: how keys lie in the keystore is frozen, so this never writes over it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.crypto.keystore import wrapping

TARGET = Path(__file__).with_name("wrapped_v1.json")
KEKS = {"1": bytes(range(32)), "70000": bytes(range(32, 64)), "other": bytes(range(64, 96))}
OWNER = UUID("01890000-0000-7000-8000-00000000000a")
OTHER = UUID("01890000-0000-7000-8000-00000000000b")
KEY = bytes(range(100, 132))
DATA = {"kind": "data", "owner": str(OWNER), "version": 1, "kek": "1", "kek_version": 1}
PURPOSE = {"kind": "purpose", "purpose": "session", "kek": "1", "kek_version": 1}
CANARY = {"kind": "canary", "kek": "1", "kek_version": 1}


def wrap(kek: str, key: bytes, place: bytes, number: int) -> bytes:
    nonce = number.to_bytes(12, "big")
    return nonce + AESGCM(KEKS[kek]).encrypt(nonce, key, place)


def vectors() -> list[dict[str, object]]:
    data = wrap("1", KEY, wrapping.data_place(OWNER, 1, 1), 1)
    later = wrap("70000", KEY, wrapping.data_place(OWNER, 3, 70000), 2)
    purpose = wrap("1", KEY, wrapping.purpose_place("session", 1), 3)
    canary = wrap("1", wrapping.CANARY, wrapping.canary_place(1), 4)
    seal, stranger = wrapping.commitment(KEY), wrapping.commitment(bytes(32))
    opens, wrong = {"key": KEY.hex()}, {"error": "KeyWrong"}

    def told(name: str, about: dict[str, object], blob: bytes, **rest: object) -> dict[str, object]:
        return {"name": name, "wrapped": blob.hex(), "commitment": seal.hex(), **about, **rest}

    return [
        told("a data key", DATA, data, **opens),
        told(
            "a later data key under a later KEK",
            DATA,
            later,
            version=3,
            kek="70000",
            kek_version=70000,
            **opens,
        ),
        told("a purpose key", PURPOSE, purpose, **opens),
        told("the canary", CANARY, canary, commitment=None, key=wrapping.CANARY.hex()),
        told("another owner's place", DATA, data, owner=str(OTHER), **wrong),
        told("another version of the key", DATA, data, version=2, **wrong),
        told("another version of the KEK", DATA, data, kek_version=2, **wrong),
        told("another KEK", DATA, data, kek="other", **wrong),
        told("another purpose", PURPOSE, purpose, purpose="audit", **wrong),
        told("a data key read as a purpose key", PURPOSE, data, **wrong),
        told("a commitment to another key", DATA, data, commitment=stranger.hex(), **wrong),
        told("the canary of another KEK", CANARY, canary, commitment=None, kek_version=2, **wrong),
        told("cut off", DATA, data[:-1], **wrong),
        told("shorter than a nonce and a tag", DATA, data[:27], **wrong),
        *(
            told(f"a bit of byte {at} turned", DATA, _turned(data, at), **wrong)
            for at in (0, 11, 12, 43, 44, 59)
        ),
    ]


def _turned(blob: bytes, at: int) -> bytes:
    return blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]


if __name__ == "__main__":
    content = {"keks": {name: key.hex() for name, key in KEKS.items()}, "vectors": vectors()}
    with TARGET.open("x", encoding="ascii") as file:
        file.write(json.dumps(content, indent=1) + "\n")
    sys.stdout.write(f"{len(content['vectors'])} vectors\n")
