"""The trail is verified by command and cannot be rewritten; stored answers are forgotten after a week."""

from __future__ import annotations

import contextlib

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from casework.audit.verify import Verdict
from casework.commands import cli
from casework.kernel.errors import NotAllowed, Unavailable
from casework.oversight.actions import purge_replies
from casework.oversight.queries import verify_trail
from casework.resources import actions
from casework.resources.rules import ResourceDraft
from casework.usecase import Reply
from tests.support.world import World

FARM = ResourceDraft(kind="salon", name="架空の居場所")


def _kept(world: World, key: str) -> object:
    reply = Reply("POST /resources", key, b"\0" * 32, lambda view: (201, str(view.id)))
    who = world.actor("participation_coordinator", "shakyo")
    return actions.add_resource(world.ctx(who, reply=reply), FARM)


def test_stored_answers_are_forgotten_after_a_week_and_not_before(world: World) -> None:
    _kept(world, "first-key-1")
    world.later(days=6)
    _kept(world, "second-key-2")
    assert purge_replies(world.ctx()) == 0
    world.later(days=2)
    assert purge_replies(world.ctx()) == 1
    with pytest.raises(NotAllowed):
        purge_replies(world.ctx(world.actor("administrator", "fukushi_somu")))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET actor = 'nobody' WHERE seq = 1", "DELETE FROM audit_entry WHERE seq = 1"],
)
def test_the_database_refuses_to_change_the_trail(world: World, database: str, statement: str) -> None:
    engine = create_engine(database)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))
    engine.dispose()
    assert verify_trail(world.ctx()).exit_code == 0


@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        ("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 3", "changed"),
        ("UPDATE audit_entry SET outcome = 'done' WHERE outcome = 'not_allowed'", "changed"),
        ("DELETE FROM audit_entry WHERE seq = 2", "gap"),
        ("DELETE FROM audit_entry WHERE seq = (SELECT max(seq) FROM audit_entry)", "tail_missing"),
        ("UPDATE audit_head SET seq = seq - 1", "head_differs"),
        ("DELETE FROM audit_head", "no_head"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_a_hand_in_the_file_changes_is_found(
    world: World, database: str, tamper: str, reason: str
) -> None:
    """Triggers do not bind whoever owns the file; the chain does."""
    who = world.actor("participation_coordinator", "shakyo")
    for _ in range(3):
        world.run(actions.add_resource, who, FARM)
    with pytest.raises(NotAllowed):
        world.run(actions.add_resource, world.actor("counselor", "shakyo"), FARM)
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entry_no_update"))
        connection.execute(text("DROP TRIGGER audit_entry_no_delete"))
        connection.execute(text(tamper))
    engine.dispose()
    told: list[Verdict] = []
    with contextlib.suppress(Unavailable):  # a broken trail may not take the event of its own verification
        verify_trail(world.ctx(), tell=told.append)
    (verdict,) = told
    assert verdict.reason == reason
    assert verdict.exit_code in (1, 2)


def test_the_command_group_offers_what_the_readme_says() -> None:
    wanted = {"init", "demo", "serve", "check", "user", "codes", "audit", "policy", "flow", "routes", "daily"}
    assert wanted <= set(cli.list_commands(cli.make_context("casework", [], resilient_parsing=True)))
