"""開示の申請: restricted whereabouts are released by two people and a reason (I12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, url_for

from ...kernel.clock import TOKYO
from ...kernel.errors import NotFound
from ...kernel.wareki import format_wareki
from ...web.pages import Setting, page
from ...web.request import context
from .. import actions, queries, schemas
from ..rules import ReleaseView
from .base import bp

USUAL = timedelta(days=7)  # suggested length of a release


@bp.page("/release-requests", queries.releases)
def releases() -> Response:
    """Requests that wait for a second person; nobody decides their own."""
    return page("people/releases.html", requests=queries.releases(context()))


def _ask(person_id: UUID) -> Setting:
    view = queries.read_person(context(), person_id)
    until = (context().now + USUAL).astimezone(TOKYO)
    return Setting(
        show={"view": view, "back": url_for("people_pages.person", person_id=person_id)},
        initial={"until": f"{format_wareki(until.date())} 17:00"},
    )


def request_of(request_id: UUID) -> Setting:
    """Prepare the page on which a second person decides."""
    asked = next((r for r in queries.releases(context()) if r.id == request_id), None)
    if asked is None:
        raise NotFound("release_request")
    return Setting(show={"asked": asked, "back": url_for("people_pages.releases")})


def _to_person(view: ReleaseView, **_: Any) -> str:
    return url_for("people_pages.person", person_id=view.person_id)


def _to_list(_: ReleaseView, **__: Any) -> str:
    return url_for("people_pages.releases")


bp.form(
    "/persons/<uuid:person_id>/release-requests/new",
    actions.ask_release,
    endpoint="ask_release",
    title="住所・連絡先の開示を申請する",
    takes=schemas.ReleaseIn,
    prepare=_ask,
    then=_to_person,
    template="people/person_form.html",
    button="申請する",
)
for action, endpoint, title, button in (
    (actions.grant_release, "grant", "開示を許可する", "許可する"),
    (actions.refuse_release, "refuse", "開示を許可しない", "許可しない"),
):
    bp.form(
        f"/release-requests/<uuid:request_id>/{endpoint}",
        action,
        endpoint=endpoint,
        title=title,
        prepare=request_of,
        then=_to_list,
        template="people/decide.html",
        button=button,
    )
