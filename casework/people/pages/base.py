"""The blueprint that the pages of people share."""

from ...web.pages import PageBlueprint

bp = PageBlueprint("people", "casework.people")
