"""Administration of staff: roles with their periods, and leaving or moving with the open work handed over (I1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Select, select

from casework.accounts import actions, queries
from casework.accounts.models import Staff, StaffRole, StaffSession
from casework.accounts.rules import (
    HandOverDraft,
    MoveDraft,
    Origin,
    ResetDraft,
    RoleDraft,
    RoleEnd,
    SignInDraft,
    StaffDetail,
    StaffDraft,
)
from casework.audit.models import AuditEntry
from casework.cases.models import Case
from casework.db import CLEARED
from casework.kernel.actor import Actor, Permission, Role, system_actor
from casework.kernel.clock import tokyo_date
from casework.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from casework.kernel.ids import new_id
from casework.oversight.queries import verify_trail
from casework.usecase import Context, use_case
from tests.support.world import World

PASSWORD = "坂の上から海まで歩いておよそ十五分"


@pytest.fixture
def admin(world: World) -> Actor:
    return world.actor("administrator", "fukushi_somu")


def _by_two(world: World, admin: Actor, act: Any, staff_id: UUID, *given: Any) -> StaffDetail:
    """What one administrator asks for and another approves."""
    asked = world.run(act, admin, staff_id, *given)
    second = world.actor("administrator", "fukushi_somu", "架空 二人目")
    for change in asked.changes:
        world.run(actions.approve_change, second, change.id)
    return world.run(queries.show_staff, admin, staff_id)


def _create(world: World, login: str = "hanako", *roles: RoleDraft, agency: str = "shakyo") -> StaffDetail:
    held = roles or (RoleDraft(Role.COUNSELOR, agency),)
    draft = StaffDraft(login, f"架空 {login}", agency, PASSWORD, held, must_change=False)
    return world.run(actions.create, system_actor(world.clock.now()), draft)


def _rows(world: World, query: Select[Any]) -> list[Any]:
    world.session.rollback()
    return list(world.session.scalars(query, execution_options={CLEARED: True, "populate_existing": True}))


def _case(world: World, owner: UUID, agency: str = "shakyo", state: str = "supporting") -> UUID:
    case_id = new_id()
    closed = world.clock.now() if state == "closed" else None
    with world.writing() as session:
        session.add(
            Case(
                id=case_id,
                number=case_id.hex[-12:],
                state=state,
                owner_id=owner,
                owner_agency=agency,
                opened_at=world.clock.now(),
                closed_at=closed,
            )
        )
    return case_id


def _owner(world: World, case_id: UUID) -> tuple[UUID, str, int]:
    case = _rows(world, select(Case).where(Case.id == case_id))[0]
    return case.owner_id, case.owner_agency, case.version


def _sign_in(world: World, login: str = "hanako") -> None:
    actions.sign_in(world.ctx(), SignInDraft(login, PASSWORD), Origin("192.0.2.1"))


def _open_sessions(world: World) -> int:
    return len(_rows(world, select(StaffSession).where(StaffSession.ended_at.is_(None))))


def test_an_account_begins_with_its_roles(world: World, admin: Actor) -> None:
    draft = StaffDraft(
        "Jiro", "架空 次郎", "shakyo", PASSWORD, (RoleDraft(Role.COUNSELOR, "seikatsu_fukushi"),)
    )
    asked = world.run(actions.create, admin, draft)
    assert (asked.roles, [(c.kind, c.role) for c in asked.changes]) == ((), [("role_add", "counselor")])
    second = world.actor("privacy_officer", "fukushi_somu")
    world.run(actions.approve_change, second, asked.changes[0].id)
    made = world.run(queries.show_staff, admin, asked.id)
    assert (made.login, made.agency, made.must_change_password, made.open_work) == ("jiro", "shakyo", True, 0)
    assert [(r.role, r.agency, r.in_force) for r in made.roles] == [("counselor", "seikatsu_fukushi", True)]
    event = _rows(world, select(AuditEntry).where(AuditEntry.event == "staff.created"))[-1]
    assert (event.actor, event.target) == (str(admin.id), str(made.id))
    assert PASSWORD not in event.changes


@pytest.mark.parametrize(
    ("login", "agency", "role_agency", "field"),
    [
        ("hanako", "shakyo", "shakyo", "login"),
        ("花子", "shakyo", "shakyo", "login"),
        ("jiro", "nowhere", "shakyo", "agency"),
        ("jiro", "shakyo", "nowhere", "roles.0.agency"),
    ],
)
def test_an_account_that_cannot_be_opened_says_where(
    world: World, admin: Actor, login: str, agency: str, role_agency: str, field: str
) -> None:
    _create(world)
    draft = StaffDraft(login, "架空 次郎", agency, PASSWORD, (RoleDraft(Role.COUNSELOR, role_agency),))
    with pytest.raises(BadInput) as refusal:
        world.run(actions.create, admin, draft)
    assert refusal.value.field == field


def test_only_administration_manages_accounts(world: World) -> None:
    staff = _create(world)
    for role in Role:
        if role in (Role.ADMINISTRATOR, Role.SYSTEM):
            continue
        actor = world.actor(role.value, "shakyo")
        with pytest.raises(NotAllowed):
            world.run(actions.disable, actor, staff.id, HandOverDraft())
        with pytest.raises(NotAllowed):
            world.run(queries.list_staff, actor)


def test_nobody_gives_roles_to_themselves(world: World, admin: Actor) -> None:
    for act, arguments in (
        (actions.add_role, (RoleDraft(Role.SUPERVISOR, "shakyo"),)),
        (actions.disable, (HandOverDraft(),)),
        (actions.move, (MoveDraft("shakyo", (Role.COUNSELOR,)),)),
        (actions.reset_password, (ResetDraft(PASSWORD),)),
    ):
        with pytest.raises(Refused) as refusal:
            world.run(act, admin, admin.id, *arguments)
        assert refusal.value.code == "own_account"


def test_a_role_counts_for_its_days_and_ends_sessions(world: World, admin: Actor) -> None:
    staff = _create(world)
    _sign_in(world)
    given = RoleDraft(Role.OUTREACH_WORKER, "shakyo", date(2026, 4, 7), date(2026, 4, 8))
    _by_two(world, admin, actions.add_role, staff.id, given)
    assert _open_sessions(world) == 0
    counted = []
    for _ in range(4):
        seen = world.run(queries.show_staff, admin, staff.id)
        counted.append(next(r.in_force for r in seen.roles if r.role == "outreach_worker"))
        world.later(days=1)
    assert counted == [False, True, True, False]


def test_the_same_role_is_not_given_twice_for_one_day(world: World, admin: Actor) -> None:
    staff = _create(world)
    with pytest.raises(Refused) as refusal:
        world.run(actions.add_role, admin, staff.id, RoleDraft(Role.COUNSELOR, "shakyo", date(2030, 1, 1)))
    assert refusal.value.code == "role_held"


def test_a_role_ended_at_once_gives_no_right_today(world: World, admin: Actor) -> None:
    staff = _create(world, "hanako", RoleDraft(Role.COUNSELOR, "shakyo", date(2025, 4, 1)))
    ended = _by_two(world, admin, actions.end_role, staff.id, staff.roles[0].id, RoleEnd())
    assert [(r.valid_until, r.in_force) for r in ended.roles] == [(date(2026, 4, 5), False)]
    with pytest.raises(Refused) as refusal:
        world.run(actions.end_role, admin, staff.id, staff.roles[0].id, RoleEnd())
    assert refusal.value.code == "role_over"


def test_a_role_that_began_today_is_taken_back(world: World, admin: Actor) -> None:
    staff = _create(world)
    assert _by_two(world, admin, actions.end_role, staff.id, staff.roles[0].id, RoleEnd()).roles == ()


@pytest.mark.parametrize("day", [date(2026, 4, 5), date(2026, 4, 11)])
def test_the_end_of_a_role_lies_between_today_and_its_last_day(world: World, admin: Actor, day: date) -> None:
    role = RoleDraft(Role.COUNSELOR, "shakyo", date(2025, 4, 1), date(2026, 4, 10))
    staff = _create(world, "hanako", role)
    with pytest.raises(BadInput) as refusal:
        world.run(actions.end_role, admin, staff.id, staff.roles[0].id, RoleEnd(day))
    assert refusal.value.field == "last_day"


def test_a_role_is_ended_through_its_own_account_only(world: World, admin: Actor) -> None:
    one, other = _create(world), _create(world, "jiro")
    with pytest.raises(NotFound):
        world.run(actions.end_role, admin, one.id, other.roles[0].id, RoleEnd())


def test_leaving_with_open_work_is_refused(world: World, admin: Actor) -> None:
    staff = _create(world)
    case_id = _case(world, staff.id)
    _case(world, staff.id)
    _sign_in(world)
    with pytest.raises(Refused) as refusal:
        world.run(actions.disable, admin, staff.id, HandOverDraft())
    assert (refusal.value.code, refusal.value.facts) == ("open_work_left", {"count": 2})
    assert _owner(world, case_id) == (staff.id, "shakyo", 1)
    assert _rows(world, select(Staff.disabled_at).where(Staff.id == staff.id)) == [None]
    assert _open_sessions(world) == 1


def test_leaving_hands_all_open_work_over_and_ends_sessions(world: World, admin: Actor) -> None:
    staff, receiver = _create(world), _create(world, "jiro", agency="seikatsu_fukushi")
    open_one, other = _case(world, staff.id), _case(world, staff.id, "seikatsu_fukushi")
    closed = _case(world, staff.id, state="closed")
    _sign_in(world)
    left = world.run(actions.disable, admin, staff.id, HandOverDraft(receiver.id))
    assert (left.open_work, left.disabled_at) == (0, world.clock.now())
    assert _owner(world, open_one) == (receiver.id, "seikatsu_fukushi", 2)
    assert _owner(world, other) == (receiver.id, "seikatsu_fukushi", 2)
    assert _owner(world, closed) == (staff.id, "shakyo", 1)
    assert _open_sessions(world) == 0


def test_every_row_that_changes_hands_has_its_own_event(world: World, admin: Actor) -> None:
    staff, receiver = _create(world), _create(world, "jiro")
    cases = {str(_case(world, staff.id)) for _ in range(3)}
    world.run(actions.disable, admin, staff.id, HandOverDraft(receiver.id))
    events = _rows(world, select(AuditEntry).where(AuditEntry.event == "work.handed_over"))
    assert {e.case_id for e in events} == cases
    assert all('"owner_id"' in e.changes and e.actor == str(admin.id) for e in events)
    assert verify_trail(world.ctx()).exit_code == 0


def test_work_goes_only_to_somebody_who_can_carry_it(world: World, admin: Actor) -> None:
    staff = _create(world)
    case_id = _case(world, staff.id)
    gone = _create(world, "gone")
    world.run(actions.disable, admin, gone.id, HandOverDraft())
    expired = _create(
        world, "expired", RoleDraft(Role.COUNSELOR, "shakyo", date(2020, 4, 1), date(2026, 4, 5))
    )
    clerk = _create(world, "clerk", RoleDraft(Role.ADMINISTRATOR, "shakyo"))
    for receiver, code in (
        (staff.id, "receiver_is_leaver"),
        (new_id(), "unknown_reference"),
        (gone.id, "unknown_reference"),
        (expired.id, "staff_without_work_role"),
        (clerk.id, "staff_without_work_role"),
    ):
        with pytest.raises(BadInput) as refusal:
            world.run(actions.disable, admin, staff.id, HandOverDraft(receiver))
        assert (refusal.value.code, refusal.value.field) == (code, "to_staff_id")
    assert _owner(world, case_id)[0] == staff.id


def test_a_transfer_ends_old_roles_begins_new_ones_and_leaves_the_work(world: World, admin: Actor) -> None:
    staff, receiver = _create(world), _create(world, "jiro")
    case_id = _case(world, staff.id)
    draft = MoveDraft("seikatsu_fukushi", (Role.COUNSELOR, Role.OUTREACH_WORKER))
    with pytest.raises(Refused) as refusal:
        world.run(actions.move, admin, staff.id, draft)
    assert refusal.value.code == "open_work_left"
    assert _rows(world, select(Staff.agency).where(Staff.id == staff.id)) == ["shakyo"]
    _sign_in(world)
    moved = _by_two(
        world,
        admin,
        actions.move,
        staff.id,
        MoveDraft("seikatsu_fukushi", draft.roles, to_staff_id=receiver.id),
    )
    in_force = {(r.role, r.agency) for r in moved.roles if r.in_force}
    assert in_force == {("counselor", "seikatsu_fukushi"), ("outreach_worker", "seikatsu_fukushi")}
    assert (moved.agency, moved.open_work) == ("seikatsu_fukushi", 0)
    assert _owner(world, case_id)[0] == receiver.id
    assert _open_sessions(world) == 0


def test_work_of_a_second_agency_stays_with_somebody_who_keeps_a_role_there(
    world: World, admin: Actor
) -> None:
    both = (RoleDraft(Role.COUNSELOR, "shakyo"), RoleDraft(Role.COUNSELOR, "fukushi_somu"))
    staff = _create(world, "hanako", *both)
    case_id = _case(world, staff.id, "fukushi_somu")
    moved = world.run(actions.move, admin, staff.id, MoveDraft("seikatsu_fukushi", (Role.COUNSELOR,)))
    assert moved.open_work == 1
    assert _owner(world, case_id)[:2] == (staff.id, "fukushi_somu")


def test_the_last_working_role_does_not_end_while_it_carries_work(world: World, admin: Actor) -> None:
    staff, receiver = _create(world), _create(world, "jiro")
    case_id = _case(world, staff.id)
    role_id = staff.roles[0].id
    with pytest.raises(Refused) as refusal:
        _by_two(world, admin, actions.end_role, staff.id, role_id, RoleEnd())
    assert refusal.value.code == "open_work_left"
    (waiting,) = world.run(queries.show_staff, admin, staff.id).changes
    world.run(actions.withdraw_change, admin, waiting.id)
    _by_two(world, admin, actions.end_role, staff.id, role_id, RoleEnd(to_staff_id=receiver.id))
    assert _owner(world, case_id)[0] == receiver.id


def test_a_reset_password_is_temporary_and_ends_sessions(world: World, admin: Actor) -> None:
    staff = _create(world)
    _sign_in(world)
    new = world.run(actions.reset_password, admin, staff.id, ResetDraft("仮のことば 由比ガ浜の朝の散歩"))
    assert new.must_change_password
    assert _open_sessions(world) == 0


@use_case(Permission.DIRECTORY_READ, event="test.work_given")
def _give_work(ctx: Context, staff_id: UUID, agency: str) -> str:
    """Give work to somebody, as other houses do."""
    return queries.staff_in_agency(ctx, staff_id, agency, field="to_staff_id").name


def test_other_houses_give_work_only_to_active_staff_with_a_role_there(world: World, admin: Actor) -> None:
    counselor = world.actor("counselor", "shakyo")
    staff = _create(world)
    assert world.run(_give_work, counselor, staff.id, "shakyo") == "架空 hanako"
    for staff_id, agency, code in (
        (staff.id, "fukushi_somu", "staff_not_in_agency"),
        (new_id(), "shakyo", "unknown_reference"),
    ):
        with pytest.raises(BadInput) as refusal:
            world.run(_give_work, counselor, staff_id, agency)
        assert (refusal.value.code, refusal.value.field) == (code, "to_staff_id")
    world.run(actions.disable, admin, staff.id, HandOverDraft())
    with pytest.raises(BadInput):
        world.run(_give_work, counselor, staff.id, "shakyo")


def test_colleagues_are_those_with_a_role_there_today(world: World, admin: Actor) -> None:
    here = _create(world, "here")
    _create(world, "elsewhere", agency="fukushi_somu")
    gone = _create(world, "gone")
    world.run(actions.disable, admin, gone.id, HandOverDraft())
    counselor = world.actor("counselor", "seikatsu_fukushi")
    page = world.run(queries.colleagues, counselor, agency="shakyo")
    assert [(c.id, c.roles) for c in page.items] == [(here.id, ("counselor",))]


def test_the_list_of_staff_goes_on_where_the_page_ends(world: World, admin: Actor) -> None:
    size = world.settings.page_size
    for number in range(size + 2):
        world.staff(f"架空 {number}", ("counselor", "seikatsu_fukushi"))
    seen = list(_all_staff(world, admin))
    assert len(seen) == len(set(seen)) == size + 2


def _all_staff(world: World, admin: Actor) -> Iterator[UUID]:
    after: str | None = None
    for _ in range(10):
        page = world.run(queries.list_staff, admin, agency="seikatsu_fukushi", after=after)
        yield from (staff.id for staff in page.items)
        after = page.next
        if after is None:
            return


def test_roles_are_kept_when_they_have_ended(world: World, admin: Actor) -> None:
    staff = _create(world, "hanako", RoleDraft(Role.COUNSELOR, "shakyo", date(2025, 4, 1)))
    _by_two(world, admin, actions.move, staff.id, MoveDraft("fukushi_somu", (Role.COUNSELOR,)))
    kept = _rows(
        world, select(StaffRole).where(StaffRole.staff_id == staff.id).order_by(StaffRole.valid_from)
    )
    today = tokyo_date(world.clock.now())
    assert [(r.agency, r.valid_until) for r in kept] == [("shakyo", date(2026, 4, 5)), ("fukushi_somu", None)]
    assert kept[1].valid_from == today
    assert kept[1].given_by == world.actor("administrator", "fukushi_somu", "架空 二人目").id
