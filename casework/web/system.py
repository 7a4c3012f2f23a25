"""The Context of commands and scheduled work: the system is an actor in the same table as everyone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..kernel.actor import Actor, system_actor
from ..usecase import Context
from .house import house
from .request import session


@contextmanager
def system_context(actor: Actor | None = None) -> Iterator[Context]:
    """A Context inside an application context, for the system or for a given actor (the demo city)."""
    home = house()
    now = home.clock.now()
    try:
        yield Context(
            actor=actor or system_actor(now),
            session=session(),
            now=now,
            policy=home.policy,
            keys=home.keys,
            settings=home.settings,
        )
    finally:
        session().rollback()
