"""Guards without a clock: statements do not grow with the rows shown, and hot reads never walk a whole table."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from casework.crypto import FileKeyStore
from casework.db import CLEARED, db
from casework.meeting.models import AgendaItem
from tests.bench import city as filling
from tests.bench.city import PASSWORD, City, fill
from tests.bench.operations import API, ours
from tests.bench.serve import bench_settings
from tests.bench.statements import engine_of, statements
from tests.support.world import World, make_world

# The city below has one meeting with all items on its agenda, and its statistics (ANALYZE) say so: reading agenda_item
# by its meeting is reading all of it there, by an index or not. It is therefore not among the big tables.
BIG = "case_file|case_person|case_issue|note|note_segment|person|person_address|intake|audit_entry"
WORKLISTS = ("mine_open", "no_contact", "without_lead", "contact_due", "to_be_approved", "in_danger")
CASES = 400


class Desk:
    """A signed-in person of a filled city, who counts what is asked of the database."""

    def __init__(self, world: World, city: City, login: str) -> None:
        self.city = city
        self._client = world.app.test_client()
        self._engine = engine_of(world.app)
        self._client.post(f"{API}/session", json={"login": login, "password": PASSWORD})
        self._token = self._client.get(f"{API}/session").get_json()["csrf_token"]

    def ask(self, method: str, path: str, body: Any = None) -> tuple[list[tuple[str, Any]], Any]:
        """The statements of one request, once everything was built, and its answer."""
        for _ in range(2):
            with statements(self._engine) as seen:
                answer = self._client.open(
                    path, method=method, json=body, headers={"X-CSRFToken": self._token}
                )
            assert answer.status_code < 300, answer.text
        return seen, answer.get_json()


def sized(world: World, rows: int) -> None:
    """Let a page show so many rows: the number on it is all that changes between two questions."""
    home = world.app.extensions["casework"]
    object.__setattr__(home.settings, "page_size", rows)


@pytest.fixture
def filled(
    database: str, keystore: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[World, City]]:
    monkeypatch.setattr(filling, "TIMELINE", 30)
    with make_world(database, tmp_path, keystore) as world:
        keys = tmp_path / "keys"
        store = FileKeyStore(keys / "keystore.db", keys / "kek")
        yield world, fill(database, store, bench_settings(database, keys), CASES)


READS = (
    "/cases",
    "/cases?scope=own",
    "/cases/{case}/timeline",
    "/cases/{case}/notes?purpose=support",
    "/intakes",
    *(f"/worklists/cases/{name}" for name in WORKLISTS),
)


def test_statements_do_not_grow_with_the_rows_of_a_list(filled: tuple[World, City]) -> None:
    world, city = filled
    desk = Desk(world, city, city.counselor)
    for read in READS:
        path = API + read.format(case=city.cases[0][0])
        counts = {}
        for rows in (5, 25):
            sized(world, rows)
            seen, answer = desk.ask("GET", path)
            counts[rows] = (len(answer["items"]), len(seen))
        few, many = counts[5], counts[25]
        assert few[0] <= many[0], path
        assert few[1] == many[1], f"{path}: {counts}"


def test_the_lists_compared_do_show_more_rows(filled: tuple[World, City]) -> None:
    world, city = filled
    desk = Desk(world, city, city.counselor)
    for read in (READS[0], READS[2], READS[3]):
        shown = []
        for rows in (5, 25):
            sized(world, rows)
            shown.append(len(desk.ask("GET", API + read.format(case=city.cases[0][0]))[1]["items"]))
        assert shown == [5, 25], read


def test_statements_of_a_search_do_not_grow_with_the_persons_found(filled: tuple[World, City]) -> None:
    world, city = filled
    desk = Desk(world, city, city.counselor)
    surname, _ = Counter(name[:2] for name in city.names).most_common(1)[0]
    whole = next(name for name in city.names if name.startswith(surname))
    some, few = desk.ask("POST", f"{API}/persons/search", {"name": whole})
    all_, many = desk.ask("POST", f"{API}/persons/search", {"name": surname})
    assert 0 < len(few) < len(many)
    assert len(some) == len(all_)


def test_statements_of_a_meeting_and_its_sheets_do_not_grow_with_its_cases(
    filled: tuple[World, City],
) -> None:
    world, city = filled
    desk = Desk(world, city, city.chair)
    path = f"{API}/meetings/{city.meeting}/material"
    whole, answer = desk.ask("GET", path)
    assert len(answer["meeting"]["items"]) == filling.AGENDA
    assert len(answer["sheets"]) == filling.AGENDA * 3
    with world.writing() as session:
        session.execute(
            update(AgendaItem)
            .where(AgendaItem.id.in_(city.items[2:]))
            .values(withdrawn_at=world.clock.now()),
            execution_options={CLEARED: True},
        )
    short, answer = desk.ask("GET", path)
    assert len(answer["meeting"]["items"]) == 2
    assert len(answer["sheets"]) == 2 * 3
    assert len(short) == len(whole)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_hot_read_walks_a_big_table(filled: tuple[World, City], tmp_path: Path) -> None:
    world, city = filled
    walked: dict[str, list[str]] = {}
    with closing(sqlite3.connect(tmp_path / "casework.db")) as connection:
        for name, operation in ours(city).items():
            if name == "create":
                continue
            desk = Desk(world, city, city.chair if name == "agenda" else city.counselor)
            for request in operation(0):
                for text, parameters in desk.ask(*request)[0]:
                    if text.startswith("SELECT"):
                        plan = connection.execute(f"EXPLAIN QUERY PLAN {text}", parameters).fetchall()
                        walked.setdefault(name, []).extend(_walks(row[3] for row in plan))
    assert {name: found for name, found in walked.items() if found} == {}
    db.session.remove()


def _walks(steps: Iterator[str]) -> list[str]:
    """Steps of a plan that read a big table from end to end; reading along an index in order is no walk."""
    return [step for step in steps if re.fullmatch(rf"SCAN ({BIG})( AS \w+)?", step)]
