"""Rights of others change by two people: never the subject, never the proposer, and not even at the machine."""

from __future__ import annotations

from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from casework.accounts import actions, queries
from casework.accounts.cli import user
from casework.accounts.models import RightsChange, StaffSession
from casework.accounts.rules import (
    ChangeView,
    HandOverDraft,
    Origin,
    ResetDraft,
    RoleDraft,
    RoleEnd,
    SignInDraft,
    StaffDetail,
    StaffDraft,
)
from casework.db import CLEARED
from casework.desk.queries import today
from casework.kernel.actor import Actor, Role, system_actor
from casework.kernel.errors import NotAllowed, NotSignedIn, Refused, StepUpRequired
from tests.support.world import World

PASSWORD = "坂の上から海まで歩いておよそ十五分"
OTHER = "由比ガ浜の朝の散歩は気持ちがよい"


def hired(world: World, login: str, role: Role = Role.COUNSELOR) -> StaffDetail:
    draft = StaffDraft(
        login, f"架空 {login}", "shakyo", PASSWORD, (RoleDraft(role, "shakyo"),), must_change=False
    )
    return world.run(actions.create, system_actor(world.clock.now()), draft)


def admin(world: World, name: str = "") -> Actor:
    return world.actor("administrator", "fukushi_somu", name)


def proposed(world: World, staff_id: UUID) -> ChangeView:
    draft = RoleDraft(Role.SUPERVISOR, "shakyo")
    return world.run(actions.add_role, admin(world), staff_id, draft).changes[0]


def roles(world: World, staff_id: UUID) -> set[str]:
    seen = world.run(queries.show_staff, admin(world), staff_id)
    return {role.role for role in seen.roles if role.in_force}


def enters(world: World, login: str, password: str = PASSWORD) -> bool:
    try:
        actions.sign_in(world.ctx(), SignInDraft(login, password), Origin("192.0.2.1"))
    except NotSignedIn:
        return False
    return True


def test_a_role_counts_once_a_second_person_agrees_and_sessions_end_with_it(world: World) -> None:
    staff = hired(world, "hanako")
    assert enters(world, "hanako")
    change = proposed(world, staff.id)
    assert roles(world, staff.id) == {"counselor"}
    officer = world.actor("privacy_officer")
    piles = {pile.name: pile.count for pile in world.run(today, officer)}
    assert piles["changes_waiting"] == 1
    done = world.run(actions.approve_change, officer, change.id)
    assert (done.state, done.decided_by) == ("approved", officer.id)
    assert roles(world, staff.id) == {"counselor", "supervisor"}
    open_ones = select(StaffSession.id).where(StaffSession.ended_at.is_(None))
    assert world.session.scalars(open_ones, execution_options={CLEARED: True}).all() == []


def test_neither_the_proposer_nor_the_subject_is_the_second(world: World) -> None:
    staff = hired(world, "hanako", Role.ADMINISTRATOR)
    change = proposed(world, staff.id)
    subject = world.ctx(world.actor("administrator", "shakyo")).actor
    object.__setattr__(subject, "id", staff.id)
    for who, code in ((admin(world), "change_needs_two"), (subject, "own_account")):
        for act in (actions.approve_change, actions.refuse_change):
            with pytest.raises(Refused, match=code):
                world.run(act, who, change.id)
    assert roles(world, staff.id) == {"administrator"}


def test_the_table_itself_refuses_one_person_in_both_parts(world: World) -> None:
    staff = hired(world, "hanako")
    change = proposed(world, staff.id)
    with pytest.raises(IntegrityError):
        _approve_below_the_gate(world, change.id)
    world.session.rollback()


def _approve_below_the_gate(world: World, change_id: UUID) -> None:
    with world.writing() as session:
        row = session.get(RightsChange, change_id, execution_options={CLEARED: True})
        assert row is not None
        row.state, row.decided_by, row.decided_at = "approved", row.proposed_by, world.clock.now()
        session.flush()


