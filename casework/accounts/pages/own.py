"""Pages of one's own account: password, sessions, and what second factors there are."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for

from ...kernel.wareki import format_moment
from ...web.pages import Setting, page
from ...web.request import context
from .. import actions, queries, schemas
from .base import bp


@bp.page("/account", queries.who_am_i)
def account() -> Response:
    """One's own account: what happened to it, roles, password, second factors, sessions."""
    notices = queries.notices(context())
    return page(
        "accounts/account.html",
        me=queries.who_am_i(context()),
        factors=queries.factors(context()),
        sessions=queries.list_sessions(context()),
        notices=notices,
        unseen=[notice for notice in notices if notice.seen_at is None],
    )


def to_account(_: object, **_ids: UUID) -> str:
    return url_for("accounts_pages.account")


def under_account(**_: object) -> Setting:
    back = url_for("accounts_pages.account")
    return Setting(show={"back": back, "crumbs": [(back, "アカウント")]})


def _session(session_id: UUID) -> Setting:
    setting = under_account()
    found = [one for one in queries.list_sessions(context()) if one.id == session_id]
    about = "、".join(f"{format_moment(one.created_at)} からサインイン中の端末({one.agent})" for one in found)
    return Setting({**setting.show, "about": about})


def _notice(notice_id: UUID) -> Setting:
    setting = under_account()
    found = [one for one in queries.notices(context()) if one.id == notice_id]
    about = "、".join(
        f"{format_moment(one.at)} までの動きを、知っているものとして記録します。" for one in found
    )
    return Setting({**setting.show, "about": about})


bp.form(
    "/account/notices/<uuid:notice_id>/seen",
    actions.notices_seen,
    endpoint="notices_seen",
    title="アカウントの動きを確かめた",
    prepare=_notice,
    then=to_account,
    button="確かめました",
)
bp.form(
    "/account/password",
    actions.change_password,
    endpoint="change_password",
    title="パスワードの変更",
    takes=schemas.PasswordIn,
    prepare=under_account,
    then=to_account,
    button="変更する",
)
bp.form(
    "/account/sessions/<uuid:session_id>/end",
    actions.end_session,
    endpoint="end_session",
    title="サインイン中の端末を終了する",
    prepare=_session,
    then=to_account,
    button="終了する",
)
