"""Administration of staff: accounts, roles, leaving and moving with open work handed over at once (I1).

Taking rights away is done by one person and at once where safety asks for it (disabling, moving); what gives rights,
or ends a role, waits for a second person (see `changes`).
"""

from __future__ import annotations

from uuid import UUID

from ...kernel.actor import Permission, Role
from ...kernel.errors import BadInput, Refused
from ...usecase import Context, use_case
from .. import queries, rules, sessions
from ..models import Staff
from ..rules import (
    Change,
    ChangeKind,
    HandOverDraft,
    MoveDraft,
    ResetDraft,
    RoleDraft,
    RoleEnd,
    StaffDetail,
    StaffDraft,
)
from . import rights
from .changes import alone, propose
from .own import end_sessions


@use_case(Permission.ACCOUNT_MANAGE, event="staff.created")
def create(ctx: Context, draft: StaffDraft) -> StaffDetail:
    """Open an account for a member of staff; its roles wait for a second person."""
    login = rules.check_login(draft.login)
    if ctx.one(ctx.select(Staff).where(Staff.login == login)) is not None:
        raise BadInput("login_taken", "login")
    staff = Staff(
        login=login,
        name=draft.name,
        agency=draft.agency,
        password_hash=_hashed(ctx, draft.password, login=login, name=draft.name),
        password_changed_at=ctx.now,
        must_change_password=draft.must_change,
        created_at=ctx.now,
    )
    ctx.add(staff)
    ctx.visit.about(staff)
    rights.an_agency(ctx, draft.agency)
    for number, role in enumerate(draft.roles):
        _give(ctx, staff, role, at=f"roles.{number}.")
    return queries.detail(ctx, staff)


@use_case(Permission.ACCOUNT_MANAGE, event="staff.role_added")
def add_role(ctx: Context, staff_id: UUID, draft: RoleDraft) -> StaffDetail:
    """Give or extend a role in an agency, from a day on and for as long as it is needed, by two people."""
    staff = other(ctx, staff_id)
    _give(ctx, staff, draft)
    if alone(ctx):
        end_sessions(ctx, staff.id)
    return queries.detail(ctx, staff)


@use_case(Permission.ACCOUNT_MANAGE, event="staff.role_ended")
def end_role(ctx: Context, staff_id: UUID, role_id: UUID, draft: RoleEnd) -> StaffDetail:
    """End a role at once or on a day, by two people; open work that no role would carry is handed over."""
    staff = other(ctx, staff_id, even_disabled=True)
    role = rights.role_of(ctx, staff, role_id)
    if alone(ctx):
        rights.end_role(ctx, staff, role, draft)
        end_sessions(ctx, staff.id)
    else:
        rights.check_end(ctx, role, draft)
        ending = Change(
            ChangeKind.ROLE_END,
            role=Role(role.role),
            agency=role.agency,
            valid_until=draft.last_day,
            role_id=role.id,
            to_staff_id=draft.to_staff_id,
        )
        propose(ctx, staff, ending)
    return queries.detail(ctx, staff)


@use_case(Permission.ACCOUNT_MANAGE, event="staff.disabled")
def disable(ctx: Context, staff_id: UUID, draft: HandOverDraft) -> StaffDetail:
    """Disable an account, at once and by one person; all its open work is handed over and its sessions end."""
    staff = other(ctx, staff_id)
    rights.hand_over(ctx, staff, draft.to_staff_id)
    staff.disabled_at = ctx.now
    rights.end_rights(ctx, staff)
    return queries.detail(ctx, staff)


@use_case(Permission.ACCOUNT_MANAGE, event="staff.enabled")
def enable(ctx: Context, staff_id: UUID) -> StaffDetail:
    """Let a disabled account sign in again with the roles that still count, by two people."""
    staff = other(ctx, staff_id, even_disabled=True)
    if staff.disabled_at is None:
        raise Refused("staff_enabled")
    if alone(ctx):
        rights.enable(staff)
    else:
        propose(ctx, staff, Change(ChangeKind.ENABLE))
    return queries.detail(ctx, staff)


@use_case(Permission.ACCOUNT_MANAGE, event="staff.moved")
def move(ctx: Context, staff_id: UUID, draft: MoveDraft) -> StaffDetail:
    """Transfer to another agency: old roles end and open work is handed over; new roles wait for a second person."""
    staff = other(ctx, staff_id)
    if draft.agency == staff.agency:
        raise Refused("move_same_agency", "agency")
    rights.an_agency(ctx, draft.agency)
    rights.end_every_role(ctx, staff, agency=staff.agency)
    held = {(r.role, r.agency) for r in queries.roles_of(ctx, [staff.id])[staff.id] if r.in_force}
    for number, new in enumerate(draft.roles):
        if (new.value, draft.agency) not in held:
            _give(ctx, staff, RoleDraft(new, draft.agency), at=f"roles.{number}.")
    staff.agency = draft.agency
    rights.hand_over(ctx, staff, draft.to_staff_id, keep=rights.working_agencies(ctx, staff))
    rights.end_rights(ctx, staff)
    return queries.detail(ctx, staff)


@use_case(Permission.ACCOUNT_MANAGE, event="staff.password_reset", confirmed=True)
def reset_password(ctx: Context, staff_id: UUID, draft: ResetDraft) -> StaffDetail:
    """Set a temporary password, by two people for a privileged role; all sessions of the account end with it."""
    staff = other(ctx, staff_id)
    password_hash = _hashed(ctx, draft.password, login=staff.login, name=staff.name)
    if alone(ctx) or not _privileged(ctx, staff):
        rights.set_password(ctx, staff, password_hash)
        end_sessions(ctx, staff.id)
    else:
        propose(ctx, staff, Change(ChangeKind.RESET, password_hash=password_hash))
    return queries.detail(ctx, staff)


def other(ctx: Context, staff_id: UUID, *, even_disabled: bool = False) -> Staff:
    """Step: somebody else's account, locked."""
    staff = ctx.load(Staff, staff_id)
    rules.not_oneself(ctx.actor.id, staff.id)
    if staff.disabled_at is not None and not even_disabled:
        raise Refused("staff_disabled")
    return staff


def _give(ctx: Context, staff: Staff, draft: RoleDraft, *, at: str = "") -> None:
    """The role at once, or as a change that waits."""
    rights.check_role(ctx, staff, draft, at=at)
    if alone(ctx):
        rights.give_role(ctx, staff, draft)
        return
    given = Change(ChangeKind.ROLE_ADD, draft.role, draft.agency, draft.valid_from, draft.valid_until)
    propose(ctx, staff, given)


def _privileged(ctx: Context, staff: Staff) -> bool:
    """Whether the person holds, or is to hold, a role that opens records or rights of others."""
    roles = queries.roles_of(ctx, [staff.id])[staff.id]
    over = (role for role in roles if role.valid_until is not None and role.valid_until < ctx.today)
    return any(role.role in rules.PRIVILEGED for role in set(roles) - set(over))


def _hashed(ctx: Context, password: str, *, login: str, name: str) -> str:
    least = ctx.settings.password_min_length
    fit = rules.check_password(password, login=login, name=name, least=least, field="password")
    return sessions.hash_password(ctx.settings, fit)
