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


def grounds() -> list[Option]:
    """Why somebody may be told: the basis of a 支援会議, or the person's consent."""
    consent = Option("consent", house().desk.book().label("sharing_ground", "consent"))
    return [*house().desk.book().offered("meeting_basis"), consent]
