"""Signing in, in three acts of the system: check without a lock, note a failure, or open a session."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from ...kernel.actor import Permission
from ...kernel.errors import NotSignedIn, TooMany
from ...usecase import Context, use_case
from .. import queries, rules, sessions
from ..models import SignInAttempt, Staff, StaffRole, StaffSession
from ..rules import Origin, SignedIn, SignInDraft

AGENT_LIMIT = 200
CLEANED_AT_ONCE = 100


def sign_in(ctx: Context, draft: SignInDraft, origin: Origin) -> SignedIn:
    """Sign in, as the system's act.

    NotSignedIn("sign_in_failed") whatever was wrong; TooMany("sign_in_throttled", seconds) while one must wait.

    Not one use case but a row of them: hashing must not hold the writer's turn, and a failure has to be kept
    although the sign-in itself is refused.
    """
    try:
        staff_id, version = check_sign_in(ctx, draft, origin)
    except NotSignedIn:
        note_failure(ctx, draft, origin)
        raise
    return open_session(ctx, staff_id, version, origin)


@use_case(Permission.SIGN_IN, event="session.checked", reads=True)
def check_sign_in(ctx: Context, draft: SignInDraft, origin: Origin) -> tuple[UUID, int]:
    """Compare login and password, with the same work and the same answer whether the login exists or not."""
    login = rules.fold_login(draft.login)
    found = sessions.marks(ctx.keys, login, origin)
    seconds = sessions.seconds_to_wait(ctx.session, found, ctx.now, ctx.settings)
    if seconds:
        raise TooMany("sign_in_throttled", seconds=seconds)
    staff: Staff | None = ctx.one(ctx.select(Staff).where(Staff.login == login))
    if staff is not None:
        ctx.visit.about(staff)
    stored = None if staff is None else staff.password_hash
    fits = sessions.verify_password(ctx.settings, stored, draft.password)
    if staff is None or not fits or not _may_enter(ctx, staff):
        raise NotSignedIn("sign_in_failed")
    return staff.id, staff.version


@use_case(Permission.SIGN_IN, event="session.failed")
def note_failure(ctx: Context, draft: SignInDraft, origin: Origin) -> None:
    """Keep a failed sign-in for the waits that follow, and clear away those that no longer count."""
    found = sessions.marks(ctx.keys, rules.fold_login(draft.login), origin)
    old = ctx.now - timedelta(minutes=ctx.settings.sign_in_window_minutes)
    over = ctx.select(SignInAttempt).where(SignInAttempt.at < old).order_by(SignInAttempt.at)
    for attempt in ctx.all(over.limit(CLEANED_AT_ONCE)):
        ctx.delete(attempt)
    ctx.add(SignInAttempt(login_digest=found.login, source_digest=found.source, at=ctx.now))


@use_case(Permission.SIGN_IN, event="session.opened")
def open_session(ctx: Context, staff_id: UUID, version: int, origin: Origin) -> SignedIn:
    """Open a session for an account as it was when its password was checked."""
    staff = ctx.load(Staff, staff_id)
    if staff.version != version or not _may_enter(ctx, staff):
        raise NotSignedIn("sign_in_failed")
    found = sessions.marks(ctx.keys, staff.login, origin)
    for attempt in ctx.all(ctx.select(SignInAttempt).where(SignInAttempt.login_digest == found.login)):
        ctx.delete(attempt)
    token = sessions.new_token()
    ctx.add(
        StaffSession(
            token_digest=sessions.digest(token),
            staff_id=staff.id,
            created_at=ctx.now,
            seen_at=ctx.now,
            confirmed_at=ctx.now,
            ends_at=ctx.now + timedelta(hours=ctx.settings.session_absolute_hours),
            agent=origin.agent[:AGENT_LIMIT],
        )
    )
    device = origin.device if found.known else sessions.device_mark(ctx.keys, staff.login)
    return SignedIn(token, device, queries.me(ctx, staff))


def _may_enter(ctx: Context, staff: Staff) -> bool:
    """Neither disabled nor without any role today."""
    held = select(StaffRole.id).where(StaffRole.staff_id == staff.id, queries.in_force(ctx))
    return staff.disabled_at is None and ctx.session.scalar(held.limit(1)) is not None
