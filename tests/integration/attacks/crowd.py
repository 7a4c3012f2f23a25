"""People who have no leave, and the ways in which the case of the story can stand to them.

Everybody signs in once, in the city of the story; for each relation the case is changed below the gate and restored
afterwards: cookies, ids and words are the same everywhere, and one answer can be held against another.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine, text

from casework.accounts import actions as accounts
from casework.accounts.rules import HandOverDraft, RoleDraft, StaffDraft
from casework.kernel.actor import Role
from tests.support.cast import PASSWORD, Seat
from tests.support.world import World

HOME = "toshi_seibi"  # the division to which the case is moved where a relation asks for it
# login: (role, agency). None of them has leave to the story's case in any of the relations below.
CROWD: dict[str, tuple[str, str]] = {
    "x_counselor": ("counselor", "shimin_kenko"),
    "x_other_case": ("counselor", "kodomo_katei"),
    "x_outreach": ("outreach_worker", HOME),
    "x_participation": ("participation_coordinator", HOME),
    "x_chair": ("chair", HOME),
    "x_secretariat": ("secretariat", HOME),
    "x_member": ("agency_member", "clinic_b"),
    "x_supervisor": ("supervisor", HOME),
    "x_expired_grant": ("supervisor", "fukushi_somu"),
    "x_privacy": ("privacy_officer", HOME),
    "x_admin": ("administrator", HOME),
    "x_report": ("report_officer", HOME),
    "x_expired_role": ("coordinator", "shakyo"),
    "x_disabled": ("coordinator", "shakyo"),
    "x_conflict": ("coordinator", "shakyo"),  # would see all of it, were it not for a relative in it
}
ANONYMOUS = "anonymous"
# Where the id named by a path parameter or a field is kept, for one thing of the story's case.
KEPT = {
    "assignment_id": "SELECT id FROM assignment WHERE case_id = :case",
    "grant_id": "SELECT id FROM access_grant WHERE case_id = :case",
    "household_id": "SELECT household_id FROM household_member WHERE person_id = :mother",
    "note_id": "SELECT id FROM note WHERE case_id = :case",
    "thread_id": "SELECT thread_id FROM consent WHERE case_id = :case",
    "member_id": "SELECT id FROM household_member WHERE person_id = :son",
    "alert_id": "SELECT id FROM alert WHERE case_id = :case",
    "request_id": "SELECT id FROM release_request WHERE person_id = :mother",
    "target": "SELECT id FROM case_file WHERE id = :case",
}
Change = Callable[[World, dict[str, str]], None]


@dataclass
class Crowd:
    """The city with everybody signed in: its database and a copy of it, ids by parameter, headers by login."""

    database: Path
    kept: Path
    things: dict[str, str]
    headers: dict[str, dict[str, str]]


def gather(world: World, story_ids: dict[str, str], kept: Path) -> Crowd:
    """Hire everybody, let them sign in, then take away what is to be taken away."""
    headers: dict[str, dict[str, str]] = {ANONYMOUS: {}}
    for login, (role, agency) in CROWD.items():
        roles = (RoleDraft(Role(role), agency),)
        draft = StaffDraft(login, f"余所 {login}", agency, PASSWORD, roles, must_change=False)
        accounts.create(world.ctx(), draft)
        seat = Seat(world, login)
        cookie = seat._http.get_cookie(_cookie_name(world))
        assert cookie is not None
        headers[login] = {"Cookie": f"{cookie.key}={cookie.value}", **seat._headers}
    things = _things(world, story_ids)
    _own_case(world, things)
    _take_away(world, things)
    database = Path(world.settings.database_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(kept)) as copy:
        source.backup(copy)
    return Crowd(database, kept, things, headers)


def _cookie_name(world: World) -> str:
    return str(world.app.config["SESSION_COOKIE_NAME"])


def run(world: World, *statements: str, **values: Any) -> None:
    """Change the city below the gate; values that look like ids travel as the database keeps them."""
    engine = create_engine(world.settings.database_url)
    kept = {k: UUID(v).hex if isinstance(v, str) and len(v) == 36 else v for k, v in values.items()}
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), {k: v for k, v in kept.items() if f":{k}" in statement})
    engine.dispose()


def one(world: World, query: str, **values: Any) -> Any:
    engine = create_engine(world.settings.database_url)
    kept = {k: UUID(v).hex if isinstance(v, str) and len(v) == 36 else v for k, v in values.items()}
    with engine.connect() as connection:
        found = connection.execute(text(query), {k: v for k, v in kept.items() if f":{k}" in query}).first()
    engine.dispose()
    return None if found is None else found[0]


def _things(world: World, ids: dict[str, str]) -> dict[str, str]:
    """Ids of the story by the name of the parameter that takes them."""
    found = {
        "case_id": ids["case"], "intake_id": ids["intake"], "referral_id": ids["second_referral"],
        "meeting_id": ids["meeting"], "item_id": ids["item"], "action_id": ids["action"], "plan_id": ids["plan"],
        "episode_id": ids["episode"], "need_id": ids["need"], "person_id": ids["mother"],
        "segment": ids["bound_segment"], "proposal_id": ids["proposal"],
    }  # fmt: skip
    for name, query in KEPT.items():
        kept = one(world, query, case=ids["case"], mother=ids["mother"], son=ids["son"])
        if kept is not None:
            found[name] = str(UUID(str(kept)))
    return found


def _own_case(world: World, things: dict[str, str]) -> None:
    """A case of somebody else's own, which one relation ties to the person of the story."""
    from casework.intake import actions as intake
    from casework.intake.schemas import IntakeIn

    staff_id = UUID(str(one(world, "SELECT id FROM staff WHERE login = 'x_other_case'")))
    actor = world.ctx().actor.__class__(staff_id, "余所", (_membership("x_other_case"),), world.clock.now())
    body = {"window": "nandemo", "topics": [{"code": "housing", "main": True}], "consent": "not_asked"}
    received = world.run(intake.receive, actor, IntakeIn().load(body))
    kept = world.run(intake.keep, actor, received.id)
    things["own_intake"], things["own_case"] = str(received.id), str(kept.case_id)


