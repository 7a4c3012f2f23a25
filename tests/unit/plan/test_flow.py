"""The plan's flow against flow.md section 3, every state and every move, and the guards of its moves."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from casework.kernel.errors import BadInput, MoveRefused, Refused
from casework.plan.rules import PLAN, PlanFacts, PlanState, check_period, suggested_review

ALL = PlanFacts(
    explained_on=date(2026, 4, 1),
    consent_in_force=True,
    agenda_item=uuid4(),
    agreed=True,
    roles=1,
    responsible=True,
    next_review_on=date(2026, 7, 1),
    evaluated=True,
)

# draft → explained → consented → in_conference → decided → active → under_review → revised | completed | cancelled
EXPECTED = {
    ("draft", "explain"): "explained",
    ("explained", "consent"): "consented",
    ("consented", "submit"): "in_conference",
    ("in_conference", "decide"): "decided",
    ("decided", "activate"): "active",
    ("active", "review"): "under_review",
    ("under_review", "revise"): "revised",
    ("under_review", "complete"): "completed",
    ("draft", "cancel"): "cancelled",
    ("explained", "cancel"): "cancelled",
    ("consented", "cancel"): "cancelled",
    ("in_conference", "cancel"): "cancelled",
}
MOVES = sorted({m.name for m in PLAN.moves})


@pytest.mark.parametrize(("state", "move"), list(itertools.product(PlanState, MOVES)))
def test_each_move_leads_where_the_flow_says_or_is_refused(state: PlanState, move: str) -> None:
    expected = EXPECTED.get((state.value, move))
    if expected is None:
        with pytest.raises(MoveRefused):
            PLAN.after(state, move, ALL)
    else:
        assert PLAN.after(state, move, ALL).value == expected


@pytest.mark.parametrize(
    ("state", "move", "lacking", "code"),
    [
        (PlanState.DRAFT, "explain", {"explained_on": None}, "explained_on_missing"),
        (PlanState.EXPLAINED, "consent", {"consent_in_force": False}, "plan_consent_missing"),
        (PlanState.CONSENTED, "submit", {"agenda_item": None}, "plan_not_on_agenda"),
        (PlanState.IN_CONFERENCE, "decide", {"agreed": False}, "plan_not_agreed"),
        (PlanState.IN_CONFERENCE, "decide", {"consent_in_force": False}, "plan_consent_missing"),
        (PlanState.DECIDED, "activate", {"roles": 0}, "plan_roles_missing"),
        (PlanState.DECIDED, "activate", {"responsible": False}, "plan_roles_missing"),
        (PlanState.DECIDED, "activate", {"next_review_on": None}, "review_date_missing"),
        (PlanState.UNDER_REVIEW, "revise", {"evaluated": False}, "evaluation_missing"),
        (PlanState.UNDER_REVIEW, "complete", {"evaluated": False}, "evaluation_missing"),
    ],
)
def test_a_move_without_what_it_needs_is_refused(
    state: PlanState, move: str, lacking: dict[str, Any], code: str
) -> None:
    facts = {name: getattr(ALL, name) for name in PlanFacts.__slots__} | lacking
    with pytest.raises(Refused) as refusal:
        PLAN.after(state, move, PlanFacts(**facts))
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2026, 4, 6), 3, date(2026, 7, 6)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_the_suggested_review_is_the_same_day_or_the_months_last(
    start: date, months: int, expected: date
) -> None:
    assert suggested_review(start, months) == expected


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInput) as refusal:
        check_period(date(2026, 4, 1), date(2026, 3, 31))
    assert (refusal.value.code, refusal.value.field) == ("period_reversed", "period_to")
