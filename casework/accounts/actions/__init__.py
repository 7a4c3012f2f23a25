"""Changing accounts: signing in, one's own sessions and password, and administration of staff."""

from .own import change_password, end_session, sign_out
from .sign_in import check_sign_in, note_failure, open_session, sign_in
from .staff import add_role, create, disable, enable, end_role, move, reset_password

__all__ = [
    "add_role",
    "change_password",
    "check_sign_in",
    "create",
    "disable",
    "enable",
    "end_role",
    "end_session",
    "move",
    "note_failure",
    "open_session",
    "reset_password",
    "sign_in",
    "sign_out",
]
