"""Signing in, in acts of the system: check without a lock, note a failure, open a session; then the second factor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ...kernel.actor import Permission
from ...kernel.errors import BadInput, NotSignedIn, TooMany
from ...usecase import Context, use_case
from .. import queries, rules, sessions
from ..models import SignInAttempt, Staff, StaffRole, StaffSession
from ..rules import Kinds, Level, Origin, ProofDraft, Signed, SignInDraft
from . import prove as proof
from .notices import tell_of_entering

AGENT_LIMIT = 200
CLEANED_AT_ONCE = 100


def sign_in(ctx: Context, draft: SignInDraft, origin: Origin) -> Signed:
    """Sign in, as the system's act; with a second factor, only its first half (`Signed.kinds`).

    NotSignedIn("sign_in_failed") whatever was wrong; TooMany("sign_in_throttled", seconds) while one must wait.

    Not one use case but a row of them: hashing must not hold the writer's turn, and a failure has to be kept
    although the sign-in itself is refused.
    """
    try:
        staff_id, version, kinds = check_sign_in(ctx, draft, origin)
    except NotSignedIn:
        note_failure(ctx, draft.login, origin)
        raise
    return (open_half if kinds else open_session)(ctx, staff_id, version, origin)


def second_step(ctx: Context, session_id: UUID, draft: ProofDraft, origin: Origin) -> Signed:
    """The second factor after the password; BadInput beside "code" or "passkey", kept like a failed sign-in."""
    login = half_login(ctx, session_id, origin)
    try:
        return open_whole(ctx, session_id, draft, origin)
    except BadInput:
        note_failure(ctx, login, origin)
        raise


def passkey_sign_in(ctx: Context, answer: Mapping[str, Any], origin: Origin) -> Signed:
    """Sign in with a passkey alone: it verified its user, so that it is two factors in one."""
    login = passkey_login(ctx, answer, origin)
    try:
        return open_by_passkey(ctx, answer, origin)
    except (BadInput, NotSignedIn):
        note_failure(ctx, login, origin)
        raise


@use_case(Permission.SIGN_IN, event="session.checked", reads=True)
def check_sign_in(ctx: Context, draft: SignInDraft, origin: Origin) -> tuple[UUID, int, Kinds]:
    """Compare login and password, with the same work and the same answer whether the login exists or not."""
    login = rules.fold_login(draft.login)
    no_wait(ctx, login, origin)
    # No row is made of it, which alone would take longer; the version is that of the password that is weighed.
    columns = ctx.select(Staff).with_only_columns(Staff.id, Staff.password_hash, Staff.version)
    found = ctx.session.execute(columns.where(Staff.login == login)).one_or_none()
    if found is not None:
        ctx.visit.sought(Staff.__tablename__, str(found.id))
    stored = None if found is None else found.password_hash
    if not sessions.verify_password(ctx.settings, stored, draft.password) or found is None:
        raise NotSignedIn("sign_in_failed")
    if not may_enter(ctx, ctx.load(Staff, found.id)):
        raise NotSignedIn("sign_in_failed")
    return found.id, found.version, queries.kinds_of(ctx, found.id)


@use_case(Permission.SIGN_IN, event="session.failed")
def note_failure(ctx: Context, login: str, origin: Origin) -> None:
    """Keep a failed sign-in for the waits that follow and to be told of; clear away those that are older."""
    found = sessions.marks(ctx.keys, rules.fold_login(login), origin)
    old = ctx.now - max(
        timedelta(minutes=ctx.settings.sign_in_window_minutes), timedelta(days=rules.ATTEMPTS_KEPT_DAYS)
    )
    over = ctx.select(SignInAttempt).where(SignInAttempt.at < old).order_by(SignInAttempt.at)
    for attempt in ctx.all(over.limit(CLEANED_AT_ONCE)):
        ctx.delete(attempt)
    ctx.add(SignInAttempt(login_digest=found.login, source_digest=found.source, at=ctx.now))


@use_case(Permission.SIGN_IN, event="session.opened")
def open_session(ctx: Context, staff_id: UUID, version: int, origin: Origin) -> Signed:
    """Open a session for an account without a second factor, as it was when its password was checked."""
    staff = _unchanged(ctx, staff_id, version)
    if queries.kinds_of(ctx, staff.id):
        raise NotSignedIn("sign_in_failed")
    return enter(ctx, staff, Level.PASSWORD, origin)


@use_case(Permission.SIGN_IN, event="session.half_opened")
def open_half(ctx: Context, staff_id: UUID, version: int, origin: Origin) -> Signed:
    """The password fitted: a session that serves for nothing but to prove the second factor, for some minutes."""
    staff = _unchanged(ctx, staff_id, version)
    token = add_session(ctx, staff, Level.HALF, origin, timedelta(minutes=rules.HALF_MINUTES))
    return Signed(token, origin.device, None, queries.kinds_of(ctx, staff.id))


@use_case(Permission.SIGN_IN, event="session.second_asked", reads=True)
def half_login(ctx: Context, session_id: UUID, origin: Origin) -> str:
    """The login behind a session that waits for its second factor, unless guesses from here have to wait."""
    staff = ctx.load(Staff, _half(ctx, session_id).staff_id)
    no_wait(ctx, staff.login, origin)
    return staff.login


@use_case(Permission.SIGN_IN, event="session.second_proved")
def open_whole(ctx: Context, session_id: UUID, draft: ProofDraft, origin: Origin) -> Signed:
    """Prove the second factor: the half session ends, and a whole one begins under a new id."""
    half = _half(ctx, session_id)
    staff = ctx.load(Staff, half.staff_id)
    if not may_enter(ctx, staff):
        raise NotSignedIn("sign_in_failed")
    level = proof.prove(ctx, staff, draft)
    half.ended_at = ctx.now
    return enter(ctx, staff, level, origin)


@use_case(Permission.SIGN_IN, event="session.given_up")
def give_up(ctx: Context, session_id: UUID) -> None:
    """End a session that waits for its second factor."""
    _half(ctx, session_id).ended_at = ctx.now


@use_case(Permission.SIGN_IN, event="session.passkey_asked", reads=True)
def passkey_login(ctx: Context, answer: Mapping[str, Any], origin: Origin) -> str:
    """The login that a passkey belongs to ("" if unknown), unless guesses from here have to wait."""
    staff_id = queries.owner_of_passkey(ctx, answer)
    login = "" if staff_id is None else ctx.load(Staff, staff_id).login
    no_wait(ctx, login, origin)
    return login


@use_case(Permission.SIGN_IN, event="session.passkey_proved")
def open_by_passkey(ctx: Context, answer: Mapping[str, Any], origin: Origin) -> Signed:
    """Open a session for whom a passkey verified."""
    answered = proof.by_passkey(ctx, answer, bound_to=b"")
    staff = ctx.load(Staff, answered.staff_id)
    if not may_enter(ctx, staff):
        raise NotSignedIn("sign_in_failed")
    return enter(ctx, staff, Level.PASSKEY, origin)


def no_wait(ctx: Context, login: str, origin: Origin) -> None:
    """Step: TooMany("sign_in_throttled", seconds) while guesses at this login from here have to wait."""
    found = sessions.marks(ctx.keys, login, origin)
    seconds = sessions.seconds_to_wait(ctx.session, found, ctx.now, ctx.settings)
    if seconds:
        raise TooMany("sign_in_throttled", seconds=seconds)


def enter(ctx: Context, staff: Staff, level: Level, origin: Origin) -> Signed:
    """Step: a whole session; the failures before it are told and count no more, the browser is known from now on."""
    found = sessions.marks(ctx.keys, staff.login, origin)
    failed = ctx.all(ctx.select(SignInAttempt).where(SignInAttempt.login_digest == found.login))
    for attempt in failed:
        ctx.delete(attempt)
    tell_of_entering(ctx, staff, level, failures=len(failed), known=found.known)
    token = add_session(ctx, staff, level, origin, timedelta(hours=ctx.settings.session_absolute_hours))
    device = origin.device if found.known else sessions.device_mark(ctx.keys, staff.login)
    return Signed(token, device, queries.me(ctx, staff))


def add_session(ctx: Context, staff: Staff, level: Level, origin: Origin, lasts: timedelta) -> str:
    """Step: a session row under a token of its own; the token."""
    token = sessions.new_token()
    ctx.add(
        StaffSession(
            token_digest=sessions.digest(token),
            staff_id=staff.id,
            created_at=ctx.now,
            seen_at=ctx.now,
            confirmed_at=ctx.now,
            ends_at=ctx.now + lasts,
            agent=origin.agent[:AGENT_LIMIT],
            level=level.value,
        )
    )
    return token


def _unchanged(ctx: Context, staff_id: UUID, version: int) -> Staff:
    staff = ctx.load(Staff, staff_id)
    if staff.version != version or not may_enter(ctx, staff):
        raise NotSignedIn("sign_in_failed")
    return staff


def _half(ctx: Context, session_id: UUID) -> StaffSession:
    row = ctx.load(StaffSession, session_id)
    if row.level != Level.HALF or row.ended_at is not None or ctx.now >= row.ends_at:
        raise NotSignedIn()
    return row


def may_enter(ctx: Context, staff: Staff) -> bool:
    """Step: neither disabled nor without any role today."""
    held = select(StaffRole.id).where(StaffRole.staff_id == staff.id, queries.in_force(ctx))
    return staff.disabled_at is None and ctx.session.scalar(held.limit(1)) is not None
