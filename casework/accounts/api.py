"""JSON door of accounts: sign-in and out, one's own sessions and password, administration of staff."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app

from ..usecase import UseCase
from ..web.door import ApiBlueprint
from ..web.problems import ProblemOut
from ..web.request import context
from ..web.schema import PageArgs, page_of
from . import actions, login, queries, schemas
from .rules import ConfirmDraft, ProofDraft, Signed, SignInDraft

bp = ApiBlueprint("accounts", doc="職員アカウントとサインイン")


# What changes the cookie is written by hand; everything else is a plain door.
def _by_hand(path: str, method: str, endpoint: str, use_case: UseCase, gives: Any = None) -> Any:
    """Register a route whose view does more than call a use case, with everything that can be refused."""

    def wrap(view: Any) -> Any:
        handler = view
        for status in (503, 429, 422, 409, 401, 400):
            handler = bp.alt_response(status, schema=ProblemOut)(handler)
        handler = bp.response(204 if gives is None else 200, gives)(handler)
        bp.use_cases[endpoint] = use_case
        return bp.route(path, methods=[method], endpoint=endpoint)(handler)

    return wrap


@_by_hand("/session", "POST", "sign_in", actions.open_session.use_case, schemas.MeOut)
@bp.arguments(schemas.SignInIn, location="json")
@bp.alt_response(202, schema=schemas.HalfOut)
def sign_in(draft: SignInDraft) -> Response:
    """Sign in with login and password; the session travels in the cookie. 202: the second factor is still to come."""
    return _signed(actions.sign_in(login.as_house(), draft, login.origin()))


@_by_hand("/session/second", "POST", "second", actions.open_whole.use_case, schemas.MeOut)
@bp.arguments(schemas.ProofIn, location="json")
def second(draft: ProofDraft) -> Response:
    """Prove the second factor after the password: a code, a recovery code or a passkey."""
    return _signed(actions.second_step(login.as_house(), login.half(), draft, login.origin()))


@_by_hand(
    "/session/second/passkey",
    "POST",
    "passkey_for_second",
    queries.options_for_second.use_case,
    schemas.OptionsOut,
)
def passkey_for_second() -> Response:
    """What the browser needs to prove the second factor with a passkey."""
    options = queries.options_for_second(login.as_house(), login.half())
    return _json(schemas.OptionsOut().dump(options))


@_by_hand(
    "/session/passkey/options",
    "POST",
    "passkey_to_sign_in",
    queries.options_to_sign_in.use_case,
    schemas.OptionsOut,
)
def passkey_to_sign_in() -> Response:
    """What the browser needs to sign in with a passkey alone."""
    return _json(schemas.OptionsOut().dump(queries.options_to_sign_in(login.as_house())))


@_by_hand("/session/passkey", "POST", "sign_in_by_passkey", actions.open_by_passkey.use_case, schemas.MeOut)
@bp.arguments(schemas.PasskeySignInIn, location="json")
def sign_in_by_passkey(draft: ProofDraft) -> Response:
    """Sign in with a passkey that verified its user."""
    return _signed(actions.passkey_sign_in(login.as_house(), draft.passkey or {}, login.origin()))


@_by_hand("/session", "DELETE", "sign_out", actions.sign_out.use_case)
def sign_out() -> Response:
    """End the present session: the cookie is worth nothing from now on."""
    login.leave()
    return Response(status=204)


@_by_hand("/session/confirm", "POST", "confirm", actions.confirm.use_case, schemas.MeOut)
@bp.arguments(schemas.ConfirmIn, location="json")
def confirm(draft: ConfirmDraft) -> Response:
    """Prove once more who is at the keyboard, before acts of weight; the session gets a new token."""
    confirmed = actions.step_up(context(), login.as_house(), draft, login.origin())
    login.renew(confirmed.token)
    return _json(schemas.MeOut().dump(confirmed.staff))


def _signed(signed: Signed) -> Response:
    """The answer to a sign-in: who is there, or (202) which second factor is asked for now."""
    login.remember(signed.token)
    if signed.staff is None:
        return _json(schemas.HalfOut().dump(signed), 202)
    answer = _json(schemas.MeOut().dump(signed.staff))
    login.mark_device(answer, signed.device)
    return answer


def _json(body: Any, status: int = 200) -> Response:
    return Response(current_app.json.dumps(body), status, mimetype="application/json")


bp.door("GET", "/session", queries.who_am_i, gives=schemas.MeOut)
bp.door("GET", "/sessions", queries.list_sessions, gives=schemas.SessionOut, many=True)
bp.door("DELETE", "/sessions/<uuid:session_id>", actions.end_session, status=204)
bp.door("GET", "/account/notices", queries.notices, gives=schemas.NoticeOut, many=True)
bp.door("POST", "/account/notices/<uuid:notice_id>/seen", actions.notices_seen, status=204)
bp.door("POST", "/session/confirm/passkey", queries.options_to_confirm, gives=schemas.OptionsOut)

bp.door("GET", "/factors", queries.factors, gives=schemas.FactorsOut)
bp.door("POST", "/factors/totp", actions.begin_totp, status=204)
bp.door("GET", "/factors/totp", queries.enrolment, gives=schemas.EnrolmentOut)
bp.door("POST", "/factors/totp/code", actions.finish_totp, takes=schemas.CodeIn, gives=schemas.RecoveryOut)
bp.door("DELETE", "/factors/totp", actions.remove_totp, status=204)
bp.door("POST", "/factors/passkeys/options", actions.passkey_options, gives=schemas.OptionsOut)
bp.door(
    "POST",
    "/factors/passkeys",
    actions.add_passkey,
    takes=schemas.PasskeyIn,
    gives=schemas.RecoveryOut,
    status=201,
)
bp.door("DELETE", "/factors/passkeys/<uuid:passkey_id>", actions.remove_passkey, status=204)
bp.door("POST", "/factors/recovery", actions.renew_recovery, gives=schemas.RecoveryOut)

bp.door("POST", "/password", actions.change_password, takes=schemas.PasswordIn, status=204)

CHANGE = "/rights-changes/<uuid:change_id>"
bp.door("GET", "/rights-changes", queries.changes, query=PageArgs, gives=page_of(schemas.ChangeOut))
bp.door("GET", CHANGE, queries.read_change, gives=schemas.ChangeOut)
for word, decide in (
    ("approve", actions.approve_change),
    ("refuse", actions.refuse_change),
    ("withdraw", actions.withdraw_change),
):
    bp.door("POST", f"{CHANGE}/{word}", decide, gives=schemas.ChangeOut)

bp.door("GET", "/transfers", actions.planned_transfers, gives=schemas.PlannedTransferOut, many=True)
bp.door(
    "POST",
    "/transfers/preview",
    actions.preview_transfers,
    takes=schemas.TransfersIn,
    gives=schemas.TransfersOut,
)
bp.door("POST", "/transfers", actions.apply_transfers, takes=schemas.TransfersIn, gives=schemas.TransfersOut)
bp.door(
    "POST",
    "/transfers/<uuid:transfer_id>/cancel",
    actions.cancel_transfer,
    gives=schemas.PlannedTransferOut,
)

bp.door(
    "GET", "/colleagues", queries.colleagues, query=schemas.ColleagueArgs, gives=page_of(schemas.ColleagueOut)
)
bp.door("GET", "/staff", queries.list_staff, query=schemas.StaffArgs, gives=page_of(schemas.StaffOut))
bp.door("POST", "/staff", actions.create, takes=schemas.StaffIn, gives=schemas.StaffDetailOut, status=201)
bp.door("GET", "/staff/<uuid:staff_id>", queries.show_staff, gives=schemas.StaffDetailOut)
bp.door(
    "POST",
    "/staff/<uuid:staff_id>/roles",
    actions.add_role,
    takes=schemas.StaffRoleIn,
    gives=schemas.StaffDetailOut,
    status=201,
)
bp.door(
    "POST",
    "/staff/<uuid:staff_id>/roles/<uuid:role_id>/end",
    actions.end_role,
    takes=schemas.StaffRoleEndIn,
    gives=schemas.StaffDetailOut,
)
bp.door(
    "POST",
    "/staff/<uuid:staff_id>/disable",
    actions.disable,
    takes=schemas.StaffHandOverIn,
    gives=schemas.StaffDetailOut,
)
bp.door("POST", "/staff/<uuid:staff_id>/enable", actions.enable, gives=schemas.StaffDetailOut)
bp.door(
    "POST",
    "/staff/<uuid:staff_id>/move",
    actions.move,
    takes=schemas.StaffMoveIn,
    gives=schemas.StaffDetailOut,
)
bp.door(
    "POST",
    "/staff/<uuid:staff_id>/password-reset",
    actions.reset_password,
    takes=schemas.PasswordResetIn,
    gives=schemas.StaffDetailOut,
)
bp.door("POST", "/staff/<uuid:staff_id>/factors/reset", actions.reset_factors, gives=schemas.StaffDetailOut)
