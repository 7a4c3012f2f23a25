"""The case's flow: every state with every move, and each guard."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from uuid import UUID

import pytest

from casework.cases.rules import (
    CASE,
    ENDED,
    IN_SUPPORT,
    CaseFacts,
    CaseState,
    case_number,
    needs_named_lead,
    needs_owner_state,
    needs_running,
)
from casework.kernel.errors import MoveRefused, Refused

S = CaseState
ME, OTHER = UUID(int=7), UUID(int=8)
# Written out by hand: what the law and the city's practice allow, not what the table says.
EXPECTED = {
    (S.OPEN, "assess"): S.ASSESSING,
    (S.ASSESSING, "plan"): S.PLANNING,
    (S.PLANNING, "support"): S.SUPPORTING,
    (S.SUPPORTING, "evaluate"): S.EVALUATING,
    (S.EVALUATING, "continue"): S.SUPPORTING,
    (S.EVALUATING, "propose_close"): S.CLOSING,
    (S.CLOSING, "close"): S.CLOSED,
    (S.ASSESSING, "interrupt"): S.INTERRUPTED,
    (S.PLANNING, "interrupt"): S.INTERRUPTED,
    (S.SUPPORTING, "interrupt"): S.INTERRUPTED,
    (S.EVALUATING, "interrupt"): S.INTERRUPTED,
    (S.CLOSED, "follow_up"): S.FOLLOW_UP,
    (S.CLOSED, "reopen"): S.REOPENED,
    (S.FOLLOW_UP, "reopen"): S.REOPENED,
    (S.INTERRUPTED, "reopen"): S.REOPENED,
}
MOVES = sorted({move.name for move in CASE.moves})
ENOUGH = CaseFacts(
    lead_id=OTHER,
    lead_agency="fukushi_somu",
    assessed=True,
    consent_in_force=True,
    plan_decided=True,
    wish_recorded=True,
    evaluated=True,
    after_lead_agency="fukushi_somu",
    after_lead_id=OTHER,
    attempts=5,
    attempt_kinds=2,
    attempts_needed=3,
    kinds_needed=2,
)


def facts_for(move: str) -> CaseFacts:
    return replace(ENOUGH, verdict={"close": "close", "interrupt": "interrupt"}.get(move))


@pytest.mark.parametrize(("state", "move"), list(product(S, MOVES)))
def test_every_move_from_every_state_is_made_or_refused_as_the_work_says(state: S, move: str) -> None:
    wanted = EXPECTED.get((state, move))
    if wanted is None:
        with pytest.raises(MoveRefused):
            CASE.after(state, move, facts_for(move))
    else:
        assert CASE.after(state, move, facts_for(move)) is wanted


def test_the_table_has_no_move_that_the_list_above_does_not_name() -> None:
    assert sorted({move for _, move in EXPECTED}) == MOVES


def test_only_reopened_is_left_by_no_move() -> None:
    assert CASE.ends() == {S.REOPENED}


@pytest.mark.parametrize(
    ("state", "move", "lacking", "code"),
    [
        (S.OPEN, "assess", {"lead_id": None}, "lead_missing"),
        (S.OPEN, "assess", {"lead_agency": None}, "lead_missing"),
        (S.ASSESSING, "plan", {"assessed": False}, "assessment_missing"),
        (S.ASSESSING, "plan", {"consent_in_force": False}, "plan_sharing_consent_missing"),
        (S.PLANNING, "support", {"plan_decided": False}, "plan_not_decided"),
        (S.EVALUATING, "continue", {"plan_decided": False}, "plan_not_decided"),
        (S.EVALUATING, "propose_close", {"evaluated": False}, "evaluation_missing"),
        (S.CLOSING, "close", {"evaluated": False}, "evaluation_missing"),
        (S.CLOSING, "close", {"wish_recorded": False}, "wish_missing"),
        (S.CLOSING, "close", {"verdict": "interrupt"}, "verdict_close_missing"),
        (S.CLOSING, "close", {"verdict": None}, "verdict_close_missing"),
        (S.CLOSING, "close", {"after_lead_id": None}, "after_lead_missing"),
        (S.CLOSING, "close", {"after_lead_agency": None}, "after_lead_missing"),
        (S.SUPPORTING, "interrupt", {"attempts": 2}, "attempts_missing"),
        (S.SUPPORTING, "interrupt", {"attempt_kinds": 1}, "attempts_missing"),
        (S.SUPPORTING, "interrupt", {"verdict": "close"}, "verdict_interrupt_missing"),
    ],
)
def test_a_move_without_what_it_needs_is_refused(
    state: S, move: str, lacking: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        CASE.after(state, move, replace(facts_for(move), **lacking))
    assert refusal.value.code == code


def test_support_may_begin_before_its_meeting_when_it_is_marked() -> None:
    facts = replace(ENOUGH, plan_decided=False, approved_afterwards=True)
    assert CASE.after(S.PLANNING, "support", facts) is S.SUPPORTING


@pytest.mark.parametrize("state", list(S))
def test_only_a_case_in_support_is_worked_on(state: S) -> None:
    if state in IN_SUPPORT:
        needs_running(state)
    else:
        with pytest.raises(Refused, match="case_ended"):
            needs_running(state)


@pytest.mark.parametrize("state", list(S))
def test_every_case_that_has_not_ended_can_change_its_owner(state: S) -> None:
    if state in ENDED:
        with pytest.raises(Refused, match="case_ended"):
            needs_owner_state(state)
    else:
        needs_owner_state(state)


@pytest.mark.parametrize(
    ("lead", "agency", "roles", "code"),
    [
        (None, None, 1, "lead_missing"),
        (OTHER, None, 1, "lead_missing"),
        (ME, "shakyo", 1, "lead_is_coordinator"),
        (OTHER, "shakyo", 0, "roles_missing"),
    ],
)
def test_stepping_out_needs_another_lead_and_agreed_roles(
    lead: UUID | None, agency: str | None, roles: int, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        needs_named_lead(lead, agency, stepping_out=ME, roles=roles)


def test_stepping_out_to_a_named_lead_is_allowed() -> None:
    needs_named_lead(OTHER, "shakyo", stepping_out=ME, roles=1)


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2026, 4, 1), "R8-00012"),
        (date(2027, 3, 31), "R8-00012"),
        (date(2027, 4, 1), "R9-00012"),
        (date(2026, 3, 31), "R7-00012"),
    ],
)
def test_a_case_number_tells_the_fiscal_year_in_reiwa(day: date, number: str) -> None:
    assert case_number(day, 12) == number
