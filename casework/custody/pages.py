"""Pages of the keys: their state for administrators, asking for a retirement, approving another's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ..web.pages import PageBlueprint, Setting, page
from ..web.request import context
from . import actions, queries
from .rules import RetirementView
from .schemas import RetirementIn

bp = PageBlueprint("custody", __name__)
ONE = "/keys/retirements/<uuid:retirement_id>"


@bp.page("/keys", queries.show_keys)
def keys() -> Response:
    """State of the keys, the last rewrapping, pending erasures and requests to retire."""
    return page("custody/keys.html", view=queries.show_keys(context()))


def _new() -> Setting:
    back = url_for("custody_pages.keys")
    return Setting({"back": back, "crumbs": [(back, "鍵")]})


def _one(retirement_id: UUID) -> Setting:
    view, back = queries.read_retirement(context(), retirement_id), url_for("custody_pages.keys")
    about = f"鍵暗号化鍵 {view.kek_version} の廃棄"
    return Setting(
        {"back": back, "view": view, "crumbs": [(back, "鍵")], "about": about}, version=view.version
    )


def _to_keys(_view: RetirementView, **_: Any) -> str:
    return url_for("custody_pages.keys")


bp.form(
    "/keys/retirements/new",
    actions.request_retirement,
    endpoint="request_retirement",
    title="古い鍵の廃棄を申請する",
    takes=RetirementIn,
    prepare=_new,
    then=_to_keys,
    button="申請する",
)
for path, endpoint, title, action, button in (
    ("approve", "approve_retirement", "鍵の廃棄を承認する", actions.approve_retirement, "承認する"),
    (
        "withdraw",
        "withdraw_retirement",
        "鍵の廃棄の申請を取り下げる",
        actions.withdraw_retirement,
        "取り下げる",
    ),
):
    bp.form(
        f"{ONE}/{path}",
        action,
        endpoint=endpoint,
        title=title,
        prepare=_one,
        then=_to_keys,
        button=button,
    )
