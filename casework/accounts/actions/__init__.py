"""Changing accounts: signing in, one's own sessions and password, and administration of staff."""

from .own import change_password, end_session, sign_out
from .sign_in import check_sign_in, note_failure, open_session, sign_in
from .staff import add_role, create, disable, enable, end_role, move, reset_password
from .step_up import check_confirm, confirm, own_login, step_up

__all__ = [
    "add_role",
    "change_password",
    "check_confirm",
    "check_sign_in",
    "confirm",
    "create",
    "disable",
    "enable",
    "end_role",
    "end_session",
    "move",
    "note_failure",
    "open_session",
    "own_login",
    "reset_password",
    "sign_in",
    "sign_out",
    "step_up",
]
