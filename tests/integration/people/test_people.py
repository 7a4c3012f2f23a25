"""Persons and households: found in every spelling, never when protected, and seen by those whose case it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest

from casework.cases import actions as cases
from casework.cases.rules import HouseholdDraft
from casework.intake import actions as intake
from casework.intake import queries as intake_queries
from casework.intake.rules import IntakeDraft, ReceptionConsent, TopicDraft
from casework.kernel.actor import Actor
from casework.kernel.errors import BadInput, NotAllowed, NotFound, Refused, TooMany
from casework.kernel.wareki import parse_partial
from casework.people import actions, queries
from casework.people.rules import (
    AddressDraft,
    CareDraft,
    ContactDraft,
    LeaveDraft,
    MemberDraft,
    PersonDraft,
    PersonEdit,
    ProtectDraft,
    ReleaseDraft,
    SearchDraft,
)
from casework.usecase import Withheld
from tests.support.watched import watched
from tests.support.world import World


@dataclass
class Office:
    """A counselor who keeps a case, a colleague elsewhere, and the people of the case."""

    world: World
    counselor: Actor
    elsewhere: Actor
    supervisor: Actor

    def meet(self, draft: PersonDraft, actor: Actor | None = None) -> tuple[UUID, UUID]:
        """Receive and keep: (case, person)."""
        form = IntakeDraft(
            window="nandemo",
            topics=(TopicDraft("housing"),),
            consent=ReceptionConsent.NOT_ASKED,
            person=draft,
        )
        who = actor or self.counselor
        received = self.world.run(intake.receive, who, form)
        kept = self.world.run(intake.keep, who, received.id)
        assert kept.case_id is not None
        return kept.case_id, received.person_id

    def found(self, **terms: object) -> dict[UUID, tuple[str, ...]]:
        draft = SearchDraft(**terms)  # type: ignore[arg-type]
        return {c.person_id: c.reasons for c in self.world.run(queries.search, self.counselor, draft)}


@pytest.fixture
def office(world: World) -> Office:
    return Office(
        world,
        world.actor("counselor", "shakyo"),
        world.actor("counselor", "shogai_fukushi"),
        world.actor("supervisor", "shakyo"),
    )


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("髙橋 花子", "高橋花子"),
        ("渡邉　一郎", "渡辺"),
        ("見本﨑 桜", "見本崎"),
        ("𠮷野 太郎", "吉野太郎"),
        ("葛󠄀城 次郎", "葛城"),
    ],
)
def test_a_name_is_found_in_variant_kanji_and_shown_as_it_is_written(
    office: Office, stored: str, typed: str
) -> None:
    _, person = office.meet(PersonDraft(name=stored, kana="カクウ"))
    assert office.found(name=typed)[person] == ("name", "variant_kanji")
    assert office.world.run(queries.read_person, office.counselor, person).name == stored


def test_a_person_is_found_by_kana_birth_phone_and_address_with_all_reasons(office: Office) -> None:
    _, person = office.meet(
        PersonDraft(
            name="架空 花子",
            kana="カクウ ハナコ",
            birth=parse_partial("S19.3.3"),
            addresses=(AddressDraft("鎌倉市架空町一丁目2番3号", "ofuna_1"),),
            contacts=(ContactDraft("phone_home", "0467-00-0000"),),
        )
    )
    assert office.found(kana="ｶｸｳ")[person] == ("kana",)
    assert office.found(name="かくう")[person] == ("kana",)
    assert office.found(phone="0467000000")[person] == ("phone",)
    reasons = office.found(
        name="架空花子",
        birth=parse_partial("昭和19年3月3日"),
        address="鎌倉市架空町1-2-3",
        phone="0467 00 0000",
    )
    assert set(reasons[person]) == {"name", "birth", "phone", "address"}


def test_a_changed_name_is_found_under_the_new_one_only(office: Office) -> None:
    _, person = office.meet(PersonDraft(name="架空 花子"))
    assert person in office.found(name="架空")
    office.world.run(actions.edit_person, office.counselor, person, PersonEdit(name="想定 花子"))
    assert office.found(name="架空") == {}
    assert person in office.found(name="想定")


def test_a_search_needs_a_term_and_two_characters_of_a_name(office: Office) -> None:
    with pytest.raises(BadInput) as nothing:
        office.found()
    with pytest.raises(BadInput) as short:
        office.found(name="架")
    assert (nothing.value.code, short.value.field) == ("search_empty", "name")


def test_searches_are_limited_per_hour_and_person(office: Office) -> None:
    limit = office.world.settings.search_per_hour
    for _ in range(limit):
        office.found(name="架空")
    with pytest.raises(TooMany):
        office.found(name="架空")
    office.world.later(hours=1, minutes=1)
    assert office.found(name="架空") == {}


def test_somebody_elses_person_is_not_found_but_their_division_is_named(office: Office) -> None:
    draft = PersonDraft(name="架空 花子", birth=parse_partial("S19.3.3"))
    office.meet(draft, office.elsewhere)
    assert office.found(name="架空花子") == {}
    asked = office.world.run(
        intake_queries.candidates,
        office.counselor,
        SearchDraft(name="架空花子", birth=parse_partial("S19.3.3")),
    )
    assert (asked.items, asked.known_elsewhere, asked.contacts) == ((), True, ("shogai_fukushi",))
    weak = office.world.run(intake_queries.candidates, office.counselor, SearchDraft(name="架空花子"))
    assert (weak.known_elsewhere, weak.contacts) == (False, ())


def _protect(office: Office, case: UUID, person: UUID, actor: Actor) -> None:
    draft = ProtectDraft(ground="dv_measure", valid_from=date(2026, 4, 1), reason="試験の理由")
    office.world.run(cases.protect_person, actor, case, person, draft)


def test_a_protected_person_is_never_found_nor_known_elsewhere(office: Office) -> None:
    draft = PersonDraft(name="架空 花子", birth=parse_partial("S19.3.3"))
    case, person = office.meet(draft, office.elsewhere)
    _protect(office, case, person, office.elsewhere)
    terms = SearchDraft(name="架空花子", birth=parse_partial("S19.3.3"))
    asked = office.world.run(intake_queries.candidates, office.counselor, terms)
    assert (asked.items, asked.known_elsewhere, asked.contacts) == ((), False, ())
    assert office.world.run(queries.search, office.elsewhere, terms) == []
    with pytest.raises(NotFound):
        office.world.run(queries.read_person, office.counselor, person)


def test_restricted_values_are_left_out_and_not_searchable(office: Office) -> None:
    _, person = office.meet(
        PersonDraft(
            name="架空 花子",
            addresses=(AddressDraft("鎌倉市架空町9-9", restricted=True),),
            contacts=(ContactDraft("phone_mobile", "090-0000-0000", restricted=True),),
        )
    )
    view = office.world.run(queries.read_person, office.counselor, person)
    assert isinstance(view.addresses[0].address, Withheld)
    assert isinstance(view.addresses[0].district, Withheld)
    assert isinstance(view.contacts[0].value, Withheld)
    assert office.found(address="鎌倉市架空町9-9") == {}
    assert office.found(phone="090-0000-0000") == {}
    with pytest.raises(BadInput) as refusal:
        office.meet(PersonDraft(addresses=(AddressDraft("架空", "ofuna_1", restricted=True),)))
    assert refusal.value.code == "restricted_district"


def test_whereabouts_are_released_by_two_people_until_a_day(office: Office) -> None:
    world = office.world
    _, person = office.meet(
        PersonDraft(name="架空 花子", addresses=(AddressDraft("鎌倉市架空町9-9", restricted=True),))
    )
    until = world.clock.now() + timedelta(days=30)
    asked = world.run(actions.ask_release, office.counselor, person, ReleaseDraft("緊急の訪問", until))
    with pytest.raises(NotAllowed):
        world.run(actions.grant_release, office.elsewhere, asked.id)
    both = world.actor("counselor", "shakyo", "架空 兼務", ("supervisor", "shakyo"))
    own = world.run(actions.ask_release, both, person, ReleaseDraft("自分で", until))
    with pytest.raises(Refused) as alone:
        world.run(actions.grant_release, both, own.id)
    assert alone.value.code == "release_needs_two"
    world.run(actions.grant_release, office.supervisor, asked.id)
    assert world.run(queries.read_person, office.counselor, person).addresses[0].address == "鎌倉市架空町9-9"
    world.later(days=31)
    hidden = world.run(queries.read_person, office.counselor, person)
    assert isinstance(hidden.addresses[0].address, Withheld)
    with pytest.raises(BadInput):
        world.run(
            actions.ask_release,
            office.counselor,
            person,
            ReleaseDraft("長すぎる", world.clock.now() + timedelta(days=400)),
        )


def test_a_household_keeps_its_history_and_hides_protected_members(office: Office) -> None:
    world = office.world
    case, mother = office.meet(PersonDraft(name="架空 母"))
    _, son = office.meet(PersonDraft(name="架空 子"))
    _, aunt = office.meet(PersonDraft(name="架空 叔母"))
    members = (
        MemberDraft(mother, "self", cohabiting=True),
        MemberDraft(son, "son", cohabiting=True, valid_from=date(2000, 4, 1)),
    )
    view = world.run(cases.record_household, office.counselor, case, HouseholdDraft(members))
    assert view.household_id is not None
    household = world.run(
        actions.add_member,
        office.counselor,
        view.household_id,
        MemberDraft(aunt, "uncle_aunt", cohabiting=False),
    )
    left = next(m for m in household.members if m.person_id == aunt)
    after = world.run(actions.leave, office.counselor, household.id, left.id, LeaveDraft(date(2026, 4, 6)))
    assert [m.valid_until for m in after.members if m.person_id == aunt] == [date(2026, 4, 6)]
    cared = world.run(actions.record_care, office.counselor, household.id, CareDraft(son, mother))
    assert [(c.carer_id, c.cared_id) for c in cared.care] == [(son, mother)]
    with pytest.raises(NotFound):
        world.run(queries.read_household, office.elsewhere, household.id)


def test_an_address_that_ends_stays_in_the_history(office: Office) -> None:
    _, person = office.meet(PersonDraft(name="架空 花子", addresses=(AddressDraft("鎌倉市架空町1-1"),)))
    view = office.world.run(
        actions.add_address,
        office.counselor,
        person,
        AddressDraft("鎌倉市想定町2-2", valid_from=date(2026, 5, 1)),
    )
    assert [a.address for a in view.addresses] == ["鎌倉市想定町2-2"]


def test_a_search_costs_the_same_number_of_statements_for_two_and_for_twenty_hits(office: Office) -> None:
    def statements() -> int:
        with watched() as sent:
            office.found(name="架空")
        return len(sent)

    for _ in range(2):
        office.meet(PersonDraft(name="架空 花子"))
    office.found(name="架空")
    few = statements()
    for _ in range(18):
        office.meet(PersonDraft(name="架空 花子"))
    office.found(name="架空")
    assert statements() == few
