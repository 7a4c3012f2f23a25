"""経過記録: notes in segments, corrections as additions, and quotes that keep where a fact was first learned."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ...accounts.queries import staff_in_agency
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...usecase import Context, Unreadable, use_case
from ..models import Case, CasePerson, Note, NoteSegment
from ..queries.notes import note_views
from ..rules import CaseState, NoteDraft, NoteView, SegmentDraft, check_note, learned_under
from .steps import touch_contact


@use_case(P.NOTE_WRITE, event="note.written")
def write_note(ctx: Context, case_id: UUID, draft: NoteDraft) -> NoteView:
    """Write a note; on a closed case it is an addition after closing. It can never be changed, only corrected."""
    case = ctx.load(Case, case_id)
    _needs_additions(case)
    return add_note(ctx, case, draft, corrects=None)


def _needs_additions(case: Case) -> None:
    """A reopened record is read-only; what is new belongs to the new episode."""
    if case.state == CaseState.REOPENED:
        raise Refused("case_read_only")


@use_case(P.NOTE_WRITE, event="note.corrected")
def correct_note(ctx: Context, case_id: UUID, note_id: UUID, draft: NoteDraft) -> NoteView:
    """Correct a note by an addition that names it; the note itself stays as it was written (I18)."""
    case = ctx.load(Case, case_id)
    corrected = ctx.load(Note, note_id)
    if corrected.case_id != case.id:
        raise BadInput("unknown_reference", "note_id")
    return add_note(ctx, case, draft, corrects=corrected.id)


@use_case(P.NOTE_WRITE, event="note.quoted")
def quote(ctx: Context, case_id: UUID, draft: NoteDraft) -> NoteView:
    """Write a note that copies segments of earlier notes of the case; each keeps where it was first learned (I7)."""
    case = ctx.load(Case, case_id)
    _needs_additions(case)
    if not draft.quotes:
        raise BadInput("quotes_missing", "quotes")
    return add_note(ctx, case, draft, corrects=None)


def add_note(ctx: Context, case: Case, draft: NoteDraft, *, corrects: UUID | None) -> NoteView:
    """Step: write a note into a loaded case; the outer use case has asked leave."""
    check_note(draft, ctx.now)
    staff_in_agency(ctx, ctx.actor.id, draft.agency, field="agency")
    people = {link.person_id for link in ctx.parts(case, CasePerson)}
    _check_segments(ctx, draft.segments, people)
    ctx.codes(("contact_method", draft.method, "method"))
    row = Note(
        case_id=case.id,
        happened_at=draft.happened_at,
        method=draft.method,
        next_due_on=draft.next_due_on,
        minutes=draft.minutes,
        author_id=ctx.actor.id,
        author_agency=draft.agency,
        corrects_id=corrects,
        after_closing=case.closed_at is not None,
        recorded_at=ctx.now,
    )
    quoted = _quoted(ctx, case, draft.quotes)
    ctx.add(row)
    ctx.seal(row, with_whom=draft.with_whom, next_step=draft.next_step)
    _copy(ctx, row, quoted)
    _add_segments(ctx, row, draft, start=len(quoted))
    if draft.contacted:
        touch_contact(ctx, case, draft.happened_at)
    if draft.next_due_on is not None and case.closed_at is None:
        case.next_contact_on = draft.next_due_on
    ctx.session.flush()
    return note_views(ctx, [row])[0]


def _check_segments(ctx: Context, segments: Sequence[SegmentDraft], people: set[UUID]) -> None:
    for place, segment in enumerate(segments):
        if segment.about_id is not None and segment.about_id not in people:
            raise BadInput("person_not_of_case", f"segments.{place}.about_id")
    ctx.codes(
        *(
            ("meeting_basis", segment.origin_basis or "", f"segments.{place}.origin_basis")
            for place, segment in enumerate(segments)
        )
    )


def _add_segments(ctx: Context, note: Note, draft: NoteDraft, *, start: int) -> None:
    for sort, segment in enumerate(draft.segments, start):
        row = NoteSegment(
            note_id=note.id,
            case_id=note.case_id,
            sort=sort,
            about_id=segment.about_id,
            segment_class=segment.segment_class,
            origin_basis=learned_under(draft.method, segment.origin_basis),
            origin_item=segment.origin_item,
        )
        ctx.add(row)
        ctx.seal(row, said_by=segment.said_by, text=segment.text)


def _quoted(ctx: Context, case: Case, segment_ids: Sequence[UUID]) -> list[NoteSegment]:
    """Segments of this case, or of the episode before it, that the actor may read, in the order asked for."""
    if not segment_ids:
        return []
    circle = [case_id for case_id in (case.id, case.previous_id) if case_id is not None]
    query = ctx.select(NoteSegment, permission=P.NOTE_READ)
    query = query.where(NoteSegment.case_id.in_(circle), NoteSegment.id.in_(sorted(set(segment_ids))))
    by_id = {row.id: row for row in ctx.all(query)}
    for place, segment_id in enumerate(segment_ids):
        if segment_id not in by_id:
            raise BadInput("unknown_reference", f"quotes.{place}")
    return [by_id[segment_id] for segment_id in segment_ids]


def _copy(ctx: Context, note: Note, quoted: Sequence[NoteSegment]) -> None:
    for sort, source in enumerate(quoted):
        row = NoteSegment(
            note_id=note.id,
            case_id=note.case_id,
            sort=sort,
            about_id=source.about_id,
            segment_class=source.segment_class,
            origin_basis=source.origin_basis,
            origin_item=source.origin_item,
        )
        said_by, text = ctx.unseal(source, "said_by"), ctx.unseal(source, "text")
        if isinstance(said_by, Unreadable) or isinstance(text, Unreadable):
            raise Refused("sealed_unreadable", "quotes")
        ctx.add(row)
        ctx.seal(row, said_by=said_by, text=text)
