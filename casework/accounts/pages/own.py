"""Pages of sign-in and out, and of one's own password and sessions."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for
from marshmallow import ValidationError

from ...kernel.errors import BadInput, CaseworkError, TooMany
from ...kernel.wareki import format_moment
from ...web.pages import Setting, ask_to_confirm, carry_on, page, resume
from ...web.pages.blueprint import faults_of, to
from ...web.problems import InvalidInput
from ...web.request import context
from .. import actions, login, queries, schemas
from .base import bp


@bp.page("/sign-in", actions.open_session)
def sign_in() -> Response:
    """The sign-in page; `next` says where the person wanted to go."""
    return _sign_in_page(request.args.get("next", ""), "", "", {}, 200)


@bp.route("/sign-in", methods=["POST"])
def sign_in_send() -> Response:
    """Sign in, and go on where the person was: to the page they asked for, or to the text they had typed."""
    parcel = request.form.get("parcel", "")
    try:
        draft = schemas.SignInIn().load(
            {"login": request.form.get("login", ""), "password": request.form.get("password", "")}
        )
        signed = actions.sign_in(login.as_house(), draft, login.origin())
    except ValidationError as trouble:
        faults = faults_of(InvalidInput(trouble.messages))
        return _sign_in_page(request.form.get("next", ""), request.form.get("login", ""), parcel, faults, 422)
    except CaseworkError as refusal:
        return _sign_in_page(
            request.form.get("next", ""),
            request.form.get("login", ""),
            parcel,
            faults_of(refusal),
            refusal.status,
        )
    login.remember(signed.token)
    answer = resume(parcel, request.form.get("next", ""), signed.staff.must_change_password)
    login.mark_device(answer, signed.device)
    return answer


@bp.route("/sign-out", methods=["POST"])
def sign_out() -> Response:
    """End the session; the cookie is worth nothing from now on."""
    actions.sign_out(context())
    login.forget()
    return to(url_for("accounts_pages.sign_in"))


bp.use_cases["sign_in_send"] = actions.open_session.use_case
bp.use_cases["sign_out"] = actions.sign_out.use_case


@bp.page("/account", queries.who_am_i)
def account() -> Response:
    """One's own account: roles, sessions, password."""
    return page(
        "accounts/account.html", me=queries.who_am_i(context()), sessions=queries.list_sessions(context())
    )


@bp.page("/confirm", queries.who_am_i)
def confirm() -> Response:
    """The page that asks once more who is there; `next` says where the person wanted to go."""
    return ask_to_confirm(request.args.get("next", ""), "", {}, 200)


@bp.route("/confirm", methods=["POST"])
def confirm_send() -> Response:
    """Prove who is there, and go on with what was asked for: a page, or a form sent with everything typed."""
    wanted, parcel = request.form.get("next", ""), request.form.get("parcel", "")
    try:
        draft = schemas.ConfirmIn().load({"password": request.form.get("password", "")})
        confirmed = actions.step_up(context(), login.as_house(), draft, login.origin())
    except ValidationError as trouble:
        return ask_to_confirm(wanted, parcel, faults_of(InvalidInput(trouble.messages)), 422)
    except (BadInput, TooMany) as refusal:
        return ask_to_confirm(wanted, parcel, faults_of(refusal), refusal.status)
    login.renew(confirmed.token)
    return carry_on(parcel, wanted)


bp.use_cases["confirm_send"] = actions.confirm.use_case


def _sign_in_page(to: str, typed: str, parcel: str, faults: dict[str, list[str]], status: int) -> Response:
    sentences = {name: " ".join(texts) for name, texts in faults.items()}
    answer = page("web/sign_in.html", next=to, login=typed, parcel=parcel, faults=sentences)
    answer.status_code = status
    return answer


def _to_account(_: object, **_ids: UUID) -> str:
    return url_for("accounts_pages.account")


def _password(**_: object) -> Setting:
    back = url_for("accounts_pages.account")
    return Setting(show={"back": back, "crumbs": [(back, "アカウント")]})


def _session(session_id: UUID) -> Setting:
    setting = _password()
    found = [one for one in queries.list_sessions(context()) if one.id == session_id]
    about = "、".join(f"{format_moment(one.created_at)} からサインイン中の端末({one.agent})" for one in found)
    return Setting({**setting.show, "about": about})


bp.form(
    "/account/password",
    actions.change_password,
    endpoint="change_password",
    title="パスワードの変更",
    takes=schemas.PasswordIn,
    prepare=_password,
    then=_to_account,
    button="変更する",
)
bp.form(
    "/account/sessions/<uuid:session_id>/end",
    actions.end_session,
    endpoint="end_session",
    title="サインイン中の端末を終了する",
    prepare=_session,
    then=_to_account,
    button="終了する",
)
