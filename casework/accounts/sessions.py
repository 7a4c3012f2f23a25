"""What happens before anybody is signed in: passwords, tokens, the actor behind a cookie, waits.

Ground-like code: it reads without a scope, because there is no actor yet on whose behalf to read.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ..crypto import KeyRing
from ..db import CLEARED, writer_turn
from ..db.store import WRITE
from ..kernel.actor import Actor, Membership, Role
from ..kernel.clock import tokyo_date
from ..kernel.errors import Unavailable
from ..settings import Settings
from . import rules
from .models import SignInAttempt, Staff, StaffRole, StaffSession

SEEN_EVERY = timedelta(minutes=1)
_CLEARED = {CLEARED: True}
_UNSYNCED = {CLEARED: True, "synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Presence:
    """Who stands behind a cookie now, and what they must do before anything else.

    Without an actor only the password was proved: nobody is signed in until the second factor has come.
    """

    session_id: UUID
    actor: Actor | None
    demand: rules.Demand | None
    ends_at: datetime


# -- passwords -----------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _hasher(time_cost: int, memory_kib: int, parallelism: int) -> tuple[PasswordHasher, str]:
    hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism)
    return hasher, hasher.hash(secrets.token_urlsafe(32))


def hash_password(settings: Settings, password: str) -> str:
    hasher, _ = _costs(settings)
    return hasher.hash(rules.same_password(password))


def verify_password(settings: Settings, stored: str | None, typed: str) -> bool:
    """Whether the password fits; an unknown login (None) costs the same work as a wrong password."""
    hasher, dummy = _costs(settings)
    password = rules.same_password(typed)
    try:
        return hasher.verify(stored if stored is not None else dummy, password) and stored is not None
    except InvalidHashError:
        return verify_password(settings, None, typed)
    except Argon2Error:
        return False


def _costs(settings: Settings) -> tuple[PasswordHasher, str]:
    return _hasher(settings.argon2_time_cost, settings.argon2_memory_kib, settings.argon2_parallelism)


# -- the actor behind a cookie ---------------------------------------------------------------------------


def new_token() -> str:
    """256 random bits; only the hash is stored."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def presence_for_token(session: Session, token: str, now: datetime, settings: Settings) -> Presence | None:
    """The actor with the roles in force today, in one query; None once session, account or roles have ended.

    A session found idle for too long is ended for good, so that a clock set back does not revive it.
    """
    asked = {"token": digest(token), "today": tokyo_date(now)}
    rows = session.connection().execute(_PRESENCE, asked, execution_options=_CLEARED).all()
    if not rows or rows[0].ended_at is not None or rows[0].disabled_at is not None:
        return None
    row = rows[0]
    idle = now - row.seen_at > timedelta(minutes=settings.session_idle_minutes)
    if idle or now >= row.ends_at:
        _write(session, row.id, ended_at=now)
        return None
    memberships = tuple(Membership(Role(r.role), r.agency) for r in rows if r.role is not None)
    if not memberships:
        return None
    demand = rules.demand_of(
        row.level,
        must_change_password=row.must_change_password,
        required=settings.second_factor == "required",
    )
    if demand is rules.Demand.SECOND_FACTOR:
        return Presence(row.id, None, demand, row.ends_at)
    if now - row.seen_at >= SEEN_EVERY:
        _write(session, row.id, seen_at=now)
    actor = Actor(row.staff_id, row.name, memberships, now, row.id, row.confirmed_at, row.rights)
    return Presence(row.id, actor, demand, row.ends_at)


# Built once: every request asks it.
_PRESENCE = (
    select(
        StaffSession.id,
        StaffSession.seen_at,
        StaffSession.confirmed_at,
        StaffSession.ends_at,
        StaffSession.ended_at,
        StaffSession.level,
        StaffSession.rights,
        Staff.id.label("staff_id"),
        Staff.name,
        Staff.disabled_at,
        Staff.must_change_password,
        StaffRole.role,
        StaffRole.agency,
    )
    .join(Staff, Staff.id == StaffSession.staff_id)
    .outerjoin(
        StaffRole,
        and_(
            StaffRole.staff_id == Staff.id,
            StaffRole.valid_from <= bindparam("today"),
            or_(StaffRole.valid_until.is_(None), StaffRole.valid_until >= bindparam("today")),
        ),
    )
    .where(StaffSession.token_digest == bindparam("token"))
    .order_by(StaffRole.id)
)


def _write(session: Session, session_id: UUID, **values: datetime) -> None:
    """Bookkeeping without content: a session row is Unrecorded. An ended session stays as it is."""
    query = update(StaffSession).where(StaffSession.id == session_id, StaffSession.ended_at.is_(None))
    try:
        with writer_turn(session.get_bind().engine):
            session.rollback()  # whatever was read before, so that the transaction may begin as a writing one
            session.connection(execution_options={WRITE: True})
            session.execute(query.values(**values), execution_options=_UNSYNCED)
            session.commit()
    except DBAPIError as trouble:
        session.rollback()
        raise Unavailable("store_unavailable") from trouble


# -- waits after failures --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Marks:
    """Keyed digests of what a sign-in is counted under; `known` says the browser was here with this login."""

    login: bytes
    source: bytes
    known: bool


def marks(keys: KeyRing, login: str, origin: rules.Origin) -> Marks:
    """A known device is counted by itself, so that guessing elsewhere never keeps its owner out."""
    key = keys.store.purpose_key("throttle")
    known = _knows(key, login, origin.device)
    source = f"device {origin.device}" if known else f"address {origin.source}"
    return Marks(_keyed(key, f"login {login}"), _keyed(key, source), known)


def device_mark(keys: KeyRing, login: str) -> str:
    """A mark for the browser that signed in: random, and bound to the login."""
    nonce = secrets.token_hex(16)
    return f"{nonce}.{_keyed(keys.store.purpose_key('throttle'), f'device {nonce} {login}').hex()}"


def _knows(key: bytes, login: str, device: str) -> bool:
    nonce, _, proof = device.partition(".")
    expected = _keyed(key, f"device {nonce} {login}").hex()
    return hmac.compare_digest(expected.encode(), proof.encode("utf-8", "replace"))


def _keyed(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def seconds_to_wait(session: Session, found: Marks, now: datetime, settings: Settings) -> int:
    """Whole seconds until this login may be tried again from here; 0 if it may be tried now."""
    free = settings.sign_in_free_attempts
    counted: list[tuple[Any, int]] = [(SignInAttempt.source_digest == found.source, free)]
    if not found.known:
        counted = [
            (SignInAttempt.source_digest == found.source, free * rules.SOURCE_ALLOWANCE),
            (SignInAttempt.login_digest == found.login, free),
        ]
    return max(_wait(session, where, allowed, now, settings) for where, allowed in counted)


def _wait(session: Session, where: Any, free: int, now: datetime, settings: Settings) -> int:
    since = now - timedelta(minutes=settings.sign_in_window_minutes)
    query = select(func.count(), func.max(SignInAttempt.at)).where(where, SignInAttempt.at > since)
    failures, last = session.execute(query, execution_options=_CLEARED).one()
    if not failures:
        return 0
    wait = rules.wait_after(
        failures,
        free=free,
        first=settings.sign_in_first_wait_seconds,
        longest=settings.sign_in_longest_wait_seconds,
    )
    left = (min(last, now) + wait - now).total_seconds()
    return max(0, -int(-left // 1))
