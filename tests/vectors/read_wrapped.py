"""Opens wrapped keys of form 1 without any code of casework, and tries all vectors of wrapped_v1.json.

Written from docs/crypto.md. Exits 0 if every key opens and every refusal is the named one; says what differs.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def prefixed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def place_of(vector: dict[str, Any]) -> bytes:
    kek_version = vector["kek_version"].to_bytes(4, "big")
    if vector["kind"] == "data":
        owner, version = UUID(vector["owner"]).bytes, vector["version"].to_bytes(4, "big")
        return prefixed(b"casework-data-key-1", owner, version, kek_version)
    if vector["kind"] == "purpose":
        return prefixed(b"casework-purpose-key-1", vector["purpose"].encode(), kek_version)
    return prefixed(b"casework-canary-1", kek_version)


def outcome(vector: dict[str, Any], keks: dict[str, str]) -> dict[str, str]:
    wrapped, kek = bytes.fromhex(vector["wrapped"]), bytes.fromhex(keks[vector["kek"]])
    if len(wrapped) < 12 + 16:
        return {"error": "KeyWrong"}
    try:
        key = AESGCM(kek).decrypt(wrapped[:12], wrapped[12:], place_of(vector))
    except InvalidTag:
        return {"error": "KeyWrong"}
    committed = hashlib.sha256(b"casework-key-commitment-1" + key).hexdigest()
    if vector["commitment"] is not None and committed != vector["commitment"]:
        return {"error": "KeyWrong"}
    return {"key": key.hex()}


def main(path: Path) -> int:
    content = json.loads(path.read_text(encoding="ascii"))
    vectors = content["vectors"]
    wrong = [
        f"{vector['name']}: found {found}\n"
        for vector in vectors
        if (found := outcome(vector, content["keks"]))
        != {n: vector[n] for n in ("key", "error") if n in vector}
    ]
    opened = sum("key" in vector for vector in vectors)
    sys.stdout.writelines(wrong)
    sys.stdout.write(f"{opened} to open, {len(vectors) - opened} to refuse, {len(wrong)} wrong\n")
    return 0 if not wrong and 0 < opened < len(vectors) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("wrapped_v1.json")))
