"""Pages of the administration of staff: accounts, roles, moves, hand-over; never case content."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from ...web.house import house
from ...web.pages import Setting, page
from ...web.pages.blueprint import arguments
from ...web.request import context
from .. import actions, queries, schemas
from ..rules import StaffDetail
from .base import bp

ONE = "/staff/<uuid:staff_id>"


@bp.page("/staff", queries.list_staff)
def staff() -> Response:
    """Accounts, the newest first, of all agencies or of one."""
    args = arguments(schemas.StaffArgs)
    agencies = house().desk.book().offered("agency")
    shown = queries.list_staff(context(), **args)
    return page("accounts/staff.html", staff=shown, agencies=agencies, agency=args["agency"])


@bp.page(ONE, queries.show_staff)
def one_staff(staff_id: UUID) -> Response:
    """One account: roles past and present, open work, what may be done."""
    return page("accounts/one_staff.html", view=queries.show_staff(context(), staff_id))


def _one(staff_id: UUID, **_: Any) -> Setting:
    view = queries.show_staff(context(), staff_id)
    return Setting(show={"view": view, "back": url_for("accounts_pages.one_staff", staff_id=staff_id)})


def _new() -> Setting:
    return Setting(show={"back": url_for("accounts_pages.staff")})


def _to_one(view: StaffDetail, **_: Any) -> str:
    house().desk.refresh()
    return url_for("accounts_pages.one_staff", staff_id=view.id)


bp.form(
    "/staff/new",
    actions.create,
    endpoint="create",
    title="職員を登録する",
    takes=schemas.StaffIn,
    prepare=_new,
    then=_to_one,
    button="登録する",
)
for path, endpoint, title, action, takes, button in (
    ("roles/new", "add_role", "役割を加える", actions.add_role, schemas.StaffRoleIn, "加える"),
    (
        "roles/<uuid:role_id>/end",
        "end_role",
        "役割を終える",
        actions.end_role,
        schemas.StaffRoleEndIn,
        "終える",
    ),
    ("disable", "disable", "アカウントを停止する", actions.disable, schemas.StaffHandOverIn, "停止する"),
    ("enable", "enable", "アカウントを再開する", actions.enable, None, "再開する"),
    ("move", "move", "異動させる", actions.move, schemas.StaffMoveIn, "異動させる"),
    (
        "factors",
        "reset_factors",
        "なくした認証アプリ・パスキーを外す",
        actions.reset_factors,
        None,
        "すべて外す",
    ),
    (
        "password",
        "reset_password",
        "仮のパスワードを渡す",
        actions.reset_password,
        schemas.PasswordResetIn,
        "設定する",
    ),
):
    bp.form(
        f"{ONE}/{path}",
        action,
        endpoint=endpoint,
        title=title,
        takes=takes,
        template="accounts/staff_form.html",
        prepare=_one,
        then=_to_one,
        button=button,
    )


@bp.context_processor
def _asked() -> dict[str, Any]:
    """Which role a form is about, for its heading."""
    return {"role_id": (request.view_args or {}).get("role_id")}
