"""仕事の状況: the operational view of those who run the work."""

from __future__ import annotations

from flask import Response

from ...web.pages import page
from ...web.request import context
from .. import queries
from ..rules.operations import BANDS, RECENT_DAYS
from .base import bp


@bp.page("/operations", queries.operations)
def operations() -> Response:
    """What waits, with whom and for how long, over the cases one may see."""
    return page(
        "statistics/operations.html", view=queries.operations(context()), bands=BANDS, days=RECENT_DAYS
    )
