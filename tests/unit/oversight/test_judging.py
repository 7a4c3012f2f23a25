"""Checkpoints and the judging of a trail by themselves: what is malformed, foreign, forged, or told twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from casework.audit import checkpoint as c
from casework.audit import trail
from casework.audit.verify import INCOMPLETE, ISSUED, OK, TAMPERED, judge
from casework.db import Base
from casework.kernel.errors import Unavailable

KEY = c.signing_key(bytes(range(32)))
PUBLIC = KEY.public_key()
NOW = datetime(2026, 4, 6, 1, tzinfo=UTC)
PLAIN = dict.fromkeys(
    ("actor", "session", "event", "outcome", "kind", "target", "case_id", "purpose", "changes"), ""
)


def _signed(**said: Any) -> bytes:
    """A line with whatever is said, signed by the house's own key."""
    good = json.loads(c.issue(KEY, size=1, root=b"\1" * 32, previous=c.FIRST, at=NOW).line)
    del good["signature"]
    told = {**good, **said}
    return c.canonical({**told, "signature": KEY.sign(c.canonical(told)).hex()}) + b"\n"


def _entries(*events: dict[str, str]) -> list[dict[str, Any]]:
    found, previous = [], trail.ZERO
    for seq, told in enumerate(events, 1):
        entry: dict[str, Any] = {
            **PLAIN,
            **told,
            "seq": seq,
            "at": NOW + timedelta(seconds=seq),
            "previous": previous,
        }
        previous = entry["digest"] = trail.digest(seq, previous, entry)
        found.append(entry)
    return found


