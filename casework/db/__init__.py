"""The store: base class and column types, guarded sessions, engines, and reasons with two faces."""

from .base import (
    Base,
    Confidential,
    Dated,
    Owned,
    Unrecorded,
    Versioned,
    code_column,
    moment,
    ref,
    sealed,
    state_column,
)
from .guard import CLEARED, SCOPE, GuardedSession
from .store import db, newest, open_store, writer_turn

__all__ = [
    "CLEARED",
    "SCOPE",
    "Base",
    "Confidential",
    "Dated",
    "GuardedSession",
    "Owned",
    "Unrecorded",
    "Versioned",
    "code_column",
    "db",
    "moment",
    "newest",
    "open_store",
    "ref",
    "sealed",
    "state_column",
    "writer_turn",
]
