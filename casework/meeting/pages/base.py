"""The blueprint that the pages of 会議 share, and the choices of their forms."""

from __future__ import annotations

from ...kernel.book import Option
from ...web.house import house
from ...web.pages import PageBlueprint
from ...web.request import context

bp = PageBlueprint("meeting", "casework.meeting")
MEETING = "/meetings/<uuid:meeting_id>"
ITEM = "/agenda/<uuid:item_id>"
ACTION = "/action-items/<uuid:action_id>"


def own_agencies() -> list[Option]:
    """The agencies for which the person acts."""
    book = house().desk.book()
    return [Option(code, book.label("agency", code)) for code in sorted(context().actor.agencies)]


def grounds(basis: str) -> list[Option]:
    """Why somebody may be told: the meeting's own basis (I8), or the person's consent."""
    book = house().desk.book()
    consent = Option("consent", book.label("sharing_ground", "consent"))
    return [Option(basis, book.label("meeting_basis", basis)), consent]