def test_only_an_ed25519_key_checks_a_trail() -> None:
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    with pytest.raises(ValueError, match="Ed25519"):
        c.public_key(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert c.house_of(c.public_key(c.public_pem(PUBLIC).encode())) == c.house_of(PUBLIC)


def test_a_checkpoint_is_read_in_one_spelling_only() -> None:
    line = _signed()
    assert c.read(line, PUBLIC).size == 1
    signature = json.loads(line)["signature"]
    for wrong in (
        _signed(format="casework-checkpoint-2"),
        _signed(size=-1),
        _signed(size=True),
        _signed(size="1"),
        line.strip(),
        line.replace(b'"size":1', b'"size": 1'),
        line.replace(signature.encode(), signature.upper().encode()),
        line.replace(signature.encode(), b"zz"),
        b"[]\n",
        b"\xff\n",
    ):
        with pytest.raises(c.BadCheckpoint, match="checkpoint_malformed"):
            c.read(wrong, PUBLIC)


def test_a_checkpoint_of_another_house_is_foreign_and_one_with_another_signature_forged() -> None:
    stranger = Ed25519PrivateKey.generate()
    with pytest.raises(c.BadCheckpoint, match="checkpoint_foreign"):
        c.read(_signed(), stranger.public_key())
    line = _signed()
    with pytest.raises(c.BadCheckpoint, match="checkpoint_forged"):
        c.read(line.replace(b'"size":1', b'"size":2'), PUBLIC)


def _trail(events: int = 3) -> tuple[list[dict[str, Any]], c.Checkpoint]:
    """A trail, its last event the issue of a checkpoint about those before."""
    before = _entries(*({"event": "resource.added", "outcome": "done"} for _ in range(events)))
    point = c.issue(KEY, size=events, root=before[-1]["digest"], previous=c.FIRST, at=NOW)
    told = {"event": ISSUED, "outcome": "done", "target": str(events)}
    return _entries(*({k: e[k] for k in PLAIN} for e in before), told), point


def _judged(
    entries: list[dict[str, Any]], *issued: c.Checkpoint, held: dict[str, bytes] | None = None
) -> tuple[int, str]:
    head = (len(entries), entries[-1]["digest"])
    verdict = judge(entries, head, [(p.size, p.line.decode()) for p in issued], held, PUBLIC)
    return verdict.exit_code, verdict.reason


def test_two_checkpoints_of_one_size_that_say_different_things_are_found() -> None:
    entries, point = _trail()
    assert _judged(entries, point, held={point.name: point.line}) == (OK, "ok")
    later = c.issue(
        KEY, size=point.size, root=bytes.fromhex(point.root), previous=c.FIRST, at=NOW + timedelta(days=1)
    )
    assert _judged(entries, point, held={later.name: later.line}) == (TAMPERED, "checkpoints_differ")


def test_a_checkpoint_that_does_not_follow_the_one_before_is_a_gap() -> None:
    told = [dict(PLAIN, event="resource.added", outcome="done")]
    points: list[c.Checkpoint] = []
    for previous in (c.FIRST, c.FIRST):
        root = _entries(*told)[-1]["digest"]
        points.append(c.issue(KEY, size=len(told), root=root, previous=previous, at=NOW))
        told.append(dict(PLAIN, event=ISSUED, outcome="done", target=str(len(told))))
    assert _judged(_entries(*told), *points) == (TAMPERED, "checkpoint_removed")
    first = points[0]
    true = c.issue(
        KEY, size=points[1].size, root=bytes.fromhex(points[1].root), previous=first.digest, at=NOW
    )
    assert _judged(_entries(*told), first, true) == (OK, "ok")


def test_a_checkpoint_of_an_empty_trail_holds_the_beginning_of_the_chain() -> None:
    for root, found in ((trail.ZERO, (OK, "ok")), (b"\1" * 32, (TAMPERED, "rewritten"))):
        empty = c.issue(KEY, size=0, root=root, previous=c.FIRST, at=NOW)
        told = dict(PLAIN, event=ISSUED, outcome="done", target="0")
        assert _judged(_entries(told), empty) == found


def _verdict(entries: list[dict[str, Any]], **other: Any) -> tuple[int, str]:
    given = {"head": (len(entries), entries[-1]["digest"]), "issued": [], "held": None, **other}
    verdict = judge(entries, given["head"], given["issued"], given["held"], PUBLIC)
    return verdict.exit_code, verdict.reason


def test_what_a_hand_in_the_file_left_is_judged_and_breaks_nothing() -> None:
    entries = _entries(dict(PLAIN, event="resource.added", outcome="done"))
    assert _verdict(entries) == (OK, "ok")
    for head in (("1", entries[0]["digest"]), (True, entries[0]["digest"]), (1, b"?")):
        assert _verdict(entries, head=head) == (TAMPERED, "head_differs")
    assert _verdict(entries, head=None) == (INCOMPLETE, "no_head")
    for line in (None, 5, b"{}"):
        assert _verdict(entries, issued=[(1, line)]) == (TAMPERED, "checkpoint_malformed")
    broken = [{**entries[0], "purpose": "\udc80"}]
    assert _verdict(broken) == (TAMPERED, "changed")
    for at, found in (
        ("2026-04-06 01:00:01.000000", (OK, "ok")),
        ("2026-04-06 01:00:01.0", (TAMPERED, "changed")),
        ("2026-04-06T01:00:01.000000", (TAMPERED, "changed")),
        (None, (TAMPERED, "changed")),
    ):
        assert _verdict([{**entries[0], "at": at}]) == found


def test_the_place_of_what_is_missing_is_told() -> None:
    told = dict(PLAIN, event="resource.added", outcome="done")
    entries = _entries(told, told)
    short = judge(entries, (3, b"?" * 32), [], None, PUBLIC)
    assert (short.exit_code, short.reason, short.at, short.entries) == (INCOMPLETE, "tail_missing", 3, 2)
    issued = _entries(told, dict(PLAIN, event=ISSUED, outcome="done", target="1"))
    removed = judge(issued, (2, issued[-1]["digest"]), [], None, PUBLIC)
    assert (removed.exit_code, removed.reason, removed.at) == (TAMPERED, "checkpoint_removed", 1)


def test_a_house_without_a_head_of_its_trail_writes_nothing() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine, tables=[Base.metadata.tables["audit_head"]])
    with Session(engine) as session:
        for act in (trail.lock_head, lambda s: trail.append(s, [])):
            with pytest.raises(Unavailable, match="trail_missing"):
                act(session)
    engine.dispose()


def test_a_held_checkpoint_under_another_name_is_found() -> None:
    entries, point = _trail()
    assert _judged(entries, point, held={c.file_name(9): point.line}) == (TAMPERED, "checkpoint_renamed")


def test_a_trail_that_ends_before_a_held_checkpoint_is_not_whole() -> None:
    entries, point = _trail()
    assert _judged(entries[:2], held={point.name: point.line}) == (INCOMPLETE, "older_than_checkpoint")
