"""つなぎ through the gate, as real actors, on both databases: who owns, who answers, who sees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.cases.models import Assignment, Case, Disclosure, MeetingProposal
from casework.db import CLEARED
from casework.intake import actions as intake
from casework.intake import queries as intake_queries
from casework.intake.rules import IntakeDraft, ReceptionConsent, ReceptionConsentDraft, TopicDraft
from casework.kernel.actor import Actor
from casework.kernel.errors import CaseworkError, MoveRefused, NotAllowed, NotFound
from casework.people.rules import PersonDraft
from casework.referral import actions, queries
from casework.referral.models import Referral
from casework.referral.rules import (
    AcceptDraft,
    CompleteDraft,
    ForwardDraft,
    ReferralDraft,
    ReturnDraft,
)
from tests.support.world import World

TODAY = date(2026, 4, 6)
RECEPTION = IntakeDraft(
    window="nandemo",
    topics=(TopicDraft("withdrawal_truancy", main=True),),
    consent=ReceptionConsent.NOT_ASKED,
    person=PersonDraft(name="架空 太郎", kana="カクウ タロウ"),
)
WITHOUT = ReferralDraft(
    to_agency="seikatsu_fukushi",
    reason="54歳の長男が20年外に出ていない",
    with_consent=False,
    ground="life_protection",
)
RETURN = ReturnDraft("out_of_scope", "生活保護の相談ではないため")


def counselor(world: World, agency: str = "shakyo", name: str = "") -> Actor:
    return world.actor("counselor", agency, name)


def stored(world: World, model: Any, *where: Any) -> list[Any]:
    """Rows below the gate, for looking at what was written."""
    world.session.rollback()
    query = select(model).where(*where)
    found = list(world.session.scalars(query, execution_options={CLEARED: True}))
    world.session.expunge_all()
    world.session.rollback()
    return found


def refused(world: World, code: str, use_case: Any, who: Actor, *args: Any) -> CaseworkError:
    """The call is refused with the code, leaves a trace, and changes no referral and no owner."""

    def picture() -> list[Any]:
        rows = [(r.id, r.state, r.version) for r in stored(world, Referral)]
        return [*rows, *((c.id, c.owner_id, c.version) for c in stored(world, Case))]

    before = picture()
    with pytest.raises(CaseworkError) as refusal:
        world.run(use_case, who, *args)
    assert refusal.value.code == code
    last = max(stored(world, AuditEntry), key=lambda entry: entry.seq)
    assert (last.event, last.outcome) == (use_case.use_case.event, code)
    assert picture() == before
    return refusal.value


def a_case(world: World, who: Actor, **change: Any) -> UUID:
    made = world.run(intake.receive, who, replace(RECEPTION, **change))
    view = world.run(intake.keep, who, made.id)
    assert view.case_id is not None
    return view.case_id


def owner(world: World, case_id: UUID) -> tuple[UUID, str]:
    (case,) = stored(world, Case, Case.id == case_id)
    return case.owner_id, case.owner_agency


def test_an_intake_is_referred_in_one_act_and_its_owner_stays(world: World) -> None:
    who = counselor(world)
    made = world.run(intake.receive, who, RECEPTION)
    view = world.run(actions.refer_intake, who, made.id, WITHOUT)
    assert (view.state, view.from_agency, view.to_agency) == ("sent", "shakyo", "seikatsu_fukushi")
    assert (view.owner_id, view.owner_agency) == (who.id, "shakyo")
    assert owner(world, view.case_id) == (who.id, "shakyo")
    after = world.run(intake_queries.read, who, made.id)
    assert (after.state, after.case_id) == ("referred", view.case_id)
    events = {entry.event for entry in stored(world, AuditEntry)}
    assert {"referral.sent_from_intake", "intake.referred", "referral.sent"} <= events


def test_a_referral_that_is_refused_opens_no_case(world: World) -> None:
    who = counselor(world)
    made = world.run(intake.receive, who, RECEPTION)
    refused(
        world, "unknown_agency", actions.refer_intake, who, made.id, replace(WITHOUT, to_agency="nowhere")
    )
    assert stored(world, Case) == []
    assert world.run(intake_queries.read, who, made.id).state == "received"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"to_agency": "nowhere"}, "unknown_agency", "to_agency"),
        ({"to_agency": "shakyo"}, "referral_to_itself", "to_agency"),
        ({"ground": None}, "referral_ground_missing", "ground"),
        ({"ground": "because"}, "unknown_code", "ground"),
        ({"keep_role": "boss"}, "unknown_code", "keep_role"),
        ({"items": ("shoe_size",)}, "unknown_code", "items.0"),
        ({"segments": (uuid4(),)}, "segments_need_consent", "segments"),
        (
            {"with_consent": True, "ground": None, "items": ("contact",)},
            "referral_consent_missing",
            "with_consent",
        ),
    ],
)
def test_a_referral_with_a_fault_is_refused(
    world: World, change: dict[str, Any], code: str, field: str
) -> None:
    who = counselor(world)
    refusal = refused(world, code, actions.send, who, a_case(world, who), replace(WITHOUT, **change))
    assert refusal.field == field
    assert stored(world, Disclosure) == []


def test_every_sending_is_recorded_as_a_disclosure(world: World) -> None:
    who = counselor(world)
    case_id = a_case(world, who)
    world.run(actions.send, who, case_id, replace(WITHOUT, items=("consultation", "contact")))
    (row,) = stored(world, Disclosure)
    assert (row.case_id, row.to_agency, row.by) == (case_id, "seikatsu_fukushi", who.id)
    assert (row.ground, row.channel, row.items) == ("life_protection", "referral", "consultation,contact")
    assert "長男".encode() not in row.what


def test_with_consent_it_must_cover_the_receiver_and_the_items(world: World) -> None:
    who = counselor(world)
    given = ReceptionConsentDraft(("seikatsu_fukushi",), ("contact", "household"), TODAY, "written")
    case_id = a_case(world, who, consent=ReceptionConsent.GIVEN, consent_given=given)
    form = replace(WITHOUT, with_consent=True, ground=None, items=("contact",))
    refused(
        world, "referral_consent_missing", actions.send, who, case_id, replace(form, to_agency="korei_ikiiki")
    )
    refused(world, "referral_consent_missing", actions.send, who, case_id, replace(form, items=("health",)))
    view = world.run(actions.send, who, case_id, form)
    assert (view.with_consent, view.items) == (True, ("contact",))
    (row,) = stored(world, Disclosure)
    assert row.ground.startswith("consent:")


def test_the_receiver_sees_the_referral_and_not_the_case(world: World) -> None:
    who = counselor(world)
    case_id = a_case(world, who)
    sent = world.run(actions.send, who, case_id, replace(WITHOUT, wishes="訪問してほしい"))
    receiver = counselor(world, "seikatsu_fukushi")
    view = world.run(queries.read, receiver, sent.id)
    assert (view.reason, view.wishes) == (WITHOUT.reason, "訪問してほしい")
    assert [line.id for line in world.run(queries.listing, receiver).items] == [sent.id]
    assert set(view.moves) == {"acknowledge", "accept", "return", "forward"}
    with pytest.raises(NotFound):
        world.run(actions.send, receiver, case_id, replace(WITHOUT, to_agency="korei_ikiiki"))


def test_a_third_agency_sees_nothing_of_it(world: World) -> None:
    who = counselor(world)
    sent = world.run(actions.send, who, a_case(world, who), WITHOUT)
    for other in (counselor(world, "shogai_fukushi"), world.actor("agency_member", "kaigo_hoken")):
        assert world.run(queries.listing, other).items == ()
        for use_case, args in (
            (queries.read, ()),
            (actions.acknowledge, ()),
            (actions.accept, (AcceptDraft(),)),
            (actions.return_, (RETURN,)),
            (actions.withdraw, ()),
        ):
            with pytest.raises(NotFound):
                world.run(use_case, other, sent.id, *args)
    for role in ("administrator", "outreach_worker", "privacy_officer"):
        with pytest.raises(NotAllowed):
            world.run(queries.read, world.actor(role, "seikatsu_fukushi"), sent.id)


def test_ownership_moves_on_acceptance_by_a_named_person_only(world: World) -> None:
    who = counselor(world)
    case_id = a_case(world, who)
    sent = world.run(actions.send, who, case_id, replace(WITHOUT, keep_role="watch"))
    receiver = counselor(world, "seikatsu_fukushi")
    world.run(actions.acknowledge, receiver, sent.id)
    assert owner(world, case_id) == (who.id, "shakyo")
    colleague = counselor(world, "seikatsu_fukushi", "架空 同僚")
    view = world.run(actions.accept, receiver, sent.id, AcceptDraft(colleague.id))
    assert (view.state, view.accepted_by) == ("accepted", colleague.id)
    assert (view.owner_id, view.owner_agency) == (colleague.id, "seikatsu_fukushi")
    assert owner(world, case_id) == (colleague.id, "seikatsu_fukushi")
    (kept,) = stored(world, Assignment)
    assert (kept.agency, kept.staff_id, kept.role) == ("shakyo", who.id, "watch")
    with pytest.raises(MoveRefused):
        world.run(actions.accept, receiver, sent.id, AcceptDraft())


def test_the_actor_accepts_for_themselves_unless_another_is_named(world: World) -> None:
    who = counselor(world)
    case_id = a_case(world, who)
    sent = world.run(actions.send, who, case_id, WITHOUT)
    receiver = counselor(world, "seikatsu_fukushi")
    assert world.run(actions.accept, receiver, sent.id, AcceptDraft()).accepted_by == receiver.id
    assert owner(world, case_id) == (receiver.id, "seikatsu_fukushi")


def test_nobody_outside_the_receiving_agency_can_be_named(world: World) -> None:
    who = counselor(world)
    sent = world.run(actions.send, who, a_case(world, who), WITHOUT)
    receiver = counselor(world, "seikatsu_fukushi")
    refused(world, "staff_not_in_agency", actions.accept, receiver, sent.id, AcceptDraft(who.id))
    refused(world, "unknown_reference", actions.accept, receiver, sent.id, AcceptDraft(uuid4()))


def test_of_two_concurrent_acceptances_exactly_one_takes_the_case(world: World) -> None:
    who = counselor(world)
    case_id = a_case(world, who)
    sent = world.run(actions.send, who, case_id, WITHOUT)
    takers = [counselor(world, "seikatsu_fukushi", f"架空 受け手{n}") for n in (1, 2)]

    def accept(taker: Actor) -> str:
        with world.core.app_context():
            try:
                return world.run(actions.accept, taker, sent.id, AcceptDraft()).state
            except CaseworkError as refusal:
                return refusal.code
            finally:
                world.session.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(accept, takers))
    assert answers == ["accepted", "move_refused"]
    (row,) = stored(world, Referral)
    assert owner(world, case_id) == (row.accepted_by, "seikatsu_fukushi")


def test_a_return_without_a_reason_is_refused(world: World) -> None:
    who = counselor(world)
    sent = world.run(actions.send, who, a_case(world, who), WITHOUT)
    receiver = counselor(world, "seikatsu_fukushi")
    refused(world, "return_reason_missing", actions.return_, receiver, sent.id, ReturnDraft(None, "無理"))
    refused(world, "unknown_code", actions.return_, receiver, sent.id, ReturnDraft("no"))


def test_the_second_return_is_proposed_for_a_meeting_and_coordinators_see_both(world: World) -> None:
    who = counselor(world)
    case_id = a_case(world, who)
    first = world.run(actions.send, who, case_id, WITHOUT)
    view = world.run(actions.return_, counselor(world, "seikatsu_fukushi"), first.id, RETURN)
    assert (view.state, view.return_reason, view.return_text) == ("returned", RETURN.reason, RETURN.text)
    assert owner(world, case_id) == (who.id, "shakyo")
    assert stored(world, MeetingProposal) == []
    second = world.run(actions.send, who, case_id, replace(WITHOUT, to_agency="korei_ikiiki"))
    world.run(actions.return_, counselor(world, "korei_ikiiki"), second.id, RETURN)
    (proposal,) = stored(world, MeetingProposal)
    assert (proposal.case_id, proposal.cause, proposal.basis) == (case_id, "second_return", "act_106_6")
    board = world.run(queries.board, world.actor("coordinator", "chiiki_kyosei"), which="returned")
    assert [line.id for line in board.items] == [second.id, first.id]
    assert owner(world, case_id) == (who.id, "shakyo")


def test_a_returned_referral_is_gone_for_the_one_who_returned_it(world: World) -> None:
    who = counselor(world)
    sent = world.run(actions.send, who, a_case(world, who), WITHOUT)
    receiver = counselor(world, "seikatsu_fukushi")
    world.run(actions.return_, receiver, sent.id, RETURN)
    with pytest.raises(NotFound):
        world.run(queries.read, receiver, sent.id)
    assert world.run(queries.read, who, sent.id).return_text == RETURN.text


def test_one_receiver_at_a_time(world: World) -> None:
    who = counselor(world)
    case_id = a_case(world, who)
    sent = world.run(actions.send, who, case_id, WITHOUT)
    other = replace(WITHOUT, to_agency="korei_ikiiki")
    refused(world, "referral_pending", actions.send, who, case_id, other)
    assert world.run(actions.withdraw, who, sent.id).state == "withdrawn"
    assert world.run(actions.send, who, case_id, other).state == "sent"


def test_forwarding_goes_to_one_next_agency_and_the_chain_stays_visible(world: World) -> None:
    who = counselor(world)
    case_id = a_case(world, who)
    sent = world.run(actions.send, who, case_id, replace(WITHOUT, urgent=True))
    receiver = counselor(world, "seikatsu_fukushi")
    for wrong in ("seikatsu_fukushi", "shakyo"):
        refused(world, "already_in_chain", actions.forward, receiver, sent.id, ForwardDraft(wrong))
    refused(world, "next_agency_missing", actions.forward, receiver, sent.id, ForwardDraft())
    refused(world, "unknown_agency", actions.forward, receiver, sent.id, ForwardDraft("nowhere"))
    old = world.run(actions.forward, receiver, sent.id, ForwardDraft("korei_ikiiki", "介護の方が適している"))
    assert (old.state, old.forwarded_to) == ("forwarded", "korei_ikiiki")
    (line,) = world.run(queries.listing, counselor(world, "korei_ikiiki")).items
    view = world.run(queries.read, counselor(world, "korei_ikiiki"), line.id)
    assert (view.previous_id, view.path) == (sent.id, ("seikatsu_fukushi",))
    assert (view.reason, view.forward_text, view.urgent) == (WITHOUT.reason, "介護の方が適している", True)
    assert (view.from_agency, view.owner_id) == ("shakyo", who.id)
    assert owner(world, case_id) == (who.id, "shakyo")
    assert {d.to_agency for d in stored(world, Disclosure)} == {"seikatsu_fukushi", "korei_ikiiki"}
    with pytest.raises(NotFound):
        world.run(queries.read, receiver, sent.id)
    back = ForwardDraft("seikatsu_fukushi")
    refused(world, "already_in_chain", actions.forward, counselor(world, "korei_ikiiki"), line.id, back)


def test_forwarding_with_consent_needs_a_consent_that_reaches_the_next_agency(world: World) -> None:
    who = counselor(world)
    given = ReceptionConsentDraft(("seikatsu_fukushi", "korei_ikiiki"), ("contact",), TODAY, "written")
    case_id = a_case(world, who, consent=ReceptionConsent.GIVEN, consent_given=given)
    form = replace(WITHOUT, with_consent=True, ground=None, items=("contact",))
    sent = world.run(actions.send, who, case_id, form)
    receiver = counselor(world, "seikatsu_fukushi")
    beyond = ForwardDraft("shogai_fukushi")
    refused(world, "referral_consent_missing", actions.forward, receiver, sent.id, beyond)
    assert world.run(actions.forward, receiver, sent.id, ForwardDraft("korei_ikiiki")).state == "forwarded"


def test_completion_is_confirmed_to_the_sender_with_the_day_of_contact(world: World) -> None:
    who = counselor(world)
    case_id = a_case(world, who)
    sent = world.run(actions.send, who, case_id, WITHOUT)
    receiver = counselor(world, "seikatsu_fukushi")
    with pytest.raises(NotFound):
        world.run(actions.complete, receiver, sent.id, CompleteDraft(TODAY))
    world.run(actions.accept, receiver, sent.id, AcceptDraft())
    refused(world, "completed_on_missing", actions.complete, receiver, sent.id, CompleteDraft())
    ahead = CompleteDraft(TODAY + timedelta(days=1))
    refused(world, "date_ahead", actions.complete, receiver, sent.id, ahead)
    world.later(days=2)
    world.run(actions.complete, receiver, sent.id, CompleteDraft(TODAY + timedelta(days=1)))
    assert world.run(queries.read, who, sent.id).completed_on == TODAY + timedelta(days=1)
    (case,) = stored(world, Case, Case.id == case_id)
    assert case.last_contact_at is not None
