"""Keys are kept by commands; destroying one needs two administrators; every act and refusal is in the trail."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text

from casework.accounts.actions import create
from casework.accounts.rules import RoleDraft, StaffDraft
from casework.crypto import Binding
from casework.crypto.keystore import custody
from casework.custody import actions, queries
from casework.custody.cli import keys
from casework.custody.rules import RetirementDraft
from casework.kernel.actor import Actor, Role
from casework.kernel.errors import MoveRefused, NotAllowed, Refused, StepUpRequired
from casework.kernel.ids import new_id
from tests.support.cast import PASSWORD, Seat
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def run(world: World, *arguments: str) -> Result:
    return world.core.test_cli_runner().invoke(keys, list(arguments))


def events(world: World, like: str = "keys.%") -> list[tuple[str, str, str]]:
    rows = world.session.get_bind().connect()  # type: ignore[union-attr]
    with rows as connection:
        query = text("SELECT event, outcome, target FROM audit_entry WHERE event LIKE :like ORDER BY seq")
        found = connection.execution_options(casework_cleared=True).execute(query, {"like": like})
        return [(e, o, t) for e, o, t in found if e != "keys.read"]


@pytest.fixture
def one(world: World) -> Actor:
    return world.actor("administrator", "fukushi_somu", "架空 管理一")


@pytest.fixture
def two(world: World) -> Actor:
    return world.actor("administrator", "fukushi_somu", "架空 管理二")


def kek_file(world: World, version: int) -> Path:
    return Path(world.settings.kek_dir) / f"kek-{version}.key"


def test_a_round_by_commands_with_two_people(world: World, one: Actor, two: Actor) -> None:
    owner, row = new_id(), new_id()
    world.keys.new_owner(owner)
    place = Binding("person", "name", row, owner)
    blob = world.keys.seal("架空 花子", place)
    rotated = run(world, "rotate")
    assert (rotated.exit_code, rotated.output) == (0, "active: kek 2\n")
    rewrapped = run(world, "rewrap", "--batch", "1")
    assert rewrapped.exit_code == 0, rewrapped.output
    assert "not opened: 0" in rewrapped.output
    alone = run(world, "retire", "1")
    assert alone.exit_code == 1
    assert "承認されていません" in alone.output
    asked = world.run(actions.request_retirement, one, RetirementDraft(1))
    assert run(world, "retire", "1").exit_code == 1
    assert kek_file(world, 1).exists()
    world.run(actions.approve_retirement, two, asked.id)
    done = run(world, "retire", "1")
    assert done.exit_code == 0, done.output
    assert "asked by 架空 管理一, approved by 架空 管理二" in done.output
    assert not kek_file(world, 1).exists()
    assert run(world, "verify").output.endswith("0 faults\n")
    assert world.keys.open(blob, place) == "架空 花子"
    status = run(world, "status").output
    assert "kek 1: destroyed" in status
    assert "kek 2: active" in status
    assert events(world) == [
        ("keys.rotated", "done", "1"),
        ("keys.rewrap_begun", "done", ""),
        ("keys.rewrap_ended", "done", ""),
        ("keys.retired", "key_retirement_not_approved", "1"),
        ("keys.retirement_requested", "done", "1"),
        ("keys.retired", "key_retirement_not_approved", "1"),
        ("keys.retirement_approved", "done", str(asked.id)),
        ("keys.retired", "done", "1"),
        ("keys.verified", "done", ""),
    ]


def test_nobody_approves_their_own_request(world: World, one: Actor) -> None:
    run(world, "rotate")
    run(world, "rewrap")
    asked = world.run(actions.request_retirement, one, RetirementDraft(1))
    with pytest.raises(Refused, match="key_retirement_own"):
        world.run(actions.approve_retirement, one, asked.id)
    with pytest.raises(Refused, match="key_retirement_open"):
        world.run(actions.request_retirement, one, RetirementDraft(1))
    assert events(world)[-2:] == [
        ("keys.retirement_approved", "key_retirement_own", str(asked.id)),
        ("keys.retirement_requested", "key_retirement_open", "1"),
    ]


def test_an_old_approval_and_a_withdrawn_one_do_not_serve(world: World, one: Actor, two: Actor) -> None:
    run(world, "rotate")
    run(world, "rewrap")
    asked = world.run(actions.request_retirement, one, RetirementDraft(1))
    world.run(actions.approve_retirement, two, asked.id)
    world.later(days=8)
    assert "7日が過ぎました" in run(world, "retire", "1").output
    world.run(actions.withdraw_retirement, two, asked.id)
    assert "承認されていません" in run(world, "retire", "1").output
    with pytest.raises(MoveRefused):
        world.run(actions.approve_retirement, two, asked.id)
    assert kek_file(world, 1).exists()


@pytest.mark.parametrize(
    ("version", "code"), [(1, "key_act_in_use"), (2, "key_act_active"), (9, "key_act_unknown")]
)
def test_what_must_not_be_retired_is_refused_at_the_request(
    world: World, one: Actor, version: int, code: str
) -> None:
    run(world, "rotate")
    with pytest.raises(Refused, match=code):
        world.run(actions.request_retirement, one, RetirementDraft(version))
    assert run(world, "retire", str(version)).exit_code == 1
    assert events(world)[-2:] == [
        ("keys.retirement_requested", code, str(version)),
        ("keys.retired", code, str(version)),
    ]


def test_a_key_back_in_use_since_the_approval_is_not_destroyed(world: World, one: Actor, two: Actor) -> None:
    run(world, "rotate")
    run(world, "rewrap")
    asked = world.run(actions.request_retirement, one, RetirementDraft(1))
    world.run(actions.approve_retirement, two, asked.id)
    store = queries.store(world.ctx())
    store.database.ask("UPDATE purpose_key SET kek_version = 1 WHERE name = 'names'")
    assert "残っています" in run(world, "retire", "1").output
    assert kek_file(world, 1).exists()
    assert queries.read_retirement(world.ctx(one), asked.id).state == "approved"


def test_a_retirement_cut_off_before_its_commit_is_ended_by_asking_again(
    world: World, one: Actor, two: Actor
) -> None:
    run(world, "rotate")
    run(world, "rewrap")
    asked = world.run(actions.request_retirement, one, RetirementDraft(1))
    world.run(actions.approve_retirement, two, asked.id)
    custody.retire(queries.store(world.ctx()), 1)  # the key went, and then the power
    assert run(world, "retire", "1").exit_code == 0
    assert queries.read_retirement(world.ctx(one), asked.id).state == "done"


def test_a_second_rotation_that_comes_late_is_refused(world: World) -> None:
    assert run(world, "rotate", "--active", "1").exit_code == 0
    late = run(world, "rotate", "--active", "1")
    assert late.exit_code == 1
    assert "先に鍵を替えました" in late.output
    assert events(world)[-1] == ("keys.rotated", "key_act_overtaken", "1")


def test_a_damaged_slot_is_named_and_nothing_is_lost(world: World) -> None:
    owner = new_id()
    world.keys.new_owner(owner)
    store = queries.store(world.ctx())
    store.database.ask("UPDATE data_key SET wrapped = zeroblob(60) WHERE owner = ?", owner.bytes)
    run(world, "rotate")
    rewrapped = run(world, "rewrap")
    assert rewrapped.exit_code == 1
    assert "1件" in rewrapped.output
    verified = run(world, "verify")
    assert verified.exit_code == 1
    assert f"data_key {owner}: key_wrong" in verified.output
    assert events(world)[-2][:2] == ("keys.rewrap_ended", "key_slots_unopened")


@pytest.mark.parametrize("damage", ["missing", "truncated", "foreign"])
def test_a_bad_key_file_refuses_the_rotation_and_is_recorded(world: World, damage: str) -> None:
    path = kek_file(world, 1)
    path.unlink()
    if damage != "missing":
        path.write_bytes(b"k" * (32 if damage == "foreign" else 16))
    world.keys.store.forget()
    refused = run(world, "rotate")
    assert refused.exit_code == 1
    code = "key_missing" if damage == "missing" else "key_wrong"
    assert events(world)[-1] == ("keys.rotated", f"keystore_{code}", "1")
    assert [s.state for s in world.keys.store.status()] == ["active"]


def test_only_administrators_see_the_keys_and_only_the_machine_acts(world: World, one: Actor) -> None:
    for role, agency in (
        ("counselor", "shakyo"),
        ("supervisor", "fukushi_somu"),
        ("privacy_officer", "fukushi_somu"),
    ):
        with pytest.raises(NotAllowed):
            world.run(queries.show_keys, world.actor(role, agency))
    for act in (actions.rotate, actions.retire):
        with pytest.raises(NotAllowed):
            world.run(act, one, 1)


def test_the_number_of_keys_tells_no_administrator_that_somebody_was_received(
    world: World, one: Actor
) -> None:
    def seen(by: Actor | None) -> list[int]:
        view = queries.show_keys(world.ctx(by))
        return [*(kek.data_keys for kek in view.keks), view.left]

    told, exact = seen(one), seen(None)
    world.keys.new_owner(new_id(), new_id())
    assert seen(one) == told == [100, 0]
    assert seen(None) == [exact[0] + 2, 0]
    run(world, "rotate")
    assert seen(one) == [100, 0, 100]
    assert f"{exact[0] + 2} data keys" in run(world, "status").output


def test_asking_and_approving_want_a_fresh_proof(world: World, one: Actor) -> None:
    ctx = world.ctx(one)
    stale = Actor(one.id, one.name, one.memberships, ctx.now, None, None)
    ctx.actor = stale
    with pytest.raises(StepUpRequired):
        actions.request_retirement(ctx, RetirementDraft(1))


def test_both_doors_show_the_state_and_carry_the_two_steps(world: World) -> None:
    for login in ("kanri-1", "kanri-2"):
        roles = (RoleDraft(Role.ADMINISTRATOR, "fukushi_somu"),)
        create(
            world.ctx(),
            StaffDraft(
                login=login,
                name=f"架空 {login}",
                agency="fukushi_somu",
                password=PASSWORD,
                roles=roles,
                must_change=False,
            ),
        )
    run(world, "rotate")
    run(world, "rewrap")
    world.keys.erase(new_id())
    first, second = Seat(world, "kanri-1"), Seat(world, "kanri-2")
    shown = first.get("/keys")
    assert [(k["version"], k["state"], k["may_ask"]) for k in shown["keks"]] == [
        (1, "decrypt_only", True),
        (2, "active", False),
    ]
    assert shown["erasures"]["erased"] == shown["erasures"]["waiting_for_retirement"] == 1
    first.post("/keys/retirements", {"kek_version": 2}, 409)
    first.post("/keys/retirements", {"kek_version": 0}, 422)
    asked = first.post("/keys/retirements", {"kek_version": 1}, 201)
    first.post(f"/keys/retirements/{asked['id']}/approve", None, 409)
    page = second.raw("GET", "/keys", headers={}).get_data(as_text=True)
    assert "承認待ち" in page
    assert f"/keys/retirements/{asked['id']}/approve" in page
    assert second.post(f"/keys/retirements/{asked['id']}/approve")["state"] == "approved"
    secret = kek_file(world, 1).read_bytes().hex()
    assert secret not in page + str(second.get("/keys"))
    assert run(world, "retire", "1").exit_code == 0
    assert first.get(f"/keys/retirements/{asked['id']}")["state"] == "done"
