"""JSON door of accounts: sign-in and out, one's own sessions and password, administration of staff."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app

from ..web.door import ApiBlueprint
from ..web.problems import ProblemOut
from ..web.request import context
from ..web.schema import page_of
from . import actions, login, queries, schemas
from .rules import ConfirmDraft, SignInDraft

bp = ApiBlueprint("accounts", doc="職員アカウントとサインイン")


# Signing in and out change the cookie, so these two are written by hand; everything else is a plain door.
@bp.route("/session", methods=["POST"], endpoint="sign_in")
@bp.arguments(schemas.SignInIn, location="json")
@bp.response(200, schemas.MeOut)
@bp.alt_response(400, schema=ProblemOut)
@bp.alt_response(401, schema=ProblemOut)
@bp.alt_response(422, schema=ProblemOut)
@bp.alt_response(429, schema=ProblemOut)
@bp.alt_response(503, schema=ProblemOut)
def sign_in(draft: SignInDraft) -> Response:
    """Sign in with login and password; the session travels in the cookie."""
    signed = actions.sign_in(login.as_house(), draft, login.origin())
    login.remember(signed.token)
    answer = _json(schemas.MeOut().dump(signed.staff))
    login.mark_device(answer, signed.device)
    return answer


@bp.route("/session", methods=["DELETE"], endpoint="sign_out")
@bp.response(204)
@bp.alt_response(400, schema=ProblemOut)
@bp.alt_response(401, schema=ProblemOut)
@bp.alt_response(503, schema=ProblemOut)
def sign_out() -> Response:
    """End the present session: the cookie is worth nothing from now on."""
    actions.sign_out(context())
    login.forget()
    return Response(status=204)


@bp.route("/session/confirm", methods=["POST"], endpoint="confirm")
@bp.arguments(schemas.ConfirmIn, location="json")
@bp.response(200, schemas.MeOut)
@bp.alt_response(400, schema=ProblemOut)
@bp.alt_response(401, schema=ProblemOut)
@bp.alt_response(422, schema=ProblemOut)
@bp.alt_response(429, schema=ProblemOut)
@bp.alt_response(503, schema=ProblemOut)
def confirm(draft: ConfirmDraft) -> Response:
    """Prove once more who is at the keyboard, before acts of weight; the session gets a new token."""
    confirmed = actions.step_up(context(), login.as_house(), draft, login.origin())
    login.renew(confirmed.token)
    return _json(schemas.MeOut().dump(confirmed.staff))


def _json(body: Any) -> Response:
    return Response(current_app.json.dumps(body), mimetype="application/json")


bp.use_cases["sign_in"] = actions.open_session.use_case
bp.use_cases["confirm"] = actions.confirm.use_case
bp.use_cases["sign_out"] = actions.sign_out.use_case

bp.door("GET", "/session", queries.who_am_i, gives=schemas.MeOut)
bp.door("GET", "/sessions", queries.list_sessions, gives=schemas.SessionOut, many=True)
bp.door("DELETE", "/sessions/<uuid:session_id>", actions.end_session, status=204)
bp.door("POST", "/password", actions.change_password, takes=schemas.PasswordIn, status=204)

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
