"""The decorator that makes a function a use case: leave, body, trail and one commit, or a recorded refusal."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from ..audit import trail
from ..crypto import CryptoError, KeystoreUnreadable
from ..db import writer_turn
from ..db.store import WRITE
from ..kernel.actor import Permission, Role
from ..kernel.errors import (
    BadInput,
    CaseworkError,
    NotAllowed,
    NotFound,
    Refused,
    StepUpRequired,
    Unavailable,
    UncheckedUseCase,
    VersionConflict,
)
from ..kernel.policy import acting
from . import limits, replies
from .context import Context
from .standing import SLOW, RightsChanged, ran_out
from .visit import Visit

P = ParamSpec("P")
T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)

RETRIES = 3
TRANSIENT = {"40P01", "40001"}  # deadlock_detected, serialization_failure


@dataclass(frozen=True, slots=True)
class UseCase:
    """What the gate knows of a use case: doors and documents read their permission from here."""

    permission: Permission
    event: str
    reads: bool
    name: str
    summary: str
    confirmed: bool = False


registry: dict[str, UseCase] = {}


class Gated(Protocol[P, R_co]):
    """A use case as doors see it: called with a Context, and telling its permission."""

    use_case: UseCase

    def __call__(self, ctx: Context, /, *args: P.args, **kwargs: P.kwargs) -> R_co: ...


def use_case(
    permission: Permission, *, event: str, reads: bool = False, confirmed: bool = False
) -> Callable[[Callable[Concatenate[Context, P], T]], Gated[P, T]]:
    """Make a function of (ctx, ...) a use case.

    `event` is its name in the trail ("referral.accepted"). `reads=True`: nothing is written but the event, which
    is committed before the answer leaves. `confirmed=True`: whoever acts must have proved who they are within the
    last minutes (step-up, security.md section 2). A use case called by another joins its transaction.
    """

    def wrap(body: Callable[Concatenate[Context, P], T]) -> Gated[P, T]:
        name = f"{body.__module__}.{body.__qualname__}"
        about = UseCase(permission, event, reads, name, _summary(body), confirmed)
        registry[about.name] = about

        @functools.wraps(body)
        def run(ctx: Context, *args: P.args, **kwargs: P.kwargs) -> T:
            def call() -> T:
                return _visit(ctx, about, lambda: body(ctx, *args, **kwargs))

            return call() if ctx.visits else _outermost(ctx, about, call)

        gated = cast(Gated[P, T], run)
        gated.use_case = about
        return gated

    return wrap


def _summary(body: Callable[..., Any]) -> str:
    return (body.__doc__ or body.__name__).strip().splitlines()[0]


def _visit(ctx: Context, about: UseCase, call: Callable[[], T]) -> T:
    """One use case inside the transaction: ask whether the role may ever, run, and see that it asked for the row."""
    outer = ctx.visits[-1] if ctx.visits else None
    reads = about.reads if outer is None else outer.reads
    visit = Visit(about.permission, about.event, reads)
    ctx.visits.append(visit)
    if ctx.last is None:
        ctx.last = visit
    ctx.session.info["gate"] = visit
    try:
        if not ctx.policy.ever(ctx.actor, about.permission):
            raise NotAllowed(about.permission.value)
        if about.confirmed:
            _lately_confirmed(ctx)
        result = call()
        ctx.session.flush()
        if not visit.asked:
            raise UncheckedUseCase(about.name)
        ctx.done.append(visit)
        return result
    finally:
        ctx.visits.pop()
        ctx.session.info["gate"] = outer


def _lately_confirmed(ctx: Context) -> None:
    """The system has no keyboard; everybody else must have proved who they are within the setting's minutes."""
    limit, at = timedelta(minutes=ctx.settings.step_up_minutes), ctx.actor.confirmed_at
    if Role.SYSTEM not in ctx.actor.roles and (at is None or not timedelta(0) <= ctx.now - at <= limit):
        raise StepUpRequired()


def _outermost(ctx: Context, about: UseCase, call: Callable[[], T]) -> T:
    ctx.keys.catch_up()
    for attempt in range(RETRIES):
        acting.set(ctx.actor)
        ctx.forget()
        if ctx.standing is not None:
            ctx.standing.begin(ctx.session)
        try:
            return _read(ctx, call) if about.reads else _write(ctx, about, call)
        except RightsChanged as change:
            _undo(ctx.session)
            ctx.at(change.now, change.rights)
            continue
        except CaseworkError as refusal:
            _undo(ctx.session)
            _record_refusal(ctx, about, refusal)
            raise
        except OperationalError as trouble:
            _undo(ctx.session)
            if getattr(trouble.orig, "sqlstate", None) in TRANSIENT and attempt + 1 < RETRIES:
                time.sleep(0.01 * (attempt + 1))
                continue
            raise Unavailable("store_unavailable") from trouble
        except BaseException as trouble:
            _undo(ctx.session)
            known = _translate(trouble)
            if known is None:
                raise
            _record_refusal(ctx, about, known)
            raise known from trouble
    raise Unavailable("store_unavailable")


