"""Reading 相談受付: the form, lists of one's own and the division's, answered ones, and "known already?"."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ..agencies.models import Window
from ..cases.models import Case, CasePerson
from ..kernel.actor import Permission as P
from ..kernel.errors import BadInput
from ..people import queries as people
from ..people.models import Person
from ..people.rules import SearchDraft
from ..usecase import Context, Page, use_case
from ..usecase.page import after_moment, cut
from .access import owner_in_conflict
from .models import Intake, IntakeSavedForm, IntakeTopic
from .rules import (
    INTAKE,
    AnsweredLine,
    Candidate,
    Candidates,
    IntakeLine,
    IntakeState,
    IntakeView,
    MergeLine,
    SafeWaysView,
    SavedForm,
    TopicView,
    VisitorView,
)

STRONG = 2  # reasons that make a match strong enough to ask elsewhere
MOST = 200

LISTS = ("mine", "division", "seeking_consent", "unseen")


def view(ctx: Context, row: Intake) -> IntakeView:
    """The form of a loaded intake (step). Buttons are the moves open now to this actor."""
    topics = ctx.parts(row, IntakeTopic, order=IntakeTopic.sort)
    name, kana = people.names(ctx, [row.person_id]).get(row.person_id, (None, None))
    return IntakeView(
        id=row.id,
        number=row.number,
        state=row.state,
        version=row.version,
        window=row.window,
        owner_id=row.owner_id,
        owner_agency=row.owner_agency,
        recorder_id=row.recorder_id,
        received_on=row.received_on,
        received_at=row.received_at,
        person_id=row.person_id,
        person_name=name,
        person_kana=kana,
        visitor=VisitorView(
            ctx.unseal(row, "visitor_name"), ctx.unseal(row, "visitor_phone"), row.visitor_relation
        ),
        topics=tuple(TopicView(t.code, t.main) for t in topics),
        wishes=ctx.unseal(row, "wishes"),
        narrative=ctx.unseal(row, "narrative"),
        intake_route=row.intake_route,
        urgency=row.urgency,
        consent=row.consent,
        consent_reason=row.consent_reason,
        safe_ways=SafeWaysView(
            ctx.unseal(row, "safe_hours"), row.message_ok, row.letter_ok, ctx.unseal(row, "safe_remarks")
        ),
        next_contact_on=row.next_contact_on,
        answer_reason=row.answer_reason,
        next_place=row.next_place,
        answer_text=ctx.unseal(row, "answer_text"),
        case_id=row.case_id,
        merged_into_intake=row.merged_into_intake,
        merged_into_case=row.merged_into_case,
        moves=ctx.moves(INTAKE, row),
    )


def merge_line(ctx: Context, row: Intake) -> MergeLine:
    """What may be said of a loaded intake to whoever merges it (step)."""
    return _merge_lines(ctx, [row])[0]


@use_case(P.INTAKE_READ, event="intake.read", reads=True)
def read(ctx: Context, intake_id: UUID) -> IntakeView:
    """Read one intake."""
    return view(ctx, ctx.load(Intake, intake_id))


@use_case(P.INTAKE_READ, event="intake.listed", reads=True)
def listing(
    ctx: Context, *, which: str = "division", state: str | None = None, after: str | None = None
) -> Page[IntakeLine]:
    """List intakes: one's own, the division's, those whose consent is due by today, or whose owner is blind."""
    query = ctx.select(Intake)
    if which == "mine":
        query = query.where(Intake.owner_id == ctx.actor.id)
    elif which == "division":
        query = query.where(Intake.owner_agency.in_(sorted(ctx.actor.agencies)))
    elif which == "seeking_consent":
        query = query.where(
            Intake.state == IntakeState.SEEKING_CONSENT.value, Intake.next_contact_on <= ctx.today
        )
    elif which == "unseen":
        query = query.where(owner_in_conflict())
    else:
        raise BadInput("list_unknown", "list")
    if state is not None:
        query = query.where(Intake.state == state)
    rows, following = _page(ctx, query, after)
    mains = _mains(ctx, rows)
    names = people.written_names(ctx, [row.person_id for row in rows])
    lines = (
        IntakeLine(
            id=row.id,
            number=row.number,
            state=row.state,
            window=row.window,
            owner_id=row.owner_id,
            owner_agency=row.owner_agency,
            received_on=row.received_on,
            urgency=row.urgency,
            main_topic=mains[row.id],
            person_name=names.get(row.person_id),
            next_contact_on=row.next_contact_on,
            case_id=row.case_id,
        )
        for row in rows
    )
    return Page(tuple(lines), following)


@use_case(P.INTAKE_REVIEW, event="intake.answers_reviewed", reads=True)
def answered(ctx: Context, *, after: str | None = None) -> Page[AnsweredLine]:
    """List what was answered on the spot in one's division, without names, for its supervisor."""
    query = ctx.select(Intake).where(Intake.state == IntakeState.ANSWERED.value)
    rows, following = _page(ctx, query, after)
    mains = _mains(ctx, rows)
    lines = (
        AnsweredLine(
            row.number, row.window, mains[row.id], row.answer_reason, row.next_place, row.received_on
        )
        for row in rows
    )
    return Page(tuple(lines), following)


