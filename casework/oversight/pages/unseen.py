"""担当者の見られない仕事: who lost sight of what they own, and the form that names somebody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, url_for

from ...kernel.actor import Permission as P
from ...kernel.clock import TOKYO
from ...kernel.errors import NotFound
from ...kernel.wareki import format_wareki
from ...people.schemas import NameGrantIn
from ...web.pages import Setting, page
from ...web.pages.frame import can
from ...web.request import context
from .. import actions, queries
from .base import bp

YEAR = timedelta(days=365)


@bp.page("/protections/unseen-work", queries.unnamed_owners)
def unseen() -> Response:
    """Owners who are not named for the protected person they work for; for 個人情報担当 those in conflict as well."""
    conflicted = queries.conflicted_owners(context()) if can(P.CONFLICT_MANAGE) else ()
    return page("oversight/unseen.html", lines=queries.unnamed_owners(context()), conflicted=conflicted)


def _line(protection_id: UUID) -> Setting:
    lines = [line for line in queries.unnamed_owners(context()) if line.protection_id == protection_id]
    if not lines:
        raise NotFound("protection", str(protection_id))
    until = (context().now + YEAR).astimezone(TOKYO)
    return Setting(
        show={"lines": lines, "back": url_for("oversight_pages.unseen")},
        initial={"staff_id": str(lines[0].owner_id), "until": f"{format_wareki(until.date())} 17:00"},
    )


def _to_list(_: Any, **__: Any) -> str:
    return url_for("oversight_pages.unseen")


bp.form(
    "/protections/<uuid:protection_id>/successor",
    actions.name_successor,
    endpoint="name_successor",
    title="担当者を見てよい職員に指定する",
    takes=NameGrantIn,
    prepare=_line,
    then=_to_list,
    template="oversight/successor_form.html",
    button="指定する",
)