@pytest.mark.parametrize("role", ["counselor", "coordinator", "supervisor", "chair", "report_officer"])
def test_others_neither_see_nor_decide_changes(world: World, role: str) -> None:
    change = proposed(world, hired(world, "hanako").id)
    for act in (actions.approve_change, actions.refuse_change, actions.withdraw_change):
        with pytest.raises(NotAllowed):
            world.run(act, world.actor(role), change.id)
    with pytest.raises(NotAllowed):
        world.run(queries.changes, world.actor(role))


def test_a_change_is_decided_once_and_waits_only_for_days(world: World) -> None:
    staff = hired(world, "hanako")
    change = proposed(world, staff.id)
    with pytest.raises(Refused, match="change_waits"):
        proposed(world, staff.id)
    with pytest.raises(Refused, match="change_of_another"):
        world.run(actions.withdraw_change, admin(world, "架空 二人目"), change.id)
    world.run(actions.refuse_change, admin(world, "架空 二人目"), change.id)
    with pytest.raises(Refused, match="change_decided"):
        world.run(actions.approve_change, admin(world, "架空 二人目"), change.id)
    again = proposed(world, staff.id)
    world.later(days=world.settings.proposal_days)
    with pytest.raises(Refused, match="change_lapsed"):
        world.run(actions.approve_change, admin(world, "架空 二人目"), again.id)
    assert roles(world, staff.id) == {"counselor"}


def test_approving_asks_who_is_there(world: World) -> None:
    change = proposed(world, hired(world, "hanako").id)
    ctx = world.ctx(admin(world, "架空 二人目"))
    object.__setattr__(ctx.actor, "confirmed_at", None)
    with pytest.raises(StepUpRequired):
        actions.approve_change(ctx, change.id)


def test_disabling_is_at_once_and_enabling_takes_two(world: World) -> None:
    staff = hired(world, "hanako")
    world.run(actions.disable, admin(world), staff.id, HandOverDraft())
    assert not enters(world, "hanako")
    asked = world.run(actions.enable, admin(world), staff.id)
    assert asked.disabled_at is not None
    world.run(actions.approve_change, admin(world, "架空 二人目"), asked.changes[0].id)
    assert enters(world, "hanako")


def test_a_password_of_a_privileged_role_takes_two_and_is_kept_no_longer_than_it_waits(world: World) -> None:
    plain, boss = hired(world, "hanako"), hired(world, "jiro", Role.SUPERVISOR)
    assert world.run(actions.reset_password, admin(world), plain.id, ResetDraft(OTHER)).must_change_password
    asked = world.run(actions.reset_password, admin(world), boss.id, ResetDraft(OTHER))
    assert enters(world, "jiro")
    world.run(actions.approve_change, admin(world, "架空 二人目"), asked.changes[0].id)
    assert (enters(world, "jiro"), enters(world, "jiro", OTHER)) == (False, True)
    kept = world.session.scalars(select(RightsChange.password_hash), execution_options={CLEARED: True}).all()
    assert kept == [None]


def test_ending_a_role_takes_two(world: World) -> None:
    staff = hired(world, "hanako")
    asked = world.run(actions.end_role, admin(world), staff.id, staff.roles[0].id, RoleEnd())
    assert roles(world, staff.id) == {"counselor"}
    world.run(actions.approve_change, admin(world, "架空 二人目"), asked.changes[0].id)
    assert roles(world, staff.id) == set()


def run(world: World, *words: str) -> Result:
    return CliRunner().invoke(user, list(words), obj=None, env={"CASEWORK_PASSWORD": PASSWORD})


def test_the_machine_acts_alone_only_until_two_administrators_exist(world: World) -> None:
    for login in ("first", "second"):
        words = ("add", login, "--name", "架空 管理", "--agency", "shakyo", "--role", "administrator")
        assert run(world, *words).exit_code == 0
    result = run(world, "add", "third", "--name", "架空", "--agency", "shakyo", "--role", "privacy_officer")
    assert (result.exit_code, "waits for approval" in result.output) == (0, True)
    third = world.run(queries.by_login, system_actor(world.clock.now()), "third")
    assert third.roles == ()
    assert "waits for approval" in run(world, "password", "first").output
    assert run(world, "disable", "second").exit_code == 0
    assert "waits" not in run(world, "enable", "second").output
    assert enters(world, "second")
