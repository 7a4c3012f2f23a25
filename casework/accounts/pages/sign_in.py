"""Pages of signing in, in one step or two, of proving once more who is there, and of leaving."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from marshmallow import Schema, ValidationError

from ...kernel.errors import BadInput, CaseworkError, NotSignedIn, TooMany
from ...web.pages import ask_to_confirm, carry_on, page, resume
from ...web.pages.blueprint import faults_of, to
from ...web.problems import InvalidInput
from ...web.request import context
from .. import actions, login, queries, schemas
from ..rules import Signed, SsoAnswer
from .base import bp

ANSWER_LIMIT = 4000  # characters of what a provider sends along


@bp.page("/sign-in", actions.open_session)
def sign_in() -> Response:
    """The sign-in page; `next` says where the person wanted to go."""
    return _again("web/sign_in.html", {}, 200)


@bp.route("/sign-in", methods=["POST"])
def sign_in_send() -> Response:
    """Sign in, and go on where the person was: to the page they asked for, or to the text they had typed."""
    try:
        signed = _sign_in()
    except CaseworkError as refusal:
        return _again("web/sign_in.html", faults_of(refusal), refusal.status)
    if signed.staff is None:
        login.remember(signed.token)
        return _again("accounts/second.html", {}, 200, kinds=signed.kinds)
    return _enter(signed)


@bp.page("/sign-in/sso", actions.begin_sso)
def sso() -> Response:
    """To the identity provider of the city."""
    try:
        address, state = actions.begin_sso(login.as_house())
    except CaseworkError as refusal:
        return _again("web/sign_in.html", faults_of(refusal), refusal.status)
    answer = to(address)
    login.keep_state(answer, state)
    return answer


@bp.page("/sign-in/sso/answer", actions.begin_sso)
def sso_answer() -> Response:
    """Back from the provider: one press (or the script) goes on from here, so that the request is our own."""
    given = {name: request.args.get(name, "")[:ANSWER_LIMIT] for name in ("state", "code")}
    return page("accounts/sso.html", **given)


@bp.route("/sign-in/sso", methods=["POST"])
def sso_send() -> Response:
    """Sign in with the answer of the provider."""
    answer = SsoAnswer(
        request.form.get("state", ""),
        request.form.get("code", ""),
        request.cookies.get(login.state_cookie(), ""),
    )
    try:
        signed = actions.sso_sign_in(login.as_house(), answer, login.origin())
    except CaseworkError as refusal:
        return _again("web/sign_in.html", faults_of(refusal), refusal.status)
    if signed.staff is None:
        login.remember(signed.token)
        return _again("accounts/second.html", {}, 200, kinds=signed.kinds)
    return _enter(signed)


@bp.page("/sign-in/second", actions.open_whole)
def second() -> Response:
    """The page that asks for the second factor, after the password."""
    kinds = queries.second_kinds(login.as_house(), login.half())
    return _again("accounts/second.html", {}, 200, kinds=kinds)


@bp.route("/sign-in/second", methods=["POST"])
def second_send() -> Response:
    """Prove the second factor, and go on where the person was."""
    waiting = login.half()
    try:
        draft = _read(schemas.ProofIn(), "code", "passkey")
        return _enter(actions.second_step(login.as_house(), waiting, draft, login.origin()))
    except (BadInput, TooMany, InvalidInput) as refusal:
        kinds = queries.second_kinds(login.as_house(), waiting)
        return _again("accounts/second.html", faults_of(refusal), refusal.status, kinds=kinds)


@bp.route("/sign-out", methods=["POST"])
def sign_out() -> Response:
    """End the session; the cookie is worth nothing from now on."""
    login.leave()
    return to(url_for("accounts_pages.sign_in"))


@bp.page("/confirm", queries.who_am_i)
def confirm() -> Response:
    """The page that asks once more who is there; `next` says where the person wanted to go."""
    return ask_to_confirm(request.args.get("next", ""), "", {}, 200)


@bp.route("/confirm", methods=["POST"])
def confirm_send() -> Response:
    """Prove who is there, and go on with what was asked for: a page, or a form sent with everything typed."""
    wanted, parcel = request.form.get("next", ""), request.form.get("parcel", "")
    try:
        draft = _read(schemas.ConfirmIn(), "password", "code", "passkey")
        confirmed = actions.step_up(context(), login.as_house(), draft, login.origin())
    except (BadInput, TooMany, InvalidInput) as refusal:
        return ask_to_confirm(wanted, parcel, faults_of(refusal), refusal.status)
    login.renew(confirmed.token)
    return carry_on(parcel, wanted)


bp.use_cases["sign_in_send"] = actions.open_session.use_case
bp.use_cases["sso_send"] = actions.open_by_sso.use_case
bp.use_cases["second_send"] = actions.open_whole.use_case
bp.use_cases["sign_out"] = actions.sign_out.use_case
bp.use_cases["confirm_send"] = actions.confirm.use_case


def _sign_in() -> Signed:
    house, origin = login.as_house(), login.origin()
    if request.form.get("passkey"):
        answer = _read(schemas.PasskeySignInIn(), "passkey").passkey or {}
        return actions.passkey_sign_in(house, answer, origin)
    typed = {name: request.form.get(name, "") for name in ("login", "password")}
    return actions.sign_in(house, _load(schemas.SignInIn(), typed), origin)


def _enter(signed: Signed) -> Response:
    if signed.staff is None:
        raise NotSignedIn()
    login.remember(signed.token)
    must_change = signed.staff.must_change_password
    answer = resume(request.form.get("parcel", ""), request.form.get("next", ""), must_change)
    login.mark_device(answer, signed.device)
    return answer


def _read(schema: Schema, *names: str) -> Any:
    """The draft of what was filled in; blank fields count as not given."""
    return _load(schema, {name: request.form[name] for name in names if request.form.get(name)})


def _load(schema: Schema, typed: dict[str, str]) -> Any:
    try:
        return schema.load(typed)
    except ValidationError as trouble:
        raise InvalidInput(trouble.messages) from None


def _again(template: str, faults: dict[str, list[str]], status: int, **show: Any) -> Response:
    """A step of signing in, with where the person wanted to go and what they had typed before."""
    answer = page(
        template,
        next=request.values.get("next", ""),
        parcel=request.form.get("parcel", ""),
        login=request.form.get("login", ""),
        faults={name: " ".join(texts) for name, texts in faults.items()},
        **show,
    )
    answer.status_code = status
    return answer
