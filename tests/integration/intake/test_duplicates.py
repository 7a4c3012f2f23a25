"""Duplicate intakes, lists of them, who is known elsewhere, and what the database itself refuses."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from casework.cases.models import Case
from casework.db import CLEARED
from casework.intake import actions, queries
from casework.intake.models import Intake, IntakeSavedForm, IntakeTopic
from casework.intake.rules import (
    AnswerDraft,
    MergeDraft,
    ReceptionConsentDraft,
)
from casework.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from casework.people.models import Person
from tests.integration.intake.test_intake import FULL, LEAST, TODAY, counselor, last_event, refused, stored
from tests.support.world import World


def test_a_supervisor_merges_a_duplicate_without_reading_it_and_can_undo_it(world: World) -> None:
    who = counselor(world)
    first = world.run(actions.receive, who, FULL)
    twin = world.run(actions.receive, who, LEAST)
    boss = world.actor("supervisor", "shakyo")
    line = world.run(actions.merge, boss, twin.id, MergeDraft(into_intake=first.id))
    assert (line.state, line.window, line.main_topic) == ("merged_duplicate", "nandemo", "eldercare")
    assert not hasattr(line, "narrative")
    view = world.run(queries.read, who, twin.id)
    assert view.merged_into_intake == first.id
    assert world.run(actions.unmerge, boss, twin.id).state == "in_screening"
    assert world.run(actions.keep, who, twin.id).state == "kept_by_division"


def test_a_merge_needs_one_survivor_that_is_not_merged_itself(world: World) -> None:
    who = counselor(world)
    a, b, c = (world.run(actions.receive, who, LEAST) for _ in range(3))
    boss = world.actor("supervisor", "shakyo")
    refused(world, "survivor_one", actions.merge, boss, a.id, MergeDraft())
    refused(world, "survivor_one", actions.merge, boss, a.id, MergeDraft(b.id, uuid4()))
    refused(world, "survivor_itself", actions.merge, boss, a.id, MergeDraft(a.id))
    refused(world, "unknown_reference", actions.merge, boss, a.id, MergeDraft(uuid4()))
    world.run(actions.merge, boss, b.id, MergeDraft(c.id))
    refused(world, "survivor_merged", actions.merge, boss, a.id, MergeDraft(b.id))


def test_a_merge_into_a_case_keeps_the_case(world: World) -> None:
    who = counselor(world)
    kept = world.run(actions.keep, who, world.run(actions.receive, who, LEAST).id)
    twin = world.run(actions.receive, who, LEAST)
    boss = world.actor("supervisor", "shakyo")
    assert (
        world.run(actions.merge, boss, twin.id, MergeDraft(into_case=kept.case_id)).state
        == "merged_duplicate"
    )


def test_a_supervisor_of_another_division_and_a_counselor_cannot_merge(world: World) -> None:
    who = counselor(world)
    a, b = (world.run(actions.receive, who, LEAST) for _ in range(2))
    with pytest.raises(NotFound):
        world.run(actions.merge, world.actor("supervisor", "kaigo_hoken"), a.id, MergeDraft(b.id))
    with pytest.raises(NotAllowed):
        world.run(actions.merge, who, a.id, MergeDraft(b.id))


def test_the_supervisor_sees_answered_intakes_without_a_name(world: World) -> None:
    who = counselor(world)
    made = world.run(actions.receive, who, FULL)
    world.run(actions.answer, who, made.id, AnswerDraft("listened", "none_needed", "長話を聞いた"))
    (line,) = world.run(queries.answered, world.actor("supervisor", "shakyo")).items
    assert (line.number, line.window, line.main_topic) == (made.number, "nandemo", "withdrawal_truancy")
    assert (line.reason, line.next_place) == ("listened", "none_needed")
    assert set(type(line).__slots__) == {
        "number",
        "window",
        "main_topic",
        "reason",
        "next_place",
        "received_on",
    }
    assert world.run(queries.answered, world.actor("supervisor", "kaigo_hoken")).items == ()


def test_lists_page_by_key_and_never_grow_in_statements(world: World) -> None:
    who = counselor(world)
    size = world.settings.page_size
    made = []
    for _ in range(size + 3):
        made.append(world.run(actions.receive, who, LEAST).id)
        world.later(minutes=1)
    first = world.run(queries.listing, who, which="mine")
    rest = world.run(queries.listing, who, which="mine", after=first.next)
    assert [line.id for line in (*first.items, *rest.items)] == list(reversed(made))
    assert rest.next is None
    with pytest.raises(BadInput):
        world.run(queries.listing, who, after="not a cursor")


def test_nothing_typed_into_an_unsent_form_is_lost(world: World) -> None:
    who = counselor(world)
    assert world.run(queries.unsent_form, who).content is None
    world.run(actions.save_form, who, '{"narrative": "途中まで')
    world.run(actions.save_form, who, '{"narrative": "途中まで書いた')
    assert world.run(queries.unsent_form, who).content == '{"narrative": "途中まで書いた'
    assert world.run(queries.unsent_form, world.actor("counselor", "shakyo", "架空 同僚")).content is None
    (row,) = stored(world, IntakeSavedForm)
    assert "途中".encode() not in row.content
    world.run(actions.discard_form, who)
    assert world.run(queries.unsent_form, who).content is None


def test_known_elsewhere_names_the_contact_division_of_what_is_out_of_sight_only(world: World) -> None:
    there = counselor(world, "seikatsu_fukushi")
    kept = world.run(actions.keep, there, world.run(actions.receive, there, FULL).id)
    here = counselor(world)
    assert world.run(queries.known_elsewhere, here, [kept.person_id]) == ("seikatsu_fukushi",)
    assert last_event(world) == ("person.known_elsewhere", "done")
    assert world.run(queries.known_elsewhere, there, [kept.person_id]) == ()
    assert world.run(queries.known_elsewhere, here, [uuid4()]) == ()
    with pytest.raises(NotAllowed):
        world.run(queries.known_elsewhere, world.actor("supervisor", "shakyo"), [kept.person_id])


@pytest.mark.parametrize("model", [Person, Case])
def test_whoever_is_protected_is_unknown_elsewhere(world: World, model: Any) -> None:
    there = counselor(world, "seikatsu_fukushi")
    kept = world.run(actions.keep, there, world.run(actions.receive, there, FULL).id)
    target = kept.person_id if model is Person else kept.case_id
    with world.writing() as session:
        session.get(model, target, execution_options={CLEARED: True}).protected = True
    assert world.run(queries.known_elsewhere, counselor(world), [kept.person_id]) == ()


def test_an_unknown_intake_looks_like_a_foreign_one(world: World) -> None:
    made = world.run(actions.receive, counselor(world), LEAST)
    other = counselor(world, "kaigo_hoken")
    answers = []
    for target in (made.id, UUID(int=7)):
        with pytest.raises(NotFound) as refusal:
            world.run(actions.screen, other, target)
        answers.append((refusal.value.code, refusal.value.status, refusal.value.facts))
    assert answers[0] == answers[1]
    with pytest.raises(Refused):
        world.run(actions.give_consent, counselor(world), _ended(world), _given())


def _ended(world: World) -> UUID:
    who = counselor(world)
    return world.run(actions.keep, who, world.run(actions.receive, who, LEAST).id).id


def _given() -> ReceptionConsentDraft:
    return ReceptionConsentDraft(("shakyo",), ("contact",), TODAY, "oral")


@pytest.mark.parametrize(
    "impossible",
    [
        {"state": "answered"},
        {"state": "kept_by_division"},
        {"state": "referred"},
        {"state": "emergency"},
        {"state": "seeking_consent"},
        {"state": "merged_duplicate"},
        {"state": "forgotten"},
        {"consent": "cannot_ask"},
        {"owner_agency": "nowhere"},
    ],
)
def test_the_database_refuses_an_impossible_intake(world: World, impossible: dict[str, Any]) -> None:
    made = world.run(actions.receive, counselor(world), LEAST)
    with pytest.raises(IntegrityError):
        overwrite(world, made.id, impossible)
    world.session.rollback()


def test_the_database_refuses_a_second_most_pressing_topic(world: World) -> None:
    made = world.run(actions.receive, counselor(world), FULL)
    with pytest.raises(IntegrityError), world.writing() as session:
        session.add(IntakeTopic(intake_id=made.id, sort=9, code="debt", main=True))
    world.session.rollback()


def overwrite(world: World, row_id: UUID, values: dict[str, Any]) -> None:
    """Write below the gate, where only the database can refuse."""
    with world.writing() as session:
        row = session.get(Intake, row_id, execution_options={CLEARED: True})
        for name, value in values.items():
            setattr(row, name, value)
