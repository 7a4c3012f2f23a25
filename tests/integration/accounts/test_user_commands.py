"""`casework user …`: the same rules as at the door, refusals as sentences."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from casework.accounts import queries
from casework.accounts.cli import user
from casework.kernel.actor import system_actor
from tests.support.world import World

PASSWORD = "坂の上から海まで歩いておよそ十五分"


def _run(world: World, *words: str) -> Result:
    return CliRunner().invoke(user, list(words), obj=None, env={"CASEWORK_PASSWORD": PASSWORD})


def _roles(world: World, login: str) -> list[tuple[str, str, bool]]:
    staff = world.run(queries.by_login, system_actor(world.clock.now()), login)
    return [(r.role, r.agency, r.in_force) for r in staff.roles]


def test_an_account_is_opened_listed_and_disabled(world: World) -> None:
    words = ("add", "hanako", "--name", "架空 花子", "--agency", "shakyo", "--role", "counselor")
    assert _run(world, *words).exit_code == 0
    assert "hanako\t架空 花子\tshakyo\tcounselor@shakyo\tactive" in _run(world, "list").output
    assert _run(world, "disable", "hanako").exit_code == 0
    assert "disabled" in _run(world, "list", "--agency", "shakyo").output


def test_a_role_is_given_and_ended(world: World) -> None:
    _run(world, "add", "hanako", "--name", "架空 花子", "--agency", "shakyo", "--role", "counselor")
    assert _run(world, "role", "hanako", "coordinator", "shakyo", "--until", "2027-03-31").exit_code == 0
    assert ("coordinator", "shakyo", True) in _roles(world, "hanako")
    assert _run(world, "role", "hanako", "coordinator", "shakyo", "--end").exit_code == 0
    assert _roles(world, "hanako") == [("counselor", "shakyo", True)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "花子", "--name", "架空 花子", "--agency", "shakyo"), "ログイン名は"),
        (("role", "hanako", "chair", "shakyo", "--end"), "holds no chair"),
    ],
)
def test_a_refusal_is_a_sentence_and_exit_code_1(world: World, words: tuple[str, ...], sentence: str) -> None:
    _run(world, "add", "hanako", "--name", "架空 花子", "--agency", "shakyo", "--role", "counselor")
    result = _run(world, *words)
    assert result.exit_code == 1
    assert sentence in result.output
    assert PASSWORD not in result.output


def test_a_password_is_set_without_being_shown(world: World) -> None:
    _run(world, "add", "hanako", "--name", "架空 花子", "--agency", "shakyo", "--role", "counselor")
    result = _run(world, "password", "hanako")
    assert (result.exit_code, result.output) == (0, "")
