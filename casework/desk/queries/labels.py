"""Reading 書きかけ, and the labels that every page needs."""

from __future__ import annotations

from sqlalchemy import Select, select

from ...accounts.models import Staff, StaffRole
from ...accounts.queries import in_force
from ...agencies.models import Agency, District, Initiative, Window
from ...codes import lookup
from ...codes.models import Code
from ...kernel.actor import Permission as P
from ...kernel.book import Book, Option
from ...usecase import Context, use_case
from ..models import UnsentForm
from ..rules import NEW, Mark, UnsentLine, UnsentView, mark_of


@use_case(P.DIRECTORY_READ, event="directory.book", reads=True)
def book(ctx: Context) -> Book:
    """Read every label that pages show: codes, agencies, windows, districts, 取組 and colleagues."""
    lists = _codes(ctx)
    agencies = ctx.all(ctx.select(Agency).order_by(Agency.sort, Agency.code))
    names = {a.code: a.name for a in agencies}
    lists["agency"] = [
        Option(a.code, a.name, _kind(lists, a.kind), _over(ctx, a.retired_on)) for a in agencies
    ]
    lists["window"] = [
        Option(w.code, w.name, names.get(w.agency, ""), _over(ctx, w.retired_on))
        for w in ctx.all(ctx.select(Window).order_by(Window.sort, Window.code))
    ]
    lists["district"] = [
        Option(d.code, d.name) for d in ctx.all(ctx.select(District).order_by(District.sort, District.code))
    ]
    lists["initiative"] = [
        Option(i.key, f"{i.printed_number} {i.name}")
        for i in ctx.all(ctx.select(Initiative).order_by(Initiative.sort))
    ]
    lists["staff"] = _staff(ctx, names)
    return Book(lists)


@use_case(P.SESSION_OWN, event="text.unsent_opened", reads=True)
def unsent(ctx: Context, form: str, wanted: str = "") -> UnsentView:
    """Give back what one typed into a form and did not send: the text that is wanted, else the newest.

    Texts of other windows are named beside it; `wanted` "new" asks for an empty form.
    """
    rows = ctx.all(_unsent(ctx).where(UnsentForm.form == form))
    mark = mark_of(wanted)
    chosen = next((r for r in rows if mark is not None and r.id == mark.id), None)
    if chosen is None and rows and wanted != NEW:
        chosen = rows[0]
    others = tuple(unsent_line(row) for row in rows if row is not chosen)
    if chosen is None:
        return UnsentView(None, None, others)
    return UnsentView(ctx.unseal(chosen, "content"), unsent_line(chosen), others)


@use_case(P.SESSION_OWN, event="text.unsent_listed", reads=True)
def all_unsent(ctx: Context) -> tuple[UnsentLine, ...]:
    """List one's own forms that were begun and not sent, the newest first."""
    return tuple(unsent_line(row) for row in ctx.all(_unsent(ctx).limit(ctx.settings.page_size)))


def _unsent(ctx: Context) -> Select[tuple[UnsentForm]]:
    query = ctx.select(UnsentForm).where(UnsentForm.staff_id == ctx.actor.id, UnsentForm.content.is_not(None))
    return query.order_by(UnsentForm.saved_at.desc(), UnsentForm.id.desc())


def unsent_line(row: UnsentForm) -> UnsentLine:
    """Step: a kept form by its mark, without its text."""
    return UnsentLine(row.form, row.saved_at, str(Mark(row.id, row.version)))


def _codes(ctx: Context) -> dict[str, list[Option]]:
    ctx.select(Code)
    found: dict[str, list[Option]] = {}
    for row in lookup.entries(ctx.session):
        early = row.valid_from is not None and row.valid_from > ctx.today
        late = row.valid_to is not None and row.valid_to < ctx.today
        found.setdefault(row.list, []).append(Option(row.code, row.ja, retired=early or late))
    return found


def _staff(ctx: Context, agencies: dict[str, str]) -> list[Option]:
    """Colleagues under each agency in which they hold a role today; the others by name only, for old records."""
    query = ctx.select(Staff).order_by(Staff.agency, Staff.name, Staff.id)
    staff = {row.id: row for row in ctx.all(query)}
    held = select(StaffRole.staff_id, StaffRole.agency).where(in_force(ctx)).distinct()
    pairs = sorted({(agency, staff_id) for staff_id, agency in ctx.session.execute(held)}, key=str)
    order = {code: at for at, code in enumerate(agencies)}
    offered = [
        Option(str(key), f"{staff[key].name}({agencies[agency]})", agencies[agency])
        for agency, key in sorted(pairs, key=lambda p: (order.get(p[0], 0), staff[p[1]].name))
        if key in staff and staff[key].disabled_at is None
    ]
    there = {o.value for o in offered}
    return offered + [Option(str(k), s.name, retired=True) for k, s in staff.items() if str(k) not in there]


def _kind(lists: dict[str, list[Option]], kind: str) -> str:
    return next((o.label for o in lists.get("agency_kind", ()) if o.value == kind), "")


def _over(ctx: Context, day: object) -> bool:
    return day is not None and str(day) <= ctx.today.isoformat()
