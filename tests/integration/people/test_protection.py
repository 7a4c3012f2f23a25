"""Protection from its first day to its lifting: two people, an end, and never a warning to click away (I12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from casework.cases import actions as cases
from casework.cases.rules import AddPersonDraft
from casework.intake import actions as intake
from casework.intake import queries as intakes
from casework.intake.rules import IntakeDraft, ReceptionConsent, TopicDraft
from casework.kernel.actor import Actor
from casework.kernel.errors import BadInput, CaseworkError, NotFound, Refused, StepUpRequired
from casework.people import actions, queries
from casework.people.rules import (
    AddressDraft,
    GrantDraft,
    PersonDraft,
    ProtectionStanding,
    ReleaseDraft,
    RenewDraft,
)
from casework.usecase import Withheld
from tests.support.world import World


class Window:
    """A person who asks at the window not to be known of, and the counselor who listened."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.recorder = world.actor("counselor", "shakyo")
        self.colleague = world.actor("counselor", "shakyo", "架空 同僚")
        self.supervisor = world.actor("supervisor", "fukushi_somu")
        self.officer = world.actor("privacy_officer", "fukushi_somu")
        person = PersonDraft(name="架空 花子", addresses=(AddressDraft("鎌倉市架空町9-9", "ofuna_1"),))
        draft = IntakeDraft(
            window="nandemo",
            topics=(TopicDraft("dv_abuse", main=True),),
            consent=ReceptionConsent.NOT_ASKED,
            person=person,
            protect_reason="夫に知られたくない",
        )
        view = world.run(intake.receive, self.recorder, draft)
        self.intake, self.person = view.id, view.person_id

    def moment(self, **delta: float) -> ReleaseDraft:
        return ReleaseDraft("面談のため", self.world.clock.now() + timedelta(**delta))

    def refused(self, code: str, act: Callable[..., object], who: Actor, *args: object) -> None:
        with pytest.raises(CaseworkError) as refusal:
            self.world.run(act, who, *args)
        assert refusal.value.code == code


@pytest.fixture
def window(world: World) -> Window:
    return Window(world)


def test_at_the_first_contact_only_the_recorder_sees_the_person(window: Window) -> None:
    run = window.world.run
    seen = run(queries.read_person, window.recorder, window.person)
    assert seen.protected
    assert [grant.staff_id for grant in seen.grants] == [window.recorder.id]
    assert isinstance(seen.addresses[0].address, Withheld)
    for act, what in ((intakes.read, window.intake), (queries.read_person, window.person)):
        with pytest.raises(NotFound):
            run(act, window.colleague, what)
    run(intake.screen, window.recorder, window.intake)
    case = run(intake.keep, window.recorder, window.intake).case_id
    with pytest.raises(NotFound):
        run(cases.ask_lift, window.colleague, window.person, "理由")
    assert case is not None


def test_whereabouts_are_released_to_one_person_by_another_until_their_end(window: Window) -> None:
    world, run = window.world, window.world.run
    asked = run(actions.ask_release, window.recorder, window.person, window.moment(days=7))
    window.refused("not_allowed", actions.grant_release, window.colleague, asked.id)
    window.refused(
        "release_until", actions.ask_release, window.recorder, window.person, window.moment(days=-1)
    )
    window.refused(
        "release_until", actions.ask_release, window.recorder, window.person, window.moment(days=93)
    )
    run(actions.grant_release, window.supervisor, asked.id)
    window.refused("release_decided", actions.grant_release, window.supervisor, asked.id)
    seen = run(queries.read_person, window.recorder, window.person)
    assert seen.addresses[0].address == "鎌倉市架空町9-9"
    released = next(grant for grant in seen.grants if grant.whereabouts)
    assert released.purpose == "面談のため"
    run(actions.end_grant, window.officer, released.id)
    window.refused("protection_grant_over", actions.end_grant, window.officer, released.id)
    again = run(queries.read_person, window.recorder, window.person)
    assert isinstance(again.addresses[0].address, Withheld)
    assert [g.ended_by for g in again.grants if g.whereabouts] == [window.officer.id]
    renewed = run(actions.ask_release, window.recorder, window.person, window.moment(days=2))
    run(actions.grant_release, window.officer, renewed.id)
    world.later(days=3)
    late = run(queries.read_person, window.recorder, window.person)
    assert isinstance(late.addresses[0].address, Withheld)


