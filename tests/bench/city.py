"""A city of N cases for measurements: valid sealed rows in bulk, below the gate, in the product's own schema."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, create_engine, event, insert

from casework.accounts.models import Staff, StaffRole
from casework.accounts.sessions import hash_password
from casework.cases.models import Case, CaseIssue, CasePerson, CaseStep, Note, NoteSegment
from casework.crypto import Binding, FileKeyStore, KeyRing
from casework.kernel.actor import SYSTEM_ID
from casework.meeting.models import AgendaItem, Meeting, PreparationSheet
from casework.people.models import (
    Household,
    HouseholdMember,
    Person,
    PersonAddress,
    PersonContact,
    SearchChange,
)
from casework.settings import Settings

PASSWORD = "aozora no shita de hakaru hitobito"
AGENCIES = (
    "shakyo",
    "fukushi_somu",
    "seikatsu_fukushi",
    "korei_ikiiki",
    "chiiki_kyosei",
    "shogai_fukushi",
    "kodomo_katei",
    "seishonen",
    "shimin_kenko",
    "toshi_seibi",
)
STAFF_PER_AGENCY = 10
RICH = 200  # cases with a timeline of 20; the others have one note
TIMELINE = 20
AGENDA = 8
BATCH = 1000
SURNAMES = [a + b for a in "架仮例模想試虚図標" for b in "空名田野川山崎本"]
GIVEN = [a + b for a in "花太一二春秋夏冬光" for b in "子郎江彦美介代平"]
READINGS = {
    "架": "か",
    "仮": "かり",
    "例": "れい",
    "模": "も",
    "想": "そう",
    "試": "ため",
    "虚": "うろ",
    "図": "ず",
}
STATES = ("open", "assessing", "planning", "supporting", "supporting", "evaluating", "closed")


@dataclass(frozen=True, slots=True)
class City:
    """What the measurements ask for: sign-ins, rich cases of the counselor's own agency, a meeting, names."""

    counselor: str
    chair: str
    cases: tuple[tuple[UUID, UUID, UUID], ...]  # case, person, household
    meeting: UUID
    items: tuple[UUID, ...]
    names: tuple[str, ...]


class _Filler:
    def __init__(self, connection: Connection, keys: KeyRing, now: datetime, seed: int) -> None:
        self.connection = connection
        self.keys = keys
        self.now = now
        self.rng = random.Random(seed)
        self.rows: dict[type, list[dict[str, Any]]] = {}
        self.staff: dict[str, list[UUID]] = {}

    def id(self, at: datetime | None = None) -> UUID:
        """A UUIDv7 of the given moment, from the seed."""
        millis = int((at or self.now).timestamp() * 1000)
        value = (
            millis << 80 | 0x7 << 76 | self.rng.getrandbits(12) << 64 | 0x2 << 62 | self.rng.getrandbits(62)
        )
        return UUID(int=value)

    def add(self, model: type, **values: Any) -> None:
        self.rows.setdefault(model, []).append(values)

    def seal(self, text: str, model: Any, column: str, row: UUID, owner: UUID) -> bytes:
        return self.keys.seal(text, Binding(model.__tablename__, column, row, owner))

    def flush(self) -> None:
        for model, rows in self.rows.items():
            self.connection.execute(insert(model.__table__), rows)
        self.rows.clear()


