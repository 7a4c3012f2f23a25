"""Keeping 書きかけ while a person types, and forgetting it when it was sent, thrown away or too old."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Select

from ..kernel.actor import Permission as P
from ..kernel.errors import Refused
from ..kernel.ids import new_id
from ..usecase import Context, use_case
from .models import UnsentForm
from .queries import unsent_line
from .rules import MOST, Mark, UnsentDraft, UnsentLine, mark_of


@use_case(P.SESSION_OWN, event="text.kept")
def keep(ctx: Context, draft: UnsentDraft) -> UnsentLine:
    """Keep a form as far as it is typed, so that a time-out or crash loses nothing (I27).

    The mark names the state that the window knows. If that is not the state that is kept, another window went on
    from there, and this text is kept beside it.
    """
    row = _known(ctx, draft.form, mark_of(draft.mark)) or _empty(ctx, draft.form)
    ctx.seal(row, content=draft.content)
    row.saved_at = ctx.now
    ctx.session.flush()
    return unsent_line(row)


@use_case(P.SESSION_OWN, event="text.forgotten")
def forget(ctx: Context, form: str, mark: str) -> None:
    """Forget what was typed into a form, after it was sent or by wish; what another window went on with stays."""
    row = _known(ctx, form, mark_of(mark))
    if row is not None:
        ctx.seal(row, content=None)


@use_case(P.HOUSEKEEPING, event="text.expired")
def expire(ctx: Context) -> int:
    """Delete what nobody finished within the setting's days, and rows long empty, with their keys; how many texts.

    The keys go first: if the rows cannot be deleted, the next night finds them again, too old and unreadable.
    """
    until = ctx.now - timedelta(days=ctx.settings.unsent_keep_days)
    rows = ctx.all(ctx.select(UnsentForm).where(UnsentForm.saved_at < until).with_for_update())
    for row in rows:
        ctx.delete(row)
    if rows:
        ctx.keys.erase(*(row.id for row in rows), at=ctx.now)
    return sum(row.content is not None for row in rows)


def _known(ctx: Context, form: str, mark: Mark | None) -> UnsentForm | None:
    rows = _own(ctx).where(UnsentForm.content.is_not(None), UnsentForm.form == form)
    if mark is None:
        return None
    row: UnsentForm | None = ctx.one(rows.where(UnsentForm.id == mark.id, UnsentForm.version == mark.version))
    return row


def _empty(ctx: Context, form: str) -> UnsentForm:
    """A row of one's own that was emptied, it has a key already; else a new one with a key of its own."""
    found = ctx.all(_own(ctx).where(UnsentForm.content.is_(None)).limit(1))
    if found:
        found[0].form = form
        row: UnsentForm = found[0]
        return row
    mine = ctx.select(UnsentForm).where(UnsentForm.staff_id == ctx.actor.id)
    if len(ctx.tuples(UnsentForm, mine.with_only_columns(UnsentForm.id).limit(MOST))) >= MOST:
        raise Refused("unsent_too_many", most=MOST)
    row = UnsentForm(id=new_id(), staff_id=ctx.actor.id, form=form, saved_at=ctx.now)
    ctx.new_owner(row.id)
    ctx.add(row)
    return row


def _own(ctx: Context) -> Select[tuple[UnsentForm]]:
    return ctx.select(UnsentForm).where(UnsentForm.staff_id == ctx.actor.id).with_for_update(of=UnsentForm)