def _write(ctx: Context, about: UseCase, call: Callable[[], T]) -> T:
    session = ctx.session
    with writer_turn(_engine(session)):
        _begin(session)
        _arrive(ctx)
        if ctx.reply is not None:
            if not ctx.policy.ever(ctx.actor, about.permission):
                raise NotAllowed(about.permission.value)
            replies.replay(ctx, ctx.reply)
        result = call()
        if ctx.reply is not None:
            replies.store(ctx, ctx.reply, result)
        session.flush()
        limits.count(ctx, session)
        trail.append(session, [_event(ctx, visit, "done") for visit in ctx.done])
        _still_stands(ctx)
        session.commit()
    _close(session)
    for notice in ctx.notices:
        notice()
    return result


def _read(ctx: Context, call: Callable[[], T]) -> T:
    """Read without a lock, then commit the event; only then may the answer leave (else Unavailable)."""
    session = ctx.session
    result = call()
    events = [_event(ctx, visit, "done") for visit in ctx.done]
    _undo(session)
    _record(session, events, ctx)
    return result


def _arrive(ctx: Context) -> None:
    """Begin a change at the moment it begins: it may have waited for its turn while rights ended."""
    if ctx.standing is None or ctx.actor.session_id is None:
        return
    now = ctx.standing.now()
    ctx.at(now, ctx.standing.rights(ctx.session, ctx.actor, now))
    acting.set(ctx.actor)


def _still_stands(ctx: Context) -> None:
    """Behind the lock of the trail: the rights of the beginning are those of the end, or nothing of it counts."""
    if ctx.standing is None or ctx.actor.session_id is None:
        return
    now = ctx.standing.now()
    rights = ctx.standing.rights(ctx.session, ctx.actor, now)
    slow = not timedelta(0) <= now - ctx.now < SLOW
    if rights != ctx.actor.rights or (slow and ran_out(ctx.session, ctx.actor, ctx.now, now)):
        raise RightsChanged(now, rights)


def _begin(session: Session) -> None:
    """Start the transaction in write mode, whatever was read outside a use case before."""
    if session.in_transaction():
        session.rollback()
    session.connection(execution_options={WRITE: True})


def _engine(session: Session) -> Engine:
    return cast(Engine, session.get_bind())


def _undo(session: Session) -> None:
    session.expunge_all()  # before the rollback, which would expire row after row
    session.rollback()
    _close(session)


def _close(session: Session) -> None:
    """Let go of all rows: the next use case sees the store, not what this one remembered."""
    session.expunge_all()
    session.info["gate"] = None


def _record(session: Session, events: list[trail.Event], reader: Context | None = None) -> None:
    """Commit the events of a read, with what the reader opened, or of a refusal."""
    try:
        with writer_turn(_engine(session)):
            _begin(session)
            if reader is not None:
                limits.refuse_beyond(reader, limits.count(reader, session))
            trail.append(session, events)
            if reader is not None:
                _still_stands(reader)
            session.commit()
    except DBAPIError as trouble:
        session.rollback()
        raise Unavailable("trail_unavailable") from trouble


def _record_refusal(ctx: Context, about: UseCase, refusal: CaseworkError) -> None:
    """Refused visits leave a trace too, with what was asked for; a lost trace turns the answer into 503."""
    if isinstance(refusal, Unavailable):
        return
    visit = Visit(about.permission, about.event, about.reads)
    if ctx.last is not None:
        visit.kind, visit.target, visit.case_id = ctx.last.kind, ctx.last.target, ctx.last.case_id
    if isinstance(refusal, NotFound) and refusal.target:
        visit.kind, visit.target = refusal.kind, refusal.target[:64]
    _record(ctx.session, [_event(ctx, visit, refusal.code)])


def _translate(trouble: BaseException) -> CaseworkError | None:
    if isinstance(trouble, StaleDataError):
        return VersionConflict(expected=0, found=0)
    if isinstance(trouble, IntegrityError):
        return Refused("state_impossible")
    if isinstance(trouble, DataError):
        return BadInput("value_not_storable")
    if isinstance(trouble, DBAPIError):
        return Unavailable("store_unavailable")
    if isinstance(trouble, KeystoreUnreadable):
        return Unavailable("keystore_unreadable")
    if isinstance(
        trouble, CryptoError
    ):  # what is read answers per field; this is a text that cannot be sealed
        return Refused(f"keystore_{trouble.code}")
    return None


def _event(ctx: Context, visit: Visit, outcome: str) -> trail.Event:
    return trail.Event(
        at=ctx.now,
        actor=str(ctx.actor.id),
        session=str(ctx.actor.session_id or ""),
        event=visit.event,
        outcome=outcome,
        kind=visit.kind,
        target=visit.target,
        case_id=visit.case_id,
        purpose=ctx.purpose,
        changes=tuple(visit.changes) if outcome == "done" else (),
    )
