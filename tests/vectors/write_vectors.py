"""Writes sealed_v1.json, once: the file is frozen, so this refuses to run while it is there."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from casework.crypto import Binding, fields

TARGET = Path(__file__).with_name("sealed_v1.json")
DATA_KEYS = {"mother": bytes(range(32)), "son": bytes(range(32, 64)), "stranger": bytes(range(64, 96))}
PLACE_KEYS = {"here": bytes(range(96, 128)), "elsewhere": bytes(range(128, 160))}
ROW = UUID("01890000-0000-7000-8000-000000000001")
OTHER_ROW = UUID("01890000-0000-7000-8000-000000000002")
MOTHER = UUID("01890000-0000-7000-8000-00000000000a")
SON = UUID("01890000-0000-7000-8000-00000000000b")
HOME = Binding("case_note", "body", ROW, MOTHER)
TEXTS = {
    "empty": "",
    "ascii": "yes",
    "invented name": "架空 花子",
    "variant kanji beyond the first plane": "髙﨑𠮷葛\U000e0100",
    "compatibility ideographs stay": "\ufa10\ufa19\ufa11\U0002f800",
    "decomposed kana is composed": "か\u3099\ufa10き\u3099",
    "last length of the first bucket": "a" * 60,
    "first length of the second bucket": "a" * 61,
    "second bucket full": "a" * 252,
    "third bucket": "窓" * 200,
    "fourth bucket": "口" * 1000,
    "emoji and line breaks": "👪\n\t相談\r\n",
}


def key(data: str = "mother", place: str = "here", version: int = 1) -> fields.SealingKey:
    return fields.sealing_key(version, DATA_KEYS[data], PLACE_KEYS[place])


def vector(name: str, blob: bytes, outcome: dict[str, str], **reader: object) -> dict[str, object]:
    """How a reader at `HOME` with the mother's key meets the blob, but for what `reader` says."""
    plain = {"table": HOME.table, "column": HOME.column, "row": str(HOME.row), "owner": str(HOME.owner)}
    keys = {"data_key": "mother", "place_key": "here", "key_version": 1}
    return {"name": name, "blob": blob.hex(), **plain, **keys, **reader, **outcome}


def readable() -> Iterator[dict[str, object]]:
    for number, (name, typed) in enumerate(TEXTS.items()):
        nonce = number.to_bytes(12, "big")
        text = fields.open_(fields.seal_with(typed, key(), HOME, nonce), key(), HOME)
        yield vector(name, fields.seal_with(typed, key(), HOME, nonce), {"typed": typed, "text": text})
    blob = fields.seal_with("later key", key(version=70000), HOME, b"version70000")
    yield vector("a later data key", blob, {"typed": "later key", "text": "later key"}, key_version=70000)


def misplaced(blob: bytes) -> Iterator[dict[str, object]]:
    moved, wrong = {"error": "ContextMismatch"}, {"error": "KeyWrong"}
    yield vector("moved to another table", blob, moved, table="case_plan")
    yield vector("moved to another column", blob, moved, column="said_by")
    yield vector("moved across the border of table and column", blob, moved, table="case_noteb", column="ody")
    yield vector("moved to another row", blob, moved, row=str(OTHER_ROW))
    yield vector("moved to another owner", blob, moved, owner=str(SON), data_key="son")
    yield vector("read as another key version", blob, moved, key_version=2)
    yield vector("read with a wrong data key", blob, wrong, data_key="stranger")
    yield vector("read in another installation", blob, wrong, data_key="stranger", place_key="elsewhere")
    yield vector("read with another installation's place key", blob, wrong, place_key="elsewhere")


def damaged(blob: bytes) -> Iterator[dict[str, object]]:
    corrupt = {"error": "CiphertextCorrupt"}
    for at in (0, 1, 4, 5, 9, 17, 25, 37, 101, len(blob) - 4, len(blob) - 1):
        yield vector(f"byte {at} flipped", flipped(blob, at), corrupt)
    for name, at, error in (
        ("format version", 0, "CiphertextCorrupt"),
        ("data key version", 4, "CiphertextCorrupt"),
        ("store tag", 5, "KeyWrong"),
        ("place tag", 9, "ContextMismatch"),
        ("key tag", 17, "KeyWrong"),
        ("nonce", 25, "KeyWrong"),
        ("ciphertext", 37, "CiphertextCorrupt"),
        ("tag", 101, "CiphertextCorrupt"),
    ):
        forged = fields.with_checksum(flipped(blob, at)[:-4])
        yield vector(f"{name} forged, checksum made anew", forged, {"error": error})
    yield vector("nothing at all", b"", corrupt)
    yield vector("cut by one byte", blob[:-1], corrupt)
    yield vector("too short, checksum made anew", fields.with_checksum(blob[:-5]), corrupt)
    yield vector("one byte more, checksum made anew", fields.with_checksum(blob[:-4] + b"\0"), corrupt)
    nonce = b"crafted text"
    for name, plain in (
        ("padding that is not zero", b"\0\0\0\1a".ljust(63, b"\0") + b"\1"),
        ("a length beyond the end", b"\0\0\0\x3d".ljust(64, b"a")),
        ("a bucket too large", b"\0\0\0\1a".ljust(256, b"\0")),
        ("text that is not UTF-8", b"\0\0\0\1\xff".ljust(64, b"\0")),
    ):
        yield vector(name, fields._assemble(plain, key(), HOME, nonce), corrupt)


def flipped(blob: bytes, at: int) -> bytes:
    return blob[:at] + bytes([blob[at] ^ 0x10]) + blob[at + 1 :]


def main() -> int:
    sample = fields.seal_with("架空 花子", key(), HOME, b"frozen nonce")
    content = {
        "format": 1,
        "data_keys": {name: value.hex() for name, value in DATA_KEYS.items()},
        "place_keys": {name: value.hex() for name, value in PLACE_KEYS.items()},
        "vectors": [*readable(), *misplaced(sample), *damaged(sample)],
    }
    with TARGET.open("x", encoding="ascii") as file:
        json.dump(content, file, indent=1)
        file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
