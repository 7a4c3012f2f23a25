"""Both faces of every reason agree, over worlds that grow from the story by chance: what a row says, a SELECT says."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import Engine, Select, create_engine, inspect, select, update
from sqlalchemy.exc import SQLAlchemyError

from casework.accounts.models import Passkey, RecoveryCode, SpentToken, TotpSeed
from casework.db import CLEARED, Base
from casework.db.guard import confidential_tables
from casework.db.reasons import Sight, stand_in
from casework.kernel.actor import SYSTEM_ID, Actor, Membership, Role, Standing
from casework.kernel.policy import Reason, acting
from casework.people.models import Conflict, Declaration, Person, ProtectionGrant
from casework.policy import POLICY
from casework.usecase.look import StoreLook
from tests.support.cast import CAST
from tests.support.counts import Count
from tests.support.papers import office_at_work
from tests.support.story import Story
from tests.support.world import World

# Columns on which reasons turn; a world is changed by giving some rows another row's value, or a moment near now.
TURNING = {
    "owner_id", "owner_agency", "lead_id", "lead_agency", "staff_id", "agency", "case_id", "person_id", "asked_by",
    "chair_id", "deputy_id", "secretariat_id", "convener", "to_agency", "from_agency", "recorder_id", "created_by",
    "state", "protected", "multi_agency", "restricted", "role", "window", "taken_at", "withdrawn_at", "sort",
}  # fmt: skip
MOMENTS = (
    "ends_at",
    "access_ends_at",
    "given_at",
    "begins_at",
    "until",
    "shared_at",
    "confirmed_at",
    "taken_at",
    "withdrawn_at",
)
CHANGES = 220
ASKED_OF = (Role.COUNSELOR, Role.CHAIR)  # a bar asks who, never in which role


def _reasons() -> list[tuple[Role, Reason]]:
    """Every reason of the policy, once per role that holds it."""
    found: dict[tuple[Role, int], tuple[Role, Reason]] = {}
    for roles in POLICY.table.values():
        for role, reasons in roles.items():
            for reason in reasons:
                found[role, id(reason)] = (role, reason)
    return list(found.values()) + [(role, reason) for role in ASKED_OF for reason in _bars()]


def _bars() -> list[Reason]:
    return [reason for bar in POLICY.bars.values() for reason in {bar.alone, bar.part} if reason is not None]


def _entangle(world: World, story: Story, dice: random.Random) -> None:
    """Some of the staff have ties to persons of the world, some of them over; some persons are protected."""
    with world.writing() as session:
        persons = list(session.scalars(select(Person), execution_options={CLEARED: True}))
        for login in ("shakyo", "seikatsu", "coordinator", "chair", "outreach"):
            for person in dice.sample(persons, 2):
                over = dice.random() < 0.3
                session.add(
                    Conflict(
                        staff_id=UUID(story.staff(login)),
                        person_id=person.id,
                        found_by=SYSTEM_ID,
                        found_at=world.clock.now(),
                        ended_at=world.clock.now() if over else None,
                        ended_by=UUID(story.staff("privacy")) if over else None,
                    )
                )
        for person in dice.sample(persons, 2):
            person.protected = True
            session.add(
                ProtectionGrant(
                    person_id=person.id,
                    staff_id=UUID(story.staff("shakyo")),
                    whereabouts=False,
                    given_by=UUID(story.staff("shakyo")),
                    given_at=world.clock.now(),
                    ends_at=world.clock.now() + timedelta(days=1),
                )
            )


def _equip(world: World, story: Story) -> None:
    """Everybody has declared a relation and proves by code, passkey or paper who they are: rows of one's own."""
    now = world.clock.now()
    with world.writing() as session:
        for login in CAST:
            me, mark = UUID(story.staff(login)), login.encode().ljust(32, b"-")
            session.add_all(
                (
                    Declaration(staff_id=me, kind="relation", declared_by=me, declared_at=now),
                    TotpSeed(staff_id=me, last_step=0),
                    RecoveryCode(staff_id=me, digest=mark, created_at=now),
                    Passkey(
                        staff_id=me,
                        credential_id=mark,
                        public_key=mark,
                        sign_count=0,
                        label=login,
                        created_at=now,
                    ),
                    SpentToken(digest=mark, at=now),
                )
            )


