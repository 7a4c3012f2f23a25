"""担当者の見られない仕事: an owner who lost sight of their work is found, and somebody takes it on (I1, I12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from casework.accounts import actions as accounts
from casework.accounts.rules import HandOverDraft as LeaveDraft
from casework.cases import actions as cases
from casework.cases import queries as case_queries
from casework.cases.rules import AddPersonDraft, HandOverDraft, LeadDraft
from casework.desk import queries as desk
from casework.intake import actions as intake
from casework.intake import queries as intakes
from casework.intake.rules import IntakeDraft, ReceptionConsent, TopicDraft
from casework.kernel.actor import Actor
from casework.kernel.clock import tokyo_date
from casework.kernel.errors import BadInput, CaseworkError, NotFound
from casework.oversight import actions, queries
from casework.oversight.rules.unseen import ReceiverDraft, Work
from casework.people import actions as people
from casework.people import queries as people_queries
from casework.people.rules import GrantDraft, PersonDraft, ProtectDraft
from casework.people.rules.relations import DeclarationDraft
from tests.support.world import World

NAME = "架空 秘子"


class Town:
    """A division with three counselors, whom an administrator may move, and the privacy officer."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.first = world.actor("counselor", "shakyo", "架空 一")
        self.second = world.actor("counselor", "shakyo", "架空 二")
        self.third = world.actor("counselor", "shakyo", "架空 三")
        self.elsewhere = world.actor("counselor", "fukushi_somu", "架空 他課")
        self.admin = world.actor("administrator", "fukushi_somu")
        self.officer = world.actor("privacy_officer", "fukushi_somu")

    def receive(self, who: Actor, name: str = NAME, **more: Any) -> Any:
        topics = (TopicDraft("eldercare", main=True),)
        draft = IntakeDraft(
            "nandemo", topics, ReceptionConsent.NOT_ASKED, person=PersonDraft(name=name), **more
        )
        return self.world.run(intake.receive, who, draft)

    def keep(self, who: Actor, **more: Any) -> tuple[UUID, UUID]:
        """(case, person) of a consultation that its recorder keeps."""
        view = self.receive(who, **more)
        self.world.run(intake.screen, who, view.id)
        case_id = self.world.run(intake.keep, who, view.id).case_id
        return case_id, view.person_id

    def leave(self, who: Actor, to: Actor) -> None:
        """Somebody leaves the city; their work goes to a colleague without anybody looking at it."""
        self.world.run(accounts.disable, self.admin, who.id, LeaveDraft(to.id))

    def name(self, protection: UUID, whom: Actor, by: Actor | None = None) -> Any:
        draft = GrantDraft(whom.id, "担当の引き継ぎ", self.world.clock.now() + timedelta(days=90))
        return self.world.run(actions.name_successor, by or self.officer, protection, draft)

    def piles(self, who: Actor) -> dict[str, int]:
        return {pile.name: pile.count for pile in self.world.run(desk.today, who)}

    def sees(self, who: Actor, case_id: UUID) -> bool:
        try:
            self.world.run(case_queries.read_case, who, case_id)
        except NotFound:
            return False
        return True


@pytest.fixture
def town(world: World) -> Town:
    return Town(world)


def refused(town: Town, code: str, act: Any, who: Actor, *args: Any) -> CaseworkError:
    with pytest.raises(CaseworkError) as refusal:
        town.world.run(act, who, *args)
    assert refusal.value.code == code
    return refusal.value


def _grant(town: Town, whom: Actor) -> GrantDraft:
    return GrantDraft(whom.id, "担当の引き継ぎ", town.world.clock.now() + timedelta(days=90))


def test_who_inherits_a_protected_case_is_named_by_a_second_person_and_nobody_is_lost(town: Town) -> None:
    case_id, person_id = town.keep(town.first, protect_reason="夫に知られたくない")
    assert town.world.run(queries.unnamed_owners, town.officer) == ()
    town.leave(town.first, town.second)
    assert not town.sees(town.second, case_id)
    (line,) = town.world.run(queries.unnamed_owners, town.officer)
    assert (line.work, line.owner_id, line.owner_agency) == (Work.CASE, town.second.id, "shakyo")
    assert (line.seers, line.withdrawn) == (0, False)
    assert town.piles(town.officer)["owners_unnamed"] == 1
    assert {str(person_id), str(case_id)}.isdisjoint(str(line).replace("'", " ").split())
    town.name(line.protection_id, town.second)
    assert town.sees(town.second, case_id)
    assert not town.sees(town.third, case_id)
    assert town.world.run(queries.unnamed_owners, town.officer) == ()
    assert town.piles(town.officer)["owners_unnamed"] == 0
    third = _grant(town, town.third)
    refused(town, "protection_owners_see", actions.name_successor, town.officer, line.protection_id, third)


