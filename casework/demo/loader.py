"""Putting a synthetic caseload into an empty house in bulk, below the gate: it is invented, and never a real city's.

One engine of its own, one transaction. The rows are those that the use cases would leave, as far as statistics and
lists read them: sealed birth dates, districts, issues, events; no names and no narrative.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, create_engine, event, insert, select

from ..accounts.models import Staff
from ..agencies.models import Agency, District, Window
from ..cases.models import Case, CaseIssue, CasePerson, CaseStep, Note
from ..codes.models import Code
from ..crypto import Binding, KeyRing
from ..intake.models import Intake, IntakeTopic
from ..kernel.actor import SYSTEM_ID
from ..kernel.clock import TOKYO
from ..meeting.models import AgendaItem, ItemMember, Meeting
from ..outreach.models import OutreachEpisode, Visit
from ..participation.models import Need
from ..people.models import Household, Person, PersonAddress
from ..referral.models import Referral
from ..settings import Settings
from . import caseload
from .caseload import Caseload, Lists

BATCH = 1000
NOBODY = "!"  # no password opens the accounts of invented colleagues


def load(settings: Settings, keys: KeyRing, *, cases: int, months: int, end: date, seed: int) -> int:
    """Add `cases` cases registered in the `months` months before `end`; the number of cases."""
    engine = create_engine(settings.database_url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _fast)
    with engine.begin() as connection:
        lists = lists_of(connection)
        writer = _Writer(connection, keys, seed)
        writer.hire({*lists.divisions, *(agency for _, agency in lists.windows)}, end)
        batch: list[caseload.Case] = []
        for case in Caseload(lists, cases=cases, months=months, end=end, seed=seed):
            batch.append(case)
            if len(batch) == BATCH:
                writer.write(batch)
                batch = []
        writer.write(batch)
    engine.dispose()
    return cases


def _fast(raw: Any, _record: object) -> None:
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=OFF")


def lists_of(connection: Connection) -> Lists:
    """The municipality's own lists, as they stand in the house."""

    def codes(name: str) -> list[str]:
        query = select(Code.code).where(Code.list == name, Code.valid_to.is_(None))
        return list(connection.scalars(query.order_by(Code.sort, Code.code)))

    agencies = connection.execute(select(Agency.code, Agency.support_meeting_member, Agency.kind)).all()
    areas = select(District.code).where(District.kind == "welfare_area").order_by(District.sort)
    windows = connection.execute(select(Window.code, Window.agency).order_by(Window.sort, Window.code))
    return Lists(
        windows=[(row.code, row.agency) for row in windows],
        divisions=sorted(a.code for a in agencies if a.support_meeting_member or a.kind == "council"),
        districts=list(connection.scalars(areas)),
        household_types=codes("household_type"),
        routes=codes("intake_route"),
        topics=codes("consult_topic"),
        issues=codes("issue"),
        compounds=codes("compound_issue"),
        close_reasons=codes("close_reason"),
        bases=codes("meeting_basis"),
        results=codes("contact_result"),
        places=codes("place_kind"),
    )


