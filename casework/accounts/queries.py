"""Reading accounts: who works where, for other houses; the list of staff; one's own account and sessions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, or_, select

from ..kernel.actor import Permission, Role
from ..kernel.errors import BadInput, NotFound, Refused
from ..usecase import Context, Page, use_case
from ..usecase.duties import count_open
from ..usecase.page import after_moment, cut
from . import rules
from .models import (
    AccountNotice,
    Passkey,
    RecoveryCode,
    RightsChange,
    Staff,
    StaffRole,
    StaffSession,
    TotpSeed,
)
from .proofs import codes, passkeys, tokens
from .rules import (
    ChangeState,
    ChangeView,
    ColleagueView,
    Enrolment,
    FactorsView,
    Kinds,
    MeView,
    NoticeView,
    PasskeyView,
    RoleView,
    SessionView,
    StaffDetail,
    StaffView,
)


def staff_in_agency(ctx: Context, staff_id: UUID, agency: str, *, field: str) -> Staff:
    """Step: an active staff member who holds a role in the agency today.

    BadInput beside `field`: "unknown_reference" (no such active account) or "staff_not_in_agency". Inside a
    write the row is share-locked, so that nobody can be disabled while work is being given to them (I1).
    """
    staff = active_staff(ctx, staff_id, field=field)
    held = select(StaffRole.id).where(StaffRole.staff_id == staff_id, StaffRole.agency == agency)
    if ctx.session.scalar(held.where(in_force(ctx)).limit(1)) is None:
        raise BadInput("staff_not_in_agency", field)
    return staff


def holds_one(ctx: Context, staff_id: UUID, agency: str, roles: Collection[str]) -> bool:
    """Step: whether the person holds one of the roles in the agency today."""
    held = select(StaffRole.id).where(StaffRole.staff_id == staff_id, StaffRole.agency == agency)
    held = held.where(StaffRole.role.in_(sorted(roles)), in_force(ctx))
    return ctx.session.scalar(held.limit(1)) is not None


def active_staff(ctx: Context, staff_id: UUID, *, field: str) -> Staff:
    """Step: an active staff member, whatever the agency; BadInput "unknown_reference" beside `field` otherwise."""
    query = ctx.select(Staff, permission=Permission.DIRECTORY_READ)
    query = query.where(Staff.id == staff_id, Staff.disabled_at.is_(None))
    if not ctx.visit.reads:
        query = query.with_for_update(read=True, of=Staff)
    staff: Staff | None = ctx.one(query)
    if staff is None:
        raise BadInput("unknown_reference", field)
    return staff


def staff_names(ctx: Context, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Step: names of staff, former staff included, in one statement."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {row.id: row.name for row in ctx.session.execute(_NAMES, {"wanted": wanted})}


_NAMES = select(Staff.id, Staff.name).where(Staff.id.in_(bindparam("wanted", expanding=True)))


def in_force(ctx: Context) -> ColumnElement[bool]:
    """WHERE clause: the role counts today; `valid_until` is its last day."""
    return (StaffRole.valid_from <= ctx.today) & or_(
        StaffRole.valid_until.is_(None), StaffRole.valid_until >= ctx.today
    )


@use_case(Permission.SESSION_OWN, event="session.read", reads=True)
def who_am_i(ctx: Context) -> MeView:
    """Show the signed-in person's own account and roles."""
    return me(ctx, ctx.load(Staff, ctx.actor.id))


@use_case(Permission.SESSION_OWN, event="session.listed", reads=True)
def list_sessions(ctx: Context) -> tuple[SessionView, ...]:
    """List one's own sessions that are still open, the newest first."""
    idle_since = ctx.now - timedelta(minutes=ctx.settings.session_idle_minutes)
    query = ctx.select(StaffSession).where(
        StaffSession.staff_id == ctx.actor.id,
        StaffSession.ended_at.is_(None),
        StaffSession.ends_at > ctx.now,
        StaffSession.seen_at >= idle_since,
    )
    query = query.order_by(StaffSession.created_at.desc(), StaffSession.id.desc())
    rows = ctx.all(query.limit(ctx.settings.page_size))
    current = ctx.actor.session_id
    return tuple(
        SessionView(
            r.id, r.created_at, r.seen_at, r.ends_at, r.agent, r.id == current, r.level, r.confirmed_at
        )
        for r in rows
    )


