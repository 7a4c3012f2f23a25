"""Verifying the trail, and what is handed to those who verify it elsewhere."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ...audit import checkpoint, trail
from ...audit.models import AuditCheckpoint, AuditHead
from ...audit.verify import Verdict, judge
from ...kernel.actor import Permission as P
from ...usecase import Context, use_case
from ..rules.checkpoints import CheckpointView

BYTES = ("previous", "digest")


@use_case(P.AUDIT_VERIFY, event="audit.verified", reads=True)
def verify_trail(
    ctx: Context,
    held: Mapping[str, bytes] | None = None,
    pem: bytes | None = None,
    tell: Callable[[Verdict], None] = lambda _: None,
) -> Verdict:
    """Walk the whole trail and compare it with its head and checkpoints: 0 ok, 1 tampered, 2 incomplete.

    `held` are the checkpoints that somebody else keeps, by file name; `pem` the public key that came with them, by
    default the one of this house. `tell` hears the verdict before the visit is recorded: a broken trail may not take
    another event, and must be spoken of all the same. ValueError if `pem` is no Ed25519 key.
    """
    ctx.select(AuditHead)
    key = signing_key(ctx).public_key() if pem is None else checkpoint.public_key(pem)
    with trail.stored(ctx.session) as there:
        verdict = judge(there.entries, there.head, there.issued, held, key)
    tell(verdict)
    return verdict


@use_case(P.AUDIT_VERIFY, event="audit.public_key_read", reads=True)
def public_pem(ctx: Context) -> str:
    """Give the public key that checks the signatures of this house's checkpoints, as PEM."""
    ctx.select(AuditHead)
    return checkpoint.public_pem(signing_key(ctx).public_key())


@use_case(P.AUDIT_VERIFY, event="audit.checkpoints_listed", reads=True)
def checkpoints(ctx: Context) -> tuple[CheckpointView, ...]:
    """List the checkpoints that were issued, the newest first."""
    query = ctx.select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(ctx.settings.page_size)
    key = signing_key(ctx).public_key()
    found = []
    for row in ctx.all(query):
        said = checkpoint.read(row.line.encode(), key)
        found.append(
            CheckpointView(said.size, datetime.fromisoformat(said.at), said.root, said.house, row.line)
        )
    return tuple(found)


@use_case(P.AUDIT_SEAL, event="audit.exported", reads=True)
def export_trail(ctx: Context, write: Callable[[bytes], Any]) -> int:
    """Write the whole trail as canonical JSON lines (docs/trail.md); how many entries there were."""
    ctx.select(AuditHead)
    with trail.stored(ctx.session) as there:
        return write_lines(there, write)


def write_lines(there: trail.Stored, write: Callable[[bytes], Any]) -> int:
    """Step: entries, head and checkpoints in this order, one JSON object on each line."""
    count = 0
    for entry in there.entries:
        write(_line(entry=_plain(entry)))
        count += 1
    if there.head is not None:
        write(_line(head={"seq": there.head[0], "digest": _text(there.head[1])}))
    for size, line in there.issued:
        write(_line(checkpoint={"size": size, "line": line}))
    return count


def signing_key(ctx: Context) -> Ed25519PrivateKey:
    """Step: the key that signs checkpoints; it never leaves the process."""
    return checkpoint.signing_key(ctx.keys.store.purpose_key(checkpoint.PURPOSE))


def _line(**said: Any) -> bytes:
    return checkpoint.canonical(said) + b"\n"


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    at = entry["at"]
    found = {name: value if isinstance(value, str | int) else _text(value) for name, value in entry.items()}
    found["at"] = at if isinstance(at, str) else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return found


def _text(value: Any) -> str:
    """Digests as hex; whatever else a hand left there in a spelling that no digest fits."""
    if isinstance(value, bytes):
        return value.hex()
    return "?" + base64.b64encode(str(value).encode("utf-8", "surrogateescape")).decode()
