"""Reading consents: the history per person, and whether a sharing is covered now."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.errors import NotFound
from ...usecase import Context, use_case
from ..models import Case, CasePerson, Consent, ConsentScope
from ..rules import CONSENT_PREFIX, ConsentView, InForceView, Sharing, in_force
from .steps import consent_for, consent_row


def consent_view(ctx: Context, row: Consent, scopes: Sequence[ConsentScope], *, newest: bool) -> ConsentView:
    """A row with its texts opened; only the newest row of a thread can be in force."""
    known = consent_row(row, scopes)
    wish = Sharing(row.purpose, frozenset(), frozenset(), ctx.today)
    return ConsentView(
        id=row.id,
        thread_id=row.thread_id,
        revision=row.revision,
        person_id=row.person_id,
        case_id=row.case_id,
        purpose=row.purpose,
        state=row.state,
        recipients=tuple(sorted(known.recipients)),
        items=tuple(sorted(known.items)),
        holder=row.holder,
        form=row.form,
        given_on=row.given_on,
        expires_on=row.expires_on,
        proxy=ctx.unseal(row, "proxy"),
        reason=ctx.unseal(row, "reason"),
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        newest=newest,
        in_force=newest and in_force([known], wish) is not None,
    )


@use_case(P.CONSENT_READ, event="consent.read", reads=True)
def consents(ctx: Context, case_id: UUID, person_id: UUID) -> tuple[ConsentView, ...]:
    """List every row of a person's consents, newest first; withdrawn and expired ones stay."""
    case = ctx.load(Case, case_id)
    if not ctx.parts(case, CasePerson, CasePerson.person_id == person_id):
        raise NotFound("person", str(person_id))
    query = ctx.select(Consent).where(Consent.person_id == person_id)
    query = query.order_by(Consent.recorded_at.desc(), Consent.id.desc())
    rows = [row for row in ctx.all(query) if row.case_id in (None, case.id)]
    scopes = ctx.parts_of(rows, ConsentScope)
    last = {row.thread_id: max(r.revision for r in rows if r.thread_id == row.thread_id) for row in rows}
    return tuple(
        consent_view(ctx, row, scopes[row.id], newest=row.revision == last[row.thread_id]) for row in rows
    )


@use_case(P.CONSENT_READ, event="consent.asked_in_force", reads=True)
def consent_in_force(
    ctx: Context, case_id: UUID, *, purpose: str, recipients: Sequence[str] = (), items: Sequence[str] = ()
) -> InForceView:
    """Ask whether every subject of the case agreed to this sharing, for today."""
    case = ctx.load(Case, case_id)
    row = consent_for(ctx, case, Sharing(purpose, frozenset(recipients), frozenset(items), ctx.today))
    return InForceView(row is not None, None if row is None else f"{CONSENT_PREFIX}{row.thread_id}")