def test_who_is_named_and_owns_other_work_hides_nobody_elses_blindness(town: Town) -> None:
    """The question is whether the owner of this very record is named."""
    case_id, person_id = town.keep(town.first, protect_reason="夫に知られたくない")
    town.keep(town.third, name="架空 別人")
    town.receive(town.third, "架空 別件")
    town.world.run(cases.name_grant, town.first, person_id, _grant(town, town.third))
    town.leave(town.first, town.second)
    assert not town.sees(town.second, case_id)
    (line,) = town.world.run(queries.unnamed_owners, town.officer)
    assert (line.owner_id, line.seers) == (town.second.id, 1)
    assert town.piles(town.officer)["owners_unnamed"] == 1
    assert town.piles(town.third)["owners_unnamed"] == 1


def test_where_somebody_of_the_division_sees_the_person_they_decide_and_not_the_officer(town: Town) -> None:
    case_id, person_id = town.keep(town.first, protect_reason="夫に知られたくない")
    town.world.run(cases.name_grant, town.first, person_id, _grant(town, town.third))
    town.leave(town.first, town.second)
    (line,) = town.world.run(queries.unnamed_owners, town.officer)
    second = _grant(town, town.second)
    at = line.protection_id
    refused(town, "protection_others_see", actions.name_successor, town.officer, at, second)
    refused(town, "not_allowed", actions.name_successor, town.third, at, second)
    town.world.run(cases.name_grant, town.third, person_id, second)
    assert town.sees(town.second, case_id)


def test_an_owner_whose_grant_was_ended_on_purpose_is_told_as_such(town: Town) -> None:
    _, person_id = town.keep(town.first, protect_reason="夫に知られたくない")
    town.world.run(cases.name_grant, town.first, person_id, _grant(town, town.second))
    lines = town.world.run(people_queries.protections, town.officer)
    (own,) = (grant for line in lines for grant in line.grants if grant.staff_id == town.first.id)
    town.world.run(people.end_grant, town.second, own.id)
    (line,) = town.world.run(queries.unnamed_owners, town.officer)
    assert (line.owner_id, line.withdrawn, line.seers) == (town.first.id, True, 1)


def test_who_is_named_elsewhere_in_the_city_does_not_see_the_work(town: Town) -> None:
    _, person_id = town.keep(town.first, protect_reason="夫に知られたくない")
    chair = town.world.actor("chair", "shakyo", "架空 座長")
    for named in (town.elsewhere, chair):
        town.world.run(cases.name_grant, town.first, person_id, _grant(town, named))
    town.leave(town.first, town.second)
    (line,) = town.world.run(queries.unnamed_owners, town.officer)
    assert line.seers == 0


def test_each_of_two_protected_persons_of_a_case_is_a_line_of_its_own(town: Town) -> None:
    case_id, first = town.keep(town.first, protect_reason="夫に知られたくない")
    added = AddPersonDraft(role="subject", person=PersonDraft(name="架空 次子"))
    other = town.world.run(cases.add_person, town.first, case_id, added).person_id
    today = tokyo_date(town.world.clock.now())
    town.world.run(
        cases.protect_person, town.first, case_id, other, ProtectDraft("own_word", "同じく", today)
    )
    town.world.run(cases.name_grant, town.first, first, _grant(town, town.second))
    town.leave(town.first, town.second)
    (line,) = town.world.run(queries.unnamed_owners, town.officer)
    assert town.piles(town.officer)["owners_unnamed"] == 1
    town.name(line.protection_id, town.second)
    assert town.sees(town.second, case_id)


def test_a_reception_of_a_protected_person_is_found_as_well_and_a_colleague_can_be_named(town: Town) -> None:
    view = town.receive(town.first, protect_reason="家族に知られたくない")
    town.receive(town.third, "架空 別件")
    town.leave(town.first, town.second)
    (line,) = town.world.run(queries.unnamed_owners, town.officer)
    assert (line.work, line.owner_id) == (Work.INTAKE, town.second.id)
    town.name(line.protection_id, town.third)
    (line,) = town.world.run(queries.unnamed_owners, town.officer)
    assert line.seers == 1
    town.world.run(intake.take_over, town.third, view.id)
    assert town.world.run(intakes.read, town.third, view.id).owner_id == town.third.id
    assert town.world.run(queries.unnamed_owners, town.officer) == ()


