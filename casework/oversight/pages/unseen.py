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
from ..rules.unseen import UnnamedOwner
from ..schemas import ReceiverIn
from .base import bp

YEAR = timedelta(days=365)


@bp.page("/protections/unseen-work", queries.unnamed_owners)
def unseen() -> Response:
    """Owners who are not named for the protected person they work for; for 個人情報担当 those in conflict as well."""
    conflicted = queries.conflicted_owners(context()) if can(P.CONFLICT_MANAGE) else ()
    return page("oversight/unseen.html", lines=queries.unnamed_owners(context()), conflicted=conflicted)


def _line(protection_id: UUID) -> Setting:
    lines = [line for line in queries.unnamed_owners(context()) if line.protection_id == protection_id]
    if not any(line.seers == 0 for line in lines):
        raise NotFound("protection", str(protection_id))
    until = (context().now + YEAR).astimezone(TOKYO)
    return Setting(
        show={"lines": lines, "back": url_for("oversight_pages.unseen")},
        initial={"until": f"{format_wareki(until.date())} 17:00"} | _owner(lines),
    )


def _owner(lines: list[UnnamedOwner]) -> dict[str, str]:
    """The owner is offered, but not one from whom somebody took the sight."""
    offered = [str(line.owner_id) for line in lines if not (line.seers or line.withdrawn)]
    return {"staff_id": offered[0]} if offered else {}


def _conflicted(owner_id: UUID) -> Setting:
    lines = [line for line in queries.conflicted_owners(context()) if line.owner_id == owner_id]
    if not lines:
        raise NotFound("staff", str(owner_id))
    return Setting(
        show={"conflicted": lines, "back": url_for("oversight_pages.unseen")},
        initial={"agency": lines[0].owner_agency},
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
bp.form(
    "/conflicts/owners/<uuid:owner_id>/replace",
    actions.replace_owner,
    endpoint="replace_owner",
    title="見られない仕事を引き継がせる",
    takes=ReceiverIn,
    prepare=_conflicted,
    then=_to_list,
    template="oversight/successor_form.html",
    button="引き継がせる",
)
