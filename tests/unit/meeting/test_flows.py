"""会議 and 対応事項: every state with every move, and what each guard asks for."""

from __future__ import annotations

import tomllib
from datetime import date
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest

from casework.kernel.errors import BadInput, MoveRefused, Refused
from casework.meeting.rules import (
    ACTION,
    MEETING,
    ActionDraft,
    ActionFacts,
    ActionState,
    DecisionDraft,
    MeetingFacts,
    MeetingState,
    SheetDraft,
    check_convener,
    check_decision,
    check_members_open,
    check_minuted,
    check_not_confirmed,
    check_sheet,
    needs_consent,
)

SOMEBODY = UUID(int=7)
TODAY = date(2026, 4, 6)
MEETING_MOVES = {
    ("planned", "convene"): "convened",
    ("convened", "convene"): "convened",
    ("convened", "share"): "material_shared",
    ("material_shared", "hold"): "held",
    ("held", "draft_minutes"): "minutes_draft",
    ("minutes_draft", "confirm"): "minutes_confirmed",
    ("minutes_confirmed", "close"): "closed",
    ("planned", "cancel"): "cancelled",
}
ACTION_MOVES = {
    ("assigned", "accept"): "accepted",
    ("assigned", "object"): "objected",
    ("accepted", "done"): "done",
    ("overdue", "done"): "done",
    ("assigned", "mark_overdue"): "overdue",
    ("accepted", "mark_overdue"): "overdue",
    ("assigned", "cancel"): "cancelled",
    ("objected", "cancel"): "cancelled",
    ("overdue", "cancel"): "cancelled",
    ("objected", "reassign"): "assigned",
}
READY = MeetingFacts(items=2, unattended=0, unminuted=0, reason="架空の理由")
ANSWER = ActionFacts(
    today=TODAY, due_on=date(2026, 4, 5), done_on=TODAY, reason="架空の理由", person=SOMEBODY
)


@pytest.mark.parametrize(("state", "move"), [*product(MeetingState, sorted({m.name for m in MEETING.moves}))])
def test_a_meeting_moves_only_along_its_arrows(state: MeetingState, move: str) -> None:
    expected = MEETING_MOVES.get((state.value, move))
    if expected is None:
        with pytest.raises(MoveRefused):
            MEETING.after(state, move, READY)
    else:
        assert MEETING.after(state, move, READY) == expected


@pytest.mark.parametrize(("state", "move"), [*product(ActionState, sorted({m.name for m in ACTION.moves}))])
def test_an_action_item_moves_only_along_its_arrows(state: ActionState, move: str) -> None:
    expected = ACTION_MOVES.get((state.value, move))
    if expected is None:
        with pytest.raises(MoveRefused):
            ACTION.after(state, move, ANSWER)
    else:
        assert ACTION.after(state, move, ANSWER) == expected


@pytest.mark.parametrize(
    ("state", "move", "facts", "code"),
    [
        ("planned", "convene", MeetingFacts(), "agenda_empty"),
        ("planned", "convene", MeetingFacts(items=2, unattended=1), "members_missing"),
        ("convened", "share", MeetingFacts(items=1, unattended=1), "members_missing"),
        ("minutes_draft", "confirm", MeetingFacts(items=1, unminuted=1), "minutes_missing"),
        ("planned", "cancel", MeetingFacts(items=1), "cancel_reason_missing"),
    ],
)
def test_a_meeting_does_not_move_without_what_it_needs(
    state: str, move: str, facts: MeetingFacts, code: str
) -> None:
    with pytest.raises((Refused, BadInput), match=code):
        MEETING.after(state, move, facts)


@pytest.mark.parametrize(
    ("state", "move", "facts", "code"),
    [
        ("assigned", "object", ActionFacts(), "objection_reason_missing"),
        ("assigned", "cancel", ActionFacts(), "action_cancel_reason_missing"),
        ("accepted", "done", ActionFacts(today=TODAY), "done_on_missing"),
        ("accepted", "done", ActionFacts(today=TODAY, done_on=date(2026, 4, 7)), "done_on_ahead"),
        ("accepted", "mark_overdue", ActionFacts(today=TODAY, due_on=TODAY), "not_past_due"),
        ("objected", "reassign", ActionFacts(due_on=TODAY), "action_person_missing"),
        ("objected", "reassign", ActionFacts(person=SOMEBODY), "action_date_missing"),
    ],
)
def test_an_action_item_does_not_move_without_what_it_needs(
    state: str, move: str, facts: ActionFacts, code: str
) -> None:
    with pytest.raises((Refused, BadInput), match=code):
        ACTION.after(state, move, facts)