def fill(url: str, store: FileKeyStore, settings: Settings, cases: int, *, seed: int = 2026) -> City:
    """Add staff, persons, households and `cases` cases to a database that holds the directory."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _fast)
    now = datetime.now(UTC)
    made: list[tuple[UUID, UUID, UUID, str]] = []
    with engine.begin() as connection:
        filler = _Filler(connection, KeyRing(store), now, seed)
        _staff(filler, settings)
        for numbers in _batches(cases):
            made += _cases(filler, store, numbers, every=max(1, cases // (RICH * len(AGENCIES))))
            filler.flush()
        rich = tuple((case, person, house) for case, person, house, _ in made)
        meeting, items = _meeting(filler, store, [row[0] for row in rich[:AGENDA]])
        filler.flush()
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    engine.dispose()
    names = tuple(dict.fromkeys(name for *_, name in made))
    return City("bench.counselor", "bench.chair", rich, meeting, items, names)


def _fast(raw: Any, _record: object) -> None:
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=OFF")
    raw.execute("PRAGMA cache_size=-200000")


def _batches(cases: int) -> Iterator[range]:
    for start in range(0, cases, BATCH):
        yield range(start, min(start + BATCH, cases))


def _staff(f: _Filler, settings: Settings) -> None:
    hashed = hash_password(settings, PASSWORD)

    def one(login: str, role: str, agency: str) -> UUID:
        staff = f.id()
        f.add(
            Staff,
            id=staff,
            version=1,
            login=login,
            name=f"架空 {login}",
            agency=agency,
            password_hash=hashed,
            password_changed_at=f.now,
            must_change_password=False,
            created_at=f.now,
        )
        since = date(2020, 4, 1)
        role_of = {
            "staff_id": staff,
            "role": role,
            "agency": agency,
            "valid_from": since,
            "given_by": SYSTEM_ID,
        }
        f.add(StaffRole, id=f.id(), **role_of)
        return staff

    for agency in AGENCIES:
        f.staff[agency] = [one(f"{agency}.{n}", "counselor", agency) for n in range(STAFF_PER_AGENCY)]
    f.staff["shakyo"].append(one("bench.counselor", "counselor", "shakyo"))
    f.staff["chair"] = [one("bench.chair", "chair", "fukushi_somu")]
    f.flush()


def _cases(
    f: _Filler, store: FileKeyStore, numbers: range, *, every: int
) -> list[tuple[UUID, UUID, UUID, str]]:
    """The cases of a batch; hands back those with a full timeline that belong to the counselor's agency."""
    drawn = [(n, f.now - timedelta(minutes=5 * (n + 1))) for n in numbers]
    ids = [(n, at, f.id(at), f.id(at)) for n, at in drawn]
    owners = [owner for _, _, case, person in ids for owner in (case, person)]
    store.new_data_keys(owners)
    f.keys.prefetch(owners)
    rich = []
    for n, at, case, person in ids:
        name = _person(f, person, at)
        household = _household(f, person, at)
        agency = AGENCIES[n % len(AGENCIES)]
        owner = f.rng.choice(f.staff[agency])
        _case(f, n, at, case, household, owner, agency)
        f.add(CasePerson, id=f.id(at), case_id=case, person_id=person, role="subject")
        full = agency == "shakyo" and (n // len(AGENCIES)) % every == 0
        _notes(f, case, person, owner, agency, at, TIMELINE if full else 1)
        if full:
            rich.append((case, person, household, name))
    return rich


def _person(f: _Filler, person: UUID, at: datetime) -> str:
    name = f.rng.choice(SURNAMES) + " " + f.rng.choice(GIVEN)
    kana = "".join(READINGS.get(c, "ん") for c in name if c != " ")
    f.add(
        Person,
        id=person,
        version=1,
        name=f.seal(name, Person, "name", person, person),
        kana=f.seal(kana, Person, "kana", person, person),
        birth=f.seal(f"{f.rng.randint(1930, 2005)}-04-01", Person, "birth", person, person),
        birth_precision="day",
        anonymous=False,
        protected=False,
        created_by=SYSTEM_ID,
        created_at=at,
    )
    place, line = f.id(at), f.id(at)
    where = f"架空町{f.rng.randint(1, 99)}-{f.rng.randint(1, 30)}"
    sealed = f.seal(where, PersonAddress, "address", place, person)
    f.add(PersonAddress, id=place, person_id=person, address=sealed, restricted=False, recorded_at=at)
    phone = f.seal("0467-00-0000", PersonContact, "value", line, person)
    kind = {"kind": "phone_home", "restricted": False}
    f.add(PersonContact, id=line, person_id=person, value=phone, recorded_at=at, **kind)
    f.add(SearchChange, person_id=person)
    return name.replace(" ", "")


def _household(f: _Filler, person: UUID, at: datetime) -> UUID:
    household = f.id(at)
    f.add(Household, id=household, version=1, created_by=SYSTEM_ID, created_at=at)
    f.add(
        HouseholdMember,
        id=f.id(at),
        household_id=household,
        person_id=person,
        cohabiting=True,
        recorded_at=at,
    )
    return household


def _case(f: _Filler, n: int, at: datetime, case: UUID, household: UUID, owner: UUID, agency: str) -> None:
    state = STATES[f.rng.randrange(len(STATES))]
    f.add(
        Case,
        id=case,
        version=1,
        number=f"B{n:09d}",
        state=state,
        household_id=household,
        owner_id=owner,
        owner_agency=agency,
        multi_agency=False,
        danger=n % 97 == 0,
        protected=False,
        to_be_approved=False,
        opened_at=at,
        last_contact_at=at,
        closed_at=at if state == "closed" else None,
        issue_revision=0,
    )
    for code, main in (("eldercare", True), ("withdrawal_truancy", False)):
        f.add(CaseIssue, id=f.id(at), case_id=case, list="consult_topic", code=code, main=main)
    f.add(CaseStep, id=f.id(at), case_id=case, kind="opened", to_state="open", by=owner, at=at)


def _notes(f: _Filler, case: UUID, person: UUID, author: UUID, agency: str, at: datetime, count: int) -> None:
    for day in range(count):
        when = at + timedelta(minutes=day)
        note, part = f.id(when), f.id(when)
        f.add(
            Note,
            id=note,
            case_id=case,
            happened_at=when,
            method="home_visit",
            author_id=author,
            author_agency=agency,
            after_closing=False,
            recorded_at=when,
        )
        text = f.seal("架空の訪問の記録。" * 12, NoteSegment, "text", part, case)
        words = {"segment_class": "fact", "sort": 0, "text": text}
        f.add(NoteSegment, id=part, note_id=note, case_id=case, about_id=person, **words)


def _meeting(f: _Filler, store: FileKeyStore, cases: list[UUID]) -> tuple[UUID, tuple[UUID, ...]]:
    """One 支援会議 with the cases on its agenda and three sheets each."""
    meeting = f.id()
    store.new_data_keys([meeting])
    chair = f.staff["chair"][0]
    f.add(
        Meeting,
        id=meeting,
        version=1,
        basis="act_106_6",
        convener="fukushi_somu",
        chair_id=chair,
        secretariat_id=chair,
        planned_at=f.now + timedelta(days=7),
        minutes=60,
        state="material_shared",
        planned_by=chair,
        convened_at=f.now,
        shared_at=f.now,
    )
    items = []
    for sort, case in enumerate(cases, 1):
        item = f.id()
        f.add(
            AgendaItem,
            id=item,
            version=1,
            meeting_id=meeting,
            case_id=case,
            basis="act_106_6",
            sort=sort,
            holder="shakyo",
            items="consultation",
            purpose=f.seal("架空の議題", AgendaItem, "purpose", item, case),
            taken_by=chair,
            taken_at=f.now,
        )
        for agency in AGENCIES[:3]:
            _sheet(f, meeting, item, case, agency)
        items.append(item)
    return meeting, tuple(items)


def _sheet(f: _Filler, meeting: UUID, item: UUID, case: UUID, agency: str) -> None:
    sheet = f.id()
    columns = ("household_picture", "current_efforts", "wanted_agencies", "requests")
    texts = {name: f.seal(f"架空の{name}" * 5, PreparationSheet, name, sheet, case) for name in columns}
    of = {"agenda_item_id": item, "meeting_id": meeting, "case_id": case, "agency": agency}
    by = {"written_by": f.staff[agency][0], "written_at": f.now}
    f.add(PreparationSheet, id=sheet, version=1, **of, **texts, **by)
