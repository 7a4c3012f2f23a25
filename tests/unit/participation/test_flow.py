"""The flow of 参加支援 against flow.md section 3, every state and every move, and the guards of its moves."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from casework.kernel.errors import MoveRefused, Refused
from casework.participation.rules import PARTICIPATION, ParticipationFacts, ParticipationState

ALL = ParticipationFacts(wish=True, resource=True, sides=frozenset({"person", "host"}), reason="goal_reached")

# requested → assessed → matching ⇄ developing_resource → trial → placed → settling → stable → ended ;
# trial, settling → broken_off → matching. A need may also end before a place is found, with its reason.
EXPECTED = {
    ("requested", "assess"): "assessed",
    ("assessed", "match"): "matching",
    ("matching", "develop"): "developing_resource",
    ("developing_resource", "match"): "matching",
    ("matching", "try_out"): "trial",
    ("developing_resource", "try_out"): "trial",
    ("trial", "place"): "placed",
    ("placed", "settle"): "settling",
    ("settling", "stabilise"): "stable",
    ("trial", "break_off"): "broken_off",
    ("settling", "break_off"): "broken_off",
    ("broken_off", "match"): "matching",
    ("stable", "end"): "ended",
    ("requested", "end"): "ended",
    ("assessed", "end"): "ended",
    ("matching", "end"): "ended",
    ("developing_resource", "end"): "ended",
    ("broken_off", "end"): "ended",
}
MOVES = sorted({m.name for m in PARTICIPATION.moves})


@pytest.mark.parametrize(("state", "move"), list(itertools.product(ParticipationState, MOVES)))
def test_each_move_leads_where_the_flow_says_or_is_refused(state: ParticipationState, move: str) -> None:
    expected = EXPECTED.get((state.value, move))
    if expected is None:
        with pytest.raises(MoveRefused):
            PARTICIPATION.after(state, move, ALL)
    else:
        assert PARTICIPATION.after(state, move, ALL).value == expected


@pytest.mark.parametrize(
    ("state", "move", "lacking", "code"),
    [
        (ParticipationState.REQUESTED, "assess", {"wish": False}, "participation_wish_missing"),
        (ParticipationState.MATCHING, "try_out", {"resource": False}, "participation_resource_missing"),
        (
            ParticipationState.SETTLING,
            "stabilise",
            {"sides": frozenset({"person"})},
            "settling_sides_missing",
        ),
        (ParticipationState.SETTLING, "stabilise", {"sides": frozenset({"host"})}, "settling_sides_missing"),
        (ParticipationState.TRIAL, "break_off", {"reason": None}, "participation_reason_missing"),
        (ParticipationState.STABLE, "end", {"reason": None}, "participation_reason_missing"),
    ],
)
def test_a_move_without_what_it_needs_is_refused(
    state: ParticipationState, move: str, lacking: dict[str, Any], code: str
) -> None:
    facts = {name: getattr(ALL, name) for name in ParticipationFacts.__slots__} | lacking
    with pytest.raises(Refused) as refusal:
        PARTICIPATION.after(state, move, ParticipationFacts(**facts))
    assert refusal.value.code == code
