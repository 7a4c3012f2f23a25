"""One's own second factors: the code app, passkeys, recovery codes; and taking lost ones off somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ...kernel.actor import Permission
from ...kernel.errors import BadInput, NotSignedIn, Refused
from ...usecase import Context, use_case
from .. import queries, rules
from ..models import Passkey, RecoveryCode, Staff, StaffSession, TotpSeed
from ..proofs import codes, passkeys, tokens
from ..proofs.passkeys import PasskeyRefused
from ..rules import CodeDraft, Kinds, Level, NoticeKind, PasskeyDraft, RecoveryCodes, StaffDetail
from .notices import tell
from .own import end_sessions
from .prove import spend, spend_step
from .staff import other


@use_case(Permission.SESSION_OWN, event="factor.totp_begun", confirmed=True)
def begin_totp(ctx: Context) -> None:
    """Make a new seed for the code app; it counts once its first code has come, and until then the old one does."""
    staff = ctx.load(Staff, ctx.actor.id)
    row = _seed(ctx, staff)
    if row is None:
        row = TotpSeed(staff_id=staff.id, last_step=0)
        ctx.add(row)
    row.pending = codes.seal_seed(ctx.keys, staff.id, codes.new_seed())
    row.pending_since = ctx.now


@use_case(Permission.SESSION_OWN, event="factor.totp_added", confirmed=True)
def finish_totp(ctx: Context, draft: CodeDraft) -> RecoveryCodes:
    """Take the new seed into use with its first code; every other session ends, recovery codes are given."""
    staff = ctx.load(Staff, ctx.actor.id)
    row = _seed(ctx, staff)
    if row is None or row.pending is None or not rules.still_pending(row.pending_since, ctx.now):
        raise Refused("enrolment_over")
    row.last_step = spend_step(ctx, staff, row.pending, rules.fold_code(draft.code), last=0)
    row.seed, row.since = row.pending, ctx.now
    row.pending = row.pending_since = None
    tell(ctx, staff.id, NoticeKind.TOTP_ADDED)
    return _strengthened(ctx, staff, Level.TOTP)


@use_case(Permission.SESSION_OWN, event="factor.totp_removed", confirmed=True)
def remove_totp(ctx: Context) -> None:
    """Take the code app off one's own account; every other session ends."""
    staff = ctx.load(Staff, ctx.actor.id)
    row = _seed(ctx, staff)
    if row is None or row.seed is None:
        raise Refused("factor_none")
    kinds = queries.kinds_of(ctx, staff.id)
    _weakened(ctx, staff, Kinds(totp=False, passkey=kinds.passkey))
    ctx.delete(row)
    tell(ctx, staff.id, NoticeKind.TOTP_REMOVED)


@use_case(Permission.SESSION_OWN, event="factor.passkey_asked", reads=True, confirmed=True)
def passkey_options(ctx: Context) -> dict[str, Any]:
    """What the browser needs to make a passkey for one's own account."""
    staff = ctx.load(Staff, ctx.actor.id)
    known = queries.passkeys_of(ctx, staff.id)
    _passkeys_offered(ctx, len(known))
    challenge = tokens.issue(ctx.keys, "register", staff.id.bytes, ctx.now)
    ids = [one.credential_id for one in known]
    return passkeys.options_to_register(ctx.settings, staff.id, staff.login, challenge, ids)


@use_case(Permission.SESSION_OWN, event="factor.passkey_added", confirmed=True)
def add_passkey(ctx: Context, draft: PasskeyDraft) -> RecoveryCodes:
    """Register a passkey made for this challenge, this origin and this person; every other session ends."""
    staff = ctx.load(Staff, ctx.actor.id)
    _passkeys_offered(ctx, len(queries.passkeys_of(ctx, staff.id)))
    made = _made(ctx, staff, draft.passkey)
    ctx.add(
        Passkey(
            staff_id=staff.id,
            credential_id=made.id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            label=draft.name,
            created_at=ctx.now,
        )
    )
    tell(ctx, staff.id, NoticeKind.PASSKEY_ADDED)
    return _strengthened(ctx, staff, Level.PASSKEY)


@use_case(Permission.SESSION_OWN, event="factor.passkey_removed", confirmed=True)
def remove_passkey(ctx: Context, passkey_id: UUID) -> None:
    """Take a passkey off one's own account; every other session ends."""
    row, staff = ctx.load(Passkey, passkey_id), ctx.load(Staff, ctx.actor.id)
    kinds, held = queries.kinds_of(ctx, staff.id), len(queries.passkeys_of(ctx, staff.id))
    _weakened(ctx, staff, Kinds(totp=kinds.totp, passkey=held > 1))
    ctx.delete(row)
    tell(ctx, staff.id, NoticeKind.PASSKEY_REMOVED)


