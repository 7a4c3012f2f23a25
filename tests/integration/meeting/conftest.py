"""A meeting for tests: a secretariat and a chair of one division, a case of another, members to be convened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from casework.cases import actions as cases
from casework.cases.rules import ProposalDraft
from casework.kernel.actor import Actor
from casework.meeting import actions
from casework.meeting.rules import (
    ActionDraft,
    AgendaDraft,
    DecisionDraft,
    MeetingDraft,
    MemberDraft,
    MembersDraft,
    MinutesDraft,
)
from tests.integration.cases.conftest import Desk
from tests.support.world import World


@dataclass
class Table:
    """The people around a meeting table, and what they do there."""

    desk: Desk
    secretariat: Actor
    chair: Actor
    member: Actor
    outsider: Actor

    @property
    def world(self) -> World:
        return self.desk.world

    def meeting(
        self, basis: str = "act_106_6", by: Actor | None = None, agency: str = "chiiki_kyosei"
    ) -> UUID:
        who = by or self.secretariat
        draft = MeetingDraft(
            basis=basis,
            convener=agency,
            chair_id=self.chair.id,
            secretariat_id=who.id,
            planned_at=self.world.clock.now() + timedelta(days=3),
            place="架空の会議室",
        )
        return self.world.run(actions.plan_meeting, who, draft).id

    def proposed(self, *subjects: UUID) -> UUID:
        case_id = self.desk.open(*subjects)
        self.world.run(cases.propose_for_meeting, self.desk.counselor, case_id, ProposalDraft("架空の理由"))
        return case_id

    def take(self, meeting_id: UUID, case_id: UUID, by: Actor | None = None, **more: object) -> UUID:
        draft = AgendaDraft(purpose="架空の議題", case_id=case_id, **more)  # type: ignore[arg-type]
        return self.world.run(actions.take, by or self.secretariat, meeting_id, draft).id

    def convene(self, meeting_id: UUID, case_id: UUID, *agencies: str, by: Actor | None = None) -> None:
        called = tuple(MemberDraft(agency, "架空の根拠", case_id=case_id) for agency in agencies)
        self.world.run(actions.convene, by or self.secretariat, meeting_id, MembersDraft(called))

    def convened(self, basis: str = "act_106_6") -> tuple[UUID, UUID, UUID]:
        """Meeting, item and case, with the member's agency convened."""
        case_id = self.proposed()
        meeting_id = self.meeting(basis)
        item_id = self.take(meeting_id, case_id)
        self.convene(meeting_id, case_id, "kodomo_shien")
        return meeting_id, item_id, case_id

    def held(self) -> tuple[UUID, UUID, UUID]:
        meeting_id, item_id, case_id = self.convened()
        self.world.run(actions.share, self.secretariat, meeting_id)
        self.world.run(actions.hold, self.secretariat, meeting_id)
        return meeting_id, item_id, case_id

    def decision(self, **changes: object) -> DecisionDraft:
        action = ActionDraft(
            task="架空の訪問",
            agency="kodomo_shien",
            staff_id=self.member.id,
            due_on=self.world.ctx().today + timedelta(days=7),
        )
        base: dict[str, object] = {
            "policy": "架空の方針",
            "lead_agency": "fukushi_somu",
            "lead_id": self.desk.counselor.id,
            "actions": (action,),
        }
        return DecisionDraft(**(base | changes))  # type: ignore[arg-type]

    def decided(self) -> tuple[UUID, UUID, UUID]:
        meeting_id, item_id, case_id = self.held()
        self.world.run(actions.decide, self.chair, item_id, self.decision())
        return meeting_id, item_id, case_id

    def confirmed(self) -> tuple[UUID, UUID, UUID]:
        meeting_id, item_id, case_id = self.decided()
        self.world.run(actions.write_minutes, self.secretariat, item_id, MinutesDraft("架空の会議録"))
        self.world.run(actions.draft_minutes, self.secretariat, meeting_id)
        self.world.run(actions.confirm, self.chair, meeting_id)
        return meeting_id, item_id, case_id


@pytest.fixture
def table(world: World) -> Table:
    desk = Desk(
        world,
        counselor=world.actor("counselor"),
        coordinator=world.actor("coordinator", "shakyo"),
        colleague=world.actor("counselor", "fukushi_somu", "架空 同僚"),
        stranger=world.actor("counselor", "hoiku"),
    )
    return Table(
        desk,
        secretariat=world.actor("secretariat", "chiiki_kyosei"),
        chair=world.actor("chair", "chiiki_kyosei"),
        member=world.actor("agency_member", "kodomo_shien"),
        outsider=world.actor("agency_member", "shogai_fukushi"),
    )
