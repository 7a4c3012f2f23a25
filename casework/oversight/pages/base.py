"""The blueprint that the pages of oversight share."""

from ...web.pages import PageBlueprint

bp = PageBlueprint("oversight", "casework.oversight")
