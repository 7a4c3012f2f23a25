"""Steps that read the records of a period as facts to be counted. They leave this house only as sealed numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func

from ...agencies.models import Agency, District, Initiative, Window
from ...cases.models import Case, CaseIssue, CasePerson, Note
from ...codes import lookup
from ...intake.models import Intake, IntakeTopic
from ...intake.rules import IntakeState
from ...kernel.clock import TOKYO, tokyo_date
from ...kernel.wareki import PartialDate
from ...meeting.models import ActionItem, AgendaItem, Decision, ItemMember, Meeting, MissingResource
from ...outreach.models import Visit
from ...participation.models import Need
from ...people.models import Household, Person, PersonAddress
from ...plan.models import Plan, PlanLine, PlanRole
from ...referral.models import Referral
from ...usecase import Context, Unreadable
from ..rules import OTHER, UNKNOWN, Dimension, Fact, Menu, Period, Values

AGES = ((18, "under18"), (40, "18to39"), (65, "40to64"), (75, "65to74"), (200, "75over"))
WAITS = ((7, "within7"), (30, "within30"), (90, "within90"))
MERGED = IntakeState.MERGED_DUPLICATE.value
MULTIPLE = {"issue": "issue", "compound": "compound_issue"}
BATCH = 2000  # keys of persons that are unwrapped at once; the key ring holds twice as many


class Places:
    """Divisions and areas as the tables tell them: the ten of 支援会議 and 市社協, 5 and 9 areas."""

    def __init__(self, ctx: Context) -> None:
        rows = ctx.session.scalars(ctx.select(Agency).order_by(Agency.sort, Agency.code)).all()
        self.divisions = [a.code for a in rows if a.support_meeting_member or a.kind == "council"]
        areas = ctx.session.scalars(ctx.select(District).order_by(District.sort, District.code)).all()
        self.parent = {d.code: d.parent for d in areas if d.parent is not None}
        self.five = [d.code for d in areas if d.kind == "administrative"]
        self.nine = [d.code for d in areas if d.kind == "welfare_area"]
        windows = ctx.session.scalars(ctx.select(Window).order_by(Window.sort, Window.code)).all()
        self.windows = [w.code for w in windows]
        efforts = ctx.session.scalars(ctx.select(Initiative).order_by(Initiative.sort)).all()
        self.initiatives = [i.key for i in efforts]

    def division(self, agency: str) -> str:
        return agency if agency in self.divisions else OTHER

    def areas(self, district: str | None) -> tuple[str, str]:
        """The one of 9 and the one of 5; an administrative area alone has no part of its own."""
        if district is None:
            return UNKNOWN, UNKNOWN
        if district in self.five:
            return UNKNOWN, district
        return district, self.parent.get(district, UNKNOWN)


def values(ctx: Context, menu: Menu, places: Places) -> Values:
    """The full lists, retired codes included, by code list order; what a record does not say comes last."""
    lists = {d.source.split(":", 1)[1] for d in menu.dimensions if d.source.startswith("codes:")}
    coded: dict[str, list[str]] = {name: [] for name in lists}
    for entry in lookup.entries(ctx.session, lists):
        coded[entry.list].append(entry.code)
    found = {(d.unit, d.id): _values(d, coded, places) for d in menu.dimensions}
    return Values(found, {nine: places.parent.get(nine, UNKNOWN) for nine in places.nine})


def _values(dim: Dimension, coded: dict[str, list[str]], places: Places) -> list[str]:
    kind, _, rest = dim.source.partition(":")
    if kind in ("words", "answers"):
        listed = rest.split(":", 1)[1].split(",")
    elif kind == "codes":
        listed = list(coded[rest])
    else:
        by_kind = {
            "windows": places.windows,
            "divisions": [*places.divisions, OTHER],
            "initiatives": places.initiatives,
            "areas9": places.nine,
            "areas5": places.five,
        }
        listed = list(by_kind[kind])
    return listed if dim.several or UNKNOWN in listed else [*listed, UNKNOWN]


def facts(ctx: Context, period: Period, places: Places) -> Iterator[Fact]:
    """Every record registered in the period."""
    moments = span(period.first, period.last)
    yield from _cases(ctx, moments, places)
    yield from _intakes(ctx, period, places)
    yield from _events(ctx, moments, places)


def span(first: date, last: date) -> tuple[datetime, datetime]:
    """The first moment, and the first one after."""
    after = last + timedelta(days=1)
    return (
        datetime(first.year, first.month, first.day, tzinfo=TOKYO),
        datetime(after.year, after.month, after.day, tzinfo=TOKYO),
    )


@dataclass(frozen=True, slots=True)
class _Subject:
    """The 本人 of a case as far as statistics ask."""

    person: UUID
    birth: PartialDate | None


class _Around:
    """What is read beside the cases of a period: one statement for each kind."""

    def __init__(self, ctx: Context, within: Sequence[Any]) -> None:
        self.issues = _issues(ctx, within)
        self.first = _first_notes(ctx, within)
        self.types = _household_types(ctx, within)
        self.subjects = _subjects(ctx, within)
        self.districts = _districts(ctx, within)


def _cases(ctx: Context, moments: tuple[datetime, datetime], places: Places) -> Iterator[Fact]:
    begun, over = moments
    within = (Case.opened_at >= begun, Case.opened_at < over)
    columns = (
        Case.id,
        Case.household_id,
        Case.owner_agency,
        Case.state,
        Case.opened_at,
        Case.closed_at,
        Case.close_reason,
        Case.next_contact_on,
        Case.multi_agency,
    )
    rows = _read(ctx, ctx.select(Case).where(*within).with_only_columns(*columns))
    around = _Around(ctx, within)
    for row in rows:
        subject = around.subjects.get(row.id)
        household = str(row.household_id or (subject.person if subject else row.id))
        division = places.division(row.owner_agency)
        told = _case_values(row, subject, around, places, ctx.today)
        yield Fact("case", str(row.id), household, division, {"division": division, **told})


def _case_values(
    row: Any, subject: _Subject | None, around: _Around, places: Places, today: date
) -> dict[str, str | tuple[str, ...]]:
    nine, five = places.areas(None if subject is None else around.districts.get(subject.person))
    opened = tokyo_date(row.opened_at)
    late = row.closed_at is None and row.next_contact_on is not None and row.next_contact_on < today
    return {
        "area9": nine,
        "area5": five,
        "age": UNKNOWN if subject is None else _age_band(subject.birth, opened),
        "household": around.types.get(row.household_id) or UNKNOWN,
        "stage": row.state,
        "outcome": (row.close_reason,) if row.close_reason else (),
        "waiting": _waiting(opened, around.first.get(row.id)),
        "overdue": ("overdue",) if late else (),
        "multi_agency": ("taken_up",) if row.multi_agency else (),
        **{dim: tuple(around.issues.get((row.id, name), ())) for dim, name in MULTIPLE.items()},
    }


def _read(ctx: Context, query: Any) -> Sequence[Any]:
    """Rows of a scoped statement that are counted and handed to nobody, so nothing of them need be remembered."""
    return ctx.session.execute(query).all()


def _issues(ctx: Context, within: Sequence[Any]) -> dict[tuple[UUID, str], list[str]]:
    query = ctx.select(CaseIssue, Case).where(CaseIssue.case_id == Case.id, *within)
    query = query.where(CaseIssue.list.in_(sorted(MULTIPLE.values())))
    columns = (CaseIssue.case_id.label("id"), CaseIssue.list, CaseIssue.code)
    found: dict[tuple[UUID, str], list[str]] = {}
    for case, name, code in _read(ctx, query.with_only_columns(*columns)):
        found.setdefault((case, name), []).append(code)
    return found


def _first_notes(ctx: Context, within: Sequence[Any]) -> dict[UUID, date]:
    """The day of the first 支援経過 of each case."""
    query = ctx.select(Note, Case).where(Note.case_id == Case.id, *within).group_by(Note.case_id)
    columns = (Note.case_id.label("id"), func.min(Note.happened_at).label("begun"))
    return {row.id: tokyo_date(row.begun) for row in _read(ctx, query.with_only_columns(*columns))}


def _household_types(ctx: Context, within: Sequence[Any]) -> dict[UUID, str | None]:
    query = ctx.select(Household, Case).where(Household.id == Case.household_id, *within)
    rows = _read(ctx, query.with_only_columns(Household.id, Household.household_type))
    return {row.id: row.household_type for row in rows}


def _subjects(ctx: Context, within: Sequence[Any]) -> dict[UUID, _Subject]:
    """One 本人 of each case, the first who was recorded. Births are opened one by one and kept for the count only."""
    query = ctx.select(Person, CasePerson, Case)
    query = query.where(Person.id == CasePerson.person_id, CasePerson.case_id == Case.id, *within)
    query = query.where(CasePerson.role == "subject").order_by(CasePerson.id.desc())
    rows = _read(
        ctx,
        query.with_only_columns(Person.id, CasePerson.case_id, Person.birth, Person.birth_precision),
    )
    found: dict[UUID, _Subject] = {}
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        ctx.prefetch_keys([row.id for row in batch])
        for row in batch:
            text = ctx.unseal(row, "birth", Person)
            known = text and not isinstance(text, Unreadable)
            birth = PartialDate(str(text), row.birth_precision) if known else None
            found[row.case_id] = _Subject(row.id, birth)
    return found


def _districts(ctx: Context, within: Sequence[Any]) -> dict[UUID, str | None]:
    """Where each 本人 lives now; an address that is restricted has no district."""
    query = ctx.select(PersonAddress, CasePerson, Case)
    query = query.where(PersonAddress.person_id == CasePerson.person_id, CasePerson.case_id == Case.id)
    query = query.where(CasePerson.role == "subject", PersonAddress.valid_until.is_(None), *within)
    columns = (PersonAddress.person_id.label("id"), PersonAddress.district)
    rows = _read(ctx, query.order_by(PersonAddress.id).with_only_columns(*columns))
    return {row.id: row.district for row in rows}


def _age_band(birth: PartialDate | None, day: date) -> str:
    if birth is None:
        return UNKNOWN
    age = birth.age_on(day)
    return UNKNOWN if age < 0 else next(band for limit, band in AGES if age < limit)


def _waiting(opened: date, first: date | None) -> str:
    if first is None:
        return "none"
    return next((band for limit, band in WAITS if (first - opened).days <= limit), "over90")


def _intakes(ctx: Context, period: Period, places: Places) -> Iterator[Fact]:
    within = (
        Intake.received_on >= period.first,
        Intake.received_on <= period.last,
        Intake.state != MERGED,
    )
    query = ctx.select(IntakeTopic, Intake).where(IntakeTopic.intake_id == Intake.id, *within)
    query = query.where(IntakeTopic.main.is_(True))
    columns: Sequence[Any] = (IntakeTopic.intake_id.label("id"), IntakeTopic.code)
    main = {row.id: row.code for row in _read(ctx, query.with_only_columns(*columns))}
    columns = (
        Intake.id,
        Intake.person_id,
        Intake.owner_agency,
        Intake.window,
        Intake.intake_route,
        Intake.state,
    )
    for row in _read(ctx, ctx.select(Intake).where(*within).with_only_columns(*columns)):
        yield Fact(
            "intake",
            str(row.id),
            str(row.person_id),
            places.division(row.owner_agency),
            {
                "window": row.window,
                "route": row.intake_route or UNKNOWN,
                "topic": main.get(row.id, UNKNOWN),
                "outcome": row.state,
            },
        )


def _events(ctx: Context, moments: tuple[datetime, datetime], places: Places) -> Iterator[Fact]:
    """Events count by themselves; the threshold looks at the households behind them."""

    def at(column: Any) -> tuple[Any, Any]:
        return column >= moments[0], column < moments[1]

    def fact(unit: str, row: Any, **told: str | tuple[str, ...]) -> Fact:
        return Fact(unit, str(row.id), str(row.household), places.division(row.owner_agency), told)

    for row in _of_cases(ctx, Referral, (Referral.to_agency, Referral.state), at(Referral.sent_at)):
        yield fact("referral", row, division=places.division(row.to_agency), outcome=row.state)
    on = (AgendaItem.meeting_id == Meeting.id, AgendaItem.withdrawn_at.is_(None), *at(Meeting.held_at))
    for row in _of_cases(ctx, AgendaItem, (AgendaItem.basis,), on, Meeting):
        yield fact("agenda", row, basis=row.basis)
    called = (ItemMember.agenda_item_id == AgendaItem.id, *on)
    for row in _of_cases(ctx, ItemMember, (ItemMember.agency,), called, AgendaItem, Meeting):
        yield fact("invitation", row, division=places.division(row.agency))
    for row in _of_cases(ctx, Visit, (Visit.result,), at(Visit.recorded_at)):
        yield fact("visit", row, result=row.result)
    asked = (Need.state, Need.wanted_kind, Need.without_place_since)
    for row in _of_cases(ctx, Need, asked, at(Need.requested_at)):
        gap = ("no_place",) if row.without_place_since is not None else ()
        yield fact("need", row, stage=row.state, place=row.wanted_kind or UNKNOWN, gap=gap)
    lacking = (MissingResource.agenda_item_id == Decision.agenda_item_id, *at(Decision.decided_at))
    for row in _of_cases(ctx, MissingResource, (MissingResource.place_kind,), lacking, Decision):
        yield fact("missing", row, place=row.place_kind or UNKNOWN)
    planned = at(Plan.created_at)
    for model, where, also in (
        (PlanLine, (PlanLine.plan_id == Plan.id, *planned), (Plan,)),
        (PlanRole, (PlanRole.plan_id == Plan.id, *planned), (Plan,)),
        (ActionItem, at(ActionItem.decided_at), ()),
    ):
        named = (model.initiative.is_not(None), *where)
        for row in _of_cases(ctx, model, (model.initiative,), named, *also):
            yield fact("effort", row, initiative=(row.initiative,))


def _of_cases(
    ctx: Context, model: Any, columns: Sequence[Any], where: Sequence[Any], *also: Any
) -> Iterable[Any]:
    """Rows of a table of cases with the household and the owner of each case."""
    query = ctx.select(model, Case, *also).where(model.case_id == Case.id, *where)
    household = func.coalesce(Case.household_id, Case.id).label("household")
    shown = (model.id, household, Case.owner_agency, *columns)
    return _read(ctx, query.with_only_columns(*shown))
