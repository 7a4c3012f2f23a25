"""Administration of staff: accounts, roles, leaving and moving with open work handed over at once (I1)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from ...agencies.models import Agency
from ...kernel.actor import Permission
from ...kernel.errors import BadInput, NotFound, Refused
from ...usecase import Context, use_case
from ...usecase.duties import count_open, end_dated, hand_over_all
from .. import queries, rules, sessions
from ..models import Staff, StaffRole
from ..rules import HandOverDraft, MoveDraft, ResetDraft, RoleDraft, RoleEnd, StaffDetail, StaffDraft
from .own import end_sessions


@use_case(Permission.ACCOUNT_MANAGE, event="staff.created")
def create(ctx: Context, draft: StaffDraft) -> StaffDetail:
    """Open an account for a member of staff, with roles."""
    login = rules.check_login(draft.login)
    if ctx.one(ctx.select(Staff).where(Staff.login == login)) is not None:
        raise BadInput("login_taken", "login")
    password = rules.check_password(
        draft.password, login=login, name=draft.name, least=ctx.settings.password_min_length, field="password"
    )
    staff = Staff(
        login=login,
        name=draft.name,
        agency=draft.agency,
        password_hash=sessions.hash_password(ctx.settings, password),
        password_changed_at=ctx.now,
        must_change_password=draft.must_change,
        created_at=ctx.now,
    )
    ctx.add(staff)
    ctx.visit.about(staff)
    _agency(ctx, draft.agency)
    for number, role in enumerate(draft.roles):
        _give(ctx, staff, role, at=f"roles.{number}.")
    return queries.detail(ctx, staff)


@use_case(Permission.ACCOUNT_MANAGE, event="staff.role_added")
def add_role(ctx: Context, staff_id: UUID, draft: RoleDraft) -> StaffDetail:
    """Give a role in an agency, from a day on and for as long as it is needed."""
    staff = other(ctx, staff_id)
    _give(ctx, staff, draft)
    end_sessions(ctx, staff.id)
    return queries.detail(ctx, staff)


@use_case(Permission.ACCOUNT_MANAGE, event="staff.role_ended")
def end_role(ctx: Context, staff_id: UUID, role_id: UUID, draft: RoleEnd) -> StaffDetail:
    """End a role at once or on a day; open work that no role would carry any more is handed over."""
    staff = other(ctx, staff_id, even_disabled=True)
    role = ctx.load(StaffRole, role_id)
    if role.staff_id != staff.id:
        raise NotFound("staff_role", str(role_id))
    if role.valid_until is not None and role.valid_until < ctx.today:
        raise Refused("role_over")
    if draft.last_day is None:
        _end_at_once(ctx, role)
        _hand_over(ctx, staff, draft.to_staff_id, keep=_working_agencies(ctx, staff))
        end_dated(ctx, staff.id)
    else:
        latest = role.valid_until or date.max
        if not max(ctx.today, role.valid_from) <= draft.last_day <= latest:
            raise BadInput("role_end_past", "last_day")
        role.valid_until = draft.last_day
    end_sessions(ctx, staff.id)
    return queries.detail(ctx, staff)


@use_case(Permission.ACCOUNT_MANAGE, event="staff.disabled")
def disable(ctx: Context, staff_id: UUID, draft: HandOverDraft) -> StaffDetail:
    """Disable an account; all its open work is handed over and its sessions end in the same act."""
    staff = other(ctx, staff_id)
    _hand_over(ctx, staff, draft.to_staff_id)
    staff.disabled_at = ctx.now
    _end_rights(ctx, staff)
    return queries.detail(ctx, staff)


@use_case(Permission.ACCOUNT_MANAGE, event="staff.enabled")
def enable(ctx: Context, staff_id: UUID) -> StaffDetail:
    """Let a disabled account sign in again, with the roles that still count."""
    staff = other(ctx, staff_id, even_disabled=True)
    if staff.disabled_at is None:
        raise Refused("staff_enabled")
    staff.disabled_at = None
    return queries.detail(ctx, staff)


@use_case(Permission.ACCOUNT_MANAGE, event="staff.moved")
def move(ctx: Context, staff_id: UUID, draft: MoveDraft) -> StaffDetail:
    """Transfer to another agency: old roles end, new ones begin, and open work is handed over."""
    staff = other(ctx, staff_id)
    if draft.agency == staff.agency:
        raise Refused("move_same_agency", "agency")
    _agency(ctx, draft.agency)
    old = ctx.select(StaffRole).where(StaffRole.staff_id == staff.id, StaffRole.agency == staff.agency)
    for role in ctx.all(old):
        if role.valid_until is None or role.valid_until >= ctx.today:
            _end_at_once(ctx, role)
    held = {(r.role, r.agency) for r in queries.roles_of(ctx, [staff.id])[staff.id] if r.in_force}
    for number, new in enumerate(draft.roles):
        if (new.value, draft.agency) not in held:
            _give(ctx, staff, RoleDraft(new, draft.agency), at=f"roles.{number}.")
    staff.agency = draft.agency
    _hand_over(ctx, staff, draft.to_staff_id, keep=_working_agencies(ctx, staff))
    _end_rights(ctx, staff)
    return queries.detail(ctx, staff)


@use_case(Permission.ACCOUNT_MANAGE, event="staff.password_reset", confirmed=True)
def reset_password(ctx: Context, staff_id: UUID, draft: ResetDraft) -> StaffDetail:
    """Set a temporary password, good only for setting another; all sessions of the account end."""
    staff = other(ctx, staff_id)
    password = rules.check_password(
        draft.password,
        login=staff.login,
        name=staff.name,
        least=ctx.settings.password_min_length,
        field="password",
    )
    staff.password_hash = sessions.hash_password(ctx.settings, password)
    staff.password_changed_at = ctx.now
    staff.must_change_password = True
    end_sessions(ctx, staff.id)
    return queries.detail(ctx, staff)


def other(ctx: Context, staff_id: UUID, *, even_disabled: bool = False) -> Staff:
    """Step: somebody else's account, locked."""
    staff = ctx.load(Staff, staff_id)
    rules.not_oneself(ctx.actor.id, staff.id)
    if staff.disabled_at is not None and not even_disabled:
        raise Refused("staff_disabled")
    return staff


