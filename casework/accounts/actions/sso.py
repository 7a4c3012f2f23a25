"""Signing in by the city's identity provider: it says who somebody is; the account and its rights are ours."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import TypeVar

from ...kernel.actor import Permission
from ...kernel.errors import NotSignedIn, Refused
from ...usecase import Context, use_case
from .. import queries, rules
from ..models import SpentToken, Staff
from ..proofs import oidc, tokens
from ..proofs.oidc import Identity, SsoRefused
from ..proofs.passkeys import PasskeyRefused
from ..rules import Level, Origin, Signed, SsoAnswer
from .prove import spend
from .sign_in import enter, may_enter, no_wait, note_failure, open_half

T = TypeVar("T")
KIND = "sso"


def sso_sign_in(ctx: Context, answer: SsoAnswer, origin: Origin) -> Signed:
    """Sign in with the provider's answer, as acts of the system; NotSignedIn("sso_…") for whatever does not fit.

    The provider is asked between two use cases, so that nobody waits for it.
    """
    state = spend_state(ctx, answer, origin)
    try:
        found = oidc.identity(
            ctx.settings,
            code=answer.code,
            nonce=oidc.words(tokens.derived(ctx.keys, "nonce", state)),
            verifier=oidc.words(tokens.derived(ctx.keys, "verifier", state)),
            now=ctx.now,
        )
    except SsoRefused as refusal:
        why = refusal.code
        return _noted(ctx, origin, lambda: refuse_sso(ctx, why))
    return _noted(ctx, origin, lambda: open_by_sso(ctx, found, origin))


@use_case(Permission.SIGN_IN, event="session.sso_asked", reads=True)
def begin_sso(ctx: Context) -> tuple[str, str]:
    """Where the browser is sent, and the state that has to come back with it."""
    ctx.select(SpentToken)
    if not oidc.offered(ctx.settings):
        raise Refused("sso_off")
    state = tokens.issue(ctx.keys, KIND, b"", ctx.now)
    nonce, verifier = (oidc.words(tokens.derived(ctx.keys, name, state)) for name in ("nonce", "verifier"))
    try:
        return oidc.address(
            ctx.settings, state=oidc.words(state), nonce=nonce, verifier=verifier
        ), oidc.words(state)
    except SsoRefused as refusal:
        raise NotSignedIn(refusal.code) from None


@use_case(Permission.SIGN_IN, event="session.sso_answered")
def spend_state(ctx: Context, answer: SsoAnswer, origin: Origin) -> bytes:
    """Use up the state: ours, of this browser, fresh, and never used before."""
    no_wait(ctx, "", origin)
    ctx.select(SpentToken)
    if not oidc.offered(ctx.settings):
        raise Refused("sso_off")
    try:
        state = urlsafe_b64decode(answer.state + "=" * (-len(answer.state) % 4))
        if not hmac.compare_digest(answer.state.encode(), answer.kept.encode()):
            raise NotSignedIn("sso_state")
        return spend(ctx, KIND, b"", state)
    except (ValueError, PasskeyRefused):
        raise NotSignedIn("sso_state") from None


@use_case(Permission.SIGN_IN, event="session.sso_checked", reads=True)
def refuse_sso(ctx: Context, code: str) -> Signed:
    """Keep in the trail why an answer of the provider was refused."""
    ctx.select(SpentToken)
    raise NotSignedIn(code)


@use_case(Permission.SIGN_IN, event="session.sso_opened")
def open_by_sso(ctx: Context, found: Identity, origin: Origin) -> Signed:
    """Open a session for an account that exists; its own second factor is asked for unless the provider did."""
    query = ctx.select(Staff).where(Staff.login == rules.fold_login(found.login))
    staff: Staff | None = ctx.one(query)
    if staff is None or not may_enter(ctx, staff):
        raise NotSignedIn("sso_unbound")
    ctx.visit.about(staff)
    if found.strong:
        return enter(ctx, staff, Level.SSO, origin)
    if queries.kinds_of(ctx, staff.id):
        return open_half(ctx, staff.id, staff.version, origin)
    return enter(ctx, staff, Level.PASSWORD, origin)


def _noted(ctx: Context, origin: Origin, act: Callable[[], T]) -> T:
    """A refusal counts like a failed sign-in of nobody in particular."""
    try:
        return act()
    except NotSignedIn:
        note_failure(ctx, "", origin)
        raise
