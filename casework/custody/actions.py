"""Acts on the keys, each an event. What destroys a key needs two administrators and then the machine's operator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from ..accounts.models import Staff
from ..crypto import CryptoError, KeyActForbidden, KeyWrong
from ..crypto.keystore import custody
from ..crypto.keystore.custody import Findings
from ..kernel.actor import Permission as P
from ..kernel.errors import Refused
from ..people.queries import names_that_open
from ..usecase import Context, use_case
from . import backups
from .models import KeyRetirement
from .queries import store, view
from .rules import KEY_RETIREMENT, OPEN, RetirementDraft, RetirementFacts, RetirementState, RetirementView

SAMPLED = 10


@use_case(P.KEYS_KEEP, event="keys.rotated")
def rotate(ctx: Context, expected: int) -> int:
    """Make a new KEK the active one; refused if `expected` is not the active one any more."""
    _about(ctx, expected)
    with _refusals():
        return custody.rotate(store(ctx), expected)


@use_case(P.KEYS_KEEP, event="keys.rewrap_begun")
def begin_rewrap(ctx: Context) -> int:
    """Note that keys are being wrapped anew; how many are left."""
    ctx.select(KeyRetirement)
    with _refusals():
        return custody.rewrap_state(store(ctx)).left


@use_case(P.KEYS_KEEP, event="keys.rewrap_ended")
def end_rewrap(ctx: Context, unopened: int) -> None:
    """Note that every key that opens lies under the active KEK; Refused("key_slots_unopened") if some did not."""
    ctx.select(KeyRetirement)
    if unopened:
        raise Refused("key_slots_unopened", count=unopened)


@use_case(P.KEYS_KEEP, event="keys.verified")
def verify(ctx: Context) -> Findings:
    """Open every slot and canary, and some names of the database: keys of another installation open none."""
    ctx.select(KeyRetirement)
    with _refusals():
        found = custody.verify(store(ctx))
    if _foreign(ctx):
        found.faults.append(("keystore", "not of this database", KeyWrong.code))
    return found


def _foreign(ctx: Context) -> bool:
    """Whether there are names and none of the oldest and newest opens; those erased on purpose do not count."""
    opened, unopened = names_that_open(ctx, SAMPLED)
    return bool(unopened) and not opened


@use_case(P.KEYS_RETIRE, event="keys.retirement_requested", confirmed=True)
def request_retirement(ctx: Context, draft: RetirementDraft) -> RetirementView:
    """Ask that an old KEK be destroyed; another administrator must approve."""
    _about(ctx, draft.kek_version)
    with _refusals():
        custody.retirable(store(ctx), draft.kek_version)
    if _open(ctx, draft.kek_version) is not None:
        raise Refused("key_retirement_open")
    row = KeyRetirement(
        kek_version=draft.kek_version,
        state=KEY_RETIREMENT.start.value,
        requested_by=ctx.actor.id,
        requested_at=ctx.now,
    )
    ctx.add(row)
    ctx.session.flush()
    return view(ctx, row)


@use_case(P.KEYS_RETIRE, event="keys.retirement_approved", confirmed=True)
def approve_retirement(ctx: Context, retirement_id: UUID) -> RetirementView:
    """Approve what another administrator asked for."""
    row = ctx.load(KeyRetirement, retirement_id)
    facts = RetirementFacts(requested_by=row.requested_by, acts=ctx.actor.id)
    row.state = KEY_RETIREMENT.after(row.state, "approve", facts).value
    row.approved_by, row.approved_at = ctx.actor.id, ctx.now
    return view(ctx, row)


@use_case(P.KEYS_RETIRE, event="keys.retirement_withdrawn")
def withdraw_retirement(ctx: Context, retirement_id: UUID) -> RetirementView:
    """Take a request back, approved or not."""
    row = ctx.load(KeyRetirement, retirement_id)
    row.state = KEY_RETIREMENT.after(row.state, "withdraw").value
    row.ended_at = ctx.now
    return view(ctx, row)


@use_case(P.KEYS_KEEP, event="keys.retired")
def retire(ctx: Context, kek_version: int) -> tuple[str, str]:
    """Destroy a KEK whose retirement stands approved; the names of who asked and who approved.

    The key goes before the commit: cut off in between, the request stays approved and asking again ends it.
    """
    _about(ctx, kek_version)
    row = _open(ctx, kek_version)
    if row is None:
        with _refusals():
            custody.retirable(store(ctx), kek_version)
        raise Refused("key_retirement_not_approved")
    approved_for = None if row.approved_at is None else ctx.now - row.approved_at
    if row.state == RetirementState.REQUESTED:
        raise Refused("key_retirement_not_approved")
    row.state = KEY_RETIREMENT.after(row.state, "carry_out", RetirementFacts(approved_for=approved_for)).value
    row.ended_at = ctx.now
    people = select(Staff.id, Staff.name).where(Staff.id.in_((row.requested_by, row.approved_by)))
    names = {staff.id: staff.name for staff in ctx.session.execute(people)}
    ctx.session.flush()  # what the database refuses is refused before the key goes
    with _refusals():
        custody.retire(store(ctx), kek_version)
    return names[row.requested_by], names[row.approved_by] if row.approved_by else ""


def _open(ctx: Context, kek_version: int) -> KeyRetirement | None:
    query = ctx.select(KeyRetirement).where(
        KeyRetirement.kek_version == kek_version, KeyRetirement.state.in_([state.value for state in OPEN])
    )
    row: KeyRetirement | None = ctx.one(query)
    return row


def _about(ctx: Context, kek_version: int) -> None:
    ctx.select(KeyRetirement)
    ctx.visit.sought("kek", str(kek_version))


@contextmanager
def _refusals() -> Iterator[None]:
    """What the keystore refuses, in the words of the house, so that the refusal is recorded."""
    try:
        yield
    except KeyActForbidden as refusal:
        raise Refused(f"key_act_{refusal.reason}") from refusal
    except CryptoError as trouble:
        raise Refused(f"keystore_{trouble.code}") from trouble


@use_case(P.BACKUP_MAKE, event="backup.database_made", reads=True)
def backup_database(ctx: Context, folder: Path) -> Path:
    """Copy the main database online into a folder that holds no keystore."""
    ctx.select(KeyRetirement)
    return backups.backup_database(ctx.settings, folder, ctx.now)


@use_case(P.BACKUP_MAKE, event="backup.keystore_made", reads=True)
def backup_keystore(ctx: Context, folder: Path) -> Path:
    """Copy the keystore online into a folder that holds no database; never a key-encryption key."""
    ctx.select(KeyRetirement)
    return backups.backup_keystore(ctx.settings, store(ctx).keks, folder, ctx.now)


@use_case(P.BACKUP_MAKE, event="backup.verified", reads=True)
def verify_backup(ctx: Context, path: Path) -> backups.Manifest:
    """Whether a backup is as it was written and opens."""
    ctx.select(KeyRetirement)
    return backups.verify_backup(path, store(ctx).keks)
