"""The blueprint that the pages of accounts share."""

from ...web.pages import PageBlueprint

bp = PageBlueprint("accounts", "casework.accounts")
