"""Pages of second factors: the code app with its QR code, passkeys, recovery codes. Secrets are shown once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from markupsafe import Markup
from marshmallow import ValidationError

from ...kernel.errors import BadInput, Refused, StepUpRequired
from ...web.pages import Setting, page
from ...web.pages.blueprint import faults_of, to
from ...web.problems import InvalidInput
from ...web.request import context
from .. import actions, queries, schemas
from ..rules import RecoveryCodes
from .base import bp
from .own import to_account, under_account


@bp.page("/account/enrol", queries.factors)
def enrol() -> Response:
    """Where a second factor is required and none is there: which one to begin with."""
    return page("accounts/enrol.html", factors=queries.factors(context()))


@bp.page("/account/totp", queries.enrolment)
def totp() -> Response:
    """The QR code and the typed secret of the new seed, and the field for its first code."""
    return _totp({}, 200)


@bp.route("/account/totp", methods=["POST"])
def totp_send() -> Response:
    """Take the new seed into use, and show the recovery codes."""
    try:
        draft = schemas.CodeIn().load({"code": request.form.get("code", "")})
        return _codes(actions.finish_totp(context(), draft), "認証アプリを登録しました")
    except ValidationError as trouble:
        return _totp(faults_of(InvalidInput(trouble.messages)), 422)
    except BadInput as refusal:
        return _totp(faults_of(refusal), refusal.status)
    except StepUpRequired:
        return _confirm_first()


@bp.page("/account/passkeys/new", actions.passkey_options)
def new_passkey() -> Response:
    """Where a passkey is named and made."""
    return _new_passkey({}, 200)


@bp.route("/account/passkeys/new", methods=["POST"])
def new_passkey_send() -> Response:
    """Register the passkey that the browser made."""
    typed = {name: request.form.get(name, "") for name in ("name", "passkey")}
    try:
        made = actions.add_passkey(context(), schemas.PasskeyIn().load(typed))
        return _codes(made, "パスキーを登録しました")
    except ValidationError as trouble:
        return _new_passkey(faults_of(InvalidInput(trouble.messages)), 422)
    except (BadInput, Refused) as refusal:
        return _new_passkey(faults_of(refusal), refusal.status)
    except StepUpRequired:
        return _confirm_first()


@bp.page("/account/recovery", actions.renew_recovery)
def recovery() -> Response:
    """What recovery codes are for, and a button that gives new ones."""
    return page("accounts/recovery.html", factors=queries.factors(context()))


@bp.route("/account/recovery", methods=["POST"])
def recovery_send() -> Response:
    """Give new recovery codes, and show them this once."""
    try:
        return _codes(actions.renew_recovery(context()), "回復コードを作り直しました")
    except StepUpRequired:
        return _confirm_first()


bp.use_cases["totp_send"] = actions.finish_totp.use_case
bp.use_cases["new_passkey_send"] = actions.add_passkey.use_case
bp.use_cases["recovery_send"] = actions.renew_recovery.use_case

bp.form(
    "/account/totp/new",
    actions.begin_totp,
    endpoint="begin_totp",
    title="認証アプリの登録",
    template="accounts/begin_totp.html",
    prepare=under_account,
    then=lambda _: url_for("accounts_pages.totp"),
    button="登録を始める",
)
bp.form(
    "/account/totp/remove",
    actions.remove_totp,
    endpoint="remove_totp",
    title="認証アプリを外す",
    template="accounts/remove_factor.html",
    prepare=under_account,
    then=to_account,
    button="外す",
)


def _passkey(passkey_id: UUID) -> Setting:
    named = [one.name for one in queries.factors(context()).passkeys if one.id == passkey_id]
    return Setting({**under_account().show, "about": "、".join(named)})


bp.form(
    "/account/passkeys/<uuid:passkey_id>/remove",
    actions.remove_passkey,
    endpoint="remove_passkey",
    title="パスキーを外す",
    template="accounts/remove_factor.html",
    prepare=_passkey,
    then=to_account,
    button="外す",
)


def _totp(faults: dict[str, list[str]], status: int) -> Response:
    try:
        seed = queries.enrolment(context())
    except Refused:  # nothing waits any more: begin anew
        return to(url_for("accounts_pages.begin_totp"))
    return _page("accounts/totp.html", status, faults, seed=seed, qr=_picture(seed.uri))


def _new_passkey(faults: dict[str, list[str]], status: int) -> Response:
    factors = queries.factors(context())
    return _page(
        "accounts/new_passkey.html", status, faults, factors=factors, name=request.form.get("name", "")
    )


def _page(template: str, status: int, faults: dict[str, list[str]], **show: Any) -> Response:
    answer = page(template, faults={name: " ".join(texts) for name, texts in faults.items()}, **show)
    answer.status_code = status
    return answer


def _codes(made: RecoveryCodes, title: str) -> Response:
    """The page that shows recovery codes: the only time they can be read."""
    return page("accounts/codes.html", title=title, codes=made.codes)


def _confirm_first() -> Response:
    return to(url_for("accounts_pages.confirm", next=request.path))


def _picture(text: str) -> Markup:
    """A QR code as SVG inside the page: nothing to fetch, nothing that the policy would have to allow."""
    import segno

    drawn = segno.make(text, error="m", micro=False)
    return Markup(drawn.svg_inline(omitsize=True, border=4, svgclass="qr", lineclass=None))  # noqa: S704 - ours
