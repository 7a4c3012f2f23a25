"""The demo city: everything in it was made through the use cases, every state occurs, and it is built once."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from casework.accounts.models import Staff
from casework.app import create_core
from casework.audit.models import AuditEntry
from casework.cases.models import Alert, Case, CasePerson, Consent, MeetingProposal
from casework.cases.rules import ConsentState
from casework.codes.models import Code
from casework.commands import flows
from casework.db import CLEARED, db
from casework.demo import city, staff
from casework.demo.cli import demo_command
from casework.demo.table import homes, journeys
from casework.disclosure.models import DisclosureRequest
from casework.intake.models import Intake
from casework.intake.rules import ReceptionConsent
from casework.kernel.actor import Role
from casework.kernel.fiscal import fiscal_year
from casework.meeting.models import ActionItem, Meeting, PreparationSheet, SecrecyPledge
from casework.outreach.models import OutreachEpisode, Visit
from casework.outreach.rules import OutreachBasis
from casework.oversight.queries import verify_trail
from casework.participation.models import Need, Placement, SettlingContact
from casework.participation.rules import SettlingSide
from casework.people.models import CareRelation, Household, Person, ReleaseRequest
from casework.people.rules import ReleaseState
from casework.plan.models import Plan, PlanLine
from casework.plan.rules import ActorKind
from casework.referral.models import Referral
from casework.resources.models import Resource
from casework.retention.models import Erasure
from tests.support import browser_city
from tests.support.once import once
from tests.support.postgres import Cluster
from tests.support.world import World, make_world

# Where the states of each flow are kept; a flow that is not named here has no place in the demo city yet.
KEPT_IN: dict[str, Any] = {
    "intake": Intake,
    "referral": Referral,
    "case": Case,
    "meeting": Meeting,
    "action_item": ActionItem,
    "plan": Plan,
    "outreach": OutreachEpisode,
    "participation": Need,
    "disclosure_request": DisclosureRequest,
    "erasure": Erasure,
}
# The invented city shows its work; it destroys no key of the house that shows it (tests/integration/custody does).
OF_THE_HOUSE = {"key_retirement"}
STATES = [
    (KEPT_IN.get(flow.name), state)
    for flow in flows()
    if flow.name not in OF_THE_HOUSE
    for state in flow.states
]
STATES += [(Consent, state) for state in ConsentState]
STATES += [(ReleaseRequest, state) for state in ReleaseState]
# Other choices of which each is to be seen in the city.
CHOICES = [
    (Intake.consent, ReceptionConsent),
    (OutreachEpisode.basis, OutreachBasis),
    (SettlingContact.side, SettlingSide),
    (PlanLine.who, ActorKind),
]


def founded(world: World) -> World:
    end = datetime.now(UTC)
    world.clock.set(city.founding(end))
    city.build(world.clock, end)
    return world


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The whole city as `casework demo` builds it, once for all tests; these only look at a copy of it."""
    built = once(tmp_path_factory, "city", browser_city.build)
    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(built / "casework.db", folder / "casework.db")
    with make_world(f"sqlite:///{folder / 'casework.db'}", folder, built / "keys") as world:
        world.clock.set(datetime.now(UTC))
        yield world


def values(world: World, column: Any) -> list[Any]:
    """A column as it is stored, looked at below the gate."""
    world.session.rollback()
    found = list(world.session.scalars(select(column), execution_options={CLEARED: True}))
    world.session.rollback()
    return found


def head(world: World) -> int:
    return max(values(world, AuditEntry.seq))


@pytest.mark.parametrize(("model", "state"), STATES, ids=lambda part: getattr(part, "__name__", str(part)))
def test_every_state_of_every_flow_occurs(demo: World, model: Any, state: StrEnum) -> None:
    assert model is not None
    assert state.value in {str(found) for found in values(demo, model.state)}


@pytest.mark.parametrize(("column", "choice"), CHOICES, ids=str)
def test_every_choice_of_the_rules_occurs(demo: World, column: Any, choice: type[StrEnum]) -> None:
    assert {str(found) for found in values(demo, column)} == {member.value for member in choice}


def test_at_least_160_cases_in_120_households_are_there(demo: World) -> None:
    assert len(values(demo, Case.id)) >= 160
    assert len(homes()) >= 120
    assert len(values(demo, Household.id)) >= 100
    assert len({home.members[0].name for home in homes()}) >= 120


def test_cases_are_spread_over_at_least_three_fiscal_years(demo: World) -> None:
    years = [fiscal_year(opened.date()) for opened in values(demo, Case.opened_at)]
    assert len({year for year in years if years.count(year) >= 10}) >= 3