def decision(action: ActionDraft | None = None, **changes: object) -> DecisionDraft:
    full = ActionDraft(task="架空の訪問", agency="shogai_fukushi", staff_id=SOMEBODY, due_on=TODAY)
    base: dict[str, object] = {
        "policy": "架空の方針",
        "lead_agency": "fukushi_somu",
        "lead_id": SOMEBODY,
        "actions": (action or full,),
    }
    return DecisionDraft(**(base | changes))  # type: ignore[arg-type]


def test_a_decision_with_agency_person_and_date_is_taken() -> None:
    assert check_decision(decision(), today=TODAY, has_plan=False) is None


@pytest.mark.parametrize(
    ("draft", "code", "field"),
    [
        (
            decision(ActionDraft(task="架空", agency="shakyo", due_on=TODAY)),
            "action_person_missing",
            "actions.0.staff_id",
        ),
        (
            decision(ActionDraft(task="架空", agency="shakyo", staff_id=SOMEBODY)),
            "action_date_missing",
            "actions.0.due_on",
        ),
        (
            decision(ActionDraft(task="架空", staff_id=SOMEBODY, due_on=TODAY)),
            "action_agency_missing",
            "actions.0.agency",
        ),
        (
            decision(ActionDraft(task="架空", agency="shakyo", staff_id=SOMEBODY, due_on=date(2026, 4, 5))),
            "action_date_past",
            "actions.0.due_on",
        ),
        (decision(lead_agency=None, lead_id=None), "decision_lead_missing", "lead_id"),
        (decision(lead_id=None), "lead_incomplete", "lead_id"),
        (decision(actions=()), "decision_empty", "actions"),
        (decision(plan_agreed=True), "no_plan_on_item", "plan_agreed"),
    ],
)
def test_an_incomplete_decision_is_refused_beside_its_field(
    draft: DecisionDraft, code: str, field: str
) -> None:
    with pytest.raises(BadInput, match=code) as refusal:
        check_decision(draft, today=TODAY, has_plan=False)
    assert refusal.value.field == field


def test_a_case_may_be_closed_by_verdict_without_actions_or_lead() -> None:
    closing = decision(actions=(), lead_agency=None, lead_id=None, verdict="close")
    assert check_decision(closing, today=TODAY, has_plan=False) is None


@pytest.mark.parametrize(
    ("basis", "needed"),
    [
        ("act_106_6", False),
        ("hardship_act_9", False),
        ("assistance_act_27_3", False),
        ("child_council", False),
        ("plan_conference", True),
        ("community_care", True),
        ("internal", True),
    ],
)
def test_only_bases_with_secrecy_of_their_own_go_without_consent(basis: str, needed: bool) -> None:
    assert needs_consent(basis) is needed


def test_only_a_city_division_calls_a_support_meeting() -> None:
    check_convener("act_106_6", "city_division")
    check_convener("plan_conference", "council")
    with pytest.raises(Refused, match="convener_not_city"):
        check_convener("act_106_6", "council")


@pytest.mark.parametrize("state", MeetingState)
def test_writing_follows_the_state_of_the_meeting(state: MeetingState) -> None:
    if state in ("minutes_confirmed", "closed"):
        for check in (check_not_confirmed, check_minuted, check_members_open):
            with pytest.raises(Refused, match="minutes_confirmed"):
                check(state)
        return
    check_not_confirmed(state)
    if state in ("held", "minutes_draft"):
        check_minuted(state)
    else:
        with pytest.raises(Refused, match="meeting_not_held"):
            check_minuted(state)
    if state in ("planned", "convened"):
        check_members_open(state)
    else:
        with pytest.raises(Refused, match="members_fixed"):
            check_members_open(state)


def test_an_empty_sheet_is_refused() -> None:
    with pytest.raises(BadInput, match="sheet_empty"):
        check_sheet(SheetDraft("shakyo"))
    check_sheet(SheetDraft("shakyo", requests="架空のお願い"))


def test_every_state_has_a_japanese_label() -> None:
    path = Path(__file__).resolve().parents[3] / "config" / "messages" / "meeting.toml"
    labels = tomllib.loads(path.read_text(encoding="utf-8"))["labels"]
    assert set(labels["meeting_state"]) == {state.value for state in MeetingState}
    assert set(labels["action_state"]) == {state.value for state in ActionState}
