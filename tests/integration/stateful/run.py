"""One run of the stateful test: who acts, what was made, faults, and the register of steps."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

from marshmallow import Schema, ValidationError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from casework.db import CLEARED
from casework.kernel.actor import Actor
from casework.kernel.errors import CaseworkError, Refused, Unavailable
from casework.usecase import Replayed, Reply
from casework.usecase.gate import Gated
from tests.integration.stateful import people as p
from tests.support.world import World

REFUSED = object()


class Run:
    """One run: the people, what was made so far, and the counts of what succeeded and what was refused."""

    def __init__(self, world: World, counts: dict[str, list[int]]) -> None:
        self.world, self.counts = world, counts
        self.people = p.cast(world)
        self.things: dict[str, list[UUID]] = {}
        self.stored: Callable[[], tuple[int, ...]] | None = None  # how many rows the tables of the work hold
        self.hands: dict[UUID, str] = {}  # agency to which a referral went, basis of a meeting and its items
        self.owned: Callable[[Run], None] | None = None  # looks whether everything open has an owner (I1)
        self.last, self.why = ("", "", False), ""
        # What befalls the next commit: "lost" before it is written, or "unknown", written unheard.
        self.fault = ""
        self.seen = UUID(int=0)  # the row that was last asked for by sight alone
        self.faults = 0

    # -- helpers -------------------------------------------------------------------------------------

    def pick(self, kind: str, roll: int) -> UUID:
        made = self.things.get(kind)
        return made[-1 - roll % min(len(made), 3)] if made else UUID(int=roll)

    def keep(self, kind: str, thing: UUID) -> None:
        if thing not in self.things.setdefault(kind, []):
            self.things[kind].append(thing)

    def rightly(self, kind: str, thing: UUID, who: tuple[str, ...], tried: str) -> str:
        """Who of those named could do it to this very thing; whoever was chosen if nobody is known to fit."""
        wanted = self.hands.get(thing)
        if kind == "referral":
            fits = [name for name in who if p.AGENCY[name] == wanted]
        elif kind in ("meeting", "item"):
            ours = ("chair", "office") if wanted == "act_106_6" else ("leader", "clerk")
            fits = [name for name in who if name in ours]
        else:
            fits = []
        return fits[0] if fits else tried

    def day(self, **delta: float) -> str:
        return (self.world.clock.now() + timedelta(hours=9) + timedelta(**delta)).date().isoformat()

    def at(self, **delta: float) -> str:
        return (self.world.clock.now() + timedelta(**delta)).isoformat()

    def number(self, record: UUID) -> str:
        """The number of a case or an intake that somebody says on the telephone."""
        asked = text(
            "SELECT number FROM case_file WHERE id = :id UNION SELECT number FROM intake WHERE id = :id"
        )
        found = self.world.session.scalar(
            asked, {"id": self.spelt(record)}, execution_options={CLEARED: True}
        )
        self.world.session.rollback()
        return str(found or "none")

    def spelt(self, thing: UUID) -> object:
        """An id as a statement in plain SQL must give it to this database."""
        return thing.hex if self.world.session.get_bind().dialect.name == "sqlite" else thing

    def do(self, name: str, who: str, use_case: Gated[..., Any], *args: Any) -> Any:
        """The result, or REFUSED: a refusal is an answer, any other error is a fault of the house."""
        done, refused = self.counts.setdefault(name, [0, 0]), self.counts[name]
        self.last = (name, who, False)
        before = self.stored() if self.stored is not None else None
        try:
            given = [_draft(a) for a in args]
            result = self._run(use_case, self.people[who], given)
        except Replayed:  # it was done although nobody heard of it, and asking again did nothing twice
            done[0] += 1
            self.last = (name, who, True)
            return REFUSED
        except (CaseworkError, ValidationError) as refusal:
            self.why = str(refusal)
            refused[1] += 1
            assert before is None or self.stored is None or self.stored() == before, (
                f"{name} refused, but stored"
            )
            return REFUSED
        done[0] += 1
        self.last = (name, who, True)
        return result

    def _run(self, use_case: Gated[..., Any], actor: Actor, given: list[Any]) -> Any:
        """The use case; if a fault was asked for, its first commit breaks, and the same request is made again."""
        fault, self.fault = self.fault, ""
        if not fault:
            return self.world.run(use_case, actor, *given)
        self.faults += 1
        key = f"fault-{self.faults}"
        wish = None if use_case.use_case.reads else Reply("run", key, b"\0" * 32, _no_answer)
        before = self.stored() if self.stored is not None else ()
        with broken_commit(self.world, written=fault == "unknown"), contextlib.suppress(Unavailable):
            use_case(self.world.ctx(actor, reply=wish), *given)
            raise AssertionError("a commit broke, and the answer was good news")
        if fault == "lost" and self.stored is not None:
            assert self.stored() == before, "a commit broke, and something is stored"
        try:
            return use_case(self.world.ctx(actor, reply=wish), *given)
        except Refused as told:
            # Done, and what came of it is hidden since.
            if fault == "unknown" and told.code == "done_out_of_sight":
                raise Replayed(200, "") from told
            raise


def _no_answer(_: Any) -> tuple[int, str]:
    return 200, ""


@contextlib.contextmanager
def broken_commit(world: World, *, written: bool) -> Iterator[None]:
    """The next commit fails: nothing is written, or all is written and the answer is lost on the way."""
    session, fails = world.session, iter((True,))
    plain = session.commit

    def commit() -> None:
        broken = next(fails, False)
        if written or not broken:
            plain()
        if broken:
            raise OperationalError("COMMIT", None, ConnectionError("lost"))

    with patch.object(session, "commit", commit):
        yield


def _draft(given: Any) -> Any:
    return given[0]().load(given[1]) if isinstance(given, tuple) else given


def load(schema: type[Schema], body: dict[str, Any]) -> tuple[type[Schema], dict[str, Any]]:
    return (schema, body)


Step = Callable[[Run, str, int], None]
STEPS: dict[str, tuple[tuple[str, ...], Step]] = {}
NEEDS: dict[str, str] = {}  # the kind of thing without which a step is in vain


def possible(run: Run) -> list[str]:
    """Steps that have something to be done to."""
    return [name for name in sorted(STEPS) if NEEDS.get(name, "") in ("", *run.things)]


def step(*who: str, needs: str = "") -> Callable[[Step], Step]:
    """Register a step with those who rightly do it; the machine sometimes lets somebody else try."""

    def wrap(body: Step) -> Step:
        STEPS[body.__name__] = (who, body)
        NEEDS[body.__name__] = needs
        return body

    return wrap


def move(name: str, who: tuple[str, ...], kind: str, use_case: Gated[..., Any], *body: Any) -> None:
    def try_it(run: Run, actor: str, roll: int) -> None:
        thing = run.pick(kind, roll)
        chosen = run.rightly(kind, thing, who, actor) if actor in who else actor
        run.do(name, chosen, use_case, thing, *body)

    STEPS[name] = (who, try_it)
    NEEDS[name] = kind