def test_nobody_releases_without_proving_who_they_are(window: Window) -> None:
    asked = window.world.run(actions.ask_release, window.recorder, window.person, window.moment(days=7))
    ctx = window.world.ctx(window.supervisor)
    stale = Actor(ctx.actor.id, ctx.actor.name, ctx.actor.memberships, ctx.now)
    ctx.actor = stale
    with pytest.raises(StepUpRequired):
        actions.grant_release(ctx, asked.id)


def test_a_lapsed_protection_still_blocks_until_two_people_lift_it(window: Window) -> None:
    world, run = window.world, window.world.run
    today = world.ctx().today
    window.refused(
        "protection_renewed_ahead",
        actions.renew_protection,
        window.recorder,
        window.person,
        RenewDraft("", today),
    )
    run(
        actions.renew_protection,
        window.recorder,
        window.person,
        RenewDraft("続ける", today + timedelta(days=20)),
    )
    assert [line.standing for line in run(queries.protections, window.officer)] == [ProtectionStanding.ENDING]
    world.later(days=40)
    (line,) = run(queries.protections, window.officer)
    assert line.standing is ProtectionStanding.LAPSED
    assert isinstance(line.person_id, Withheld)
    assert [grant.purpose for grant in line.grants] == [None]
    with pytest.raises(NotFound):
        run(queries.read_person, window.colleague, window.person)
    both = world.actor("counselor", "shakyo", "架空 兼務", ("supervisor", "shakyo"))
    name = GrantDraft(both.id, "引継ぎ", world.clock.now() + timedelta(days=30))
    run(cases.name_grant, window.recorder, window.person, name)
    asked = run(cases.ask_lift, both, window.person, "転居して落ち着いた")
    window.refused("release_needs_two", cases.lift, both, asked.id)
    window.refused("not_found", actions.grant_release, window.supervisor, asked.id)
    run(cases.lift, window.supervisor, asked.id)
    window.refused("release_decided", cases.lift, window.supervisor, asked.id)
    assert not run(queries.read_person, window.recorder, window.person).protected
    assert run(queries.protections, window.officer) == ()
    assert run(intakes.read, window.colleague, window.intake).id == window.intake


def test_grants_name_others_for_a_purpose_until_a_day(window: Window) -> None:
    world, run = window.world, window.world.run
    now = world.clock.now()

    def draft(staff: UUID, **delta: float) -> GrantDraft:
        return GrantDraft(staff, "共に支援する", now + timedelta(**delta))

    window.refused(
        "protection_grant_own",
        cases.name_grant,
        window.recorder,
        window.person,
        draft(window.recorder.id, days=9),
    )
    window.refused(
        "protection_grant_until",
        cases.name_grant,
        window.recorder,
        window.person,
        draft(window.colleague.id, days=-1),
    )
    window.refused(
        "protection_grant_until",
        cases.name_grant,
        window.recorder,
        window.person,
        draft(window.colleague.id, days=400),
    )
    window.refused(
        "not_found", cases.name_grant, window.colleague, window.person, draft(window.colleague.id, days=9)
    )
    given = run(cases.name_grant, window.recorder, window.person, draft(window.colleague.id, days=9))
    assert run(queries.read_person, window.colleague, window.person).protected
    run(actions.extend_grant, window.officer, given.id, now + timedelta(days=20))
    world.later(days=15)
    assert run(queries.read_person, window.colleague, window.person).id == window.person
    world.later(days=15)
    with pytest.raises(NotFound):
        run(queries.read_person, window.colleague, window.person)


def test_a_protected_person_is_not_written_into_the_case_of_another(window: Window) -> None:
    run = window.world.run
    other = IntakeDraft(
        window="nandemo",
        topics=(TopicDraft("eldercare"),),
        consent=ReceptionConsent.NOT_ASKED,
        person=PersonDraft(),
    )
    first = run(intake.receive, window.recorder, other)
    run(intake.screen, window.recorder, first.id)
    case = run(intake.keep, window.recorder, first.id).case_id
    with pytest.raises(Refused) as apart:
        run(cases.add_person, window.recorder, case, AddPersonDraft("household", window.person))
    assert apart.value.code == "protected_apart"
    with pytest.raises(BadInput) as unknown:
        run(cases.add_person, window.colleague, case, AddPersonDraft("household", window.person))
    assert unknown.value.code == "unknown_reference"