@use_case(Permission.SESSION_OWN, event="account.notices_read", reads=True)
def notices(ctx: Context) -> tuple[NoticeView, ...]:
    """What happened to one's own account in ninety days, and what one has not said to know of; newest first."""
    lately = AccountNotice.at >= ctx.now - timedelta(days=rules.NOTICES_SHOWN_DAYS)
    query = ctx.select(AccountNotice).where(AccountNotice.staff_id == ctx.actor.id)
    query = query.where(or_(lately, AccountNotice.seen_at.is_(None))).order_by(AccountNotice.id.desc())
    rows = ctx.all(query.limit(ctx.settings.page_size))
    return tuple(NoticeView(row.id, row.kind, row.times, row.at, row.seen_at) for row in rows)


@use_case(Permission.SESSION_OWN, event="factors.read", reads=True)
def factors(ctx: Context) -> FactorsView:
    """Show the second factors of one's own account: since when, how many recovery codes are left."""
    seed = ctx.one(ctx.select(TotpSeed).where(TotpSeed.staff_id == ctx.actor.id))
    unused = RecoveryCode.staff_id == ctx.actor.id, RecoveryCode.used_at.is_(None)
    return FactorsView(
        totp_since=None if seed is None else seed.since,
        passkeys=tuple(
            PasskeyView(p.id, p.label, p.created_at, p.used_at) for p in passkeys_of(ctx, ctx.actor.id)
        ),
        recovery_left=len(ctx.all(ctx.select(RecoveryCode).where(*unused))),
        required=ctx.settings.second_factor == "required",
        passkeys_offered=passkeys.offered(ctx.settings),
    )


@use_case(Permission.SESSION_OWN, event="factors.read", reads=True)
def own_kinds(ctx: Context) -> Kinds:
    """Which second factors one's own account has, to ask for one of them."""
    return kinds_of(ctx, ctx.actor.id)


@use_case(Permission.SESSION_OWN, event="factor.totp_shown", reads=True, confirmed=True)
def enrolment(ctx: Context) -> Enrolment:
    """Show the seed that waits for its first code; Refused("enrolment_over") if none does."""
    staff = ctx.load(Staff, ctx.actor.id)
    row: TotpSeed | None = ctx.one(ctx.select(TotpSeed).where(TotpSeed.staff_id == staff.id))
    if row is None or row.pending is None or not rules.still_pending(row.pending_since, ctx.now):
        raise Refused("enrolment_over")
    seed = codes.open_seed(ctx.keys, staff.id, row.pending)
    return Enrolment(seed, codes.address(seed, staff.login))


@use_case(Permission.SESSION_OWN, event="session.passkey_asked", reads=True)
def options_to_confirm(ctx: Context) -> dict[str, Any]:
    """What the browser needs to prove once more who is there with one of the person's own passkeys."""
    return _options(ctx, ctx.actor.id)


@use_case(Permission.SIGN_IN, event="session.passkey_asked", reads=True)
def options_for_second(ctx: Context, session_id: UUID) -> dict[str, Any]:
    """What the browser needs to prove the second factor of a session that waits for it."""
    return _options(ctx, ctx.load(StaffSession, session_id).staff_id)


@use_case(Permission.SIGN_IN, event="session.passkey_asked", reads=True)
def options_to_sign_in(ctx: Context) -> dict[str, Any]:
    """What the browser needs to sign in with a passkey alone: it says itself whose it is."""
    ctx.visit.asked = True  # no row is touched: the browser is asked whose passkey it has
    if not passkeys.offered(ctx.settings):
        raise Refused("passkeys_off")
    return passkeys.options_to_prove(ctx.settings, tokens.issue(ctx.keys, "prove", b"", ctx.now), [])


@use_case(Permission.SIGN_IN, event="session.second_asked", reads=True)
def second_kinds(ctx: Context, session_id: UUID) -> Kinds:
    """Which second factors the account behind a waiting session has."""
    return kinds_of(ctx, ctx.load(StaffSession, session_id).staff_id)


