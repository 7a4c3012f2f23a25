"""Judging a trail: the chain, its head, the checkpoints issued and those that somebody else holds. No database here.

tools/verify_trail.py says the same with nothing of ours; a test lets both judge the same tamperings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from . import checkpoint
from .checkpoint import BadCheckpoint, Checkpoint
from .trail import ZERO, digest

ISSUED = "audit.checkpoint_issued"
TEXTS = ("actor", "session", "event", "outcome", "kind", "target", "case_id", "purpose", "changes")
OK, TAMPERED, INCOMPLETE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of a verification: exit code 0 ok, 1 tampered, 2 incomplete; `at` is the first bad sequence."""

    exit_code: int
    entries: int
    at: int | None
    reason: str
    checkpoints: int = 0


@dataclass
class _Known:
    """Checkpoints of one source by size, in the order of their sizes."""

    found: dict[int, Checkpoint] = field(default_factory=dict)

    def gap(self) -> int | None:
        """The size of the first checkpoint whose predecessor is not there."""
        before = checkpoint.FIRST
        for size in sorted(self.found):
            if self.found[size].previous != before:
                return size
            before = self.found[size].digest
        return None


class _Bad(Exception):
    def __init__(self, reason: str, at: int | None, exit_code: int = TAMPERED) -> None:
        super().__init__(reason)
        self.verdict = Verdict(exit_code, 0, at, reason)


@dataclass
class _Walk:
    """The chain as far as it was followed, and the checkpoints whose issue it records."""

    roots: Mapping[int, str]
    entries: int = 0
    last: bytes = ZERO
    issued: set[int] = field(default_factory=set)

    def follow(self, entries: Iterable[Mapping[str, Any]]) -> None:
        self._compare()
        for entry in entries:
            seq = self.entries + 1
            if entry["seq"] != seq:
                raise _Bad("gap", seq)
            if not _sound(entry, seq, self.last):
                raise _Bad("changed", seq)
            self.entries, self.last = seq, entry["digest"]
            if entry["event"] == ISSUED and entry["outcome"] == "done":
                self.issued.add(int(entry["target"]))
            self._compare()

    def _compare(self) -> None:
        if self.roots.get(self.entries, self.last.hex()) != self.last.hex():
            raise _Bad("rewritten", self.entries)


def judge(
    entries: Iterable[Mapping[str, Any]],
    head: tuple[Any, Any] | None,
    issued: Iterable[tuple[Any, Any]],
    held: Mapping[str, bytes] | None,
    key: Ed25519PublicKey,
) -> Verdict:
    """Compare a trail with its head, with the checkpoints issued (size, line) and with those held (file name, bytes).

    `held` is None when nobody else's are at hand: then a history rewritten as a whole, or cut together with its
    head and checkpoints, cannot be told from a true one.
    """
    walk = _Walk({})
    try:
        table = _read({checkpoint.file_name(s): _bytes(line) for s, line in issued if type(s) is int}, key)
        there = None if held is None else _read(held, key)
        walk.roots = _roots(table, there)
        walk.follow(entries)
        _compare_head(walk, head)
        _compare_checkpoints(walk, table, there)
    except _Bad as bad:
        return replace(bad.verdict, entries=walk.entries)
    return Verdict(OK, walk.entries, None, "ok", len(table.found if there is None else there.found))


def _bytes(line: Any) -> bytes:
    return line.encode("utf-8", "surrogateescape") if isinstance(line, str) else b""


def _read(lines: Mapping[str, bytes], key: Ed25519PublicKey) -> _Known:
    known = _Known()
    for name in sorted(lines):
        try:
            found = checkpoint.read(lines[name], key)
        except BadCheckpoint as bad:
            raise _Bad(str(bad), None) from None
        if found.name != name:
            raise _Bad("checkpoint_renamed", found.size)
        known.found[found.size] = found
    return known


def _roots(table: _Known, held: _Known | None) -> dict[int, str]:
    roots = {size: found.root for size, found in table.found.items()}
    for size, found in (held.found if held else {}).items():
        if size in table.found and found != table.found[size]:
            raise _Bad("checkpoints_differ", size)
        roots[size] = found.root
    return roots


def _sound(entry: Mapping[str, Any], seq: int, previous: bytes) -> bool:
    at = _moment(entry["at"])
    if at is None or entry["previous"] != previous or any(type(entry[name]) is not str for name in TEXTS):
        return False
    try:
        return bool(entry["digest"] == digest(seq, previous, {**entry, "at": at}))
    except UnicodeEncodeError:  # bytes that were no text
        return False


def _moment(stored: Any) -> datetime | None:
    """PostgreSQL gives a moment; SQLite gives text, which must be spelt as it was written."""
    if isinstance(stored, datetime):
        return stored
    try:
        found = datetime.strptime(stored, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
    except (ValueError, TypeError):
        return None
    return found if f"{found:%Y-%m-%d %H:%M:%S.%f}" == stored else None


def _compare_head(walk: _Walk, head: tuple[Any, Any] | None) -> None:
    if head is None:
        raise _Bad("no_head", None, INCOMPLETE)
    seq, last = head
    if type(seq) is not int:
        raise _Bad("head_differs", None)
    if seq > walk.entries:
        raise _Bad("tail_missing", walk.entries + 1, INCOMPLETE)
    if (seq, last) != (walk.entries, walk.last):
        raise _Bad("head_differs", seq)


def _compare_checkpoints(walk: _Walk, table: _Known, held: _Known | None) -> None:
    """Every checkpoint issued is there, and the trail reaches beyond every checkpoint that was issued."""
    removed = walk.issued - set(table.found)
    if removed:
        raise _Bad("checkpoint_removed", min(removed))
    ahead = (set(table.found) | set(held.found if held else ())) - walk.issued
    if ahead:
        raise _Bad("older_than_checkpoint", max(ahead), INCOMPLETE)
    gap = table.gap()
    if gap is not None:
        raise _Bad("checkpoint_removed", gap)
    if held is None:
        return
    missing = walk.issued - set(held.found)
    if missing:
        raise _Bad("checkpoint_missing", min(missing), INCOMPLETE)
