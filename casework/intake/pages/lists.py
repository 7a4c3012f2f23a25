"""Lists of 相談受付: one's own, the division's, consent to be sought, answered ones, duplicates."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from ...kernel.ids import new_id
from ...web.pages import page
from ...web.pages.blueprint import arguments
from ...web.request import context
from ...web.schema import PageArgs
from .. import queries, schemas
from .base import bp


@bp.page("/intakes", queries.listing)
def listing() -> Response:
    """Receptions, the newest first: mine, those of my division, or whose consent is to be sought by today."""
    args = arguments(schemas.IntakeArgs)
    lines = queries.listing(context(), **args)
    return page(
        "intake/listing.html", lines=lines, which=args["which"], state=args["state"], states=schemas.STATES
    )


@bp.page("/intakes/<uuid:intake_id>", queries.read)
def intake(intake_id: UUID) -> Response:
    """The 相談受付・申込票 as recorded, and what may be done with it now."""
    return page("intake/intake.html", view=queries.read(context(), intake_id), key=new_id().hex)


@bp.page("/intakes/answered", queries.answered)
def answered() -> Response:
    """What was answered on the spot, without names, for the supervisor's review (I4)."""
    return page("intake/answered.html", lines=queries.answered(context(), **arguments(PageArgs)))


@bp.page("/intakes/duplicates", queries.mergeable)
def duplicates() -> Response:
    """Open and merged receptions by number, for merging the same matter received twice."""
    lines = queries.mergeable(context(), **arguments(PageArgs))
    return page("intake/duplicates.html", lines=lines, key=new_id().hex)
