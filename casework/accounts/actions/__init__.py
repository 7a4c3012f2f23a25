"""Changing accounts: signing in, one's own sessions, password and factors, and administration of staff."""

from .changes import approve_change, refuse_change, withdraw_change
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
from .notices import notices_seen
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
from .transfers import (
    SheetView,
    apply_transfers,
    cancel_transfer,
    planned_transfers,
    preview_transfers,
    run_transfers,
)

__all__ = [
    "SheetView",
    "add_passkey",
    "add_role",
    "apply_transfers",
    "approve_change",
    "begin_sso",
    "begin_totp",
    "cancel_transfer",
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
    "notices_seen",
    "open_by_passkey",
    "open_by_sso",
    "open_half",
    "open_session",
    "open_whole",
    "own_login",
    "passkey_options",
    "passkey_sign_in",
    "planned_transfers",
    "preview_transfers",
    "refuse_change",
    "refuse_sso",
    "remove_passkey",
    "remove_totp",
    "renew_recovery",
    "reset_factors",
    "reset_password",
    "run_transfers",
    "second_step",
    "sign_in",
    "sign_out",
    "spend_state",
    "sso_sign_in",
    "step_up",
    "withdraw_change",
]
