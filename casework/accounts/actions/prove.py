"""Steps: what proves a second factor, inside the transaction that acts on the proof. A wrong proof changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...kernel.errors import BadInput
from ...usecase import Context
from .. import rules
from ..models import Passkey, RecoveryCode, SpentToken, Staff, TotpSeed
from ..proofs import codes, passkeys, tokens
from ..proofs.passkeys import PasskeyRefused
from ..rules import Level, ProofDraft

CLEANED_AT_ONCE = 100


def prove(ctx: Context, staff: Staff, draft: ProofDraft) -> Level:
    """Step: the level that the proof gives; BadInput beside "code" or "passkey" if it proves nothing.

    A code of the app, a recovery code and an answer of a passkey each count once, ever.
    """
    if draft.passkey is not None:
        answered = by_passkey(ctx, draft.passkey, bound_to=staff.id.bytes)
        if answered.staff_id != staff.id:
            raise BadInput("passkey_refused", "passkey")
        return Level.PASSKEY
    folded = rules.fold_code(draft.code)
    if not folded:
        raise BadInput("code_needed", "code")
    if rules.is_app_code(folded):
        _by_app(ctx, staff, folded)
        return Level.TOTP
    _by_recovery(ctx, staff, folded)
    return Level.RECOVERY


def spend_step(ctx: Context, staff: Staff, sealed: bytes, typed: str, last: int) -> int:
    """Step: the time step of a code that fits and that is later than every step used before."""
    fitting = codes.fitting_steps(codes.open_seed(ctx.keys, staff.id, sealed), typed, ctx.now)
    if not fitting:
        raise BadInput("code_wrong", "code")
    fresh = [step for step in fitting if step > last]
    if not fresh:
        raise BadInput("code_used", "code")
    return fresh[0]


def by_passkey(ctx: Context, answer: Mapping[str, Any], *, bound_to: bytes) -> Passkey:
    """Step: the passkey that signed an answer to a challenge given out for `bound_to`."""
    try:
        challenge = spend(ctx, "prove", bound_to, passkeys.challenge_of(answer))
        found = _passkey(ctx, passkeys.credential_of(answer))
        count = passkeys.proved(ctx.settings, answer, challenge, found.public_key)
    except PasskeyRefused:
        raise BadInput("passkey_refused", "passkey") from None
    if (count or found.sign_count) and count <= found.sign_count:
        raise BadInput("passkey_counter", "passkey")  # two devices hold what should be in one
    found.sign_count, found.used_at = count, ctx.now
    return found


def spend(ctx: Context, kind: str, bound_to: bytes, token: bytes) -> bytes:
    """Step: use up a one-time value; PasskeyRefused unless it is ours, for this, fresh and never used."""
    mark = tokens.digest(token)
    used = ctx.one(ctx.select(SpentToken).where(SpentToken.digest == mark))
    if used is not None or not tokens.genuine(ctx.keys, kind, bound_to, token, ctx.now):
        raise PasskeyRefused
    over = ctx.select(SpentToken).where(SpentToken.at < ctx.now - tokens.KEPT).order_by(SpentToken.at)
    for old in ctx.all(over.limit(CLEANED_AT_ONCE)):
        ctx.delete(old)
    ctx.add(SpentToken(digest=mark, at=ctx.now))
    return token


def _passkey(ctx: Context, credential_id: bytes) -> Passkey:
    named = ctx.select(Passkey).where(Passkey.credential_id == credential_id)
    found: Passkey | None = ctx.one(named.with_for_update(of=Passkey))
    if found is None:
        raise PasskeyRefused
    return found


def _by_app(ctx: Context, staff: Staff, typed: str) -> None:
    found: TotpSeed | None = ctx.one(
        ctx.select(TotpSeed).where(TotpSeed.staff_id == staff.id).with_for_update(of=TotpSeed)
    )
    if found is None or found.seed is None:
        raise BadInput("code_wrong", "code")
    found.last_step = spend_step(ctx, staff, found.seed, typed, found.last_step)


def _by_recovery(ctx: Context, staff: Staff, folded: str) -> None:
    mark = codes.recovery_digest(ctx.keys, staff.id, folded)
    wanted = (RecoveryCode.staff_id == staff.id) & (RecoveryCode.digest == mark)
    found: RecoveryCode | None = ctx.one(
        ctx.select(RecoveryCode).where(wanted).with_for_update(of=RecoveryCode)
    )
    if found is None:
        raise BadInput("code_wrong", "code")
    if found.used_at is not None:
        raise BadInput("code_used", "code")
    found.used_at = ctx.now
