"""Step-up: whoever is signed in proves once more who they are, before acts of weight (release, grants, export)."""

from __future__ import annotations

from ...kernel.actor import Permission
from ...kernel.errors import BadInput, NotSignedIn
from ...usecase import Context, use_case
from .. import queries, sessions
from ..models import Staff, StaffSession
from ..rules import ConfirmDraft, Confirmed, Origin
from .prove import prove
from .sign_in import no_wait, note_failure


def step_up(ctx: Context, house: Context, draft: ConfirmDraft, origin: Origin) -> Confirmed:
    """Prove who is at the keyboard; failures count like failed sign-ins and are kept by the house itself.

    BadInput beside the field; TooMany("sign_in_throttled", seconds) while one must wait. Not one use case but a row
    of them, for the same reasons as signing in.
    """
    login = own_login(ctx, origin)
    try:
        check_confirm(ctx, draft)
        return confirm(ctx, draft)
    except BadInput:
        note_failure(house, login, origin)
        raise


@use_case(Permission.SESSION_OWN, event="session.confirm_asked", reads=True)
def own_login(ctx: Context, origin: Origin) -> str:
    """The login of who asks, unless guesses from here have to wait."""
    staff = ctx.load(Staff, ctx.actor.id)
    no_wait(ctx, staff.login, origin)
    return staff.login


@use_case(Permission.SESSION_OWN, event="session.confirm_checked", reads=True)
def check_confirm(ctx: Context, draft: ConfirmDraft) -> None:
    """Compare what was typed with the account's password; hashing must not hold the writer's turn.

    A passkey that verifies its user stands for both.
    """
    staff = ctx.load(Staff, ctx.actor.id)
    if draft.passkey is None and not sessions.verify_password(
        ctx.settings, staff.password_hash, draft.password
    ):
        raise BadInput("confirm_failed", "password")


@use_case(Permission.SESSION_OWN, event="session.confirmed")
def confirm(ctx: Context, draft: ConfirmDraft) -> Confirmed:
    """Prove the second factor, if the account has one; note the proof on the session and give it a new token.

    A token copied before is worth nothing from now on.
    """
    if ctx.actor.session_id is None:
        raise NotSignedIn()
    session, staff = ctx.load(StaffSession, ctx.actor.session_id), ctx.load(Staff, ctx.actor.id)
    if session.ended_at is not None:
        raise NotSignedIn()
    if draft.passkey is not None or queries.kinds_of(ctx, staff.id):
        prove(ctx, staff, draft.proof)
    token = sessions.new_token()
    session.token_digest, session.confirmed_at = sessions.digest(token), ctx.now
    return Confirmed(token, queries.me(ctx, staff))
