"""Steps that change somebody's rights: giving and ending roles, enabling, passwords, and handing work over (I1).

Who may take them, alone or by two, is decided by the use cases of `staff`, `changes` and `transfers`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from ...agencies.models import Agency
from ...kernel.actor import Permission
from ...kernel.errors import BadInput, NotFound, Refused
from ...usecase import Context
from ...usecase.duties import count_open, end_dated, hand_over_all, roles_needed
from .. import queries, rules
from ..models import Staff, StaffRole
from ..rules import NoticeKind, RoleDraft, RoleEnd
from .notices import tell
from .own import end_sessions


def an_agency(ctx: Context, code: str, field: str = "agency") -> None:
    """Step: an agency that is not retired."""
    agency = ctx.load(Agency, code, permission=Permission.DIRECTORY_READ, field=field)
    if agency.retired_on is not None and agency.retired_on <= ctx.today:
        raise BadInput("unknown_reference", field)


def check_role(ctx: Context, staff: Staff, draft: RoleDraft, *, at: str = "") -> None:
    """Step: whether the role can be given; `at` is the place of the draft in the input, for the fault's field."""
    an_agency(ctx, draft.agency, f"{at}agency")
    begins = draft.valid_from or ctx.today
    rules.check_period(begins, draft.valid_until)
    ctx.session.flush()
    period = (begins, draft.valid_until)
    for held in queries.roles_of(ctx, [staff.id])[staff.id]:
        same = (held.role, held.agency) == (draft.role.value, draft.agency)
        if same and rules.overlaps((held.valid_from, held.valid_until), period):
            raise Refused("role_held", f"{at}role")


def give_role(ctx: Context, staff: Staff, draft: RoleDraft) -> None:
    """Step: the role, after it was checked."""
    ctx.add(
        StaffRole(
            staff_id=staff.id,
            role=draft.role.value,
            agency=draft.agency,
            valid_from=draft.valid_from or ctx.today,
            valid_until=draft.valid_until,
            given_by=ctx.actor.id,
        )
    )


def role_of(ctx: Context, staff: Staff, role_id: UUID | None) -> StaffRole:
    """Step: a role of this person that has not ended yet."""
    role = ctx.load(StaffRole, role_id)
    if role.staff_id != staff.id:
        raise NotFound("staff_role", str(role_id))
    if role.valid_until is not None and role.valid_until < ctx.today:
        raise Refused("role_over")
    return role


def check_end(ctx: Context, role: StaffRole, draft: RoleEnd) -> None:
    """Step: whether the role can have its last day then."""
    latest = role.valid_until or date.max
    if draft.last_day is not None and not max(ctx.today, role.valid_from) <= draft.last_day <= latest:
        raise BadInput("role_end_past", "last_day")


def end_role(ctx: Context, staff: Staff, role: StaffRole, draft: RoleEnd) -> None:
    """Step: end a role on a day, or at once with the work that no role would carry any more, and rights by name."""
    check_end(ctx, role, draft)
    if draft.last_day is not None:
        role.valid_until = draft.last_day
        return
    end_at_once(ctx, role)
    hand_over(ctx, staff, draft.to_staff_id, keep=working_agencies(ctx, staff))
    end_dated(ctx, staff.id)


def end_at_once(ctx: Context, role: StaffRole) -> None:
    """Step: yesterday becomes the last day; a role that would then never have counted is taken back."""
    if role.valid_from >= ctx.today:
        ctx.delete(role)
    else:
        role.valid_until = ctx.today - timedelta(days=1)
    ctx.session.flush()


def end_every_role(ctx: Context, staff: Staff, *, agency: str | None = None) -> None:
    """Step: all roles that count or are to come, in one agency or everywhere."""
    query = ctx.select(StaffRole).where(StaffRole.staff_id == staff.id)
    if agency is not None:
        query = query.where(StaffRole.agency == agency)
    for role in ctx.all(query):
        if role.valid_until is None or role.valid_until >= ctx.today:
            end_at_once(ctx, role)


def enable(staff: Staff) -> None:
    """Step: let a disabled account sign in again."""
    if staff.disabled_at is None:
        raise Refused("staff_enabled")
    staff.disabled_at = None


def set_password(ctx: Context, staff: Staff, password_hash: str) -> None:
    """Step: a temporary password, good only for setting another."""
    staff.password_hash = password_hash
    staff.password_changed_at = ctx.now
    staff.must_change_password = True
    tell(ctx, staff.id, NoticeKind.PASSWORD_RESET)


def end_rights(ctx: Context, staff: Staff) -> None:
    """Step: sessions and everything given to the person by name; what comes back later is given anew."""
    end_dated(ctx, staff.id)
    end_sessions(ctx, staff.id)


def working_agencies(ctx: Context, staff: Staff) -> set[str]:
    """Step: agencies in which the person holds a role that carries work, today."""
    roles = queries.roles_of(ctx, [staff.id])[staff.id]
    return {role.agency for role in roles if role.in_force and role.role not in rules.WITHOUT_WORK}


def able_agencies(ctx: Context, staff: Staff, receiver: Staff, *, keep: Collection[str] = ()) -> set[str]:
    """Step: agencies in which the receiver sees every kind of work that the person leaves."""
    held: dict[str, set[str]] = {}
    for role in queries.roles_of(ctx, [receiver.id])[receiver.id]:
        if role.in_force and role.role not in rules.WITHOUT_WORK:
            held.setdefault(role.agency, set()).add(role.role)
    needed = roles_needed(ctx, staff.id, keep=keep)
    return {agency for agency, roles in held.items() if all(roles & wanted for wanted in needed)}


def hand_over(ctx: Context, staff: Staff, to_staff_id: UUID | None, *, keep: Collection[str] = ()) -> None:
    """Step, I1: no open work is left without an owner who can carry it, or the whole act is refused."""
    count = count_open(ctx, staff.id, keep=keep)
    rules.receiver_needed(count, to_staff_id)
    if to_staff_id is None:
        return
    if to_staff_id == staff.id:
        raise BadInput("receiver_is_leaver", "to_staff_id")
    receiver = ctx.load(Staff, to_staff_id, field="to_staff_id")
    if receiver.disabled_at is not None:
        raise BadInput("unknown_reference", "to_staff_id")
    agencies = able_agencies(ctx, staff, receiver, keep=keep)
    if not agencies:
        raise BadInput("staff_without_work_role", "to_staff_id")
    agency = receiver.agency if receiver.agency in agencies else min(agencies)
    hand_over_all(ctx, staff.id, receiver.id, agency, keep=keep)