@use_case(P.INTAKE_MERGE, event="intake.duplicates_listed", reads=True)
def mergeable(ctx: Context, *, only: UUID | None = None, after: str | None = None) -> Page[MergeLine]:
    """List open and merged intakes by number, window and main topic, for merging duplicates; or one of them."""
    query = ctx.select(Intake).where(Intake.is_open() | (Intake.state == IntakeState.MERGED_DUPLICATE.value))
    if only is not None:
        query = query.where(Intake.id == only)
    rows, following = _page(ctx, query, after)
    return Page(tuple(_merge_lines(ctx, rows)), following)


@use_case(P.INTAKE_RECEIVE, event="intake.begun", reads=True)
def usual_window(ctx: Context) -> str | None:
    """The window to begin a reception with: that of one's last reception, else the first of one's division."""
    ctx.select(Window)
    recent = ctx.select(Intake, permission=P.INTAKE_READ).where(Intake.recorder_id == ctx.actor.id)
    recent = recent.where(Intake.owner_agency.in_(sorted(ctx.actor.agencies)))
    last: Intake | None = ctx.one(recent.order_by(Intake.received_at.desc(), Intake.id).limit(1))
    if last is not None:
        return last.window
    own = ctx.select(Window).where(Window.agency.in_(sorted(ctx.actor.agencies)), Window.retired_on.is_(None))
    first: Window | None = ctx.one(own.order_by(Window.sort, Window.code).limit(1))
    return None if first is None else first.code


@use_case(P.INTAKE_RECEIVE, event="intake.form_opened", reads=True)
def unsent_form(ctx: Context) -> SavedForm:
    """Give back what one had typed into an unsent form (I27)."""
    row = ctx.one(ctx.select(IntakeSavedForm).where(IntakeSavedForm.staff_id == ctx.actor.id))
    return SavedForm(None, None) if row is None else SavedForm(ctx.unseal(row, "content"), row.saved_at)


@use_case(P.KNOWN_ELSEWHERE, event="person.known_elsewhere", reads=True)
def known_elsewhere(ctx: Context, person_ids: Collection[UUID]) -> tuple[str, ...]:
    """Say which divisions hold an open case of these persons that the actor cannot see: contacts, and nothing else.

    A protected person or case counts as unknown, so that the answer never reveals one (I13).
    """
    linked = (
        select(CasePerson.case_id)
        .join(Person, Person.id == CasePerson.person_id)
        .where(CasePerson.person_id.in_(sorted(set(person_ids))), Person.protected.is_(False))
    )
    rows = ctx.all(ctx.select(Case).where(Case.is_open(), Case.id.in_(linked)))
    return tuple(sorted({case.owner_agency for case in rows if not ctx.may(P.CASE_READ, case)}))


@use_case(P.PERSON_SEARCH, event=people.INTAKE_SEARCH_EVENT, reads=True)
def candidates(ctx: Context, draft: SearchDraft) -> Candidates:
    """Look before recording: who in sight may be the person, and whether another division knows them.

    Only strong matches (two reasons) are asked about elsewhere; the answer is yes or no with contact divisions.
    """
    ctx.select(Person)
    people.limit_searches(ctx)
    found = people.match_ids(ctx, draft)
    shown = people.candidates(ctx, draft, found)
    contacts = known_elsewhere(ctx, [person for person, reasons in found if len(reasons) >= STRONG][:MOST])
    items = tuple(Candidate(c.person_id, c.name, c.kana, c.reasons) for c in shown)
    return Candidates(items, bool(contacts), contacts)


def _page(ctx: Context, query: Any, after: str | None) -> tuple[Sequence[Intake], str | None]:
    size = ctx.settings.page_size
    query = after_moment(query, Intake.received_at, Intake.id, after).limit(size + 1)
    return cut(ctx.all(query), size, lambda row: (row.received_at, row.id))


def _mains(ctx: Context, rows: Sequence[Intake]) -> dict[UUID, str | None]:
    """The most pressing topic of each intake: the marked one, or its only one; one statement."""
    found = ctx.parts_of(rows, IntakeTopic)
    return {key: _main(topics) for key, topics in found.items()}


def _main(topics: Sequence[IntakeTopic]) -> str | None:
    marked = [t.code for t in topics if t.main]
    if marked:
        return marked[0]
    return topics[0].code if len(topics) == 1 else None


def _merge_lines(ctx: Context, rows: Sequence[Intake]) -> list[MergeLine]:
    mains = _mains(ctx, rows)
    return [
        MergeLine(row.id, row.number, row.state, row.version, row.window, mains[row.id], row.received_on)
        for row in rows
    ]
