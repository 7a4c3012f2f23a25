"""Pages of 机: 今日, and what every page asks of the house."""

from __future__ import annotations

import json
from collections.abc import Sequence
from time import monotonic

from flask import Response, url_for

from ..kernel.actor import Permission as P
from ..kernel.book import Book
from ..web.pages import PageBlueprint, Place, StoredText, page
from ..web.pages.frame import can
from ..web.request import context
from . import actions, queries

bp = PageBlueprint("desk", __name__)

KEPT = 60.0  # seconds that labels stay in memory
PLACES = (("desk_pages.today", "今日", P.SESSION_OWN),)


class RoofDesk:
    """The desk of casework.web.pages: it asks the houses on behalf of the person who is signed in."""

    def __init__(self) -> None:
        self._book: tuple[float, Book] | None = None

    def book(self) -> Book:
        if self._book is None or monotonic() - self._book[0] > KEPT:
            self._book = (monotonic(), queries.book(context()))
        return self._book[1]

    def refresh(self) -> None:
        """Read the labels again at the next page: somebody changed them here."""
        self._book = None

    def stored(self, form: str) -> StoredText | None:
        found = queries.unsent(context(), form)
        if found is None:
            return None
        return StoredText(tuple((str(n), str(v)) for n, v in json.loads(found.content)), found.saved_at)

    def discard(self, form: str) -> None:
        actions.forget(context(), form)

    def navigation(self, path: str) -> Sequence[Place]:
        links = [(url_for(endpoint), name) for endpoint, name, needed in PLACES if can(needed)]
        under = max((href for href, _ in links if path.startswith(href)), key=len, default="")
        return [Place(href, name, href == under) for href, name in links]


@bp.page("/", queries.all_unsent)
def today() -> Response:
    """今日: what waits for the person."""
    return page("desk/today.html", unsent=queries.all_unsent(context()))