def _standings(world: World, story: Story) -> dict[Role, list[Standing]]:
    """The people of the story in their roles, and a stranger in each role."""
    found: dict[Role, list[Standing]] = {}
    for login, (_, roles) in CAST.items():
        for role, agency in roles:
            made = Standing(_id(story, login), Role(role), frozenset({agency}), world.clock.now())
            found.setdefault(Role(role), []).append(made)
    for role in Role:
        actor = world.actor(role.value, "clinic_b") if role is not Role.SYSTEM else None
        if actor is not None:
            found.setdefault(role, []).append(
                Standing(actor.id, role, frozenset({"clinic_b"}), world.clock.now())
            )
    return found


def _id(story: Story, login: str) -> Any:
    return UUID(story.staff(login))


def _stir(engine: Engine, world: World, dice: random.Random) -> int:
    """Change the world by chance, as far as the database allows it; how many changes held."""
    done, now = 0, world.clock.now()
    tables = [m.local_table for m in Base.registry.mappers if not m.local_table.name.startswith("audit")]
    with engine.connect() as connection:
        for _ in range(CHANGES):
            table: Any = dice.choice(tables)
            columns = [c for c in table.columns if c.name in TURNING | set(MOMENTS)]
            keys = list(connection.execute(select(*table.primary_key.columns)).all())
            if not columns or not keys:
                continue
            column, key = dice.choice(columns), dice.choice(keys)
            value = _value(connection, table, column, dice, now)
            where = [c == v for c, v in zip(table.primary_key.columns, key, strict=True)]
            try:
                with connection.begin_nested():
                    connection.execute(update(table).where(*where).values({column.name: value}))
                done += 1
            except SQLAlchemyError:
                continue
        try:
            connection.commit()
        except SQLAlchemyError:  # a deferred key: this stirring leaves the world as it was
            return 0
    return done


def _value(connection: Any, table: Any, column: Any, dice: random.Random, now: Any) -> Any:
    if column.name in MOMENTS:
        past_or_future = now + timedelta(hours=dice.choice((-48, -1, 1, 48)))
        return dice.choice((None, past_or_future)) if column.nullable else past_or_future
    if "enum" in column.info:
        words: list[StrEnum] = list(column.info["enum"])
        return dice.choice(words).value
    known = [row[0] for row in connection.execute(select(column).distinct())]
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column
        known += [row[0] for row in connection.execute(select(target).limit(40))]
    if column.type.python_type is bool:
        known = [True, False]
    return dice.choice(known)


@cache
def _keys(model: type) -> list[Any]:
    return [getattr(model, inspect(model).get_property_by_column(c).key) for c in inspect(model).primary_key]


@cache
def _chosen(role: Role, reason: Reason) -> Select[Any]:
    """Keys of the rows that the clause allows, written once as for the product: whoever acts fills its parameters."""
    return select(*_keys(reason.model)).where(Sight(reason.clause(cast(Standing, stand_in(role)))))


def _acting(standing: Standing) -> Actor:
    held = tuple(Membership(standing.role, agency) for agency in standing.agencies)
    return Actor(standing.id, "架空 某", held, standing.now)


def _compare(world: World, standings: dict[Role, list[Standing]]) -> Iterator[tuple[str, Role, int, int]]:
    """(reason, role, rows allowed, rows judged) for every reason and person; AssertionError where the faces differ."""
    session = world.session
    session.rollback()
    session.expunge_all()
    look = StoreLook(session)
    rows = {}
    for role, reason in _reasons():
        model = reason.model
        if model not in rows:
            rows[model] = list(session.scalars(select(model), execution_options={CLEARED: True}))
        keys = _keys(model)
        for standing in standings.get(role, ()):
            acting.set(_acting(standing))
            chosen = _chosen(role, reason)
            by_clause = {tuple(r) for r in session.execute(chosen, execution_options={CLEARED: True})}
            by_row = {
                tuple(getattr(row, k.key) for k in keys)
                for row in rows[model]
                if reason.holds(standing, row, look)
            }
            assert by_row == by_clause, f"{reason.name} for {role.value}: row {by_row} clause {by_clause}"
            yield reason.name, role, len(by_row), len(rows[model])


