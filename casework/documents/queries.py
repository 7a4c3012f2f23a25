"""Reading what stands on a form: the use cases of the records' own houses, so that paper shows no more than a page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ..cases import queries as cases
from ..intake import queries as intake
from ..kernel.actor import Permission as P
from ..kernel.withheld import Withheld
from ..meeting import queries as meeting
from ..plan import queries as plan
from ..usecase import Context, use_case
from .models import PrintRecord
from .rules import PrintKind, PrintPurpose, PrintView, Sheet

LONGEST = 40  # pages of notes on one 支援経過


def view(row: PrintRecord) -> PrintView:
    """Step: a loaded print as its View."""
    return PrintView(
        row.id,
        row.number,
        PrintKind(row.kind),
        row.target,
        PrintPurpose(row.purpose),
        row.printed_by,
        row.printed_at,
        row.destroy_on,
    )


@use_case(P.DOCUMENT_PRINT, event="document.opened", reads=True)
def sheet(ctx: Context, print_id: UUID) -> Sheet:
    """Open a print of one's own: what stands on it is read anew, as far as one may see it now."""
    mark = view(ctx.load(PrintRecord, print_id))
    ctx.purpose = mark.purpose.value
    return Sheet(mark, content(ctx, mark.kind, mark.target))


@use_case(P.DOCUMENT_PRINT, event="document.listed", reads=True)
def my_prints(ctx: Context) -> tuple[PrintView, ...]:
    """List one's own prints, the newest first: what is still on paper, and until when."""
    query = ctx.select(PrintRecord).where(PrintRecord.printed_by == ctx.actor.id)
    rows = ctx.all(query.order_by(PrintRecord.printed_at.desc()).limit(ctx.settings.page_size))
    return tuple(view(row) for row in rows)


def content(ctx: Context, kind: PrintKind, target: UUID) -> dict[str, Any]:
    """Step: the views of a form, each asked of its own house; NotFound for what the actor may not see."""
    return READERS[kind](ctx, target)


def _reception(ctx: Context, intake_id: UUID) -> dict[str, Any]:
    return {"intake": intake.read(ctx, intake_id)}


def _assessment(ctx: Context, case_id: UUID) -> dict[str, Any]:
    return {"case": cases.read_case(ctx, case_id), "assessment": cases.read_assessment(ctx, case_id)}


def _plan(ctx: Context, plan_id: UUID) -> dict[str, Any]:
    found = plan.read_plan(ctx, plan_id)
    return {"plan": found, "case": cases.read_case(ctx, found.case_id)}


def _progress(ctx: Context, case_id: UUID) -> dict[str, Any]:
    notes: list[Any] = []
    after: str | None = None
    for _ in range(LONGEST):
        page = cases.read_notes(ctx, case_id, ctx.purpose, after=after)
        notes += page.items
        after = page.next
        if after is None:
            break
    return {"case": cases.read_case(ctx, case_id), "notes": notes[::-1], "cut": after is not None}


def _agenda(ctx: Context, meeting_id: UUID) -> dict[str, Any]:
    """Numbers only: an invitation carries no personal data."""
    return {"meeting": meeting.read_meeting(ctx, meeting_id)}


def _minutes(ctx: Context, meeting_id: UUID) -> dict[str, Any]:
    found = meeting.read_meeting(ctx, meeting_id)
    items = [meeting.read_item(ctx, line.id) for line in found.items if not isinstance(line.id, Withheld)]
    return {"meeting": found, "items": items}


def _evaluation(ctx: Context, case_id: UUID) -> dict[str, Any]:
    return {"case": cases.read_case(ctx, case_id), "evaluations": plan.evaluations_of_case(ctx, case_id)}


READERS = {
    PrintKind.RECEPTION: _reception,
    PrintKind.ASSESSMENT: _assessment,
    PrintKind.PLAN: _plan,
    PrintKind.PROGRESS: _progress,
    PrintKind.AGENDA: _agenda,
    PrintKind.MINUTES: _minutes,
    PrintKind.EVALUATION: _evaluation,
}
