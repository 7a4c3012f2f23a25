"""Reading the directory and the code lists; open to every role."""

from __future__ import annotations

from ..codes import lookup
from ..codes.models import Code
from ..kernel.actor import Permission as P
from ..usecase import Context, use_case
from .models import Agency, District, Initiative, Window
from .rules import AgencyView, CodeView, DistrictView, InitiativeView, WindowView


@use_case(P.DIRECTORY_READ, event="directory.agencies", reads=True)
def agencies(ctx: Context) -> list[AgencyView]:
    """List divisions and outside agencies."""
    rows = ctx.all(ctx.select(Agency).order_by(Agency.sort, Agency.code))
    return [AgencyView(a.code, a.name, a.kind, a.support_meeting_member, a.retired_on) for a in rows]


@use_case(P.DIRECTORY_READ, event="directory.windows", reads=True)
def windows(ctx: Context) -> list[WindowView]:
    """List the windows where a resident can ask for help."""
    rows = ctx.all(ctx.select(Window).order_by(Window.sort, Window.code))
    return [WindowView(w.code, w.name, w.agency, w.initiative, w.field, w.retired_on) for w in rows]


@use_case(P.DIRECTORY_READ, event="directory.districts", reads=True)
def districts(ctx: Context) -> list[DistrictView]:
    """List 行政地域 and 地区社協 areas."""
    rows = ctx.all(ctx.select(District).order_by(District.sort, District.code))
    return [DistrictView(d.code, d.name, d.kind, d.parent) for d in rows]


@use_case(P.DIRECTORY_READ, event="directory.initiatives", reads=True)
def initiatives(ctx: Context) -> list[InitiativeView]:
    """List the 取組 of the city plan."""
    rows = ctx.all(ctx.select(Initiative).order_by(Initiative.sort))
    return [
        InitiativeView(i.key, i.printed_number, i.name, tuple(i.divisions.split("|")), i.tracking, i.restated)
        for i in rows
    ]


@use_case(P.DIRECTORY_READ, event="directory.codes", reads=True)
def codes(ctx: Context, *, list: str | None = None) -> list[CodeView]:
    """List the codes of one list or of all, retired ones included."""
    ctx.select(Code)
    return [code_view(row) for row in lookup.entries(ctx.session, None if list is None else [list])]


def code_view(row: Code) -> CodeView:
    return CodeView(row.list, row.code, row.ja, row.en, row.status, row.sort, row.valid_from, row.valid_to)
