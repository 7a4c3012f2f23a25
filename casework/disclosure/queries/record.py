"""Collecting one person's record: every sealed text within the request's sight, with what the rule proposes for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select

from ...cases.models import Case, CasePerson, Consent, Note, NoteSegment
from ...codes import lookup
from ...db import Base
from ...intake.models import Intake
from ...kernel.actor import Permission as P
from ...kernel.clock import tokyo_date
from ...kernel.messages import Messages
from ...kernel.wareki import format_wareki
from ...outreach.models import OutreachEpisode
from ...participation.models import Need
from ...people.models import HouseholdMember, Person, PersonAddress, PersonContact, SafeContact
from ...settings import bundled_path
from ...usecase import Context
from ..models import DisclosureRequest
from ..rules import About, Nature, PartKind, Piece, stays_out
from .sources import OF_CASE, OF_INTAKE, Source

Place = tuple[str, UUID, str]  # table, row, column


@dataclass(frozen=True, slots=True)
class Found:
    """One text of the record, where it stands; it is opened only by `text`."""

    kind: PartKind
    row: Base
    field: str
    heading: str
    piece: Piece
    case_id: UUID | None = None

    @property
    def place(self) -> Place:
        row: Any = self.row
        return row.__tablename__, row.id, self.field

    def text(self, ctx: Context) -> str:
        return ctx.unseal(self.row, self.field) or ""


@cache
def words() -> Messages:
    return Messages(bundled_path("config") / "messages")


def person_of(ctx: Context, request: DisclosureRequest) -> Person:
    """Step: the person of a request in sight."""
    return ctx.load(Person, request.person_id, permission=P.DISCLOSURE_READ)


def collect(ctx: Context, request: DisclosureRequest) -> list[Found]:
    """Step: every text of the person's record, in the order of the export.

    Restricted whereabouts, all whereabouts of a protected person, and what concerns another protected person are not
    there at all (I12): they are neither proposed nor marked nor counted.
    """
    person = person_of(ctx, request)
    found = [*_of_person(ctx, person), *_of_intakes(ctx, person), *_of_cases(ctx, person)]
    ctx.prefetch_keys([request.id, person.id, *{_owner(f.row) for f in found}])
    order = {kind: n for n, kind in enumerate(PartKind)}
    return sorted(found, key=lambda f: order[f.kind])


def _owner(row: Any) -> UUID:
    owner: UUID = getattr(row, row.__sealed_by__)
    return owner


def _filled(row: Any, names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if getattr(row, name) is not None)


def _heading(row: Any, name: str, at: date | datetime | None, *more: str) -> str:
    title = words().label("disclosure_field", f"{row.__tablename__}_{name}")
    day = tokyo_date(at) if isinstance(at, datetime) else at
    return " ".join(filter(None, (*more, title, format_wareki(day) if day else "")))


# -- the person --------------------------------------------------------------------------------------


def _of_person(ctx: Context, person: Person) -> Iterator[Found]:
    for name in _filled(person, ("name", "kana", "birth")):
        yield Found(PartKind.PERSON, person, name, _heading(person, name, None), Piece(Nature.FACT))
    if not person.protected:
        yield from _whereabouts(ctx, person)
    for consent in ctx.parts(person, Consent, order=Consent.recorded_at):
        for name, nature in (("reason", Nature.OWN_WORD), ("proxy", Nature.THIRD_PARTY)):
            if getattr(consent, name) is not None:
                heading = _heading(consent, name, consent.recorded_at)
                yield Found(PartKind.CONSENT, consent, name, heading, Piece(nature), consent.case_id)


def _whereabouts(ctx: Context, person: Person) -> Iterator[Found]:
    """Addresses and contacts that nobody restricted."""
    tables: tuple[tuple[PartKind, Any, tuple[str, ...]], ...] = (
        (PartKind.ADDRESS, PersonAddress, ("address",)),
        (PartKind.CONTACT, PersonContact, ("value",)),
        (PartKind.SAFE_CONTACT, SafeContact, ("hours", "remarks")),
    )
    for kind, model, names in tables:
        open_ = () if kind is PartKind.SAFE_CONTACT else (model.restricted.is_(False),)
        for row in ctx.parts(person, model, *open_, order=model.recorded_at):
            for name in _filled(row, names):
                yield Found(kind, row, name, _heading(row, name, row.recorded_at), Piece(Nature.FACT))


def _of_intakes(ctx: Context, person: Person) -> Iterator[Found]:
    query = ctx.select(Intake, permission=P.DISCLOSURE_READ).where(Intake.person_id == person.id)
    for row in ctx.all(query.order_by(Intake.received_at, Intake.id)):
        for name in _filled(row, OF_INTAKE.fields):
            if person.protected and name.startswith("safe_"):
                continue
            heading = _heading(row, name, row.received_on, row.number)
            piece = Piece(OF_INTAKE.nature(row, name))
            yield Found(PartKind.INTAKE, row, name, heading, piece, row.case_id)


# -- the cases ---------------------------------------------------------------------------------------


def _of_cases(ctx: Context, person: Person) -> Iterator[Found]:
    linked = select(CasePerson.case_id).where(CasePerson.person_id == person.id)
    query = ctx.select(Case, permission=P.DISCLOSURE_READ).where(Case.id.in_(linked))
    cases = ctx.all(query.order_by(Case.opened_at, Case.id))
    if not cases:
        return
    people = ctx.parts_of(cases, CasePerson)
    subjects = {case.id: {p.person_id for p in people[case.id] if p.role == "subject"} for case in cases}
    look = _Look(
        person.id,
        {case.id: case.number for case in cases},
        {case_id for case_id, found in subjects.items() if found == {person.id}},
        _guarded(ctx, person, cases),
        {(row.list, row.code): row.ja for row in lookup.entries(ctx.session, ["contact_method"])},
    )
    rows: dict[type[Base], list[Any]] = {Case: cases}
    for source in OF_CASE:
        rows[source.model] = _rows(ctx, source, rows, person)
        yield from look.at(source, rows)


def _rows(ctx: Context, source: Source, rows: Mapping[type[Base], list[Any]], person: Person) -> list[Any]:
    model: Any = source.model
    if source.parent is not None:
        where = () if model is not NoteSegment else (_about_nobody_protected(person.id),)
        parts = ctx.parts_of(rows[source.parent], model, *where) if rows[source.parent] else {}
        return [row for found in parts.values() for row in found]
    query = ctx.select(model, permission=P.DISCLOSURE_READ)
    query = query.where(model.case_id.in_([case.id for case in rows[Case]]))
    if model is OutreachEpisode:  # an episode with another person is theirs
        query = query.where(or_(model.person_id.is_(None), model.person_id == person.id))
    if model is Need:
        query = query.where(model.person_id == person.id)
    order = getattr(model, source.at)
    return ctx.all(query.order_by(order, model.id))


def _about_nobody_protected(person_id: UUID) -> Any:
    about = NoteSegment.about_id
    hidden = exists(select(Person.id).where(Person.id == about, Person.protected.is_(True)))
    return or_(about.is_(None), about == person_id, ~hidden)


def _guarded(ctx: Context, person: Person, cases: list[Case]) -> set[UUID]:
    """Cases in which, or in whose household, somebody else is protected."""
    other = (Person.protected.is_(True), Person.id != person.id)
    on_case = select(CasePerson.id).join(Person, Person.id == CasePerson.person_id)
    at_home = select(HouseholdMember.id).join(Person, Person.id == HouseholdMember.person_id)
    query = ctx.select(Case, permission=P.DISCLOSURE_READ).where(
        Case.id.in_([case.id for case in cases]),
        or_(
            exists(on_case.where(CasePerson.case_id == Case.id, *other)),
            exists(at_home.where(HouseholdMember.household_id == Case.household_id, *other)),
        ),
    )
    return {row.id for row in ctx.tuples(Case, query.with_only_columns(Case.id))}


@dataclass(frozen=True)
class _Look:
    """What decides whether and how a text of a case is listed."""

    person: UUID
    numbers: Mapping[UUID, str]
    main: set[UUID]
    guarded: set[UUID]
    codes: Mapping[tuple[str, str], str]

    def at(self, source: Source, rows: Mapping[type[Base], list[Any]]) -> Iterator[Found]:
        parents = {} if source.parent is None else {row.id: row for row in rows[source.parent]}
        for row in rows[source.model]:
            parent = parents.get(_parent_id(row))
            for name in _filled(row, source.fields):
                piece = self._piece(source, row, name, parent)
                if not stays_out(piece) and not _own_name(row, name):
                    heading = _heading(row, name, _day(source, row, parent), *self._more(row, parent))
                    yield Found(source.kind, row, name, heading, piece, row.case_id)

    def _piece(self, source: Source, row: Any, name: str, parent: Any) -> Piece:
        bound = source.bound(row) or any(s.bound(parent) for s in OF_CASE if isinstance(parent, s.model))
        case_id = row.case_id
        return Piece(
            source.nature(row, name), self._about(row), bound, case_id in self.main, case_id in self.guarded
        )

    def _about(self, row: Any) -> About:
        named = getattr(row, "about_id", None) or getattr(row, "person_id", None)
        if named is None:
            return About.NOBODY
        return About.REQUESTER if named == self.person else About.OTHER

    def _more(self, row: Any, parent: Any) -> tuple[str, ...]:
        note = row if isinstance(row, Note) else parent if isinstance(parent, Note) else None
        method = "" if note is None else self.codes.get(("contact_method", note.method), note.method)
        kind = words().label("segment_class", row.segment_class) if isinstance(row, NoteSegment) else ""
        section = words().label("section", row.section) if hasattr(row, "section") else ""
        return self.numbers[row.case_id], method, kind, section


def _own_name(row: Any, name: str) -> bool:
    """Who said their own words need not be named apart."""
    return name == "said_by" and row.segment_class == "person_word"


def _parent_id(row: Any) -> Any:
    return getattr(row, type(row).__part_of__ or "id", None)


def _day(source: Source, row: Any, parent: Any) -> date | datetime | None:
    if source.at:
        found: date | datetime | None = getattr(row, source.at)
        return found
    at = next((s.at for s in OF_CASE if isinstance(parent, s.model)), "")
    return getattr(parent, at) if at else None
