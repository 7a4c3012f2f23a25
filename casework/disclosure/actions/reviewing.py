"""Handing in, the second person's review, and the end of a request."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.errors import Refused
from ...usecase import Context, use_case
from ..models import DisclosurePart, DisclosureRequest
from ..queries import parts_now, request_view
from ..queries.worksheet import changed
from ..rules import REQUEST, RequestFacts, RequestState, RequestView, ReturnDraft


@use_case(P.DISCLOSURE_DECIDE, event="disclosure.submitted")
def submit(ctx: Context, request_id: UUID) -> RequestView:
    """Hand the decisions in for review by a second person."""
    request = ctx.load(DisclosureRequest, request_id)
    undecided = sum(n.part.verdict is None or changed(ctx, n) for n in parts_now(ctx, request))
    _move(request, "submit", RequestFacts(undecided=undecided))
    request.submitted_by, request.reviewed_by, request.reviewed_at = ctx.actor.id, None, None
    return request_view(ctx, request)


@use_case(P.DISCLOSURE_REVIEW, event="disclosure.sent_back")
def send_back(ctx: Context, request_id: UUID, draft: ReturnDraft) -> RequestView:
    """Send the decisions back with what is to be looked at again."""
    request = ctx.load(DisclosureRequest, request_id)
    view = request_view(ctx, request)  # the reviewer's sight of the record ends with the move
    _move(request, "send_back", _reviewing(ctx, request))
    ctx.seal(request, review_note=draft.reason)
    return _after(ctx, request, view)


@use_case(P.DISCLOSURE_REVIEW, event="disclosure.approved", confirmed=True)
def approve(ctx: Context, request_id: UUID) -> RequestView:
    """Approve the decisions; nobody approves what they decided or handed in themselves."""
    request = ctx.load(DisclosureRequest, request_id)
    facts = _reviewing(ctx, request)
    REQUEST.after(request.state, "approve", facts)
    if any(n.part.verdict is None or changed(ctx, n) for n in parts_now(ctx, request)):
        raise Refused("part_changed")
    view = request_view(ctx, request)
    _move(request, "approve", facts)
    request.reviewed_by, request.reviewed_at = ctx.actor.id, ctx.now
    return _after(ctx, request, view)


@use_case(P.DISCLOSURE_DECIDE, event="disclosure.withdrawn")
def withdraw(ctx: Context, request_id: UUID) -> RequestView:
    """Record that the person took the request back; their record closes to the office at once."""
    return _end(ctx, request_id, "withdraw")


@use_case(P.DISCLOSURE_DECIDE, event="disclosure.closed")
def close(ctx: Context, request_id: UUID) -> RequestView:
    """End an answered request; the record closes to the office, the ledger stays."""
    return _end(ctx, request_id, "close")


def _end(ctx: Context, request_id: UUID, move: str) -> RequestView:
    request = ctx.load(DisclosureRequest, request_id)
    request.closed_at = ctx.now
    _move(request, move, RequestFacts())
    return request_view(ctx, request)


def _reviewing(ctx: Context, request: DisclosureRequest) -> RequestFacts:
    deciders = {part.decided_by for part in ctx.parts(request, DisclosurePart) if part.decided_by}
    if request.submitted_by is not None:
        deciders.add(request.submitted_by)
    return RequestFacts(actor=ctx.actor.id, deciders=frozenset(deciders))


def _move(request: DisclosureRequest, name: str, facts: RequestFacts) -> None:
    request.state = RequestState(REQUEST.after(request.state, name, facts)).value


def _after(ctx: Context, request: DisclosureRequest, view: RequestView) -> RequestView:
    """What the reviewer saw, with the state that follows."""
    ctx.session.flush()
    return replace(
        view,
        version=request.version,
        state=RequestState(request.state),
        reviewed_by=request.reviewed_by,
        reviewed_at=request.reviewed_at,
        review_note=ctx.unseal(request, "review_note"),
        moves=ctx.moves(REQUEST, request),
    )
