"""権限の変更: what one person proposes about somebody's rights, another approves or refuses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ...web.house import house
from ...web.pages import Setting, page
from ...web.pages.blueprint import arguments
from ...web.request import context
from ...web.schema import PageArgs
from .. import actions, queries
from .base import bp

ONE = "/rights-changes/<uuid:change_id>"


@bp.page("/rights-changes", queries.changes)
def changes() -> Response:
    """Changes that wait, and those decided."""
    shown = queries.changes(context(), **arguments(PageArgs))
    return page("accounts/changes.html", shown=shown, now=context().now)


def _one(change_id: UUID) -> Setting:
    view = queries.read_change(context(), change_id)
    return Setting(show={"c": view, "back": url_for("accounts_pages.changes")})


def _to_list(_: Any, **__: Any) -> str:
    house().desk.refresh()
    return url_for("accounts_pages.changes")


for endpoint, action, title, button in (
    ("approve", actions.approve_change, "権限の変更を承認する", "承認する"),
    ("refuse", actions.refuse_change, "権限の変更を承認しない", "承認しない"),
    ("withdraw", actions.withdraw_change, "権限の変更の申請を取り下げる", "取り下げる"),
):
    bp.form(
        f"{ONE}/{endpoint}",
        action,
        endpoint=f"{endpoint}_change",
        title=title,
        prepare=_one,
        then=_to_list,
        template="accounts/change_form.html",
        button=button,
    )