@pytest.fixture
def plain(world: World) -> Iterator[Engine]:
    engine = create_engine(world.settings.database_url)
    yield engine
    engine.dispose()


def _leave_to_read(story: Story) -> None:
    """A named grant and cases opened in an emergency, so that their reasons hold for somebody."""
    here = f"/cases/{story.ids['reopened']}"
    number = story.seat["coordinator"].get(here)["number"]
    grant = {"staff_id": story.staff("supervisor"), "agency": "fukushi_somu", "purpose_code": "supervision"}
    grant |= {"purpose": story.say("目的"), "ends_at": story.at(days=3)}
    story.seat["privacy"].post(f"{here}/grants", grant, 201)
    former = story.seat["coordinator"].get(f"/cases/{story.ids['case']}")["number"]
    opened = 0
    for login in ("shogai", "outreach", "participation", "supervisor"):
        for wanted in (number, former):  # whoever may read a case anyway is refused there
            wish = {"number": wanted, "category": "life", "reason": story.say("緊急の理由"), "hours": 2}
            opened += story.seat[login].ask("POST", "/emergency", wish).status_code == 201
    assert opened >= 4


@pytest.mark.promise(2)
@pytest.mark.long
def test_both_faces_of_every_reason_agree_over_generated_worlds(
    world: World, story: Story, plain: Engine, count: Count
) -> None:
    sqlite = world.settings.database_url.startswith("sqlite")
    worlds = count("worlds", quick=4, long=40) if sqlite else 2
    office_at_work(story)
    _leave_to_read(story)
    standings, dice = _standings(world, story), random.Random(20261123)
    judged = allowed = changes = 0
    sometimes: dict[str, set[bool]] = {}
    _entangle(world, story, dice)
    _equip(world, story)
    for number in range(worlds):
        changes += _stir(plain, world, dice) if number else 0
        for name, role, yes, rows in _compare(world, standings):
            judged, allowed = judged + rows, allowed + yes
            sometimes.setdefault(f"{name}/{role.value}", set()).update({yes > 0} if rows else set())
    met = sum(True in seen for seen in sometimes.values())
    count.found(reasons=len(_reasons()), changes=changes, judged=judged, allowed=allowed)
    count.found(held_for_somebody=f"{met} of {len(sometimes)}")
    assert judged >= 3000 * worlds
    assert met >= len(sometimes) * 0.6


def test_an_actor_without_a_role_is_allowed_nothing(world: World, story: Story) -> None:
    nobody = Actor(world.actor("counselor").id, "架空 無役", (), world.clock.now())
    one = Actor(nobody.id, "架空 一役", (Membership(Role.ADMINISTRATOR, "shakyo"),), world.clock.now())
    assert not any(POLICY.ever(nobody, permission) for permission in POLICY.table)
    held = {p.value for p in POLICY.table if POLICY.ever(one, p)}
    assert not [name for name in held if name.startswith(("case.", "note.", "person.", "consent."))]


# Tables that tell of no person: a print's or a meeting's own bar stands elsewhere, these are one's own or the city's.
UNBARRED = {
    "plan_finding": "what evaluators wrote of the city plan",
    "intake_draft": "one's own unsent words, sealed with a key of their own",
    "unsent_form": "one's own unsent words, sealed with a key of their own",
    "staff_declaration": "one's own declarations",
    "unusual_access": "a finding about a member of staff, by numbers",
    **dict.fromkeys(
        ("erasure", "erasure_owner", "retention_hold"),
        "by number and class; its reasons leave out what is protected",
    ),
}


def test_every_confidential_table_stands_behind_a_bar() -> None:
    barred = {str(inspect(model).local_table.name) for model in POLICY.bars}
    secret = confidential_tables()
    assert secret - barred == set(UNBARRED)
    assert not barred - secret
