"""保護: what is protected until when, who is named, renewal, and the early end of a grant or a release."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Response, url_for

from ...kernel.clock import TOKYO
from ...kernel.errors import NotFound
from ...kernel.wareki import format_wareki
from ...web.pages import Setting, page
from ...web.request import context
from .. import actions, queries, schemas
from ..rules import GrantView, ProtectedView, ProtectionLine
from .base import bp

YEAR = timedelta(days=365)


@bp.page("/protections", queries.protections)
def protections() -> Response:
    """What must be renewed or lifted, those that end first; the privacy officer sees no person."""
    return page("people/protections.html", lines=queries.protections(context()))


def _line(person_id: UUID) -> ProtectionLine:
    found = [line for line in queries.protections(context()) if line.person_id == person_id]
    if not found:
        raise NotFound("person", str(person_id))
    return found[0]


def _grant(grant_id: UUID) -> Setting:
    lines = queries.protections(context())
    grant = next((g for line in lines for g in line.grants if g.id == grant_id), None)
    if grant is None:
        raise NotFound("protection_grant", str(grant_id))
    until = (context().now + YEAR).astimezone(TOKYO)
    return Setting(
        show={"grant": grant, "back": url_for("people_pages.protections")},
        initial={"until": f"{format_wareki(until.date())} 17:00"},
    )


def _renewal(person_id: UUID) -> Setting:
    line = _line(person_id)
    return Setting(
        show={"line": line, "back": url_for("people_pages.protections")},
        initial={"valid_until": format_wareki(context().today + YEAR)},
    )


def _to_list(_: GrantView | ProtectedView, **__: object) -> str:
    return url_for("people_pages.protections")


bp.form(
    "/persons/<uuid:person_id>/protection/renew",
    actions.renew_protection,
    endpoint="renew_protection",
    title="保護を更新する",
    takes=schemas.RenewIn,
    prepare=_renewal,
    then=_to_list,
    template="people/protection_form.html",
    button="更新する",
)
bp.form(
    "/protection-grants/<uuid:grant_id>/extend",
    actions.extend_grant,
    endpoint="extend_grant",
    title="見てよい期限を延ばす",
    takes=schemas.ExtendIn,
    prepare=_grant,
    then=_to_list,
    template="people/protection_form.html",
    button="延ばす",
)
bp.form(
    "/protection-grants/<uuid:grant_id>/end",
    actions.end_grant,
    endpoint="end_grant",
    title="見てよい期限を今すぐ終える",
    prepare=_grant,
    then=_to_list,
    template="people/protection_form.html",
    button="今すぐ終える",
)