@use_case(Permission.SESSION_OWN, event="factor.recovery_renewed", confirmed=True)
def renew_recovery(ctx: Context) -> RecoveryCodes:
    """Give ten new recovery codes; those given before are worth nothing from now on."""
    staff = ctx.load(Staff, ctx.actor.id)
    if not queries.kinds_of(ctx, staff.id):
        raise Refused("factor_none")
    _forget_recovery(ctx, staff)
    tell(ctx, staff.id, NoticeKind.RECOVERY_RENEWED)
    return _recovery(ctx, staff)


@use_case(Permission.ACCOUNT_MANAGE, event="staff.factors_reset", confirmed=True)
def reset_factors(ctx: Context, staff_id: UUID) -> StaffDetail:
    """Take lost second factors off somebody else's account, after seeing who asks; all its sessions end."""
    staff = other(ctx, staff_id)
    if not queries.kinds_of(ctx, staff.id):
        raise Refused("factor_none")
    for model in (TotpSeed, Passkey, RecoveryCode):
        for row in ctx.all(ctx.select(model).where(model.staff_id == staff.id)):
            ctx.delete(row)
    ctx.session.flush()
    end_sessions(ctx, staff.id)
    tell(ctx, staff.id, NoticeKind.FACTORS_RESET)
    return queries.detail(ctx, staff)


def _seed(ctx: Context, staff: Staff) -> TotpSeed | None:
    query = ctx.select(TotpSeed).where(TotpSeed.staff_id == staff.id)
    found: TotpSeed | None = ctx.one(query.with_for_update(of=TotpSeed))
    return found


def _made(ctx: Context, staff: Staff, answer: Mapping[str, Any]) -> passkeys.NewCredential:
    try:
        challenge = spend(ctx, "register", staff.id.bytes, passkeys.challenge_of(answer))
        made = passkeys.registered(ctx.settings, answer, challenge)
    except PasskeyRefused:
        raise BadInput("passkey_refused", "passkey") from None
    if ctx.one(ctx.select(Passkey).where(Passkey.credential_id == made.id)) is not None:
        raise BadInput("passkey_known", "passkey")
    return made


def _passkeys_offered(ctx: Context, held: int) -> None:
    if not passkeys.offered(ctx.settings):
        raise Refused("passkeys_off")
    if held >= rules.PASSKEYS_AT_MOST:
        raise Refused("passkeys_enough", most=rules.PASSKEYS_AT_MOST)


def _strengthened(ctx: Context, staff: Staff, level: Level) -> RecoveryCodes:
    """A factor was added: sessions opened with less end, this one is worth more, recovery codes are there."""
    if ctx.actor.session_id is None:
        raise NotSignedIn()
    end_sessions(ctx, staff.id, but=ctx.actor.session_id)
    session = ctx.load(StaffSession, ctx.actor.session_id)
    if session.level == Level.PASSWORD:
        session.level = level.value
    unused = RecoveryCode.staff_id == staff.id, RecoveryCode.used_at.is_(None)
    if ctx.one(ctx.select(RecoveryCode).where(*unused).limit(1)) is not None:
        return RecoveryCodes(())
    return _recovery(ctx, staff)


def _weakened(ctx: Context, staff: Staff, left: Kinds) -> None:
    """A factor goes: not the last one where one is required; without any, recovery codes go with it."""
    rules.last_factor_stays(left, required=ctx.settings.second_factor == "required")
    if not left:
        _forget_recovery(ctx, staff)
    end_sessions(ctx, staff.id, but=ctx.actor.session_id)


def _recovery(ctx: Context, staff: Staff) -> RecoveryCodes:
    made = codes.new_recovery_codes()
    for code in made:
        mark = codes.recovery_digest(ctx.keys, staff.id, code)
        ctx.add(RecoveryCode(staff_id=staff.id, digest=mark, created_at=ctx.now))
    return RecoveryCodes(tuple(rules.spaced(code) for code in made))


def _forget_recovery(ctx: Context, staff: Staff) -> None:
    for row in ctx.all(ctx.select(RecoveryCode).where(RecoveryCode.staff_id == staff.id)):
        ctx.delete(row)
    ctx.session.flush()
