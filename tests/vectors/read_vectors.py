"""Reads sealed fields of format 1 without any code of casework, and tries all vectors of sealed_v1.json.

Written from docs/crypto.md. Exits 0 if every text is read and every refusal is the named one; says what differs.
"""

from __future__ import annotations

import json
import sys
import zlib
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

BUCKETS = [64, 256, 1024, 4096, 16384, 65536]


class Refused(Exception):
    """Named as the application names it."""


def refuse(name: str, *, when: bool) -> None:
    if when:
        raise Refused(name)


def prefixed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def derive(key: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key)


def place_of(vector: dict[str, Any]) -> bytes:
    return prefixed(
        b"casework-field-1",
        vector["table"].encode(),
        vector["column"].encode(),
        UUID(vector["row"]).bytes,
        UUID(vector["owner"]).bytes,
        vector["key_version"].to_bytes(4, "big"),
    )


def read(blob: bytes, data_key: bytes, place_key: bytes, place: bytes) -> str:
    refuse("CiphertextCorrupt", when=len(blob) < 25 + 12 + 64 + 16 + 4 or blob[0] != 1)
    refuse("CiphertextCorrupt", when=zlib.crc32(blob[:-4]) != int.from_bytes(blob[-4:], "big"))
    header, nonce, body = blob[:25], blob[25:37], blob[37:-4]
    store_tag = derive(place_key, prefixed(b"casework-store-tag-1", nonce), 4)
    refuse("KeyWrong", when=header[5:9] != store_tag)
    place_tag = derive(place_key, prefixed(b"casework-place-tag-1", nonce, place), 8)
    refuse("ContextMismatch", when=header[9:17] != place_tag)
    key_tag = derive(data_key, prefixed(b"casework-key-tag-1", nonce), 8)
    refuse("KeyWrong", when=header[17:25] != key_tag)
    try:
        plain = AESGCM(derive(data_key, place, 32)).decrypt(nonce, body, header + place)
    except InvalidTag:
        raise Refused("CiphertextCorrupt") from None
    return text_in(plain)


def text_in(plain: bytes) -> str:
    size = int.from_bytes(plain[:4], "big")
    padded = next((b for b in BUCKETS if size + 4 <= b), (size + 4 + 65535) // 65536 * 65536)
    refuse("CiphertextCorrupt", when=padded != len(plain) or any(plain[4 + size :]))
    try:
        return plain[4 : 4 + size].decode()
    except UnicodeDecodeError:
        raise Refused("CiphertextCorrupt") from None


def outcome(vector: dict[str, Any], keys: dict[str, Any]) -> dict[str, str]:
    data_key = bytes.fromhex(keys["data_keys"][vector["data_key"]])
    place_key = bytes.fromhex(keys["place_keys"][vector["place_key"]])
    try:
        return {"text": read(bytes.fromhex(vector["blob"]), data_key, place_key, place_of(vector))}
    except Refused as refusal:
        return {"error": str(refusal)}


def main(path: Path) -> int:
    content = json.loads(path.read_text(encoding="ascii"))
    vectors = content["vectors"]
    wrong = []
    for vector in vectors:
        wanted = {name: vector[name] for name in ("text", "error") if name in vector}
        found = outcome(vector, content)
        if found != wanted:
            wrong.append(f"{vector['name']}: wanted {wanted!a}, found {found!a}\n")
    read_well = sum("text" in vector for vector in vectors)
    sys.stdout.writelines(wrong)
    sys.stdout.write(f"{read_well} to read, {len(vectors) - read_well} to refuse, {len(wrong)} wrong\n")
    return 0 if not wrong and 0 < read_well < len(vectors) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("sealed_v1.json")))
