"""Promise 9 from the side of the work: cases erased by two people cannot be read again, not even from old copies."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from casework.cases.models import Case
from casework.crypto import Binding, CryptoError, FileKeyStore, KeyRing
from casework.db import CLEARED, Base
from casework.people import queries as people
from casework.people.rules import SearchDraft
from casework.retention import actions, queries
from casework.retention.rules import MOST, DecisionDraft, ProposalDraft
from tests.support import canaries
from tests.support.counts import Count
from tests.support.papers import Office, Resident
from tests.support.world import World

pytestmark = [pytest.mark.parametrize("database", ["sqlite"], indirect=True), pytest.mark.promise(9)]


@dataclass
class Copies:
    """What is kept of the house: the database as it is, and the oldest backup of it."""

    live: Path
    oldest: Path


def _copies(world: World, folder: Path) -> Copies:
    live, oldest = Path(world.settings.database_url.removeprefix("sqlite:///")), folder / "oldest.db"
    with closing(sqlite3.connect(live)) as source, closing(sqlite3.connect(oldest)) as target:
        source.backup(target)
    return Copies(live, oldest)


def _end(world: World) -> None:
    with world.writing() as session:
        for row in session.scalars(select(Case), execution_options={CLEARED: True}):
            row.state, row.closed_at = "closed", world.clock.now()


def _readable(path: Path, keys: KeyRing, wanted: set[str]) -> set[str]:
    """Which of the texts the newest keystore opens in every sealed column of a database."""
    engine, found = create_engine(f"sqlite:///{path}"), set()
    with engine.connect() as connection:
        for mapper in Base.registry.mappers:
            table: Any = mapper.local_table
            owner = getattr(mapper.class_, "__sealed_by__", None)
            sealed = [c.name for c in table.columns if c.info.get("sealed")]
            for row in connection.execute(select(table)).mappings() if sealed and owner else ():
                for column in (name for name in sealed if row[name] is not None):
                    place = Binding(table.name, column, row["id"], row[owner])
                    try:
                        text = keys.open(row[column], place)
                    except CryptoError:
                        continue
                    found |= {word for word in wanted if word in text} if wanted else set()
    engine.dispose()
    return found


def _erase(office: Office, residents: list[Resident]) -> int:
    rows = 0
    for start in range(0, len(residents), MOST):
        numbers = tuple(r.number for r in residents[start : start + MOST])
        draft = ProposalDraft(numbers, "schedule", "架空の理由")
        proposed = office.world.run(actions.propose, office.officer, draft)
        office.world.run(actions.approve, office.second, DecisionDraft(tuple(view.id for view in proposed)))
    after = None
    while True:
        page = office.world.run(queries.tombstones, office.officer, after=after)
        rows += sum(stone.rows for stone in page.items)
        assert all(stone.keys_gone_at for stone in page.items)
        if page.next is None:
            return rows
        after = page.next


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_erased_cases_are_not_recoverable_from_the_oldest_backup_and_neighbours_are_readable(
    world: World, count: Count, tmp_path: Path
) -> None:
    erased = count("erased", quick=5, long=1000)
    neighbours = max(3, erased // 10)
    office, words = Office(world), canaries.make(erased + neighbours)
    residents = [office.resident(f"架空 {word}", word) for word in words]
    gone, stay = residents[:erased], residents[erased:]
    _end(world)
    office.years(6.5)
    copies = _copies(world, tmp_path)
    assert _readable(copies.oldest, world.keys, set(words)) == set(words)  # the search can find what is there
    rows = _erase(office, gone)
    newest = KeyRing(FileKeyStore(Path(world.settings.keystore_path), Path(world.settings.kek_dir)))
    left, kept = set(words[:erased]), set(words[erased:])
    recovered = _readable(copies.oldest, newest, left) | _readable(copies.live, newest, left)
    in_clear = canaries.hits(set(words), [p for p in tmp_path.rglob("*") if p.is_file()])
    count.found(rows=rows, recoverable=len(recovered), in_clear=len(in_clear), neighbours=len(stay))
    assert recovered == set()
    assert in_clear == []
    assert _readable(copies.oldest, newest, kept) == _readable(copies.live, newest, kept) == kept
    for resident in (stay[0], stay[-1]):
        assert world.run(people.search, office.counselor, SearchDraft(name=resident.name))
    for resident in (gone[0], gone[-1]):
        assert world.run(people.search, office.counselor, SearchDraft(name=resident.name)) == []