def test_only_the_division_that_holds_the_work_is_named_and_nobody_names_themselves(town: Town) -> None:
    town.keep(town.first, protect_reason="夫に知られたくない")
    town.leave(town.first, town.second)
    (line,) = town.world.run(queries.unnamed_owners, town.officer)
    at = line.protection_id
    clerk = town.world.actor("secretariat", "shakyo", "架空 書記")
    kin = town.world.actor("counselor", "shakyo", "架空 親族")
    town.world.run(people.declare, kin, DeclarationDraft("relation", NAME))
    for code, who, whom in (
        ("staff_not_in_agency", town.officer, town.elsewhere),
        ("protection_grant_own", town.officer, town.officer),
        ("unknown_reference", town.officer, town.first),
        ("successor_unfit", town.officer, clerk),
        ("successor_unfit", town.officer, kin),
        ("not_allowed", town.third, town.third),
        ("not_allowed", town.admin, town.second),
    ):
        refused(town, code, actions.name_successor, who, at, _grant(town, whom))
    late = GrantDraft(town.second.id, "長すぎる", town.world.clock.now() + timedelta(days=400))
    refused(town, "protection_grant_until", actions.name_successor, town.officer, at, late)
    refused(town, "not_allowed", queries.conflicted_owners, town.third)


def test_the_lines_of_an_officer_do_not_tell_of_their_own_circle(town: Town) -> None:
    town.keep(town.first, protect_reason="夫に知られたくない")
    town.keep(town.third, name="架空 母")
    town.leave(town.first, town.second)
    town.world.run(people.declare, town.third, DeclarationDraft("relation", "架空 母"))
    assert len(town.world.run(queries.conflicted_owners, town.officer)) == 1
    for name in (NAME, "架空 母"):
        town.world.run(people.declare, town.officer, DeclarationDraft("relation", name))
    assert town.world.run(queries.unnamed_owners, town.officer) == ()
    assert town.piles(town.officer)["owners_unnamed"] == 0
    assert town.world.run(queries.conflicted_owners, town.officer) == ()
    draft = ReceiverDraft(town.second.id, "shakyo")
    refused(town, "conflict_owner_sees", actions.replace_owner, town.officer, town.third.id, draft)


def test_an_owner_in_conflict_is_seen_by_colleagues_who_take_the_work_over(town: Town) -> None:
    case_id, _ = town.keep(town.first)
    view = town.receive(town.first, "架空 母")
    for name in (NAME, "架空 母"):
        town.world.run(people.declare, town.first, DeclarationDraft("relation", name))
    assert not town.sees(town.first, case_id)
    counted = town.world.run(queries.conflicted_owners, town.officer)
    assert [(c.work, c.owner_id, c.count) for c in counted] == [
        (Work.CASE, town.first.id, 1),
        (Work.INTAKE, town.first.id, 1),
    ]
    piles = town.piles(town.second)
    assert (piles["unseen_by_owner"], piles["intakes_unseen"]) == (1, 1)
    assert town.piles(town.elsewhere)["unseen_by_owner"] == 0
    assert [line.id for line in town.world.run(case_queries.unseen_by_owner, town.second).items] == [case_id]
    assert town.world.run(case_queries.unseen_by_owner, town.first).items == ()
    (one,) = town.world.run(intakes.listing, town.second, which="unseen").items
    assert one.id == view.id
    town.world.run(intake.take_over, town.second, view.id)
    town.world.run(cases.hand_over, town.second, case_id, HandOverDraft(town.third.id, "shakyo", "利益相反"))
    assert town.world.run(queries.conflicted_owners, town.officer) == ()
    assert town.world.run(case_queries.unseen_by_owner, town.second).items == ()


def test_the_kinship_of_one_owner_blinds_no_other(town: Town) -> None:
    case_id, _ = town.keep(town.first)
    town.keep(town.second, name="架空 別人")
    town.receive(town.third, "架空 母")
    town.world.run(people.declare, town.second, DeclarationDraft("relation", NAME))
    town.world.run(people.declare, town.first, DeclarationDraft("relation", "架空 母"))
    assert town.sees(town.first, case_id)
    assert town.world.run(case_queries.unseen_by_owner, town.third).items == ()
    assert town.world.run(queries.conflicted_owners, town.officer) == ()
    assert town.piles(town.officer)["owners_in_conflict"] == 0