def kinds_of(ctx: Context, staff_id: UUID) -> Kinds:
    """Step: which second factors an account has."""
    seed = ctx.select(TotpSeed).where(TotpSeed.staff_id == staff_id, TotpSeed.seed.is_not(None))
    held = ctx.select(Passkey).where(Passkey.staff_id == staff_id).limit(1)
    return Kinds(totp=ctx.one(seed) is not None, passkey=bool(ctx.all(held)))


def passkeys_of(ctx: Context, staff_id: UUID) -> list[Passkey]:
    """Step: the passkeys of an account, the oldest first."""
    return ctx.all(
        ctx.select(Passkey).where(Passkey.staff_id == staff_id).order_by(Passkey.created_at, Passkey.id)
    )


def owner_of_passkey(ctx: Context, answer: Mapping[str, Any]) -> UUID | None:
    """Step: whose passkey answered, before anything of the answer is believed; None if it is nobody's."""
    try:
        named = passkeys.credential_of(answer)
    except passkeys.PasskeyRefused:
        named = b""
    found: Passkey | None = ctx.one(ctx.select(Passkey).where(Passkey.credential_id == named))
    return None if found is None else found.staff_id


def _options(ctx: Context, staff_id: UUID) -> dict[str, Any]:
    known = [one.credential_id for one in passkeys_of(ctx, staff_id)]
    if not known:
        raise Refused("factor_none")
    challenge = tokens.issue(ctx.keys, "prove", staff_id.bytes, ctx.now)
    return passkeys.options_to_prove(ctx.settings, challenge, known)


@use_case(Permission.ACCOUNT_READ, event="staff.listed", reads=True)
def list_staff(ctx: Context, *, agency: str | None = None, after: str | None = None) -> Page[StaffView]:
    """List accounts, the newest first, those of one agency if it is named."""
    query = ctx.select(Staff)
    if agency is not None:
        query = query.where(Staff.agency == agency)
    query = after_moment(query, Staff.created_at, Staff.id, after)
    rows = ctx.all(query.limit(ctx.settings.page_size + 1))
    page, following = cut(rows, ctx.settings.page_size, lambda staff: (staff.created_at, staff.id))
    roles = roles_of(ctx, [staff.id for staff in page])
    return Page(tuple(_view(staff, roles[staff.id]) for staff in page), following)


@use_case(Permission.ACCOUNT_READ, event="staff.found", reads=True)
def by_login(ctx: Context, login: str) -> StaffView:
    """Find an account by its login."""
    staff: Staff | None = ctx.one(ctx.select(Staff).where(Staff.login == rules.fold_login(login)))
    if staff is None:
        raise NotFound("staff")
    ctx.visit.about(staff)
    return _view(staff, roles_of(ctx, [staff.id])[staff.id])


@use_case(Permission.ACCOUNT_READ, event="staff.read", reads=True)
def show_staff(ctx: Context, staff_id: UUID) -> StaffDetail:
    """Show an account with its roles and how much open work it owns."""
    return detail(ctx, ctx.load(Staff, staff_id))


@use_case(Permission.DIRECTORY_READ, event="staff.colleagues", reads=True)
def colleagues(ctx: Context, *, agency: str, after: str | None = None) -> Page[ColleagueView]:
    """List the active staff who hold a role in an agency today, to choose whom work goes to."""
    held = select(StaffRole.staff_id).where(StaffRole.agency == agency, in_force(ctx))
    query = ctx.select(Staff).where(Staff.disabled_at.is_(None), Staff.id.in_(held))
    query = after_moment(query, Staff.created_at, Staff.id, after)
    rows = ctx.all(query.limit(ctx.settings.page_size + 1))
    page, following = cut(rows, ctx.settings.page_size, lambda staff: (staff.created_at, staff.id))
    roles = roles_of(ctx, [staff.id for staff in page])
    return Page(tuple(_colleague(staff, agency, roles[staff.id]) for staff in page), following)


