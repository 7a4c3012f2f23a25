"""証跡の控え: when the trail was last signed, and how whoever holds the checkpoints checks it."""

from __future__ import annotations

from flask import Response

from ...web.pages import page
from ...web.request import context
from .. import queries
from .base import bp


@bp.page("/oversight/checkpoints", queries.checkpoints)
def checkpoints() -> Response:
    """The newest checkpoints; an old one at the top says that the nightly job does not run."""
    return page("oversight/checkpoints.html", checkpoints=queries.checkpoints(context()))