def _membership(login: str) -> Any:
    from casework.kernel.actor import Membership

    role, agency = CROWD[login]
    return Membership(Role(role), agency)


def _take_away(world: World, things: dict[str, str]) -> None:
    """An account that is disabled, a role that is over, a grant that has ended; their cookies stay in their hands."""
    staff_id = UUID(str(one(world, "SELECT id FROM staff WHERE login = 'x_disabled'")))
    accounts.disable(world.ctx(), staff_id, HandOverDraft(None))
    past = world.clock.now().replace(tzinfo=None).isoformat(sep=" ")
    run(
        world,
        "UPDATE staff_role SET valid_from = '2020-04-01', valid_until = '2026-01-31' WHERE staff_id = "
        "(SELECT id FROM staff WHERE login = 'x_expired_role')",
        "INSERT INTO access_grant "
        "(id, case_id, staff_id, purpose_code, purpose, given_by, given_at, begins_at, ends_at) "
        "SELECT '0123456789abcdef0123456789abcdef', c.id, s.id, k.code, x'00', c.owner_id, "
        "'2026-04-01 00:00:00.000000', '2026-04-01 00:00:00.000000', :past FROM staff s, case_file c, "
        "(SELECT MIN(code) AS code FROM code WHERE list = 'grant_purpose') k "
        "WHERE s.login = 'x_expired_grant' AND c.id = :case",
        "INSERT INTO conflict (id, staff_id, person_id, found_by, found_at) SELECT p.person_id, s.id, p.person_id, "
        "c.owner_id, '2026-04-01 00:00:00.000000' FROM case_person p JOIN case_file c ON c.id = p.case_id, staff s "
        "WHERE p.case_id = :case AND s.login = 'x_conflict'",
        case=things["case_id"],
        past=past,
    )


def _own_division(world: World, things: dict[str, str]) -> None:
    """Not its 対応事項: whoever works in the agency that is to answer one reads it by right."""
    for table in ("case_file", "intake", "referral", "outreach_episode", "participation_need"):
        run(world, f"UPDATE {table} SET owner_agency = '{HOME}'")  # noqa: S608


def _assignment_over(world: World, things: dict[str, str]) -> None:
    change = "UPDATE assignment SET agency = :home, staff_id = NULL, ends_at = :past WHERE case_id = :case"
    run(world, change, case=things["case_id"], home=HOME, past="2026-04-02 00:00:00.000000")


def _same_person(world: World, things: dict[str, str]) -> None:
    change = "UPDATE case_person SET person_id = :person WHERE case_id = :own"
    run(world, change, person=things["person_id"], own=things["own_case"])


def _protected(world: World, things: dict[str, str]) -> None:
    run(
        world,
        "UPDATE case_file SET protected = 1 WHERE id = :case",
        "UPDATE person SET protected = 1 WHERE id IN (SELECT person_id FROM case_person WHERE case_id = :case)",
        case=things["case_id"],
    )


def _closed(world: World, things: dict[str, str]) -> None:
    run(
        world,
        "UPDATE case_file SET state = 'closed', closed_at = opened_at WHERE id = :case",
        case=things["case_id"],
    )


def _open(world: World, things: dict[str, str]) -> None:
    run(
        world,
        "UPDATE case_file SET state = 'supporting', closed_at = NULL WHERE id = :case",
        case=things["case_id"],
    )


def _erased(world: World, things: dict[str, str]) -> None:
    world.keys.erase(*(UUID(things[name]) for name in ("case_id", "person_id") if name in things))


RELATIONS: dict[str, Change] = {
    "other division": _open,
    "own division": _own_division,
    "assignment over": _assignment_over,
    "same person": _same_person,
    "protected": _protected,
    "closed": _closed,
    "erased": _erased,
}


@contextmanager
def related(crowd: Crowd, world: World, relation: str) -> Iterator[None]:
    """While the case stands to the crowd in this way; afterwards the city is as it was (erased keys stay erased)."""
    RELATIONS[relation](world, crowd.things)
    try:
        yield
    finally:
        world.session.rollback()
        with (
            closing(sqlite3.connect(crowd.kept)) as source,
            closing(sqlite3.connect(crowd.database)) as place,
        ):
            source.backup(place)
