"""Keeping 書きかけ while a person types, and forgetting it when it was sent."""

from __future__ import annotations

from ..kernel.actor import Permission as P
from ..kernel.ids import new_id
from ..usecase import Context, use_case
from .models import UnsentForm
from .rules import UnsentDraft, UnsentLine


@use_case(P.SESSION_OWN, event="text.kept")
def keep(ctx: Context, draft: UnsentDraft) -> UnsentLine:
    """Keep a form as far as it is typed, so that a time-out or crash loses nothing (I27)."""
    row = _row(ctx, draft.form)
    if row is None:
        row = UnsentForm(id=new_id(), staff_id=ctx.actor.id, form=draft.form, saved_at=ctx.now)
        ctx.new_owner(row.id)
        ctx.add(row)
    ctx.seal(row, content=draft.content)
    row.saved_at = ctx.now
    return UnsentLine(row.form, row.saved_at)


@use_case(P.SESSION_OWN, event="text.forgotten")
def forget(ctx: Context, form: str) -> None:
    """Forget what was typed into a form, after it was sent or by wish."""
    row = _row(ctx, form)
    if row is not None:
        ctx.seal(row, content=None)


def _row(ctx: Context, form: str) -> UnsentForm | None:
    query = ctx.select(UnsentForm).where(UnsentForm.staff_id == ctx.actor.id, UnsentForm.form == form)
    row: UnsentForm | None = ctx.one(query)
    return row
