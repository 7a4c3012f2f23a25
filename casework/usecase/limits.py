"""How many sealed records one person opens in an hour: counted with the event, beyond the cap the answer stays here.

A record is the owner of a data key (a case, a person). Counted is what a visit opened, once, so a page costs one
statement however much stands on it; a visit that opened nothing costs none. Reads beyond the cap are refused and the
refusal is recorded; what is written is counted and never refused, so that a danger can be told and an intake taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy.orm import Session

from ..audit import reads
from ..kernel.actor import Permission as P
from ..kernel.actor import Role
from ..kernel.errors import TooMany

if TYPE_CHECKING:
    from .context import Context

# Deliberately not counted: one's own typed text, the form of 受付, and those who review what was counted.
FREE: Final = frozenset({P.SESSION_OWN, P.INTAKE_RECEIVE, P.SIGN_IN, P.ACCESS_REVIEW})


def count(ctx: Context, session: Session) -> int:
    """Add what this visit opened to the person's hour; the total so far, 0 if nothing is counted.

    The system is not counted: it opens what commands and scheduled work need and hands it to nobody.
    """
    free = Role.SYSTEM in ctx.actor.roles or (ctx.last is not None and ctx.last.permission in FREE)
    if free or not ctx.opened:
        return 0
    return reads.add(session, str(ctx.actor.id), ctx.now, len(ctx.opened))


def refuse_beyond(ctx: Context, total: int) -> None:
    """TooMany("read_limit") once the hour's cap is passed; the count of the refused visit is taken back with it."""
    if total > ctx.settings.read_cap_per_hour:
        raise TooMany("read_limit")
