"""Working on requests: registering, deciding piece by piece, the second person's review, and handing copies over."""

from .deciding import accept_proposals, decide
from .giving import DRAWERS, export, give_again
from .registering import extend, register
from .reviewing import approve, close, send_back, submit, withdraw

__all__ = [
    "DRAWERS",
    "accept_proposals",
    "approve",
    "close",
    "decide",
    "export",
    "extend",
    "give_again",
    "register",
    "send_back",
    "submit",
    "withdraw",
]
