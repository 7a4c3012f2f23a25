"""The office that keeps requests and retention, and residents whose records it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from casework.cases import actions as cases
from casework.cases.models import Case
from casework.cases.rules import AddPersonDraft, NoteDraft, SegmentClass, SegmentDraft
from casework.db import CLEARED
from casework.disclosure import actions as disclosure
from casework.disclosure.rules import PartDraft, PartVerdict, ProposalKind, RegisterDraft, RequestView
from casework.intake import actions as intake
from casework.intake.rules import AnswerDraft, IntakeDraft, ReceptionConsent, TopicDraft
from casework.kernel.wareki import parse_partial
from casework.people.rules import AddressDraft, ContactDraft, PersonDraft, ProtectDraft
from tests.support.story import Story
from tests.support.world import World

OFFICE = "fukushi_somu"
BIRTH = "1971-05-06"


@dataclass(frozen=True)
class Resident:
    """Who came, and what was made of it."""

    name: str
    person: UUID
    intake: UUID
    case: UUID
    number: str


class Office:
    """The privacy officer, the supervisor who reviews, and a counselor of the same division."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.officer = world.actor("privacy_officer", OFFICE)
        self.second = world.actor("supervisor", OFFICE)
        self.third = world.actor("privacy_officer", OFFICE, "架空 三人目")
        self.counselor = world.actor("counselor", OFFICE)

    # -- residents ---------------------------------------------------------------------------------

    def _received(self, name: str, words: str, *, restricted: bool = False) -> tuple[UUID, UUID]:
        draft = PersonDraft(
            name=name,
            birth=parse_partial(BIRTH),
            addresses=(AddressDraft(f"架空の住所 {words}", restricted=restricted),),
            contacts=(ContactDraft("email", f"{words}@example.invalid", restricted=restricted),),
        )
        topics = (TopicDraft("housing", True),)
        form = IntakeDraft(
            window="kurashi_fukushi",
            topics=topics,
            consent=ReceptionConsent.NOT_ASKED,
            person=draft,
            wishes=f"架空の希望 {words}",
            narrative=f"架空の相談 {words}",
        )
        self.world.later(minutes=1)
        made = self.world.run(intake.receive, self.counselor, form)
        return made.id, made.person_id

    def resident(self, name: str, words: str = "", *, restricted: bool = False) -> Resident:
        """Somebody with a case of their own and one note about them in their own words."""
        intake_id, person_id = self._received(name, words or name, restricted=restricted)
        kept = self.world.run(intake.keep, self.counselor, intake_id)
        case_id = kept.case_id
        assert case_id is not None
        made = Resident(name, person_id, intake_id, case_id, self._case(case_id).number)
        self.note(
            made, SegmentDraft(SegmentClass.PERSON_WORD, f"架空の本人の言葉 {words or name}", person_id)
        )
        return made

    def answered(self, name: str, words: str = "") -> tuple[UUID, UUID]:
        """Somebody who was answered at the window: (intake, person)."""
        intake_id, person_id = self._received(name, words or name)
        answer = AnswerDraft("information_given", "none_needed", f"架空の回答 {words}")
        self.world.run(intake.answer, self.counselor, intake_id, answer)
        return intake_id, person_id

    def joins(self, resident: Resident, name: str, role: str = "household") -> UUID:
        """A further person of the resident's case."""
        draft = AddPersonDraft(role, person=PersonDraft(name=name, birth=parse_partial("1999-01-02")))
        return self.world.run(cases.add_person, self.counselor, resident.case, draft).person_id

    def protect(self, resident: Resident, person_id: UUID) -> None:
        draft = ProtectDraft("dv_measure", "架空の措置", self.world.ctx().today)
        self.world.run(cases.protect_person, self.counselor, resident.case, person_id, draft)

    def note(self, resident: Resident, *segments: SegmentDraft, **more: str) -> None:
        self.world.later(minutes=1)
        draft = NoteDraft(self.world.clock.now(), "home_visit", OFFICE, segments, **more)  # type: ignore[arg-type]
        self.world.run(cases.write_note, self.counselor, resident.case, draft)

    def end(self, resident: Resident, state: str = "closed") -> None:
        """Put a case into the state that a meeting would lead to; the clock does the rest."""
        with self.world.writing() as session:
            row = session.get(Case, resident.case, execution_options={CLEARED: True})
            assert row is not None
            row.state, row.closed_at = state, self.world.clock.now()

    def years(self, count: float) -> None:
        self.world.clock.move(timedelta(days=365.25 * count))

    def _case(self, case_id: UUID) -> Case:
        row = self.world.session.get(Case, case_id, execution_options={CLEARED: True})
        assert row is not None
        self.world.session.rollback()
        return row

    # -- requests ----------------------------------------------------------------------------------

    def asked(self, resident: Resident, **more: object) -> RequestView:
        base: dict[str, object] = {
            "name": resident.name,
            "birth": parse_partial(BIRTH),
            "requester": "person",
            "identity_check": "passport",
            "received_on": self.world.ctx().today,
        }
        draft = RegisterDraft(**(base | more))  # type: ignore[arg-type]
        return self.world.run(disclosure.register, self.officer, draft)

    def decided(self, request: RequestView) -> RequestView:
        """As proposed, and what is to be decided one by one withheld."""
        view = self.world.run(disclosure.accept_proposals, self.officer, request.id)
        for part in view.parts:
            if part.proposal is ProposalKind.ONE_BY_ONE and part.verdict is None:
                draft = PartDraft(PartVerdict.WITHHOLD, part.proposed_reason)
                view = self.world.run(disclosure.decide, self.officer, request.id, part.id, draft)
        return view

    def approved(self, request: RequestView) -> RequestView:
        self.decided(request)
        self.world.run(disclosure.submit, self.officer, request.id)
        return self.world.run(disclosure.approve, self.second, request.id)


