"""The form one is typing, kept as it is typed (I27)."""

from __future__ import annotations

from ...kernel.actor import Permission as P
from ...kernel.ids import new_id
from ...usecase import Context, use_case
from ..models import IntakeSavedForm
from ..rules import SavedForm


@use_case(P.INTAKE_RECEIVE, event="intake.form_saved")
def save_form(ctx: Context, content: str) -> SavedForm:
    """Save the form one is typing, so that a time-out or crash loses nothing (I27)."""
    row = ctx.one(ctx.select(IntakeSavedForm).where(IntakeSavedForm.staff_id == ctx.actor.id))
    if row is None:
        row = IntakeSavedForm(id=new_id(), staff_id=ctx.actor.id, saved_at=ctx.now)
        ctx.new_owner(row.id)
        ctx.add(row)
    ctx.seal(row, content=content)
    row.saved_at = ctx.now
    return SavedForm(content, ctx.now)


@use_case(P.INTAKE_RECEIVE, event="intake.form_discarded")
def discard_form(ctx: Context) -> None:
    """Throw the unsent form away, after it was sent or by wish."""
    row = ctx.one(ctx.select(IntakeSavedForm).where(IntakeSavedForm.staff_id == ctx.actor.id))
    if row is not None:
        ctx.seal(row, content=None)
        row.saved_at = ctx.now
