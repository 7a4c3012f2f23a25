"""Reading participation needs, and the list of needs without a place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select

from ..cases.models import Case
from ..cases.queries import titles
from ..cases.rules import CaseTitle
from ..kernel.actor import Permission as P
from ..usecase import Context, Page, use_case
from ..usecase.page import after_moment, cut
from .models import Need, Placement, SettlingContact
from .rules import PARTICIPATION, NeedLine, NeedView, PlacementView, SettlingView


@use_case(P.PARTICIPATION_READ, event="participation.read", reads=True)
def read_need(ctx: Context, need_id: UUID) -> NeedView:
    """Open a participation need with its placements and settling contacts."""
    return view(ctx, ctx.load(Need, need_id))


@use_case(P.PARTICIPATION_READ, event="participation.listed", reads=True)
def my_needs(ctx: Context, *, after: str | None = None) -> Page[NeedLine]:
    """Open needs within sight, newest first."""
    return _page(ctx, ctx.select(Need).where(Need.is_open()), after)


@use_case(P.PARTICIPATION_READ, event="participation.without_place_listed", reads=True)
def without_place(ctx: Context, *, after: str | None = None) -> Page[NeedLine]:
    """Needs without a place: they are kept until one is found and feed 地域づくり."""
    return _page(ctx, ctx.select(Need).where(Need.is_open(), Need.without_place_since.is_not(None)), after)


@use_case(P.PARTICIPATION_READ, event="participation.listed_of_case", reads=True)
def needs_of_case(ctx: Context, case_id: UUID) -> list[NeedLine]:
    """All participation needs of a case."""
    ctx.load(Case, case_id, permission=P.CASE_READ)
    query = ctx.select(Need).where(Need.case_id == case_id).order_by(Need.requested_at.desc())
    return [_line(row) for row in ctx.all(query)]


def _page(ctx: Context, query: Select[Any], after: str | None) -> Page[NeedLine]:
    query = after_moment(query, Need.requested_at, Need.id, after).limit(ctx.settings.page_size + 1)
    rows, following = cut(ctx.all(query), ctx.settings.page_size, lambda r: (r.requested_at, r.id))
    cases = titles(ctx, (row.case_id for row in rows))
    return Page(tuple(_line(row, cases.get(row.case_id)) for row in rows), following)


def _line(row: Need, case: CaseTitle | None = None) -> NeedLine:
    return NeedLine(
        row.id,
        row.case_id,
        row.state,
        row.wanted_kind,
        row.district,
        row.owner_id,
        row.owner_agency,
        row.requested_at,
        row.without_place_since,
        case,
    )


_PLAIN = (
    "id",
    "case_id",
    "person_id",
    "plan_id",
    "state",
    "version",
    "wanted_kind",
    "district",
    "owner_id",
    "owner_agency",
    "requested_at",
    "without_place_since",
    "ended_at",
    "end_reason",
)


def view(ctx: Context, need: Need) -> NeedView:
    """Step: a loaded need as its View."""
    placements = ctx.parts(need, Placement, order=Placement.begins_on)
    contacts = ctx.parts(need, SettlingContact, order=SettlingContact.at)
    return NeedView(
        **{name: getattr(need, name) for name in _PLAIN},
        wish=ctx.unseal(need, "wish"),
        conditions=ctx.unseal(need, "conditions"),
        placements=tuple(
            PlacementView(
                p.id,
                p.resource_id,
                p.begins_on,
                p.placed_on,
                p.ended_on,
                p.broken_off_reason,
                ctx.unseal(p, "text"),
            )
            for p in placements
        ),
        settling=tuple(
            SettlingView(c.id, c.side, c.at, ctx.unseal(c, "text"), c.next_on, c.by) for c in contacts
        ),
        moves=ctx.moves(PARTICIPATION, need),
    )
