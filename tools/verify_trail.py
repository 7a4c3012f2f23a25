#!/usr/bin/env python3
"""Check a casework trail without casework: python verify_trail.py TRAIL PUBKEY CHECKPOINTS

TRAIL is the SQLite database or what `casework audit export` wrote, PUBKEY the PEM of `casework audit pubkey`,
CHECKPOINTS the folder that somebody else holds. Exit code 0 ok, 1 tampered, 2 incomplete. The formats stand in
docs/trail.md. Needs Python 3.11 and the package `cryptography`, nothing of casework.
"""

import hashlib
import json
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

TEXTS = ("actor", "session", "event", "outcome", "kind", "target", "case_id", "purpose", "changes")
CHAIN = ("seq", "at", "previous", "digest")
SPELT = "%Y-%m-%d %H:%M:%S.%f"  # in UTC
ISSUED = "audit.checkpoint_issued"
FIRST = "0" * 64


def hexed(value):
    return value.hex() if isinstance(value, bytes) else None


class Found(Exception):
    """Something is wrong: (exit code, reason, sequence or size)."""


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def read_checkpoint(line, key):
    try:
        said = json.loads(line.decode("ascii"))
        signature = bytes.fromhex(said["signature"])
        sound = canonical(said) + b"\n" == line and said["format"] == "casework-checkpoint-1"
        sound = (
            sound and signature.hex() == said["signature"] and type(said["size"]) is int and said["size"] >= 0
        )
        sound = sound and sorted(said) == ["at", "format", "house", "previous", "root", "signature", "size"]
    except (ValueError, TypeError, KeyError, RecursionError):
        sound = False
    if not sound:
        raise Found(1, "checkpoint_malformed", None)
    if said["house"] != hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:32]:
        raise Found(1, "checkpoint_foreign", said["size"])
    try:
        key.verify(signature, canonical({name: said[name] for name in said if name != "signature"}))
    except InvalidSignature:
        raise Found(1, "checkpoint_forged", said["size"]) from None
    return {**said, "digest": hashlib.sha256(line).hexdigest()}


def from_database(path):
    """Entries as (seq, at, previous, digest, texts), the head, and the checkpoints issued, as they lie in the file."""
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    rows = db.execute(f"SELECT seq, at, previous, digest, {', '.join(TEXTS)} FROM audit_entry ORDER BY seq")
    entries = ((seq, at, hexed(p), hexed(d), tuple(texts)) for seq, at, p, d, *texts in rows)
    head = db.execute("SELECT seq, digest FROM audit_head WHERE id = 1").fetchone()
    issued = db.execute("SELECT size, line FROM audit_checkpoint ORDER BY size").fetchall()
    return entries, head and (head[0], hexed(head[1])), issued


def from_export(path):
    parts, order = {"entry": [], "head": [], "checkpoint": []}, []
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
        try:
            said = json.loads(line.decode("ascii"))
            ((kind, value),) = said.items()
            sound = canonical(said) + b"\n" == line
            parts[kind].append(value)
        except (ValueError, KeyError, AttributeError, RecursionError):
            sound = False
        if not sound:
            raise Found(1, "line_malformed", number)
        order.append(list(parts).index(kind))
    if order != sorted(order) or len(parts["head"]) > 1:
        raise Found(1, "lines_moved", None)
    try:
        entries = [
            (e["seq"], e["at"], e["previous"], e["digest"], tuple(e[t] for t in TEXTS))
            for e in parts["entry"]
        ]
        head = [(h["seq"], h["digest"]) for h in parts["head"]]
        issued = [(c["size"], c["line"]) for c in parts["checkpoint"]]
        strange = any(len(e) != len(TEXTS) + 4 for e in parts["entry"])
        strange = strange or any(len(p) != 2 for p in parts["head"] + parts["checkpoint"])
    except (KeyError, TypeError):
        strange = True
    if strange or [size for size, _ in issued] != sorted({size for size, _ in issued}):
        raise Found(1, "line_malformed", None)
    return entries, head[0] if head else None, issued


