"""The outreach flow against flow.md section 3, every state and every move, and the guards of its moves."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.kernel.errors import BadInput, MoveRefused, Refused
from casework.outreach.rules import OUTREACH, OutreachFacts, OutreachState, check_visit

ALL = OutreachFacts(contacts=1, attempts=1, consent=True, handed_to="korei_ikiiki", end_reason="stable")

# identified → preparing → approaching → relating → planned → accompanied → handed_over → stable → ended ; any → paused
EXPECTED = {
    ("identified", "prepare"): "preparing",
    ("preparing", "approach"): "approaching",
    ("approaching", "relate"): "relating",
    ("relating", "plan"): "planned",
    ("planned", "accompany"): "accompanied",
    ("relating", "hand_over"): "handed_over",
    ("planned", "hand_over"): "handed_over",
    ("accompanied", "hand_over"): "handed_over",
    ("accompanied", "stabilise"): "stable",
    ("handed_over", "stabilise"): "stable",
    ("stable", "end"): "ended",
    ("paused", "end"): "ended",
    ("paused", "resume"): "approaching",
    **{(s.value, "pause"): "paused" for s in OutreachState if s.value not in ("ended", "paused")},
}
MOVES = sorted({m.name for m in OUTREACH.moves})
NOW = datetime(2026, 4, 6, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(("state", "move"), list(itertools.product(OutreachState, MOVES)))
def test_each_move_leads_where_the_flow_says_or_is_refused(state: OutreachState, move: str) -> None:
    expected = EXPECTED.get((state.value, move))
    if expected is None:
        with pytest.raises(MoveRefused):
            OUTREACH.after(state, move, ALL)
    else:
        assert OUTREACH.after(state, move, ALL).value == expected


@pytest.mark.parametrize(
    ("state", "move", "lacking", "code"),
    [
        (OutreachState.APPROACHING, "relate", {"contacts": 0}, "outreach_contact_missing"),
        (OutreachState.RELATING, "plan", {"consent": False}, "outreach_consent_missing"),
        (OutreachState.RELATING, "hand_over", {"handed_to": None}, "outreach_receiver_missing"),
        (OutreachState.STABLE, "end", {"end_reason": None}, "outreach_end_reason_missing"),
        (OutreachState.PAUSED, "end", {"end_reason": None}, "outreach_end_reason_missing"),
    ],
)
def test_a_move_without_what_it_needs_is_refused(
    state: OutreachState, move: str, lacking: dict[str, Any], code: str
) -> None:
    facts = {name: getattr(ALL, name) for name in OutreachFacts.__slots__} | lacking
    with pytest.raises(Refused) as refusal:
        OUTREACH.after(state, move, OutreachFacts(**facts))
    assert refusal.value.code == code


def test_a_visit_in_the_future_or_of_more_than_a_day_is_refused() -> None:
    check_visit(NOW, NOW, 1440)
    with pytest.raises(BadInput) as future:
        check_visit(NOW + timedelta(minutes=1), NOW, None)
    with pytest.raises(BadInput) as endless:
        check_visit(NOW, NOW, 1441)
    assert (future.value.field, endless.value.field) == ("at", "minutes")
