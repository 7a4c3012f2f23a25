"""Changing accounts: signing in, one's own sessions, password and factors, and administration of staff."""

from .factors import (
    add_passkey,
    begin_totp,
    finish_totp,
    passkey_options,
    remove_passkey,
    remove_totp,
    renew_recovery,
    reset_factors,
)
from .own import change_password, end_session, sign_out
from .sign_in import (
    check_sign_in,
    give_up,
    note_failure,
    open_by_passkey,
    open_half,
    open_session,
    open_whole,
    passkey_sign_in,
    second_step,
    sign_in,
)
from .sso import begin_sso, open_by_sso, refuse_sso, spend_state, sso_sign_in
from .staff import add_role, create, disable, enable, end_role, move, reset_password
from .step_up import check_confirm, confirm, own_login, step_up

__all__ = [
    "add_passkey",
    "add_role",
    "begin_sso",
    "begin_totp",
    "change_password",
    "check_confirm",
    "check_sign_in",
    "confirm",
    "create",
    "disable",
    "enable",
    "end_role",
    "end_session",
    "finish_totp",
    "give_up",
    "move",
    "note_failure",
    "open_by_passkey",
    "open_by_sso",
    "open_half",
    "open_session",
    "open_whole",
    "own_login",
    "passkey_options",
    "passkey_sign_in",
    "refuse_sso",
    "remove_passkey",
    "remove_totp",
    "renew_recovery",
    "reset_factors",
    "reset_password",
    "second_step",
    "sign_in",
    "sign_out",
    "spend_state",
    "sso_sign_in",
    "step_up",
]
