"""利益相反: nobody opens a record of their own circle, whatever else allows it, and nobody is told of a match."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.cases import actions as cases
from casework.cases import queries as case_queries
from casework.cases.rules import HouseholdDraft
from casework.db import CLEARED
from casework.intake import actions as intake
from casework.intake import queries as intakes
from casework.intake.rules import IntakeDraft, ReceptionConsent, TopicDraft
from casework.kernel.actor import Actor
from casework.kernel.errors import CaseworkError, NotFound
from casework.kernel.wareki import parse_partial
from casework.oversight import actions as oversight
from casework.oversight import queries as findings
from casework.people import actions, queries
from casework.people.models import Conflict
from casework.people.rules import GrantDraft, MemberDraft, PersonDraft
from casework.people.rules.relations import ConflictDraft, DeclarationDraft
from tests.support.world import World

BIRTH = parse_partial("S45.4.1")


class Office:
    def __init__(self, world: World) -> None:
        self.world = world
        self.keeper = world.actor("counselor", "shakyo")
        self.kin = world.actor("counselor", "shakyo", "架空 親族")
        self.officer = world.actor("privacy_officer", "fukushi_somu")

    def keep(
        self, person: PersonDraft, who: Actor | None = None, **more: str
    ) -> tuple[object, object, object]:
        """(intake, case, person) of a consultation that its recorder keeps."""
        run, who = self.world.run, who or self.keeper
        topics = (TopicDraft("eldercare", main=True),)
        draft = IntakeDraft("nandemo", topics, ReceptionConsent.NOT_ASKED, person=person, **more)  # type: ignore[arg-type]
        view = run(intake.receive, who, draft)
        run(intake.screen, who, view.id)
        return view.id, run(intake.keep, who, view.id).case_id, view.person_id

    def blind(self, who: Actor, intake_id: object, case_id: object, person_id: object) -> bool:
        """Whether intake, case and person are one and the same 404, and in no list."""
        for act, what in (
            (intakes.read, intake_id),
            (case_queries.read_case, case_id),
            (queries.read_person, person_id),
        ):
            try:
                self.world.run(act, who, what)
            except NotFound:
                continue
            return False
        listed = self.world.run(case_queries.list_cases, who).items
        return case_id not in {line.id for line in listed}


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def test_a_declared_relation_is_out_of_sight_with_everybody_of_their_home(office: Office) -> None:
    run = office.world.run
    first = office.keep(PersonDraft(name="架空 太郎", birth=BIRTH))
    other = office.keep(PersonDraft(name="架空 無関係"))
    child = office.keep(PersonDraft(name="架空 小太郎"))
    members = (MemberDraft(first[2], "self"), MemberDraft(child[2], "son"))  # type: ignore[arg-type]
    run(cases.record_household, office.keeper, first[1], HouseholdDraft(members))
    assert not office.blind(office.kin, *first)
    answer = run(actions.declare, office.kin, DeclarationDraft("relation", "架空 太郎", None, BIRTH))
    assert (answer.name, answer.birth) == ("架空 太郎", "1970-04-01")
    assert office.blind(office.kin, *first)
    assert office.blind(office.kin, *child)
    assert not office.blind(office.kin, *other)
    assert not office.blind(office.keeper, *first)


def test_the_answer_to_a_declaration_is_the_same_with_and_without_a_match(office: Office) -> None:
    office.keep(PersonDraft(name="架空 太郎", birth=BIRTH))
    found, none = (
        office.world.run(actions.declare, office.kin, DeclarationDraft("relation", name, None, BIRTH))
        for name in ("架空 太郎", "架空 次郎")
    )
    assert type(found) is type(none)
    assert {f for f in found.__slots__ if getattr(found, f) != getattr(none, f)} == {"id", "name"}


def test_who_is_recorded_or_corrected_later_is_found_too(office: Office) -> None:
    run = office.world.run
    run(actions.declare, office.kin, DeclarationDraft("self", "架空 親族", "かくうしんぞく", BIRTH))
    assert office.blind(office.kin, *office.keep(PersonDraft(name="架空親族", birth=parse_partial("1970"))))
    unlike = office.keep(PersonDraft(name="架空 親族", birth=parse_partial("1999")))
    assert not office.blind(office.kin, *unlike)
    hidden = office.keep(PersonDraft(name="架空 親族"), protect_reason="職員の家族")
    assert office.blind(office.kin, *hidden)


def test_no_grant_opens_a_conflict_and_the_protected_are_found(office: Office) -> None:
    world, run = office.world, office.world.run
    hidden = office.keep(PersonDraft(name="架空 秘子", birth=BIRTH), protect_reason="家族に知られたくない")
    until = world.clock.now() + timedelta(days=9)
    run(cases.name_grant, office.keeper, hidden[2], GrantDraft(office.kin.id, "共に支援する", until))
    assert not office.blind(office.kin, *hidden)
    run(actions.declare, office.kin, DeclarationDraft("household", "架空 秘子", None, BIRTH))
    assert office.blind(office.kin, *hidden)


def test_only_the_privacy_officer_ends_or_names_a_link_and_never_their_own(office: Office) -> None:
    world, run = office.world, office.world.run
    first = office.keep(PersonDraft(name="架空 太郎"))
    run(actions.declare, office.kin, DeclarationDraft("relation", "架空 太郎"))
    (link,) = run(queries.conflicts, office.officer)
    for who, act, what, code in (
        (office.kin, actions.end_conflict, link.id, "not_allowed"),
        (office.kin, queries.conflicts, None, "not_allowed"),
        (office.officer, actions.name_conflict, ConflictDraft(office.officer.id, first[2]), "conflict_own"),
        (
            office.officer,
            actions.name_conflict,
            ConflictDraft(office.kin.id, office.kin.id),
            "unknown_reference",
        ),
        (office.officer, actions.name_conflict, ConflictDraft(first[2], first[2]), "unknown_reference"),
    ):
        with pytest.raises(CaseworkError) as refusal:
            run(act, who, *(() if what is None else (what,)))
        assert refusal.value.code == code
    run(actions.end_conflict, office.officer, link.id)
    assert not office.blind(office.kin, *first)
    run(actions.name_conflict, office.officer, ConflictDraft(office.kin.id, first[2]))  # type: ignore[arg-type]
    assert office.blind(office.kin, *first)
    rows = world.session.query(Conflict).execution_options(**{CLEARED: True}).count()
    assert rows == 2


def test_a_look_into_a_colleagues_family_is_found_and_work_on_it_is_not(office: Office) -> None:
    run, nosy = office.world.run, office.world.actor("counselor", "shakyo", "架空 同僚")
    father = PersonDraft(name="架空 太郎", birth=BIRTH)
    _, case_id, _ = office.keep(father)
    run(actions.declare, office.kin, DeclarationDraft("relation", "架空 太郎", None, BIRTH))
    run(case_queries.read_case, office.keeper, case_id)
    assert run(oversight.scan, office.officer) == 0
    run(case_queries.read_case, nosy, case_id)
    assert run(oversight.scan, office.officer) == 1
    (found,) = run(findings.findings, office.officer).items
    assert (found.rule.value, found.actor_id) == ("colleague", nosy.id)