def roles_of(ctx: Context, ids: Iterable[UUID]) -> dict[UUID, tuple[RoleView, ...]]:
    """Step: roles past, present and coming of several accounts, in one statement."""
    found: dict[UUID, list[RoleView]] = {staff_id: [] for staff_id in ids}
    if found:
        query = select(StaffRole).where(StaffRole.staff_id.in_(list(found)))
        for r in ctx.session.scalars(query.order_by(StaffRole.valid_from, StaffRole.id)):
            counts = rules.in_force(r.valid_from, r.valid_until, ctx.today)
            found[r.staff_id].append(RoleView(r.id, r.role, r.agency, r.valid_from, r.valid_until, counts))
    return {staff_id: tuple(roles) for staff_id, roles in found.items()}


def detail(ctx: Context, staff: Staff) -> StaffDetail:
    """Step: an account already loaded, as administration sees it."""
    return StaffDetail(
        id=staff.id,
        login=staff.login,
        name=staff.name,
        agency=staff.agency,
        roles=roles_of(ctx, [staff.id])[staff.id],
        created_at=staff.created_at,
        disabled_at=staff.disabled_at,
        must_change_password=staff.must_change_password,
        open_work=count_open(ctx, staff.id),
        second_factor=bool(kinds_of(ctx, staff.id)),
        version=staff.version,
        changes=_waiting(ctx, staff.id),
    )


def _waiting(ctx: Context, staff_id: UUID) -> tuple[ChangeView, ...]:
    ctx.session.flush()
    query = select(RightsChange).where(RightsChange.staff_id == staff_id, _waits(ctx))
    return tuple(change_view(row) for row in ctx.session.scalars(query.order_by(RightsChange.id)))


def _waits(ctx: Context) -> ColumnElement[bool]:
    return (RightsChange.state == ChangeState.PROPOSED.value) & (RightsChange.until > ctx.now)


@use_case(Permission.ACCOUNT_APPROVE, event="rights.listed", reads=True)
def changes(ctx: Context, *, after: str | None = None) -> Page[ChangeView]:
    """List the changes of rights, those that wait for a second person and those decided, the newest first."""
    query = ctx.select(RightsChange)
    query = after_moment(query, RightsChange.proposed_at, RightsChange.id, after)
    rows = ctx.all(query.limit(ctx.settings.page_size + 1))
    page, following = cut(rows, ctx.settings.page_size, lambda row: (row.proposed_at, row.id))
    return Page(tuple(map(change_view, page)), following)


@use_case(Permission.ACCOUNT_APPROVE, event="rights.read", reads=True)
def read_change(ctx: Context, change_id: UUID) -> ChangeView:
    """Read one proposed change of rights."""
    return change_view(ctx.load(RightsChange, change_id))


def change_view(row: RightsChange) -> ChangeView:
    """Step: a change of rights, without the password it may hold."""
    return ChangeView(**{field.name: getattr(row, field.name) for field in fields(ChangeView)})


def administrators(ctx: Context) -> int:
    """Step: how many people can administer accounts today."""
    held = select(StaffRole.staff_id).join(Staff, Staff.id == StaffRole.staff_id)
    held = held.where(StaffRole.role == Role.ADMINISTRATOR.value, Staff.disabled_at.is_(None), in_force(ctx))
    return len(set(ctx.session.scalars(held)))


def me(ctx: Context, staff: Staff) -> MeView:
    """Step: an account already loaded, as its owner sees it: with the roles in force today."""
    roles = tuple(role for role in roles_of(ctx, [staff.id])[staff.id] if role.in_force)
    return MeView(staff.id, staff.login, staff.name, staff.agency, roles, staff.must_change_password)


def _view(staff: Staff, roles: tuple[RoleView, ...]) -> StaffView:
    return StaffView(
        id=staff.id,
        login=staff.login,
        name=staff.name,
        agency=staff.agency,
        roles=roles,
        created_at=staff.created_at,
        disabled_at=staff.disabled_at,
        must_change_password=staff.must_change_password,
        version=staff.version,
    )


def _colleague(staff: Staff, agency: str, roles: tuple[RoleView, ...]) -> ColleagueView:
    held = tuple(role.role for role in roles if role.in_force and role.agency == agency)
    return ColleagueView(staff.id, staff.name, agency, held)
