"""Reading requests: the list of the office, one with its worksheet, the record as it is given, copies handed over."""

from __future__ import annotations

import base64
from itertools import groupby
from uuid import UUID

from ...codes import lookup
from ...kernel.actor import Permission as P
from ...kernel.errors import NotFound, Refused
from ...kernel.wareki import format_wareki
from ...usecase import Context, Page, use_case
from ...usecase.page import after_moment, cut
from ..models import DisclosureCopy, DisclosureGiving, DisclosureRequest
from ..rules import (
    REASON_LIST,
    CopyFormat,
    CopyView,
    Entry,
    Line,
    PartKind,
    PartVerdict,
    Record,
    RequestLine,
    RequestState,
    RequestView,
    Section,
    mark_of,
    redacted,
)
from .record import person_of, words
from .worksheet import Now, changed, parts_now, passages_of, request_view


@use_case(P.DISCLOSURE_READ, event="disclosure.requests_listed", reads=True)
def requests(ctx: Context, after: str | None = None) -> Page[RequestLine]:
    """List the requests of one's office, the newest first; no name and no content."""
    model, size = DisclosureRequest, ctx.settings.page_size
    query = after_moment(ctx.select(model), model.registered_at, model.id, after).limit(size + 1)
    shown, following = cut(ctx.all(query), size, lambda row: (row.registered_at, row.id))
    lines = (RequestLine(r.id, r.number, RequestState(r.state), r.received_on, r.due_on) for r in shown)
    return Page(tuple(lines), following)


@use_case(P.DISCLOSURE_READ, event="disclosure.request_read", reads=True)
def read_request(ctx: Context, request_id: UUID) -> RequestView:
    """Open a request with its worksheet: every piece of the person's record, proposal and decision."""
    return request_view(ctx, ctx.load(DisclosureRequest, request_id))


@use_case(P.DISCLOSURE_EXPORT, event="disclosure.copy_read", reads=True, confirmed=True)
def read_copy(ctx: Context, giving_id: UUID) -> CopyView:
    """Take the file of a line of the ledger, exactly as it was handed over."""
    giving = ctx.one(ctx.select(DisclosureGiving).where(DisclosureGiving.id == giving_id))
    if giving is None:
        raise NotFound("disclosure_giving", str(giving_id))
    request = ctx.load(DisclosureRequest, giving.request_id)
    copy = ctx.parts(request, DisclosureCopy, DisclosureCopy.id == giving.copy_id)[0]
    body = base64.b64decode(ctx.unseal(copy, "body") or "")
    return CopyView(request.number, CopyFormat(copy.format), copy.digest, body)


# -- what leaves the house ---------------------------------------------------------------------------


def record_of(ctx: Context, request: DisclosureRequest) -> tuple[Record, set[UUID]]:
    """Step: the record as decided and reviewed, and the cases it tells of; Refused if a text changed since."""
    now = parts_now(ctx, request)
    if any(n.part.verdict is None or changed(ctx, n) for n in now):
        raise Refused("part_changed")
    labels = {row.code: row.ja for row in lookup.entries(ctx.session, [REASON_LIST])}
    sections = tuple(
        Section(words().label("part_kind", kind), tuple(_entry(ctx, n, labels) for n in members))
        for kind, members in groupby(now, key=lambda n: PartKind(n.part.kind))
    )
    name = ctx.unseal(person_of(ctx, request), "name") or ""
    said = words().label
    cover = (
        Line(said("disclosure_cover", "number"), request.number),
        Line(said("disclosure_cover", "person"), name),
        Line(said("disclosure_cover", "received_on"), format_wareki(request.received_on)),
        Line(said("disclosure_cover", "made_on"), format_wareki(ctx.today)),
    )
    cases = {n.found.case_id for n in now if n.found.case_id is not None}
    return Record(request.number, ctx.today, cover, sections, said("disclosure_cover", "note")), cases


def _entry(ctx: Context, now: Now, labels: dict[str, str]) -> Entry:
    """The text, its rest, or the mark: what is withheld is not carried on from here."""
    verdict, heading = PartVerdict(now.part.verdict or ""), now.found.heading
    mark = mark_of(labels.get(now.part.reason or "", ""))
    if verdict is PartVerdict.WITHHOLD:
        return Entry(heading, withheld=mark)
    if verdict is PartVerdict.PART:
        return Entry(heading, text=redacted(now.text, passages_of(ctx, now.part), mark))
    return Entry(heading, text=now.text)
