"""What may be known of the keys: versions, states, counts and dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ..crypto import KekStatus, KeystoreUnreadable, Tombstone, WrappedKeyStore
from ..crypto.keystore import custody
from ..kernel.actor import Permission as P
from ..kernel.actor import Role
from ..kernel.errors import Refused, Unavailable
from ..usecase import Context, use_case
from .models import KeyRetirement
from .rules import KEY_RETIREMENT, OPEN, ErasuresView, KekView, KeysView, RetirementView, in_steps


@use_case(P.KEYS_READ, event="keys.read", reads=True)
def show_keys(ctx: Context) -> KeysView:
    """Versions, states and counts of the keys, the last rewrapping, pending erasures, requests to retire."""
    kept = store(ctx)
    rows = ctx.all(ctx.select(KeyRetirement).order_by(KeyRetirement.requested_at.desc(), KeyRetirement.id))
    asked = {row.kek_version for row in rows if row.state in OPEN}
    told = int if Role.SYSTEM in ctx.actor.roles else in_steps
    try:
        rewrap = custody.rewrap_state(kept)
        return KeysView(
            provider=ctx.settings.key_provider,
            provider_before=ctx.settings.key_provider_before,
            keks=tuple(_kek(status, status.version in asked, told) for status in kept.status()),
            left=told(rewrap.left),
            rewrap_started_at=_moment(rewrap.started_at),
            rewrap_ended_at=_moment(rewrap.ended_at),
            erasures=_erasures(kept.tombstones(), ctx.now),
            retirements=tuple(view(ctx, row) for row in rows),
        )
    except KeystoreUnreadable as trouble:
        raise Unavailable("keystore_unreadable") from trouble


@use_case(P.KEYS_READ, event="keys.retirement_read", reads=True)
def read_retirement(ctx: Context, retirement_id: object) -> RetirementView:
    """One request to retire a KEK."""
    return view(ctx, ctx.load(KeyRetirement, retirement_id))


def store(ctx: Context) -> WrappedKeyStore:
    """The keystore with its keepers' acts; another key-management service brings its own."""
    if not isinstance(ctx.keys.store, WrappedKeyStore):
        raise Refused("keys_kept_elsewhere")
    return ctx.keys.store


def view(ctx: Context, row: KeyRetirement) -> RetirementView:
    return RetirementView(
        id=row.id,
        kek_version=row.kek_version,
        state=row.state,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        ended_at=row.ended_at,
        version=row.version,
        moves=ctx.moves(KEY_RETIREMENT, row),
    )


def _kek(status: KekStatus, asked: bool, told: Callable[[int], int]) -> KekView:
    free = status.state == "decrypt_only" and not status.data_keys + status.purpose_keys
    return KekView(
        version=status.version,
        state=status.state,
        created_at=datetime.fromisoformat(status.created_at),
        data_keys=told(status.data_keys),
        purpose_keys=status.purpose_keys,
        destroyed_at=_moment(status.destroyed_at),
        may_ask=free and not asked,
    )


def _erasures(stones: list[Tombstone], now: datetime) -> ErasuresView:
    return ErasuresView(
        erased=len(stones),
        waiting_for_retirement=sum(stone.kek_retired_at is None for stone in stones),
        waiting_for_backups=sum(stone.backups_until > now for stone in stones),
        backups_until=max((stone.backups_until for stone in stones), default=None),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