def test_both_bases_visits_placements_and_the_rest_occur(demo: World) -> None:
    assert {"act_106_6", "plan_conference"} <= set(values(demo, Meeting.basis))
    offered = {
        code
        for code, kind in zip(values(demo, Code.code), values(demo, Code.list), strict=True)
        if kind == "contact_result"
    }
    assert set(values(demo, Visit.result)) == offered
    for model in (Alert, PreparationSheet, SecrecyPledge, Placement, Resource, CareRelation):
        assert values(demo, model.id if hasattr(model, "id") else model.staff_id), model.__name__
    assert sum(values(demo, Person.protected)) >= 2
    assert sum(values(demo, Case.to_be_approved)) >= 1
    assert {"second_return"} <= set(values(demo, MeetingProposal.cause))


def test_nothing_in_the_city_happens_in_the_time_to_come(demo: World) -> None:
    now = datetime.now(UTC)
    assert max(values(demo, AuditEntry.at)) < now
    assert max(values(demo, Case.opened_at)) < now


def test_every_person_of_a_case_was_taken_down_by_somebody_real(demo: World) -> None:
    hired = {str(actor) for actor in values(demo, Staff.id)}
    assert {str(maker) for maker in values(demo, Person.created_by)} <= hired
    assert set(values(demo, CasePerson.person_id)) <= set(values(demo, Person.id))


def test_the_trail_of_the_city_verifies(demo: World) -> None:
    assert verify_trail(demo.ctx()).exit_code == 0


def test_there_is_a_sign_in_for_every_role_and_each_works(demo: World) -> None:
    lines = staff.sign_ins()
    assert {role for role, *_ in lines} == {role.value for role in Role if role is not Role.SYSTEM}
    for _, login, passphrase, _ in lines:
        client = demo.app.test_client()
        answer = client.post("/api/v1/session", json={"login": login, "password": passphrase})
        assert answer.status_code == 200, answer.text
        assert client.get("/api/v1/session").get_json()["login"] == login


def call(world: World, env: str | None) -> Result:
    """`casework demo` as a newcomer types it, over the database of the world."""

    made: list[Flask] = []

    def prepare() -> Any:
        raise AssertionError("keys and database are there already")

    def create(*args: Any, **kwargs: Any) -> Flask:
        made.append(create_core(*args, **kwargs))
        return made[-1]

    command = demo_command(lambda: world.settings, prepare, create)
    result = CliRunner().invoke(command, env={"CASEWORK_ENV": env})
    for app in made:
        with app.app_context():
            db.engine.dispose()
    return result


def test_a_second_run_starts_at_once_and_changes_nothing(demo: World) -> None:
    before = head(demo)
    begun = time.perf_counter()
    result = call(demo, "testing")
    assert result.exit_code == 0, result.output
    assert time.perf_counter() - begun < 2
    assert head(demo) == before
    for role in Role:
        assert (role.value in result.output) == (role is not Role.SYSTEM)


@pytest.mark.parametrize("env", [None, "production"])
def test_production_is_refused(demo: World, env: str | None) -> None:
    result = call(demo, env)
    assert result.exit_code == 1
    assert "development" in result.output


def test_a_house_with_other_accounts_is_left_alone(world: World) -> None:
    world.actor("counselor", "shakyo")
    before = values(world, Staff.id)
    result = call(world, "testing")
    assert result.exit_code == 1
    assert "other accounts" in result.output
    assert values(world, Staff.id) == before


def test_a_run_that_was_broken_off_is_not_taken_for_a_city(world: World) -> None:
    staff.hire(world.ctx(), staff.STAFF[0], world.clock.now().date())
    result = call(world, "testing")
    assert result.exit_code == 1
    assert "broken off" in result.output


@pytest.mark.postgres
def test_part_of_the_city_stands_on_postgresql_too(
    postgres_cluster: Cluster,
    postgres_template: str,
    keystore: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One journey of each kind of arc that ends in the last third of its road."""
    wanted = {
        "reopened",
        "reach_ended",
        "place_rematched",
        "returned_twice",
        "support_confirmed",
        "protected",
    }
    some = tuple(together for together in journeys() if together[0][1].arc in wanted)
    monkeypatch.setattr(city, "journeys", lambda: some)
    name = postgres_cluster.create(postgres_template)
    try:
        with make_world(postgres_cluster.url(name), tmp_path, keystore) as world:
            founded(world)
            assert len(values(world, Case.id)) >= sum(len(together) for together in some)
            assert city.standing() is city.Standing.STANDS
            assert verify_trail(world.ctx()).exit_code == 0
            db.session.remove()
    finally:
        postgres_cluster.drop(name)
