"""Whether whoever acts still stands as they stood when the request began: a right is gone at once, also in between.

Every act takes the head of the trail last, so acts have one order. Looked at behind that lock, a session that was
ended, or a right that was taken, by an act that came before is seen; one that comes after waits for this one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..db import CLEARED, Base, Dated
from ..kernel.actor import Actor

SLOW = timedelta(seconds=1)  # what ran for less is one moment: nothing that ends by the clock is asked for


class Standing(Protocol):
    """What the gate asks of accounts about the session that acts. Raises NotSignedIn once it is over."""

    def now(self) -> datetime:
        """The present moment, later than that of the request."""

    def begin(self, session: Session) -> None:
        """A new transaction: what the last one ended of its own no longer counts."""

    def rights(self, session: Session, actor: Actor, now: datetime) -> int:
        """How often rights were taken from the actor; NotSignedIn if session, account or roles have ended."""


class RightsChanged(Exception):
    """Rights changed while the use case ran: it is done again with those that are left. Never leaves the gate."""

    def __init__(self, now: datetime, rights: int) -> None:
        super().__init__("rights changed")
        self.now = now
        self.rights = rights


def dated_models() -> list[Any]:
    """Every table of rights that name a person and end, in one order, so that two acts lock alike."""
    found = [m.class_ for m in Base.registry.mappers if issubclass(m.class_, Dated)]
    return sorted(found, key=lambda model: str(model.__tablename__))


def ran_out(session: Session, actor: Actor, since: datetime, until: datetime) -> bool:
    """Whether a right of the actor reached its end between the two moments."""
    for model in dated_models():
        query = select(func.count()).select_from(model).where(model.staff_id == actor.id)
        query = query.where(model.ends_at > since, model.ends_at <= until)
        if session.scalar(query, execution_options={CLEARED: True}):
            return True
    return False
