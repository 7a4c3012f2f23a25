"""The session that acts, as the gate looks at it again before anything is committed or leaves the house.

Ground-like code, as in sessions.py: it reads the one row by its key, without a scope.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, event, or_, select, update
from sqlalchemy.orm import Session, object_session

from ..db import CLEARED
from ..kernel.actor import Actor
from ..kernel.clock import Clock, tokyo_date
from ..kernel.errors import NotSignedIn
from .models import StaffRole, StaffSession

_CLEARED = {CLEARED: True}
_UNSYNCED = {CLEARED: True, "synchronize_session": False}
_ROW = select(StaffSession.ended_at, StaffSession.ends_at, StaffSession.rights)
_ROW = _ROW.where(StaffSession.id == bindparam("session"))
_ROLES = select(StaffRole.role, StaffRole.agency).where(
    StaffRole.staff_id == bindparam("staff"),
    StaffRole.valid_from <= bindparam("today"),
    or_(StaffRole.valid_until.is_(None), StaffRole.valid_until >= bindparam("today")),
)
OWN = "ended by this act"  # sessions and persons whose rights this very transaction takes


class SessionStanding:
    """The gate's `Standing`, asked of the session rows."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def begin(self, session: Session) -> None:
        session.info[OWN] = set()

    def rights(self, session: Session, actor: Actor, now: datetime) -> int:
        """The count of the row; the actor's own if it is this act that takes them. NotSignedIn once it is over."""
        asked = {"session": actor.session_id}
        row = session.connection().execute(_ROW, asked, execution_options=_CLEARED).one_or_none()
        own = session.info.get(OWN, set())
        if row is None or (row.ended_at is not None and actor.session_id not in own) or now >= row.ends_at:
            raise NotSignedIn()
        if tokyo_date(now) != tokyo_date(actor.now) and self._lost_a_role(session, actor, now):
            raise NotSignedIn()
        return actor.rights if actor.id in own else int(row.rights)

    @staticmethod
    def _lost_a_role(session: Session, actor: Actor, now: datetime) -> bool:
        """Midnight passed while the request ran, and a role had its last day."""
        asked = {"staff": actor.id, "today": tokyo_date(now)}
        rows = session.connection().execute(_ROLES, asked, execution_options=_CLEARED)
        return not {(m.role.value, m.agency) for m in actor.memberships} <= {tuple(row) for row in rows}


def rights_taken(session: Session, staff_id: UUID) -> None:
    """Step: tell the open sessions of a person that a right was taken, so that what they just do is done anew."""
    open_ones = update(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
    session.execute(open_ones.values(rights=StaffSession.rights + 1), execution_options=_UNSYNCED)
    session.info.setdefault(OWN, set()).add(staff_id)


@event.listens_for(StaffSession.ended_at, "set")
def _ended_here(row: StaffSession, value: Any, _old: object, _how: object) -> None:
    """A session that this transaction ends is not missed by its own end."""
    session = object_session(row)
    if session is not None and value is not None:
        session.info.setdefault(OWN, set()).add(row.id)
