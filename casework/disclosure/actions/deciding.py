"""Deciding piece by piece: disclosed, withheld for a reason, or given in part."""

from __future__ import annotations

import json
from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.errors import NotFound, Refused
from ...usecase import Context, Unreadable, use_case
from ..models import DisclosureRequest
from ..queries import parts_now, request_view
from ..queries.worksheet import Now, changed, digest_of
from ..rules import (
    REASON_LIST,
    PartDraft,
    PartVerdict,
    ProposalKind,
    RequestState,
    RequestView,
    check_part,
)

PROPOSED = {
    ProposalKind.DISCLOSE.value: PartVerdict.DISCLOSE,
    ProposalKind.WITHHOLD.value: PartVerdict.WITHHOLD,
}


@use_case(P.DISCLOSURE_DECIDE, event="disclosure.part_decided")
def decide(ctx: Context, request_id: UUID, part_id: UUID, draft: PartDraft) -> RequestView:
    """Decide one piece of a request; a piece of another request does not exist here."""
    request = _deciding(ctx, request_id)
    ctx.codes((REASON_LIST, draft.reason or "", "reason"))
    pieces = parts_now(ctx, request)
    now = next((n for n in pieces if n.part.id == part_id), None)
    if now is None:
        raise NotFound("disclosure_part", str(part_id))
    _decide(ctx, now, draft)
    return request_view(ctx, request, pieces)


@use_case(P.DISCLOSURE_DECIDE, event="disclosure.proposals_accepted")
def accept_proposals(ctx: Context, request_id: UUID) -> RequestView:
    """Decide every undecided piece as proposed; what is to be decided one by one stays open."""
    request = _deciding(ctx, request_id)
    pieces = parts_now(ctx, request)
    for now in pieces:
        verdict = PROPOSED.get(now.part.proposal)
        if verdict is not None and (now.part.verdict is None or changed(ctx, now)):
            reason = now.part.proposed_reason if verdict is PartVerdict.WITHHOLD else None
            _decide(ctx, now, PartDraft(verdict, reason))
    return request_view(ctx, request, pieces)


def _deciding(ctx: Context, request_id: UUID) -> DisclosureRequest:
    request = ctx.load(DisclosureRequest, request_id)
    if request.state != RequestState.DECIDING.value:
        raise Refused("request_not_deciding")
    return request


def _decide(ctx: Context, now: Now, draft: PartDraft) -> None:
    if isinstance(now.text, Unreadable) and draft.verdict is not PartVerdict.WITHHOLD:
        raise Refused("sealed_unreadable", "verdict")
    check_part(draft, now.text)
    part = now.part
    part.verdict, part.reason = draft.verdict.value, draft.reason
    part.decided_by, part.decided_at = ctx.actor.id, ctx.now
    passages = json.dumps(draft.passages, ensure_ascii=False) if draft.passages else None
    ctx.seal(part, passages=passages, remark=draft.remark, seen=digest_of(now.text))
