"""Opening, reading, listing and moving a case file, and who may not."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from casework.cases import actions, queries
from casework.cases.models import Case
from casework.cases.rules import (
    AssessmentDraft,
    AssignmentDraft,
    FactDraft,
    GrantDraft,
    HandOverDraft,
    IssueDraft,
    IssuesDraft,
    LeadDraft,
    MoveDraft,
    ProposalDraft,
    ReopenDraft,
    Section,
    SectionDraft,
    StepOutDraft,
)
from casework.kernel.actor import Actor
from casework.kernel.errors import (
    BadInput,
    MoveRefused,
    NotAllowed,
    NotFound,
    PreconditionRequired,
    Refused,
    VersionConflict,
)
from casework.people.rules import ProtectDraft
from tests.integration.cases.conftest import Desk

WHY = MoveDraft("架空の理由")


def assessment(person: UUID | None = None, **changes: object) -> AssessmentDraft:
    facts = () if person is None else (FactDraft(person, "work_status", "unemployed"),)
    base: dict[str, object] = {"sections": (SectionDraft(Section.HEALTH, "架空の健康状態"),), "facts": facts}
    return AssessmentDraft(**(base | changes))  # type: ignore[arg-type]


def test_cases_are_numbered_by_fiscal_year_in_order(desk: Desk) -> None:
    numbers = [desk.world.run(queries.read_case, desk.counselor, desk.open()).number for _ in range(3)]
    assert numbers == ["R8-00001", "R8-00002", "R8-00003"]
    desk.world.later(days=360)
    assert desk.world.run(queries.read_case, desk.counselor, desk.open()).number == "R9-00001"


def test_the_cover_names_owner_people_topics_and_the_moves_of_this_actor(desk: Desk) -> None:
    person = desk.person("架空 太郎")
    case_id = desk.open(person)
    view = desk.world.run(queries.read_case, desk.counselor, case_id)
    assert view.owner_id == desk.counselor.id
    assert [(p.person_id, p.role, p.name) for p in view.people] == [(person, "subject", "架空 太郎")]
    assert [(i.code, i.main) for i in view.issues] == [("housing", True)]
    assert view.moves == ("assess",)


@pytest.mark.parametrize("role", ["counselor", "coordinator", "outreach_worker", "supervisor", "chair"])
def test_somebody_without_a_reason_does_not_find_the_case(desk: Desk, role: str) -> None:
    case_id = desk.open()
    outsider = desk.world.actor(role, "hoiku")
    with pytest.raises((NotFound, NotAllowed)):
        desk.world.run(queries.read_case, outsider, case_id)


@pytest.mark.parametrize("role", ["counselor", "coordinator", "outreach_worker", "supervisor"])
def test_a_list_never_shows_what_the_actor_could_not_open(desk: Desk, role: str) -> None:
    desk.open()
    assert desk.world.run(queries.list_cases, desk.world.actor(role, "hoiku")).items == ()


@pytest.mark.parametrize("role", ["administrator", "privacy_officer"])
def test_roles_without_case_work_may_never_read_one(desk: Desk, role: str) -> None:
    with pytest.raises(NotAllowed):
        desk.world.run(queries.read_case, desk.world.actor(role), desk.open())


def test_assessment_begins_only_with_a_lead(desk: Desk) -> None:
    case_id = desk.open()
    with pytest.raises(Refused, match="lead_missing"):
        desk.world.run(actions.start_assessment, desk.counselor, case_id, WHY)
    desk.world.run(actions.name_lead, desk.counselor, case_id, LeadDraft(desk.colleague.id, "fukushi_somu"))
    view = desk.world.run(actions.start_assessment, desk.counselor, case_id, WHY)
    assert (view.state, view.lead_id) == ("assessing", desk.colleague.id)
    with pytest.raises(MoveRefused):
        desk.world.run(actions.start_assessment, desk.counselor, case_id, WHY)


def test_a_lead_must_work_in_the_agency_named(desk: Desk) -> None:
    with pytest.raises(BadInput, match="staff_not_in_agency"):
        desk.world.run(
            actions.name_lead, desk.counselor, desk.open(), LeadDraft(desk.stranger.id, "fukushi_somu")
        )


def test_planning_needs_an_assessment_and_the_consent_of_every_subject(desk: Desk) -> None:
    one, two = desk.person(), desk.person("架空 次郎")
    case_id = desk.led(one, two)
    desk.world.run(actions.start_assessment, desk.counselor, case_id, WHY)
    with pytest.raises(Refused, match="assessment_missing"):
        desk.world.run(actions.start_planning, desk.coordinator, case_id, WHY)
    desk.world.run(actions.save_assessment, desk.counselor, case_id, assessment(one))
    desk.consent(case_id, one)
    with pytest.raises(Refused, match="plan_sharing_consent_missing"):
        desk.world.run(actions.start_planning, desk.coordinator, case_id, WHY)
    desk.consent(case_id, two)
    with pytest.raises(NotAllowed):
        desk.world.run(actions.start_planning, desk.counselor, case_id, WHY)
    assert desk.world.run(actions.start_planning, desk.coordinator, case_id, WHY).state == "planning"


def test_each_saved_assessment_is_a_new_revision(desk: Desk) -> None:
    person = desk.person()
    case_id = desk.open(person)
    first = desk.world.run(actions.save_assessment, desk.counselor, case_id, assessment(person, based_on=0))
    second = desk.world.run(actions.save_assessment, desk.counselor, case_id, assessment(based_on=1))
    assert (first.revision, second.revision) == (1, 2)
    with pytest.raises(VersionConflict):
        desk.world.run(actions.save_assessment, desk.colleague, case_id, assessment(based_on=1))
    with pytest.raises(PreconditionRequired):
        desk.world.run(actions.save_assessment, desk.colleague, case_id, assessment())
    old = desk.world.run(queries.read_assessment, desk.counselor, case_id, revision=1)
    assert [fact.code for fact in old.facts] == ["unemployed"]
    assert old.sections[0].text == "架空の健康状態"


def test_an_assessment_speaks_only_of_people_of_the_case(desk: Desk) -> None:
    with pytest.raises(BadInput, match="person_not_of_case"):
        desk.world.run(actions.save_assessment, desk.counselor, desk.open(), assessment(desk.person()))


def test_two_most_pressing_topics_are_refused_and_edits_meet_their_version(desk: Desk) -> None:
    case_id = desk.open()
    two = IssuesDraft(
        (IssueDraft("consult_topic", "housing", True), IssueDraft("consult_topic", "income_living", True))
    )
    with pytest.raises(BadInput, match="two_main"):
        desk.world.run(actions.edit_issues, desk.counselor, case_id, two)
    one = IssuesDraft((IssueDraft("compound_issue", "eighty_fifty", True),))
    context = desk.world.ctx(desk.counselor)
    context.expected_version = 1
    view = actions.edit_issues(context, case_id, one)
    assert [(issue.list, issue.code) for issue in view.issues] == [("compound_issue", "eighty_fifty")]
    stale = desk.world.ctx(desk.colleague)
    stale.expected_version = 1
    with pytest.raises(VersionConflict):
        actions.edit_issues(stale, case_id, one)


def test_a_case_is_handed_over_within_the_division_and_elsewhere_only_by_a_coordinator(desk: Desk) -> None:
    case_id = desk.led()
    away = HandOverDraft(desk.stranger.id, "hoiku", "架空の理由")
    with pytest.raises(Refused, match="hand_over_elsewhere"):
        desk.world.run(actions.hand_over, desk.counselor, case_id, away)
    inside = HandOverDraft(desk.colleague.id, "fukushi_somu", "架空の理由")
    assert desk.world.run(actions.hand_over, desk.counselor, case_id, inside).owner_id == desk.colleague.id
    view = desk.world.run(actions.hand_over, desk.coordinator, case_id, away)
    assert (view.owner_id, view.owner_agency) == (desk.stranger.id, "hoiku")
    with pytest.raises(BadInput, match="staff_not_in_agency"):
        desk.world.run(
            actions.hand_over, desk.coordinator, case_id, HandOverDraft(desk.stranger.id, "shakyo", "x")
        )


def test_an_assigned_agency_sees_the_case_until_its_part_ends(desk: Desk) -> None:
    case_id = desk.open()
    with pytest.raises(NotFound):
        desk.world.run(queries.read_case, desk.stranger, case_id)
    draft = AssignmentDraft("hoiku", "support", desk.stranger.id, task="架空の見守り")
    part = desk.world.run(actions.assign, desk.counselor, case_id, draft)
    assert desk.world.run(queries.read_case, desk.stranger, case_id).assignments[0].task == "架空の見守り"
    with pytest.raises(NotFound):
        desk.world.run(actions.assign, desk.stranger, case_id, draft)
    desk.world.later(minutes=5)
    desk.world.run(actions.end_assignment, desk.counselor, case_id, part.id)
    with pytest.raises(NotFound):
        desk.world.run(queries.read_case, desk.stranger, case_id)


def test_stepping_out_names_another_lead_and_keeps_the_owner(desk: Desk) -> None:
    case_id = desk.open()
    desk.world.run(actions.propose_for_meeting, desk.counselor, case_id, ProposalDraft("架空の理由"))
    assert desk.world.run(actions.take_up, desk.coordinator, case_id, WHY).multi_agency
    with pytest.raises(Refused, match="lead_missing"):
        desk.world.run(actions.step_out, desk.coordinator, case_id, StepOutDraft("架空の理由"))
    named = StepOutDraft("架空の理由", desk.counselor.id, "fukushi_somu")
    with pytest.raises(Refused, match="roles_missing"):
        desk.world.run(actions.step_out, desk.coordinator, case_id, named)
    desk.world.run(actions.assign, desk.counselor, case_id, AssignmentDraft("hoiku", "watch"))
    view = desk.world.run(actions.step_out, desk.coordinator, case_id, named)
    assert (view.multi_agency, view.lead_id, view.owner_id) == (False, desk.counselor.id, desk.counselor.id)


def test_reopening_begins_a_linked_episode_and_leaves_the_old_one_read_only(desk: Desk) -> None:
    person = desk.person()
    case_id = desk.open(person)
    with pytest.raises(MoveRefused):
        desk.world.run(actions.reopen, desk.counselor, case_id, ReopenDraft("fukushi_somu", "架空の理由"))
    desk.close(case_id)
    fresh = desk.world.run(actions.reopen, desk.counselor, case_id, ReopenDraft("fukushi_somu", "架空の理由"))
    assert (fresh.previous_id, fresh.state, fresh.number) == (case_id, "open", "R8-00002")
    assert [p.person_id for p in fresh.people] == [person]
    assert [i.code for i in fresh.issues] == ["housing"]
    old = desk.world.run(queries.read_case, desk.counselor, case_id)
    assert (old.state, old.moves) == ("reopened", ())
    for change in (
        lambda: desk.world.run(actions.edit_issues, desk.counselor, case_id, IssuesDraft(())),
        lambda: desk.world.run(actions.save_assessment, desk.counselor, case_id, assessment()),
        lambda: desk.world.run(actions.assign, desk.counselor, case_id, AssignmentDraft("hoiku", "watch")),
    ):
        with pytest.raises(Refused, match="case_ended"):
            change()


def test_a_closed_case_is_followed_up(desk: Desk) -> None:
    case_id = desk.open()
    desk.close(case_id)
    assert desk.world.run(actions.follow_up, desk.counselor, case_id, WHY).state == "follow_up"


def grant(supervisor: Actor, desk: Desk, **changes: object) -> GrantDraft:
    base: dict[str, object] = {
        "staff_id": supervisor.id,
        "agency": "fukushi_somu",
        "purpose_code": "supervision",
        "purpose": "架空の確認",
        "ends_at": desk.world.clock.now() + timedelta(days=7),
    }
    return GrantDraft(**(base | changes))  # type: ignore[arg-type]


def test_a_supervisor_reads_a_case_only_by_a_named_grant_and_until_it_ends(desk: Desk) -> None:
    case_id = desk.open()
    supervisor, officer = desk.world.actor("supervisor"), desk.world.actor("privacy_officer")
    with pytest.raises(NotFound):
        desk.world.run(queries.read_case, supervisor, case_id)
    desk.world.run(actions.grant_access, officer, case_id, grant(supervisor, desk))
    assert desk.world.run(queries.read_case, supervisor, case_id).id == case_id
    with pytest.raises(NotAllowed):
        desk.world.run(queries.read_case, officer, case_id)
    desk.world.later(days=8)
    with pytest.raises(NotFound):
        desk.world.run(queries.read_case, supervisor, case_id)


def test_nobody_grants_to_themselves_or_to_somebody_who_is_no_supervisor(desk: Desk) -> None:
    case_id = desk.open()
    officer = desk.world.actor("privacy_officer", "fukushi_somu", "", ("supervisor", "fukushi_somu"))
    with pytest.raises(Refused, match="grant_to_oneself"):
        desk.world.run(actions.grant_access, officer, case_id, grant(officer, desk))
    with pytest.raises(BadInput, match="grant_for_supervisors"):
        desk.world.run(actions.grant_access, officer, case_id, grant(desk.colleague, desk))
    with pytest.raises(NotAllowed):
        desk.world.run(actions.grant_access, desk.counselor, case_id, grant(officer, desk))


def test_a_grant_ends_at_once_when_it_is_ended(desk: Desk) -> None:
    case_id = desk.open()
    supervisor, officer = desk.world.actor("supervisor"), desk.world.actor("privacy_officer")
    given = desk.world.run(actions.grant_access, officer, case_id, grant(supervisor, desk))
    desk.world.later(minutes=1)
    desk.world.run(actions.end_grant, officer, case_id, given.id)
    with pytest.raises(NotFound):
        desk.world.run(queries.read_case, supervisor, case_id)
    assert [row.id for row in desk.world.run(queries.grants, officer, case_id)] == [given.id]


def test_a_case_with_a_protected_person_is_seen_only_by_those_named(desk: Desk) -> None:
    person = desk.person(protected=True)
    desk.may_see_protected(person, desk.counselor)
    case_id = desk.open(person)
    assert desk.world.run(queries.read_case, desk.counselor, case_id).id == case_id
    with pytest.raises(NotFound):
        desk.world.run(queries.read_case, desk.colleague, case_id)
    assert desk.world.run(queries.list_cases, desk.colleague).items == ()


def test_lists_are_narrowed_ordered_and_paged(desk: Desk) -> None:
    mine = [desk.open() for _ in range(desk.world.settings.page_size + 2)]
    other = desk.open(owner=desk.colleague)
    first = desk.world.run(queries.list_cases, desk.counselor, scope="own")
    assert first.next is not None
    second = desk.world.run(queries.list_cases, desk.counselor, scope="own", after=first.next)
    assert [line.id for line in (*first.items, *second.items)] == mine[::-1]
    assert first.items[0].names == ("架空 花子",)
    assert first.items[0].owner_name == desk.counselor.name
    division = desk.world.run(queries.list_cases, desk.counselor, scope="division")
    assert division.items[0].id == other
    desk.close(mine[0])
    closed = desk.world.run(queries.list_cases, desk.counselor, state="closed")
    assert [line.id for line in closed.items] == [mine[0]]


def test_work_lists_show_what_waits(desk: Desk) -> None:
    case_id = desk.open()
    run, me = desk.world.run, desk.counselor
    assert [line.id for line in run(queries.mine_open, me).items] == [case_id]
    assert [line.id for line in run(queries.without_lead, me).items] == [case_id]
    assert run(queries.no_contact, me).items == ()
    assert run(queries.contact_due, me).items == ()
    desk.set(case_id, next_contact_on=desk.world.ctx().today, to_be_approved=True)
    assert [line.id for line in run(queries.contact_due, me).items] == [case_id]
    assert [line.id for line in run(queries.to_be_approved, me).items] == [case_id]
    desk.world.later(days=desk.world.settings.no_contact_days)
    assert [line.id for line in run(queries.no_contact, me).items] == [case_id]
    desk.close(case_id)
    assert run(queries.mine_open, me).items == ()
    worker = desk.world.actor("outreach_worker")
    with pytest.raises(NotAllowed):
        run(queries.without_lead, worker)


def test_the_case_table_holds_no_name(desk: Desk) -> None:
    case_id = desk.open()
    row = desk.world.session.get(Case, case_id, execution_options={"casework_cleared": True})
    assert row is not None
    assert "架空" not in repr(vars(row))


def test_protecting_a_person_closes_all_their_cases_to_everyone_but_owners_and_setter(desk: Desk) -> None:
    person = desk.person()
    here, elsewhere = desk.open(person), desk.open(person, owner=desk.stranger, agency="hoiku")
    other = desk.open()
    draft = ProtectDraft("own_word", "架空の申出", desk.world.ctx().today)
    with pytest.raises(NotFound):
        desk.world.run(actions.protect_person, desk.stranger, here, person, draft)
    desk.world.run(actions.protect_person, desk.colleague, here, person, draft)
    assert desk.world.run(queries.read_case, desk.counselor, here).id == here
    assert desk.world.run(queries.read_case, desk.colleague, here).id == here
    assert desk.world.run(queries.read_case, desk.stranger, elsewhere).id == elsewhere
    third = desk.world.actor("counselor", "fukushi_somu", "架空 三人目")
    away = desk.world.actor("counselor", "hoiku", "架空 四人目")
    for actor, case_id in ((third, here), (away, elsewhere), (desk.colleague, elsewhere)):
        with pytest.raises(NotFound):
            desk.world.run(queries.read_case, actor, case_id)
    assert [line.id for line in desk.world.run(queries.list_cases, third).items] == [other]
