"""The intake's flow: every state with every move, its guards, its numbers, and what may be typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from casework.intake.rules import (
    INTAKE,
    OPEN,
    IntakeDraft,
    IntakeState,
    ReceptionConsent,
    ReceptionConsentDraft,
    ScreeningFacts,
    TopicDraft,
    check_reception,
    check_topics,
    main_topic,
    number_for,
)
from casework.kernel.errors import BadInput, MoveRefused, Refused

S = IntakeState
NOW = datetime(2026, 4, 6, 1, 0, tzinfo=UTC)
TODAY = date(2026, 4, 6)
GOOD = ScreeningFacts(
    today=TODAY,
    now=NOW,
    urgency="ordinary",
    reason="information_given",
    next_place="none_needed",
    recontact_on=TODAY,
    kind="elder_abuse",
    notified_to="elder_division",
    notified_at=NOW - timedelta(minutes=5),
    text="電話で通報した",
    survivors=1,
)
EXPECTED = {
    ("received", "screen"): "in_screening",
    **{(state, "answer"): "answered" for state in OPEN},
    **{(state, "keep"): "kept_by_division" for state in OPEN},
    **{(state, "refer"): "referred" for state in OPEN},
    **{(state, "seek_consent"): "seeking_consent" for state in OPEN},
    **{(state, "emergency"): "emergency" for state in (*OPEN, S.ANSWERED)},
    **{(state, "merge"): "merged_duplicate" for state in OPEN},
    ("merged_duplicate", "unmerge"): "in_screening",
}
MOVES = sorted({arrow.name for arrow in INTAKE.moves})


@pytest.mark.parametrize(("state", "name"), list(product(S, MOVES)))
def test_every_state_and_move_does_what_the_table_says(state: IntakeState, name: str) -> None:
    wanted = EXPECTED.get((state, name)) or EXPECTED.get((state.value, name))
    if wanted is None:
        with pytest.raises(MoveRefused):
            INTAKE.after(state, name, GOOD)
    else:
        assert INTAKE.after(state, name, GOOD) == wanted


def test_an_intake_starts_as_received_and_open() -> None:
    assert INTAKE.start == S.RECEIVED
    assert {S.RECEIVED, S.IN_SCREENING, S.SEEKING_CONSENT} == OPEN


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("answer", {"reason": None}, "answer_reason_missing"),
        ("answer", {"next_place": None}, "next_place_missing"),
        ("answer", {"urgency": "life"}, "urgent_not_answered"),
        ("answer", {"urgency": "within_day"}, "urgent_not_answered"),
        ("seek_consent", {"recontact_on": None}, "recontact_missing"),
        ("seek_consent", {"recontact_on": TODAY - timedelta(days=1)}, "recontact_past"),
        ("emergency", {"text": None}, "report_missing"),
        ("emergency", {"kind": None}, "emergency_kind_missing"),
        ("emergency", {"notified_to": None}, "notified_to_missing"),
        ("emergency", {"notified_at": None}, "notified_at_missing"),
        ("emergency", {"notified_at": NOW + timedelta(seconds=1)}, "report_ahead"),
        ("merge", {"survivors": 0}, "survivor_one"),
        ("merge", {"survivors": 2}, "survivor_one"),
        ("merge", {"itself": True}, "survivor_itself"),
    ],
)
def test_a_guard_says_what_is_missing(name: str, change: dict[str, object], code: str) -> None:
    with pytest.raises((BadInput, Refused)) as refusal:
        INTAKE.after(S.IN_SCREENING, name, replace(GOOD, **change))
    assert refusal.value.code == code


@pytest.mark.parametrize("urgency", [None, "within_week", "ordinary"])
def test_what_is_not_urgent_may_be_answered(urgency: str | None) -> None:
    assert INTAKE.after(S.RECEIVED, "answer", replace(GOOD, urgency=urgency)) == S.ANSWERED


def test_two_most_pressing_topics_are_refused_beside_the_second() -> None:
    with pytest.raises(BadInput) as refusal:
        check_topics([TopicDraft("housing", True), TopicDraft("debt"), TopicDraft("eldercare", True)])
    assert (refusal.value.code, refusal.value.field) == ("two_main", "topics.2.main")


@pytest.mark.parametrize(
    ("topics", "code"), [([], "topic_missing"), ([TopicDraft("debt"), TopicDraft("debt")], "topic_twice")]
)
def test_topics_need_one_and_none_twice(topics: list[TopicDraft], code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        check_topics(topics)
    assert refusal.value.code == code


def test_the_main_topic_is_the_marked_or_the_only_one() -> None:
    assert main_topic([TopicDraft("debt"), TopicDraft("housing", True)]) == "housing"
    assert main_topic([TopicDraft("debt")]) == "debt"
    assert main_topic([TopicDraft("debt"), TopicDraft("housing")]) is None


LEAST = IntakeDraft(window="nandemo", topics=(TopicDraft("eldercare"),), consent=ReceptionConsent.NOT_ASKED)
CONSENT = ReceptionConsentDraft(
    recipients=("seikatsu_fukushi",), items=("contact",), given_on=TODAY, form="oral"
)


def test_window_topic_and_consent_state_are_enough() -> None:
    check_reception(LEAST, TODAY)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"received_on": TODAY + timedelta(days=1)}, "date_ahead"),
        ({"next_contact_on": TODAY - timedelta(days=1)}, "next_contact_past"),
        ({"consent": ReceptionConsent.GIVEN}, "consent_given_missing"),
        ({"consent_given": CONSENT}, "consent_given_unfit"),
        ({"consent": ReceptionConsent.CANNOT_ASK}, "consent_reason_fit"),
        ({"consent_reason": "not_met"}, "consent_reason_fit"),
    ],
)
def test_a_reception_that_contradicts_itself_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        check_reception(replace(LEAST, **change), TODAY)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"recipients": ()}, "recipients_missing"),
        ({"items": ()}, "items_missing"),
        ({"given_on": TODAY + timedelta(days=1)}, "date_ahead"),
        ({"expires_on": TODAY - timedelta(days=1)}, "expires_before_given"),
    ],
)
def test_a_consent_says_who_what_and_when(change: dict[str, object], code: str) -> None:
    draft = replace(LEAST, consent=ReceptionConsent.GIVEN, consent_given=replace(CONSENT, **change))
    with pytest.raises(BadInput) as refusal:
        check_reception(draft, TODAY)
    assert refusal.value.code == code


def test_numbers_carry_the_fiscal_year_and_differ() -> None:
    first = number_for("U", date(2027, 3, 31), UUID(int=1))
    assert first == "U2026-0000001"
    assert number_for("U", date(2027, 4, 1), UUID(int=32)) == "U2027-0000010"
    assert number_for("R", TODAY, UUID(int=2**128 - 1)) == "R2026-ZZZZZZZ"
