"""The worksheet of a request: its pieces as they stand now, with proposal and decision."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from ...usecase import Context
from ..models import DisclosureCopy, DisclosureGiving, DisclosurePart, DisclosureRequest
from ..rules import (
    OPEN,
    REQUEST,
    CopyFormat,
    Extension,
    Giving,
    PartKind,
    PartVerdict,
    PartView,
    ProposalKind,
    RequestState,
    RequestView,
)
from .record import Found, collect, person_of


@dataclass(frozen=True, slots=True)
class Now:
    """A piece of the worksheet and the text that stands there now."""

    part: DisclosurePart
    found: Found
    text: str


def parts_now(ctx: Context, request: DisclosureRequest) -> list[Now]:
    """Step: the pieces of a request that are there; what was erased, restricted or protected since is not."""
    there = {found.place: found for found in collect(ctx, request)}
    parts = ctx.parts(request, DisclosurePart, order=DisclosurePart.sort)
    pairs = ((part, there.get((part.source, part.row_id, part.field))) for part in parts)
    return [Now(part, found, found.text(ctx)) for part, found in pairs if found is not None]


def digest_of(text: str) -> str:
    """What a decision remembers of the text it was made on; kept sealed."""
    return hashlib.sha256(text.encode()).hexdigest()


def changed(ctx: Context, now: Now) -> bool:
    """Step: whether the text is another one than that which was decided."""
    return now.part.seen is not None and ctx.unseal(now.part, "seen") != digest_of(now.text)


def passages_of(ctx: Context, part: DisclosurePart) -> tuple[str, ...]:
    """Step: the words to withhold of a text given in part."""
    return tuple(json.loads(ctx.unseal(part, "passages") or "[]"))


def part_view(ctx: Context, now: Now) -> PartView:
    part = now.part
    return PartView(
        id=part.id,
        kind=PartKind(part.kind),
        heading=now.found.heading,
        text=now.text,
        proposal=ProposalKind(part.proposal),
        proposed_reason=part.proposed_reason,
        verdict=None if part.verdict is None else PartVerdict(part.verdict),
        reason=part.reason,
        passages=passages_of(ctx, part),
        remark=ctx.unseal(part, "remark"),
        decided_by=part.decided_by,
        decided_at=part.decided_at,
        changed=changed(ctx, now),
    )


def giving_views(ctx: Context, request: DisclosureRequest) -> tuple[Giving, ...]:
    """Step: the ledger of a request, the oldest first."""
    copies = {row.id: row for row in ctx.parts(request, DisclosureCopy)}
    return tuple(
        giving_view(ctx, row, copies[row.copy_id])
        for row in ctx.parts(request, DisclosureGiving, order=DisclosureGiving.given_at)
    )


def giving_view(ctx: Context, row: DisclosureGiving, copy: DisclosureCopy) -> Giving:
    return Giving(
        row.id,
        row.copy_id,
        CopyFormat(copy.format),
        copy.digest,
        ctx.unseal(row, "recipient"),
        row.way,
        row.given_by,
        row.given_at,
    )


def request_view(ctx: Context, request: DisclosureRequest, now: list[Now] | None = None) -> RequestView:
    """Step: a request in sight. The record is opened as long as the request runs; afterwards the ledger is left.

    `now`: its pieces, where they were collected a moment ago; collecting costs more than everything else here.
    """
    ctx.session.flush()
    open_ = RequestState(request.state) in OPEN and ctx.now < request.access_ends_at
    if now is None or not open_:
        now = parts_now(ctx, request) if open_ else []
    for case_id in sorted({found.found.case_id for found in now if found.found.case_id is not None}):
        ctx.witness("disclosure.record_read", "case_file", case_id, case_id)
    extension = None
    if request.extended_on is not None:
        extension = Extension(request.extended_on, ctx.unseal(request, "extension"))
    return RequestView(
        id=request.id,
        number=request.number,
        version=request.version,
        state=RequestState(request.state),
        name=ctx.unseal(person_of(ctx, request), "name") if open_ else None,
        requester=request.requester,
        requester_name=ctx.unseal(request, "requester_name"),
        identity_check=request.identity_check,
        received_on=request.received_on,
        due_on=request.due_on,
        extension=extension,
        registered_by=request.registered_by,
        registered_at=request.registered_at,
        submitted_by=request.submitted_by,
        reviewed_by=request.reviewed_by,
        reviewed_at=request.reviewed_at,
        review_note=ctx.unseal(request, "review_note"),
        undecided=sum(n.part.verdict is None or changed(ctx, n) for n in now),
        parts=tuple(part_view(ctx, n) for n in now),
        givings=giving_views(ctx, request),
        moves=ctx.moves(REQUEST, request),
    )
