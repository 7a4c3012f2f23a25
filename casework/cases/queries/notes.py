"""Reading notes for a stated purpose, and the timeline of a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ...accounts.queries import staff_names
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput
from ...usecase import WITHHELD, Context, Page, use_case
from ...usecase.page import after_moment, cut
from ..models import Alert, Case, CaseStep, Disclosure, EmergencyAccess, Note, NoteSegment
from ..rules import BOUND_BASES, NoteView, SegmentView, TimelineEntry


@use_case(P.NOTE_READ, event="note.read", reads=True)
def read_notes(ctx: Context, case_id: UUID, purpose: str = "", *, after: str | None = None) -> Page[NoteView]:
    """Read the notes of a case, newest first; the purpose is recorded with the visit."""
    case = ctx.load(Case, case_id)
    needs_purpose(ctx, purpose)
    return note_page(ctx, case, after)


def needs_purpose(ctx: Context, purpose: str) -> None:
    """Step: notes are read for a purpose, and the trail says which."""
    ctx.purpose = purpose or ctx.purpose
    if not ctx.purpose:
        raise BadInput("purpose_missing", "purpose")


def note_page(ctx: Context, case: Case, after: str | None = None) -> Page[NoteView]:
    """Step: notes of a loaded case, newest first."""
    query = ctx.select(Note, permission=P.NOTE_READ).where(Note.case_id == case.id)
    query = after_moment(query, Note.happened_at, Note.id, after)
    rows, following = cut(
        ctx.all(query.limit(ctx.settings.page_size + 1)),
        ctx.settings.page_size,
        lambda row: (row.happened_at, row.id),
    )
    return Page(tuple(note_views(ctx, rows)), following)


def note_views(ctx: Context, rows: Sequence[Note]) -> list[NoteView]:
    """Step: notes that were loaded or written, with their segments opened."""
    segments = ctx.parts_of(rows, NoteSegment, order=NoteSegment.sort)
    closed = _closed(ctx, [part for parts in segments.values() for part in parts])
    named = staff_names(ctx, [row.author_id for row in rows])
    return [
        NoteView(
            id=row.id,
            happened_at=row.happened_at,
            method=row.method,
            with_whom=ctx.unseal(row, "with_whom"),
            next_step=ctx.unseal(row, "next_step"),
            next_due_on=row.next_due_on,
            minutes=row.minutes,
            author_id=row.author_id,
            author_name=named.get(row.author_id),
            author_agency=row.author_agency,
            corrects_id=row.corrects_id,
            after_closing=row.after_closing,
            recorded_at=row.recorded_at,
            segments=tuple(segment_view(ctx, part, closed=part.id in closed) for part in segments[row.id]),
        )
        for row in rows
    ]


def _closed(ctx: Context, segments: Sequence[NoteSegment]) -> set[UUID]:
    """Segments bound to a meeting whose circle the actor is not in (I7); asked only if there are any."""
    bound = {row.id for row in segments if row.origin_basis in BOUND_BASES}
    if not bound:
        return bound
    query = ctx.select(NoteSegment, permission=P.NOTE_READ).where(NoteSegment.id.in_(sorted(bound)))
    return bound - {row.id for row in ctx.all(query)}


def segment_view(ctx: Context, row: NoteSegment, *, closed: bool = False) -> SegmentView:
    """Step: a segment; of one that stays with its meeting only the origin is shown."""
    return SegmentView(
        id=row.id,
        sort=row.sort,
        about_id=row.about_id,
        said_by=WITHHELD if closed else ctx.unseal(row, "said_by"),
        segment_class=row.segment_class,
        text=WITHHELD if closed else ctx.unseal(row, "text"),
        origin_basis=row.origin_basis,
        origin_item=row.origin_item,
    )


# kind, table, its moment, its author, permission
SOURCES: tuple[tuple[str, Any, Any, Any, P], ...] = (
    ("note", Note, Note.happened_at, Note.author_id, P.NOTE_READ),
    ("step", CaseStep, CaseStep.at, CaseStep.by, P.CASE_READ),
    ("alert", Alert, Alert.raised_at, Alert.raised_by, P.CASE_READ),
    ("disclosure", Disclosure, Disclosure.at, Disclosure.by, P.CASE_READ),
    ("emergency", EmergencyAccess, EmergencyAccess.begins_at, EmergencyAccess.staff_id, P.CASE_READ),
)


@use_case(P.CASE_READ, event="case.timeline_read", reads=True)
def timeline(ctx: Context, case_id: UUID, *, after: str | None = None) -> Page[TimelineEntry]:
    """Read what happened in a case, newest first: moves, alerts, disclosures, and notes by their heads.

    The narrative of notes is read with `read_notes`, for a purpose; who may not read notes sees none here.
    """
    return timeline_page(ctx, ctx.load(Case, case_id), after)


def timeline_page(ctx: Context, case: Case, after: str | None = None) -> Page[TimelineEntry]:
    """Step: the timeline of a loaded case."""
    found: list[tuple[datetime, UUID, str, Any]] = []
    for kind, model, moment, _, permission in SOURCES:
        query = ctx.select(model, permission=permission).where(model.case_id == case.id)
        query = after_moment(query, moment, model.id, after).limit(ctx.settings.page_size + 1)
        found += [(getattr(row, moment.key), row.id, kind, row) for row in ctx.all(query)]
    found.sort(key=lambda entry: entry[:2], reverse=True)
    rows, following = cut(found, ctx.settings.page_size, lambda entry: (entry[0], entry[1]))
    return Page(tuple(_entries(ctx, rows)), following)


def _entries(ctx: Context, rows: Sequence[tuple[datetime, UUID, str, Any]]) -> list[TimelineEntry]:
    authors = {kind: author.key for kind, _, _, author, _ in SOURCES}
    named = staff_names(ctx, [getattr(row, authors[kind]) for _, _, kind, row in rows])
    entries = []
    for at, row_id, kind, row in rows:
        by = getattr(row, authors[kind])
        entries.append(TimelineEntry(kind, row_id, at, by, named.get(by), **_told(ctx, kind, row)))
    return entries


def _told(ctx: Context, kind: str, row: Any) -> dict[str, Any]:
    if kind == "note":
        return {
            "what": row.method,
            "text": None,
            "corrects_id": row.corrects_id,
            "after_closing": row.after_closing,
        }
    if kind == "step":
        return {
            "what": row.kind,
            "text": ctx.unseal(row, "why"),
            "from_state": row.from_state,
            "to_state": row.to_state,
            "to_agency": row.to_agency,
        }
    if kind == "alert":
        return {"what": row.kind, "text": ctx.unseal(row, "text")}
    if kind == "emergency":
        return {"what": row.category, "text": None, "until": row.ends_at, "verdict": row.verdict}
    return {"what": row.channel, "text": ctx.unseal(row, "what"), "to_agency": row.to_agency}
