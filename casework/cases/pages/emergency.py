"""緊急閲覧: opening a case for danger to life, the list of accesses, early end and review; and all grants in force."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ...kernel.book import Option
from ...web.house import house
from ...web.pages import Setting, page
from ...web.pages.blueprint import arguments
from ...web.request import context
from .. import actions, queries, schemas
from ..queries.emergency import WHICH
from ..rules import EmergencyView
from .base import bp

ONE = "/emergency/<uuid:access_id>"


@bp.page("/emergency", queries.emergencies)
def emergencies() -> Response:
    """One's own accesses, those of one's cases, and those one oversees."""
    args = arguments(schemas.EmergenciesArgs)
    shown = queries.emergencies(context(), **args)
    return page("cases/emergencies.html", shown=shown, which=args["which"], choices=WHICH, now=context().now)


@bp.page(ONE, queries.read_emergency)
def emergency(access_id: UUID) -> Response:
    """One access with its reason and its review."""
    return page("cases/emergency.html", view=queries.read_emergency(context(), access_id), now=context().now)


def _new() -> Setting:
    most = house().settings.emergency_hours
    hours = [Option(str(n), f"{n}時間") for n in range(1, most + 1)]
    return Setting(show={"back": _list()}, choices={"hours": hours})


def _one(access_id: UUID) -> Setting:
    view = queries.read_emergency(context(), access_id)
    return Setting(show={"view": view, "back": url_for("cases_pages.emergency", access_id=access_id)})


def _list() -> str:
    return url_for("cases_pages.emergencies")


def _to_case(view: EmergencyView, **_: Any) -> str:
    return url_for("cases_pages.case", case_id=view.case_id)


def _to_one(view: EmergencyView, **_: Any) -> str:
    return url_for("cases_pages.emergency", access_id=view.id)


bp.form(
    "/emergency/new",
    actions.open_emergency,
    endpoint="open_emergency",
    title="緊急閲覧でケースを開く",
    takes=schemas.EmergencyIn,
    prepare=_new,
    then=_to_case,
    template="cases/open_emergency.html",
    button="記録を残して開く",
)
for endpoint, action, title, takes, button in (
    ("end", actions.end_emergency, "緊急閲覧を終える", None, "終える"),
    ("stop", actions.stop_emergency, "緊急閲覧を止める", None, "止める"),
    ("review", actions.review_emergency, "緊急閲覧を確認する", schemas.ReviewIn, "結果を記録する"),
):
    bp.form(
        f"{ONE}/{endpoint}",
        action,
        endpoint=f"{endpoint}_emergency",
        title=title,
        takes=takes,
        prepare=_one,
        then=_to_one,
        template="cases/emergency_form.html",
        button=button,
    )


@bp.page("/grants", queries.grants_in_force)
def all_grants() -> Response:
    """Every grant in force, of one person or one case if asked; and the way to a case by its number."""
    args = arguments(schemas.GrantsArgs)
    number = args["number"]
    found = queries.case_to_grant(context(), number=number) if number else None
    return page(
        "cases/all_grants.html",
        shown=queries.grants_in_force(context(), **args),
        found=found,
        number=number or "",
        staff=house().desk.book().offered("staff"),
        staff_id=str(args["staff_id"] or ""),
    )
