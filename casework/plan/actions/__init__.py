"""Writing plans, evaluations, and the end of a case."""

from .closing import close, continue_support, evaluate, interrupt, propose_close
from .plans import (
    activate,
    approve_afterwards,
    cancel,
    decide,
    draft_plan,
    edit_plan,
    explain,
    record_consent,
    revise,
    start_before_meeting,
    submit,
)

__all__ = [
    "activate",
    "approve_afterwards",
    "cancel",
    "close",
    "continue_support",
    "decide",
    "draft_plan",
    "edit_plan",
    "evaluate",
    "explain",
    "interrupt",
    "propose_close",
    "record_consent",
    "revise",
    "start_before_meeting",
    "submit",
]