def _agency(ctx: Context, code: str, field: str = "agency") -> None:
    agency = ctx.load(Agency, code, permission=Permission.DIRECTORY_READ, field=field)
    if agency.retired_on is not None and agency.retired_on <= ctx.today:
        raise BadInput("unknown_reference", field)


def _give(ctx: Context, staff: Staff, draft: RoleDraft, *, at: str = "") -> None:
    """Add a role; `at` is the place of the draft in the input, for the fault's field."""
    _agency(ctx, draft.agency, f"{at}agency")
    begins = draft.valid_from or ctx.today
    rules.check_period(begins, draft.valid_until)
    ctx.session.flush()
    period = (begins, draft.valid_until)
    for held in queries.roles_of(ctx, [staff.id])[staff.id]:
        same = (held.role, held.agency) == (draft.role.value, draft.agency)
        if same and rules.overlaps((held.valid_from, held.valid_until), period):
            raise Refused("role_held", f"{at}role")
    ctx.add(
        StaffRole(
            staff_id=staff.id,
            role=draft.role.value,
            agency=draft.agency,
            valid_from=begins,
            valid_until=draft.valid_until,
            given_by=ctx.actor.id,
        )
    )


def _end_at_once(ctx: Context, role: StaffRole) -> None:
    """Yesterday becomes the last day; a role that would then never have counted is taken back."""
    if role.valid_from >= ctx.today:
        ctx.delete(role)
    else:
        role.valid_until = ctx.today - timedelta(days=1)
    ctx.session.flush()


def _end_rights(ctx: Context, staff: Staff) -> None:
    """Sessions and everything given to the person by name; what comes back later is given anew."""
    end_dated(ctx, staff.id)
    end_sessions(ctx, staff.id)


def _working_agencies(ctx: Context, staff: Staff) -> set[str]:
    """Agencies in which the person holds a role that carries work, today."""
    roles = queries.roles_of(ctx, [staff.id])[staff.id]
    return {role.agency for role in roles if role.in_force and role.role not in rules.WITHOUT_WORK}


def _hand_over(ctx: Context, staff: Staff, to_staff_id: UUID | None, *, keep: Collection[str] = ()) -> None:
    """I1: no open work is left without an owner who can carry it, or the whole act is refused."""
    count = count_open(ctx, staff.id, keep=keep)
    rules.receiver_needed(count, to_staff_id)
    if to_staff_id is None:
        return
    if to_staff_id == staff.id:
        raise BadInput("receiver_is_leaver", "to_staff_id")
    receiver = ctx.load(Staff, to_staff_id, field="to_staff_id")
    if receiver.disabled_at is not None:
        raise BadInput("unknown_reference", "to_staff_id")
    agencies = _working_agencies(ctx, receiver)
    if not agencies:
        raise BadInput("staff_without_work_role", "to_staff_id")
    agency = receiver.agency if receiver.agency in agencies else min(agencies)
    hand_over_all(ctx, staff.id, receiver.id, agency, keep=keep)