def test_where_no_colleague_sees_it_the_officer_gives_all_of_it_to_somebody_who_may(town: Town) -> None:
    run = town.world.run
    member = town.world.actor("agency_member", "community_care_1", "架空 会員")
    coordinator = town.world.actor("coordinator", "shakyo", "架空 調整")
    case_id, _ = town.keep(town.first)
    draft = HandOverDraft(member.id, "community_care_1", "引き継ぎ")
    run(cases.hand_over, coordinator, case_id, draft)
    run(people.declare, member, DeclarationDraft("relation", NAME))
    assert town.piles(town.officer)["owners_in_conflict"] == 1
    kin = town.world.actor("counselor", "shakyo", "架空 親族")
    run(people.declare, kin, DeclarationDraft("relation", NAME))
    clerk = town.world.actor("secretariat", "shakyo", "架空 書記")
    for code, whom, agency in (
        ("successor_unfit", kin, "shakyo"),
        ("successor_unfit", clerk, "shakyo"),
        ("successor_unfit", member, "community_care_1"),
        ("successor_unfit", town.officer, "fukushi_somu"),
        ("staff_not_in_agency", town.second, "fukushi_somu"),
    ):
        to = ReceiverDraft(whom.id, agency)
        refused(town, code, actions.replace_owner, town.officer, member.id, to)
    to = ReceiverDraft(town.second.id, "shakyo")
    refused(town, "not_allowed", actions.replace_owner, town.second, member.id, to)
    run(actions.replace_owner, town.officer, member.id, to)
    assert run(case_queries.read_case, town.second, case_id).owner_id == town.second.id
    assert town.piles(town.officer)["owners_in_conflict"] == 0
    refused(town, "conflict_owner_sees", actions.replace_owner, town.officer, member.id, to)


def test_work_goes_to_nobody_whose_role_does_not_open_it(town: Town) -> None:
    case_id, _ = town.keep(town.first)
    for role in (
        "supervisor",
        "report_officer",
        "outreach_worker",
        "participation_coordinator",
        "secretariat",
        "chair",
    ):
        other = town.world.actor(role, "shakyo", f"架空 {role}")
        to = HandOverDraft(other.id, "shakyo", "交代")
        refused(town, "owner_out_of_sight", cases.hand_over, town.first, case_id, to)
        leave = LeaveDraft(other.id)
        refused(town, "staff_without_work_role", accounts.disable, town.admin, town.first.id, leave)
    town.leave(town.first, town.second)
    assert town.sees(town.second, case_id)


def test_nobody_is_given_a_case_that_they_may_not_see(town: Town) -> None:
    plain, _ = town.keep(town.first)
    town.world.run(people.declare, town.third, DeclarationDraft("relation", NAME))
    hidden, person_id = town.keep(town.first, name="架空 隠子", protect_reason="夫に知られたくない")
    for case_id, whom in ((plain, town.third), (hidden, town.second)):
        for act, draft, field in (
            (cases.hand_over, HandOverDraft(whom.id, "shakyo", "交代"), "owner_id"),
            (cases.name_lead, LeadDraft(whom.id, "shakyo"), "lead_id"),
        ):
            assert refused(town, "owner_out_of_sight", act, town.first, case_id, draft).field == field
    town.world.run(cases.name_grant, town.first, person_id, _grant(town, town.second))
    town.world.run(cases.hand_over, town.first, hidden, HandOverDraft(town.second.id, "shakyo", "交代"))
    assert town.sees(town.second, hidden)


def test_a_reception_is_taken_over_by_the_division_only_while_it_is_open(town: Town) -> None:
    view = town.receive(town.first, "架空 太郎")
    refused(town, "intake_own", intake.take_over, town.first, view.id)
    refused(town, "not_found", intake.take_over, town.elsewhere, view.id)
    town.world.run(intake.take_over, town.second, view.id)
    town.world.run(intake.screen, town.second, view.id)
    assert town.world.run(intake.keep, town.second, view.id).owner_id == town.second.id
    refused(town, "intake_ended", intake.take_over, town.third, view.id)


def test_conflicts_and_protection_of_ended_work_wait_for_nobody(town: Town) -> None:
    view = town.receive(town.first)
    town.world.run(people.declare, town.first, DeclarationDraft("relation", NAME))
    assert town.piles(town.second)["intakes_unseen"] == 1
    (link,) = town.world.run(people_queries.conflicts, town.officer)
    town.world.run(people.end_conflict, town.officer, link.id)
    assert town.piles(town.second)["intakes_unseen"] == 0
    assert town.world.run(intakes.read, town.first, view.id).id == view.id
    with pytest.raises(BadInput):
        town.world.run(intakes.listing, town.first, which="nonsense")
