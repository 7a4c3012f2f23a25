"""Handing over: a copy is drawn, sealed and written into the ledger in one act; the same copy again is a new line."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from uuid import UUID

from ...cases.actions import record_handing
from ...cases.models import Case
from ...kernel.actor import Permission as P
from ...kernel.errors import NotFound, Unavailable
from ...usecase import Context, use_case
from ..models import DisclosureCopy, DisclosureGiving, DisclosureRequest
from ..queries.requests import record_of
from ..queries.worksheet import giving_view, parts_now
from ..rules import (
    REQUEST,
    CopyFormat,
    ExportDraft,
    Giving,
    GivingDraft,
    Record,
    RequestFacts,
    RequestState,
    as_json,
)

# Who draws which file. Paper is drawn by the pages, which know templates; they put their drawer in.
DRAWERS: dict[CopyFormat, Callable[[Record], bytes]] = {CopyFormat.JSON: as_json}


@use_case(P.DISCLOSURE_EXPORT, event="disclosure.exported", confirmed=True)
def export(ctx: Context, request_id: UUID, draft: ExportDraft) -> Giving:
    """Draw a reviewed record as a file and hand it over; refused before the review."""
    request = ctx.load(DisclosureRequest, request_id)
    ctx.codes(("handing_way", draft.way, "way"))
    _given(request)
    drawer = DRAWERS.get(draft.format)
    if drawer is None:
        raise Unavailable("pdf_unavailable")
    record, cases = record_of(ctx, request)
    body = drawer(record)
    copy = DisclosureCopy(
        request_id=request.id,
        format=draft.format.value,
        digest=hashlib.sha256(body).hexdigest(),
        made_by=ctx.actor.id,
        made_at=ctx.now,
    )
    ctx.add(copy)
    ctx.seal(copy, body=base64.b64encode(body).decode())
    return _hand_over(ctx, request, copy, draft.recipient, draft.way, cases)


@use_case(P.DISCLOSURE_EXPORT, event="disclosure.given_again", confirmed=True)
def give_again(ctx: Context, giving_id: UUID, draft: GivingDraft) -> Giving:
    """Hand the same copy over once more: a new line of the ledger."""
    before = ctx.one(ctx.select(DisclosureGiving).where(DisclosureGiving.id == giving_id))
    if before is None:
        raise NotFound("disclosure_giving", str(giving_id))
    request = ctx.load(DisclosureRequest, before.request_id)
    ctx.codes(("handing_way", draft.way, "way"))
    _given(request)
    copy = ctx.parts(request, DisclosureCopy, DisclosureCopy.id == before.copy_id)[0]
    cases = {n.found.case_id for n in parts_now(ctx, request) if n.found.case_id is not None}
    return _hand_over(ctx, request, copy, draft.recipient, draft.way, cases)


def _given(request: DisclosureRequest) -> None:
    request.state = RequestState(REQUEST.after(request.state, "give", RequestFacts())).value


def _hand_over(
    ctx: Context,
    request: DisclosureRequest,
    copy: DisclosureCopy,
    recipient: str,
    way: str,
    cases: Iterable[UUID],
) -> Giving:
    """A line of the ledger, and beside each case what was told of it (I11)."""
    line = DisclosureGiving(
        request_id=request.id, copy_id=copy.id, way=way, given_by=ctx.actor.id, given_at=ctx.now
    )
    ctx.add(line)
    ctx.seal(line, recipient=recipient)
    for case_id in sorted(set(cases)):
        case = ctx.load(Case, case_id, permission=P.DISCLOSURE_READ)
        record_handing(ctx, case, request=request.number, what=f"{copy.format} {copy.digest}")
    ctx.session.flush()
    return giving_view(ctx, line, copy)
