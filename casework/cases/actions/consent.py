"""Consent (本人同意): every change is a new row of its thread; withdrawal ends sharing at once and deletes nothing."""

from __future__ import annotations

from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, NotFound
from ...kernel.ids import new_id
from ...usecase import Context, use_case
from ..models import Case, CasePerson, Consent, ConsentScope
from ..queries.consent import consent_view
from ..queries.steps import agencies
from ..rules import (
    FIRST,
    ConsentChange,
    ConsentDraft,
    ConsentState,
    ConsentView,
    Terms,
    needs_narrower,
    needs_next,
    needs_terms,
)


@use_case(P.CONSENT_WRITE, event="consent.recorded")
def record_consent(ctx: Context, case_id: UUID, person_id: UUID, draft: ConsentDraft) -> ConsentView:
    """Record what a person of the case said of sharing: given, refused, asked, cannot be asked, or not yet known."""
    case = ctx.load(Case, case_id)
    if not ctx.parts(case, CasePerson, CasePerson.person_id == person_id):
        raise NotFound("person", str(person_id))
    return first_consent(ctx, person_id, draft, case.id if draft.this_case_only else None)


def first_consent(ctx: Context, person_id: UUID, draft: ConsentDraft, case_id: UUID | None) -> ConsentView:
    """Step: the first row of a thread. Without a case it counts for every case of the person (given at a window)."""
    if draft.state not in FIRST:
        raise BadInput("consent_starts_so", "state")
    terms = Terms(
        draft.state,
        frozenset(draft.recipients),
        frozenset(draft.items),
        draft.holder,
        draft.form,
        draft.given_on,
        draft.expires_on,
        draft.reason,
    )
    row = Consent(
        thread_id=new_id(),
        revision=1,
        person_id=person_id,
        case_id=case_id,
        purpose=draft.purpose,
    )
    return _write(ctx, row, terms, ("consent_purpose", draft.purpose, "purpose"), proxy=draft.proxy)


@use_case(P.CONSENT_WRITE, event="consent.changed")
def change_consent(ctx: Context, case_id: UUID, thread_id: UUID, change: ConsentChange) -> ConsentView:
    """Withdraw, let expire, narrow or answer a consent; the rows before stay as they were."""
    ctx.load(Case, case_id)
    query = ctx.select(Consent).where(Consent.thread_id == thread_id).order_by(Consent.revision)
    rows = [row for row in ctx.all(query) if row.case_id in (None, case_id)]
    if not rows:
        raise NotFound("consent", str(thread_id))
    last = rows[-1]
    before = _terms(last, ctx.parts(last, ConsentScope))
    needs_next(before.state, change.state)
    after = _changed(before, change)
    needs_narrower(before, after)
    row = Consent(
        thread_id=thread_id,
        revision=last.revision + 1,
        person_id=last.person_id,
        case_id=last.case_id,
        purpose=last.purpose,
    )
    proxy = change.proxy if change.proxy is not None else ctx.unseal(last, "proxy")
    return _write(ctx, row, after, proxy=proxy)


def _terms(row: Consent, scopes: list[ConsentScope]) -> Terms:
    return Terms(
        ConsentState(row.state),
        frozenset(scope.code for scope in scopes if scope.kind == "recipient"),
        frozenset(scope.code for scope in scopes if scope.kind == "item"),
        row.holder,
        row.form,
        row.given_on,
        row.expires_on,
        None,
    )


def _changed(before: Terms, change: ConsentChange) -> Terms:
    """What the next row says: the change, and what it leaves out as before. A new yes names its own dates."""
    renewed = change.state is ConsentState.GIVEN and before.state is not ConsentState.GIVEN
    kept_given = None if renewed else before.given_on
    kept_expiry = None if renewed else before.expires_on
    return Terms(
        change.state,
        before.recipients if change.recipients is None else frozenset(change.recipients),
        before.items if change.items is None else frozenset(change.items),
        change.holder or before.holder,
        change.form or before.form,
        change.given_on or kept_given,
        change.expires_on or kept_expiry,
        change.reason,
    )


def _write(
    ctx: Context, row: Consent, terms: Terms, *choices: tuple[str, str, str], proxy: str | None
) -> ConsentView:
    needs_terms(terms, ctx.today)
    ctx.codes(
        *choices,
        ("consent_form", terms.form or "", "form"),
        *(("consent_item", code, "items") for code in sorted(terms.items)),
    )
    known = agencies(ctx, terms.recipients | {terms.holder or ""})
    if not terms.recipients <= known.keys():
        raise BadInput("unknown_reference", "recipients")
    if terms.holder is not None and terms.holder not in known:
        raise BadInput("unknown_reference", "holder")
    row.state = terms.state
    row.holder = terms.holder
    row.form = terms.form
    row.given_on = terms.given_on
    row.expires_on = terms.expires_on
    row.recorded_by = ctx.actor.id
    row.recorded_at = ctx.now
    ctx.add(row)
    ctx.seal(row, proxy=proxy, reason=terms.reason)
    scopes = [
        ConsentScope(consent_id=row.id, kind="recipient", code=code) for code in sorted(terms.recipients)
    ]
    scopes += [ConsentScope(consent_id=row.id, kind="item", code=code) for code in sorted(terms.items)]
    ctx.add(*scopes)
    return consent_view(ctx, row, scopes, newest=True)
