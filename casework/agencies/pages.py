"""Pages of the directory and of the code lists, for the administrator."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from ..kernel.book import Option
from ..web.house import house
from ..web.pages import PageBlueprint, Setting, page
from ..web.request import context
from . import actions, queries
from .rules import CodeView
from .schemas import CodeIn, CodeRetireIn

bp = PageBlueprint("agencies", __name__)


@bp.page("/directory", queries.agencies)
def directory() -> Response:
    """Agencies and windows as the municipality's lists give them."""
    return page(
        "agencies/directory.html", agencies=queries.agencies(context()), windows=queries.windows(context())
    )


@bp.page("/codes", queries.codes)
def codes() -> Response:
    """One code list, retired entries included; without a choice, the names of all lists."""
    chosen = request.args.get("list", "")
    entries = queries.codes(context(), list=chosen) if chosen else []
    return page("agencies/codes.html", chosen=chosen, entries=entries, lists=_lists())


def _lists() -> list[Option]:
    """Names of the code lists, in the order people read."""
    label, book = house().messages.label, house().desk.book()
    names = [name for name in book.lists if house().messages.has_label("code_list", name)]
    return sorted((Option(name, label("code_list", name)) for name in names), key=lambda o: o.label)


def _new() -> Setting:
    chosen = request.args.get("list", "")
    back = url_for("agencies_pages.codes", list=chosen or None)
    return Setting(show={"back": back}, initial={"list": chosen}, choices={"list": _lists()})


def _retire(list: str, code: str) -> Setting:
    entry = next((o for o in house().desk.book().lists.get(list, ()) if o.value == code), None)
    return Setting(show={"entry": entry, "back": url_for("agencies_pages.codes", list=list)})


def _to_list(view: CodeView, **_: Any) -> str:
    house().desk.refresh()
    return url_for("agencies_pages.codes", list=view.list)


bp.form(
    "/codes/new",
    actions.add_code,
    endpoint="add_code",
    title="コードを追加する",
    takes=CodeIn,
    prepare=_new,
    then=_to_list,
    button="追加する",
)
bp.form(
    "/codes/<list>/<code>/retire",
    actions.retire_code,
    endpoint="retire_code",
    title="コードの使用を終える",
    takes=CodeRetireIn,
    template="agencies/retire.html",
    prepare=_retire,
    then=_to_list,
    button="使用を終える",
)
