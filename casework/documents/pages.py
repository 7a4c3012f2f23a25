"""Pages of 帳票: why a print is needed, the sheet for the browser's print view, and the same as PDF."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, render_template, url_for

from ..kernel.errors import NotFound
from ..web.house import house
from ..web.pages import PageBlueprint, Setting, page
from ..web.pages.paper import drawn
from ..web.request import context
from . import actions, queries
from .rules import PrintKind, PrintView, Sheet
from .schemas import PrintIn

bp = PageBlueprint("documents", __name__)


@bp.page("/prints", queries.my_prints)
def listing() -> Response:
    """One's own prints: what is still on paper, and until when."""
    return page("documents/listing.html", prints=queries.my_prints(context()))


@bp.page("/prints/<uuid:print_id>", queries.sheet)
def sheet(print_id: UUID) -> Response:
    """The sheet, for the browser's print view."""
    return Response(_html(queries.sheet(context(), print_id), screen=True))


@bp.page("/prints/<uuid:print_id>/pdf", queries.sheet)
def pdf(print_id: UUID) -> Response:
    """The same as PDF; 503 where the machine lacks what draws it."""
    found = queries.sheet(context(), print_id)
    answer = Response(drawn(_html(found, screen=False)), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{found.mark.number}.pdf"'
    return answer


def _html(found: Sheet, *, screen: bool) -> str:
    template = f"documents/{found.mark.kind.value}.html"
    return render_template(template, mark=found.mark, screen=screen, **found.shown)


def _why(kind: str, **_: Any) -> Setting:
    if kind not in {member.value for member in PrintKind}:
        raise NotFound("form", kind)
    name = house().messages.label("print_kind", kind)
    return Setting(show={"title": f"{name}を印刷する", "back": url_for("documents_pages.listing")})


def _to_sheet(view: PrintView, **_: Any) -> str:
    return url_for("documents_pages.sheet", print_id=view.id)


bp.form(
    "/print/<kind>/<uuid:target>",
    actions.print_out,
    endpoint="print_out",
    title="印刷する",
    takes=PrintIn,
    prepare=_why,
    then=_to_sheet,
    button="印刷の画面へ",
)
