"""Reading accounts: who works where, for other houses; the list of staff; one's own account and sessions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, or_, select

from ..kernel.actor import Permission
from ..kernel.errors import BadInput, NotFound
from ..usecase import Context, Page, use_case
from ..usecase.duties import count_open
from ..usecase.page import after_moment, cut
from . import rules
from .models import Staff, StaffRole, StaffSession
from .rules import ColleagueView, MeView, RoleView, SessionView, StaffDetail, StaffView


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
        SessionView(r.id, r.created_at, r.seen_at, r.ends_at, r.agent, r.id == current) for r in rows
    )


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
        version=staff.version,
    )


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
