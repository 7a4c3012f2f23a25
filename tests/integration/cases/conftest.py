"""Cases for tests: persons set below the gate, cases opened through the step that intake uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from casework.cases import actions
from casework.cases.models import Case
from casework.cases.rules import CaseOpening, ConsentDraft, ConsentState, LeadDraft
from casework.crypto import Binding
from casework.kernel.actor import Actor, Permission
from casework.kernel.ids import new_id
from casework.people.models import Person, ProtectionGrant
from casework.usecase import Context, registry, use_case
from tests.support.world import World


@dataclass
class Desk:
    """A counselor's desk in one division: opens cases and knows the people around them."""

    world: World
    counselor: Actor
    coordinator: Actor
    colleague: Actor
    stranger: Actor

    def person(self, name: str = "架空 花子", *, protected: bool = False) -> UUID:
        person_id = new_id()
        self.world.keys.new_owner(person_id)
        sealed = self.world.keys.seal(name, Binding("person", "name", person_id, person_id))
        with self.world.writing() as session:
            session.add(
                Person(
                    id=person_id,
                    name=sealed,
                    anonymous=False,
                    protected=protected,
                    created_by=self.counselor.id,
                    created_at=self.world.clock.now(),
                )
            )
        return person_id

    def open(self, *subjects: UUID, owner: Actor | None = None, agency: str = "fukushi_somu") -> UUID:
        who = owner or self.counselor
        opening = CaseOpening(
            owner_id=who.id,
            owner_agency=agency,
            subjects=subjects or (self.person(),),
            topics=(("housing", True),),
        )
        self.world.later(minutes=1)
        return self.world.run(open_as_intake_does, who, opening)

    def led(self, *subjects: UUID) -> UUID:
        """A case in 多機関協働 with a lead, so that owner and coordinator both work on it."""
        case_id = self.open(*subjects)
        self.world.run(
            actions.name_lead, self.counselor, case_id, LeadDraft(self.counselor.id, "fukushi_somu")
        )
        self.set(case_id, multi_agency=True)
        return case_id

    def set(self, case_id: UUID, **values: object) -> None:
        """Put a case into a state that later houses lead to."""
        with self.world.writing() as session:
            row = session.get(Case, case_id, execution_options={"casework_cleared": True})
            assert row is not None
            for name, value in values.items():
                setattr(row, name, value)

    def close(self, case_id: UUID, state: str = "closed") -> None:
        self.set(case_id, state=state, closed_at=self.world.clock.now())

    def may_see_protected(self, person_id: UUID, actor: Actor) -> None:
        with self.world.writing() as session:
            session.add(
                ProtectionGrant(
                    person_id=person_id,
                    staff_id=actor.id,
                    whereabouts=False,
                    given_by=actor.id,
                    given_at=self.world.clock.now(),
                    ends_at=self.world.clock.now() + timedelta(days=30),
                )
            )

    def consent(self, case_id: UUID, person_id: UUID, **changes: object) -> UUID:
        base: dict[str, object] = {
            "purpose": "plan_conference_sharing",
            "state": ConsentState.GIVEN,
            "recipients": ("shakyo", "hoiku"),
            "items": ("contact", "health"),
            "holder": "fukushi_somu",
            "form": "written",
            "given_on": self.world.ctx().today,
        }
        draft = ConsentDraft(**(base | changes))  # type: ignore[arg-type]
        return self.world.run(actions.record_consent, self.counselor, case_id, person_id, draft).thread_id


@use_case(Permission.DIRECTORY_READ, event="test.case_opened")
def open_as_intake_does(ctx: Context, opening: CaseOpening) -> UUID:
    """Open a case as intake does."""
    return actions.open_case(ctx, opening).id


registry.pop(f"{__name__}.open_as_intake_does", None)


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(
        world,
        counselor=world.actor("counselor"),
        coordinator=world.actor("coordinator", "shakyo"),
        colleague=world.actor("counselor", "fukushi_somu", "架空 同僚"),
        stranger=world.actor("counselor", "hoiku"),
    )
