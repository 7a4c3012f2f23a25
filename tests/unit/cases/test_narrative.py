"""Where a fact may be carried, what a draft must hold, and that every word has its label."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.cases.rules import (
    BOUND_BASES,
    CASE,
    CaseState,
    ConsentState,
    GrantDraft,
    IssueDraft,
    NoteDraft,
    Section,
    SegmentClass,
    SegmentDraft,
    check_issues,
    check_note,
    grant_period,
    learned_under,
    may_carry,
)
from casework.kernel.errors import BadInput
from casework.kernel.ids import new_id
from casework.kernel.messages import Messages
from casework.settings import bundled_path

BASES = (
    None,
    "act_106_6",
    "plan_conference",
    "hardship_act_9",
    "child_council",
    "community_care",
    "internal",
)
NOW = datetime(2026, 5, 11, 3, tzinfo=UTC)
items = st.none() | st.integers(1, 3).map(lambda n: UUID(int=n))


@given(st.sampled_from(BASES), items, st.sampled_from(BASES), items)
def test_a_fact_leaves_a_bound_meeting_only_to_its_own_circle(
    origin: str | None, item: UUID | None, basis: str | None, to_item: UUID | None
) -> None:
    carried = may_carry(origin, item, to_basis=basis, to_item=to_item)
    if origin not in BOUND_BASES:
        assert carried
    else:
        assert carried == (basis == origin or (item is not None and item == to_item))


@pytest.mark.parametrize("origin", sorted(BOUND_BASES))
def test_a_fact_of_a_bound_meeting_never_reaches_consent_or_an_unbound_meeting(origin: str) -> None:
    for basis in (None, "plan_conference", "community_care", "internal"):
        assert not may_carry(origin, UUID(int=1), to_basis=basis, to_item=UUID(int=2))


def test_what_is_noted_of_a_support_meeting_was_learned_there() -> None:
    assert learned_under("support_meeting", None) == "act_106_6"
    assert learned_under("support_meeting", "child_council") == "child_council"
    assert learned_under("home_visit", None) is None


def note(**changes: object) -> NoteDraft:
    segment = SegmentDraft(SegmentClass.FACT, "架空の記録")
    base: dict[str, object] = {
        "happened_at": NOW,
        "method": "home_visit",
        "agency": "shakyo",
        "segments": (segment,),
    }
    return NoteDraft(**(base | changes))  # type: ignore[arg-type]


def test_a_note_says_something_of_the_past() -> None:
    check_note(note(), NOW)
    with pytest.raises(BadInput, match="note_empty"):
        check_note(note(segments=()), NOW)
    with pytest.raises(BadInput, match="moment_ahead"):
        check_note(note(happened_at=NOW + timedelta(seconds=1)), NOW)


@pytest.mark.parametrize(
    ("issues", "code"),
    [
        (
            (IssueDraft("consult_topic", "housing", main=True), IssueDraft("issue", "poverty", main=True)),
            "two_main",
        ),
        ((IssueDraft("consult_topic", "housing"), IssueDraft("consult_topic", "housing")), "issue_twice"),
        ((IssueDraft("sex", "female"),), "unknown_list"),
    ],
)
def test_issues_that_contradict_each_other_are_refused(issues: tuple[IssueDraft, ...], code: str) -> None:
    with pytest.raises(BadInput, match=code):
        check_issues(issues)


def test_one_most_pressing_topic_among_several_is_fine() -> None:
    check_issues((IssueDraft("consult_topic", "housing", main=True), IssueDraft("issue", "poverty")))


@pytest.mark.parametrize("ends", [timedelta(0), timedelta(days=-1), timedelta(days=93)])
def test_a_grant_has_an_end_that_is_near(ends: timedelta) -> None:
    draft = GrantDraft(new_id(), "shakyo", "supervision", "架空の確認", NOW + ends)
    with pytest.raises(BadInput, match="grant_end_range"):
        grant_period(draft, NOW, 92)


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("case_state", CaseState),
        ("consent_state", ConsentState),
        ("segment_class", SegmentClass),
        ("section", Section),
    ],
)
def test_every_word_has_a_japanese_label(kind: str, states: type[StrEnum]) -> None:
    messages = Messages(bundled_path("config") / "messages")
    assert [state for state in states if not messages.has_label(kind, state.value)] == []


def test_every_move_has_a_japanese_label() -> None:
    messages = Messages(bundled_path("config") / "messages")
    assert [move.name for move in CASE.moves if not messages.has_label("case_move", move.name)] == []
