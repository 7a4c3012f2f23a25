"""One's own sessions and password."""

from __future__ import annotations

from uuid import UUID

from ...kernel.actor import Permission
from ...kernel.errors import BadInput, NotSignedIn, Refused
from ...usecase import Context, use_case
from .. import rules, sessions
from ..models import Staff, StaffSession
from ..rules import NoticeKind, PasswordDraft
from .notices import tell


@use_case(Permission.SESSION_OWN, event="session.closed")
def sign_out(ctx: Context) -> None:
    """End the present session: the cookie is worth nothing from now on."""
    if ctx.actor.session_id is None:
        raise NotSignedIn()
    ctx.load(StaffSession, ctx.actor.session_id).ended_at = ctx.now


@use_case(Permission.SESSION_OWN, event="session.ended")
def end_session(ctx: Context, session_id: UUID) -> None:
    """End one of one's own sessions, for instance on a machine left behind."""
    row = ctx.load(StaffSession, session_id)
    if row.ended_at is not None:
        raise Refused("session_over")
    row.ended_at = ctx.now


@use_case(Permission.SESSION_OWN, event="password.changed")
def change_password(ctx: Context, draft: PasswordDraft) -> None:
    """Set a new password of one's own; every other session of the account ends with it."""
    staff = ctx.load(Staff, ctx.actor.id)
    if not sessions.verify_password(ctx.settings, staff.password_hash, draft.current):
        raise BadInput("password_wrong", "current")
    new = rules.check_password(
        draft.new, login=staff.login, name=staff.name, least=ctx.settings.password_min_length, field="new"
    )
    if new == rules.same_password(draft.current):
        raise BadInput("password_unchanged", "new")
    staff.password_hash = sessions.hash_password(ctx.settings, new)
    staff.password_changed_at = ctx.now
    staff.must_change_password = False
    end_sessions(ctx, staff.id, but=ctx.actor.session_id)
    tell(ctx, staff.id, NoticeKind.PASSWORD_CHANGED)


def end_sessions(ctx: Context, staff_id: UUID, *, but: UUID | None = None) -> None:
    """Step: end the open sessions of an account in this transaction."""
    open_ones = ctx.select(StaffSession).where(
        StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None)
    )
    for row in ctx.all(open_ones):
        if row.id != but:
            row.ended_at = ctx.now