class _Writer:
    """Rows by table, written together; ids are drawn from the seed."""

    def __init__(self, connection: Connection, keys: KeyRing, seed: int) -> None:
        self._connection, self._keys = connection, keys
        self._rng = random.Random(f"rows-{seed}")  # noqa: S311 - ids of a seeded world, no secret
        self._rows: dict[type, list[dict[str, Any]]] = {}
        self._staff: dict[str, UUID] = {}
        self._homes: dict[int, UUID] = {}
        self._mark = f"{self._rng.getrandbits(20):05X}"

    def hire(self, agencies: Iterable[str], today: date) -> None:
        """One invented colleague per agency, to own what is there."""
        for code in sorted(agencies):
            self._staff[code] = self._add(
                Staff,
                today,
                version=1,
                login=f"synthetic.{code}.{self._mark.lower()}",
                name=f"架空 {code}",
                agency=code,
                password_hash=NOBODY,
                password_changed_at=_at(today),
                must_change_password=True,
                created_at=_at(today),
            )
        self._flush()

    def write(self, cases: list[caseload.Case]) -> None:
        """A batch: the keys of its persons first, then everybody's rows."""
        people = {case.number: self._id(case.opened_on) for case in cases}
        self._keys.new_owner(*people.values())
        self._keys.prefetch(people.values())
        for case in cases:
            self._case(case, people[case.number])
        self._flush()

    def _case(self, case: caseload.Case, person: UUID) -> None:
        at, agency = _at(case.opened_on), case.division
        home = self._home(case)
        self._person(case, person)
        owner = {"owner_id": self._staff[agency], "owner_agency": agency}
        ended = case.state in ("closed", "interrupted")
        row = self._add(
            Case,
            case.opened_on,
            version=1,
            number=f"{self._mark}-{case.number}",
            state=case.state,
            household_id=home,
            multi_agency=case.multi_agency,
            danger=False,
            protected=False,
            to_be_approved=False,
            window=case.window,
            opened_at=at,
            next_contact_on=None if ended else case.next_contact_on,
            closed_at=at + timedelta(days=30) if ended else None,
            close_reason=case.close_reason,
            interrupt_reason="no_contact" if case.state == "interrupted" else None,
            issue_revision=0,
            **owner,
        )
        self._add(CasePerson, case.opened_on, case_id=row, person_id=person, role="subject")
        steps = ["opened", *(["taken_up"] if case.multi_agency else [])]
        for kind in steps:
            by = owner["owner_id"]
            self._add(CaseStep, case.opened_on, case_id=row, kind=kind, to_state="open", by=by, at=at)
        told = [("issue", code) for code in case.issues] + [
            ("compound_issue", code) for code in case.compounds
        ]
        for name, code in told:
            self._add(CaseIssue, case.opened_on, case_id=row, list=name, code=code, main=False)
        self._reception(case, row, person)
        self._events(case, row, person)

    def _home(self, case: caseload.Case) -> UUID:
        if case.household not in self._homes:
            kind = {"household_type": case.household_type, "version": 1}
            by = {"created_by": SYSTEM_ID, "created_at": _at(case.opened_on)}
            self._homes[case.household] = self._add(Household, case.opened_on, **kind, **by)
        return self._homes[case.household]

    def _person(self, case: caseload.Case, person: UUID) -> None:
        place = Binding(Person.__tablename__, "birth", person, person)
        born = None if case.birth is None else self._keys.seal(case.birth.isoformat(), place)
        values = {
            "id": person,
            "version": 1,
            "birth": born,
            "birth_precision": None if born is None else "day",
            "anonymous": True,
            "protected": False,
            "created_by": SYSTEM_ID,
            "created_at": _at(case.opened_on),
        }
        self._rows.setdefault(Person, []).append(values)
        at = {"recorded_at": _at(case.opened_on), "restricted": case.district is None}
        self._add(PersonAddress, case.opened_on, person_id=person, district=case.district, **at)

    def _reception(self, case: caseload.Case, row: UUID, person: UUID) -> None:
        owner = self._staff[case.window_agency]
        intake = self._add(
            Intake,
            case.opened_on,
            version=1,
            number=f"{self._mark}-{case.number}",
            state="kept_by_division",
            window=case.window,
            received_on=case.opened_on,
            received_at=_at(case.opened_on),
            recorder_id=owner,
            owner_id=owner,
            owner_agency=case.window_agency,
            person_id=person,
            intake_route=case.route,
            consent="given",
            case_id=row,
            decided_by=owner,
            decided_at=_at(case.opened_on),
        )
        self._add(IntakeTopic, case.opened_on, intake_id=intake, sort=0, code=case.topic, main=True)

    def _events(self, case: caseload.Case, row: UUID, person: UUID) -> None:
        staff, agency, day = self._staff[case.division], case.division, case.opened_on
        if case.first_note_after is not None:
            noted = _at(day + timedelta(days=case.first_note_after))
            by = {"author_id": staff, "author_agency": agency, "after_closing": False}
            self._add(Note, day, case_id=row, happened_at=noted, recorded_at=noted, method="home_visit", **by)
        if case.referred_to not in (None, agency):
            self._referral(case, row)
        if case.basis is not None:
            self._meeting(case, row)
        if case.visits:
            self._visits(case, row)
        if case.place is not None:
            self._add(
                Need,
                day,
                version=1,
                case_id=row,
                person_id=person,
                state=case.need_state,
                wanted_kind=case.place,
                requested_at=_at(day),
                owner_id=staff,
                owner_agency=agency,
            )

    def _referral(self, case: caseload.Case, row: UUID) -> None:
        staff, sent = self._staff[case.division], _at(case.opened_on)
        there = self._staff[str(case.referred_to)]
        answered = case.referral_state != "sent"
        self._add(
            Referral,
            case.opened_on,
            version=1,
            number=f"{self._mark}-{case.number}",
            case_id=row,
            state=case.referral_state,
            path="",
            from_staff=staff,
            from_agency=case.division,
            to_agency=case.referred_to,
            urgent=False,
            with_consent=False,
            ground="act_106_6",
            items="consultation",
            sent_at=sent,
            ack_due_at=sent + timedelta(days=2),
            answered_at=sent + timedelta(days=1) if answered else None,
            answered_by=there if answered else None,
            accepted_by=there if case.referral_state == "accepted" else None,
            return_reason="out_of_scope" if case.referral_state == "returned" else None,
            owner_id=staff,
            owner_agency=case.division,
        )

    def _meeting(self, case: caseload.Case, row: UUID) -> None:
        staff, day = self._staff[case.division], case.opened_on
        held = _at(day)
        meeting = self._add(
            Meeting,
            day,
            version=1,
            basis=case.basis,
            convener=case.division,
            chair_id=staff,
            secretariat_id=staff,
            planned_at=held,
            minutes=60,
            state="held",
            planned_by=staff,
            convened_at=held,
            shared_at=held,
            held_at=held,
        )
        item = self._add(
            AgendaItem,
            day,
            version=1,
            meeting_id=meeting,
            case_id=row,
            basis=case.basis,
            sort=1,
            holder=case.division,
            items="consultation",
            taken_by=staff,
            taken_at=held,
        )
        of = {"agenda_item_id": item, "meeting_id": meeting, "case_id": row}
        for agency in case.invited:
            self._add(ItemMember, day, agency=agency, invited_by=staff, invited_at=held, **of)

    def _visits(self, case: caseload.Case, row: UUID) -> None:
        staff, day = self._staff[case.division], case.opened_on
        episode = self._add(
            OutreachEpisode,
            day,
            version=1,
            case_id=row,
            state="approaching",
            basis="consent",
            trigger="not_reached",
            started_at=_at(day),
            owner_id=staff,
            owner_agency=case.division,
        )
        for result in case.visits:
            of = {"episode_id": episode, "case_id": row, "by": staff, "basis": "consent", "by_two": False}
            at = {"at": _at(day), "recorded_at": _at(day)}
            self._add(Visit, day, method="home_visit", result=result, **of, **at)

    def _add(self, model: type, day: date, **values: Any) -> UUID:
        row = self._id(day)
        self._rows.setdefault(model, []).append({"id": row, **values})
        return row

    def _id(self, day: date) -> UUID:
        """A UUIDv7 of that day."""
        millis = int(_at(day).timestamp() * 1000)
        drawn = self._rng.getrandbits(74)
        return UUID(int=millis << 80 | 0x7 << 76 | (drawn >> 62) << 64 | 0x2 << 62 | drawn & (1 << 62) - 1)

    def _flush(self) -> None:
        for model, rows in self._rows.items():
            self._connection.execute(insert(model), rows)
        self._rows.clear()


def _at(day: date) -> datetime:
    """Noon of the day in Japan."""
    return datetime.combine(day, time(12), TOKYO)