def office_at_work(story: Story) -> None:
    """A request before its review, one that was answered, a hold and a proposal: what the office's reasons turn on."""
    privacy, supervisor = story.seat["privacy"], story.seat["supervisor"]
    number = story.seat["coordinator"].get(f"/cases/{story.ids['reopened']}")["number"]
    body = {
        "name": story.say("母の氏名"),
        "birth": "1944-05-06",
        "case_number": number,
        "requester": "person",
        "identity_check": "passport",
        "received_on": story.day(),
    }
    for step in ("review", "given", "closed"):
        request = privacy.post("/disclosure-requests", body, 201)
        here = f"/disclosure-requests/{request['id']}"
        for part in privacy.post(f"{here}/accept-proposals")["parts"]:
            if part["verdict"] is None:
                verdict = {"verdict": "withhold", "reason": part["proposed_reason"]}
                privacy.post(f"{here}/parts/{part['id']}", verdict)
        privacy.post(f"{here}/submit")
        if step != "review":
            supervisor.post(f"{here}/approve")
            privacy.post(
                f"{here}/exports", {"format": "json", "recipient": story.say("母"), "way": "counter"}, 201
            )
        if step == "closed":
            privacy.post(f"{here}/close")
    ended = [_answered_intake(story) for _ in range(2)]
    hold = {"number": ended[0], "reason": story.say("保留の理由"), "ends_on": story.day(days=30)}
    privacy.post("/retention/holds", hold, 201)
    wish = {"numbers": ended[1:], "ground": "wrongly_kept", "reason": story.say("消去の理由")}
    privacy.post("/erasures", wish, 201)


def _answered_intake(story: Story) -> str:
    shakyo = story.seat["shakyo"]
    body = {"window": "nandemo", "topics": [{"code": "housing", "main": True}], "consent": "not_asked"}
    made = shakyo.post("/intakes", body, 201)
    shakyo.post(f"/intakes/{made['id']}/answer", {"reason": "information_given", "next_place": "none_needed"})
    return str(made["number"])