def digest(seq, at, previous, texts):
    """The chained digest of one entry; None if its values are not spelt as they were written."""
    try:
        moment = datetime.strptime(at, SPELT).replace(tzinfo=UTC)
        if moment.strftime("%Y").zfill(4) + moment.strftime(SPELT[2:]) != at:
            return None
        said = moment.isoformat(timespec="microseconds")
        parts = [b"casework-audit-1", str(seq).encode(), bytes.fromhex(previous)]
        parts += [text.encode() for text in (said, *texts)]
    except (ValueError, TypeError, AttributeError):
        return None
    return hashlib.sha256(b"".join(len(p).to_bytes(4, "big") + p for p in parts)).hexdigest()


def walk(entries, roots):
    """Follow the chain; its length, last digest, and the sizes of the checkpoints whose issue it records."""
    count, last, issued = 0, FIRST, set()
    for seq, at, previous, stored, texts in entries:
        if roots.get(count, last) != last:
            raise Found(1, "rewritten", count)
        if type(seq) is not int or seq != count + 1:
            raise Found(1, "gap", count + 1)
        if previous != last or stored is None or digest(seq, at, previous, texts) != stored:
            raise Found(1, "changed", seq)
        count, last = seq, stored
        if (texts[2], texts[3]) == (ISSUED, "done"):
            issued.add(int(texts[5]))
    if roots.get(count, last) != last:
        raise Found(1, "rewritten", count)
    return count, last, issued


def verify(source, key, folder):
    entries, head, lines = (from_database if is_database(source) else from_export)(source)
    table = {}
    for size, line in lines:
        found = read_checkpoint(
            line.encode("utf-8", "surrogateescape") if isinstance(line, str) else b"", key
        )
        if found["size"] != size:
            raise Found(1, "checkpoint_renamed", size)
        table[size] = found
    held = {}
    for path in sorted(folder.glob("checkpoint-*.json")):
        found = read_checkpoint(path.read_bytes(), key)
        if path.name != f"checkpoint-{found['size']:012d}.json":
            raise Found(1, "checkpoint_renamed", found["size"])
        held[found["size"]] = found
    if any(table[size] != held[size] for size in table.keys() & held.keys()):
        raise Found(1, "checkpoints_differ", None)
    count, last, issued = walk(entries, {size: c["root"] for size, c in (table | held).items()})
    if head is None:
        raise Found(2, "no_head", None)
    if type(head[0]) is not int or head[0] < count or (head[0] == count and head[1] != last):
        raise Found(1, "head_differs", None)
    if head[0] > count:
        raise Found(2, "tail_missing", count + 1)
    if issued - table.keys():
        raise Found(1, "checkpoint_removed", min(issued - table.keys()))
    if (table.keys() | held.keys()) - issued:
        raise Found(2, "older_than_checkpoint", max((table.keys() | held.keys()) - issued))
    chain = [table[size] for size in sorted(table)]
    if [c["previous"] for c in chain] != [FIRST, *(c["digest"] for c in chain)][: len(chain)]:
        raise Found(1, "checkpoint_removed", None)
    if issued - held.keys():
        raise Found(2, "checkpoint_missing", min(issued - held.keys()))
    return count, len(held)


def is_database(path):
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def complain(why):
    print(f"cannot verify: {why}")
    return 2


def main(source, pubkey, folder):
    try:
        key = load_pem_public_key(Path(pubkey).read_bytes())
        if not isinstance(key, Ed25519PublicKey) or not Path(folder).is_dir():
            return complain("an Ed25519 key and a folder are needed")
        count, held = verify(Path(source), key, Path(folder))
    except Found as found:
        code, reason, at = found.args
        print(reason if at is None else f"{reason} (seq {at})")
        return code
    except (OSError, ValueError, sqlite3.Error) as fault:
        return complain(type(fault).__name__)
    print(f"ok: {count} entries, {held} checkpoints")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 4 else __doc__)
