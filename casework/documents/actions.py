"""Putting a record on paper."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from ..kernel.actor import Permission as P
from ..kernel.errors import NotFound
from ..kernel.fiscal import fiscal_year
from ..usecase import Context, use_case
from .models import PrintRecord
from .queries import content, view
from .rules import PrintDraft, PrintKind, PrintView, destroy_on


@use_case(P.DOCUMENT_PRINT, event="document.printed")
def print_out(ctx: Context, kind: str, target: UUID, draft: PrintDraft) -> PrintView:
    """Record a print with its purpose; NotFound for an unknown form and for a record that one may not read."""
    ctx.select(PrintRecord)
    if kind not in {member.value for member in PrintKind}:
        raise NotFound("form", kind)
    ctx.purpose = draft.purpose.value
    content(ctx, PrintKind(kind), target)
    row = PrintRecord(
        number=_next_number(ctx),
        kind=kind,
        target=target,
        purpose=draft.purpose.value,
        printed_by=ctx.actor.id,
        printed_at=ctx.now,
        destroy_on=destroy_on(draft.purpose, ctx.today),
    )
    ctx.add(row)
    ctx.session.flush()
    return view(row)


def _next_number(ctx: Context) -> str:
    """印R8-00012: numbered through a fiscal year, so that a missing sheet is noticed."""
    year = f"P{fiscal_year(ctx.today)}-"
    query = select(func.count(PrintRecord.id)).where(PrintRecord.number.startswith(year))
    return f"{year}{ctx.count(query, PrintRecord) + 1:05d}"
