"""One effect per key: the answer to a POST with an Idempotency-Key is stored, sealed, in the same transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, LargeBinary, String, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from ..crypto import Binding
from ..db import CLEARED, Base, Unrecorded
from ..db.base import key
from ..kernel.actor import Permission
from ..kernel.errors import BadInput, Refused
from ..kernel.ids import new_id

if TYPE_CHECKING:
    from .context import Context

REPLY_OWNER = UUID(int=2)  # data key that seals stored answers; made by `casework init`


class IdempotentReply(Unrecorded, Base):
    """What was answered to (actor, route, key); another body under the same key is refused."""

    __tablename__ = "idempotent_reply"
    __table_args__ = (UniqueConstraint("actor", "route", "key"),)
    id: Mapped[UUID] = key()
    actor: Mapped[UUID]
    route: Mapped[str]
    key: Mapped[str] = mapped_column(String(128))
    body_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    leave: Mapped[str] = mapped_column(default="")  # rows that leave was asked for: permission, table, key
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Reply:
    """The door's wish that this request have one effect. `render` turns the use case's result into (status, body)."""

    route: str
    key: str
    body_digest: bytes
    render: Callable[[Any], tuple[int, str]]


class Replayed(Exception):
    """Not a failure: the request was done before; this is what was answered."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__("replayed")
        self.status = status
        self.body = body


def replay(ctx: Context, wish: Reply) -> None:
    """Raise Replayed if the same request was done before; BadInput if the key was used for another body.

    Refused("done_out_of_sight") if it was done, but what it is about has left the actor's sight since.
    """
    _wait_for_twins(ctx, wish)
    query = select(IdempotentReply).where(
        IdempotentReply.actor == ctx.actor.id,
        IdempotentReply.route == wish.route,
        IdempotentReply.key == wish.key,
    )
    found = ctx.session.scalars(query, execution_options={CLEARED: True}).one_or_none()
    if found is None:
        return
    if found.body_digest != wish.body_digest:
        raise BadInput("idempotency_key_reused", "Idempotency-Key")
    if not _leave_stands(ctx, found.leave):
        raise Refused("done_out_of_sight")
    raise Replayed(found.status, ctx.keys.open(found.answer, _binding(found.id)))


def _wait_for_twins(ctx: Context, wish: Reply) -> None:
    """The same request sent twice at once: one waits until the other has ended. On SQLite all writers queue anyway."""
    if ctx.session.get_bind().dialect.name != "postgresql":
        return
    named = hashlib.sha256(f"{ctx.actor.id} {wish.route} {wish.key}".encode()).digest()
    lock = func.pg_advisory_xact_lock(int.from_bytes(named[:8], "big", signed=True))
    ctx.session.execute(select(lock), execution_options={CLEARED: True})


def _leave_stands(ctx: Context, leave: str) -> bool:
    """An answer is given again only to somebody who could still see what it is about."""
    asked = (line.split(" ") for line in leave.splitlines())
    return all(ctx.in_sight(Permission(permission), table, key) for permission, table, key in asked)


def store(ctx: Context, wish: Reply, result: Any) -> None:
    status, body = wish.render(result)
    row_id = new_id()
    ctx.session.add(
        IdempotentReply(
            id=row_id,
            actor=ctx.actor.id,
            route=wish.route,
            key=wish.key,
            body_digest=wish.body_digest,
            status=status,
            answer=ctx.keys.seal(body, _binding(row_id)),
            leave="\n".join(dict.fromkeys(" ".join(line) for line in ctx.leave)),
            at=ctx.now,
        )
    )


def purge(ctx: Context, before: datetime) -> int:
    """Step: forget stored answers older than `before`; a key asked again after that is a new request."""
    query = delete(IdempotentReply).where(IdempotentReply.at < before)
    done = ctx.session.execute(query, execution_options={CLEARED: True})
    return cast("CursorResult[Any]", done).rowcount


def _binding(row_id: UUID) -> Binding:
    return Binding("idempotent_reply", "answer", row_id, REPLY_OWNER)
