"""The referral's flow: every state with every move, its guards, its clock, and what may be typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from casework.kernel.errors import BadInput, MoveRefused, Refused
from casework.kernel.workdays import due_after
from casework.referral.rules import (
    OPEN,
    PENDING,
    REFERRAL,
    AnswerFacts,
    ReferralDraft,
    ReferralState,
    check_draft,
)

S = ReferralState
TODAY = date(2026, 4, 6)
GOOD = AnswerFacts(
    today=TODAY,
    accepted_by=uuid4(),
    reason="out_of_scope",
    next_agency="korei_ikiiki",
    path=("seikatsu_fukushi",),
    owner_agency="shakyo",
    completed_on=TODAY,
    sent_on=TODAY - timedelta(days=3),
)
EXPECTED = {
    (S.SENT, "acknowledge"): S.ACKNOWLEDGED,
    **{(state, "accept"): S.ACCEPTED for state in PENDING},
    **{(state, "return"): S.RETURNED for state in PENDING},
    **{(state, "forward"): S.FORWARDED for state in PENDING},
    **{(state, "withdraw"): S.WITHDRAWN for state in PENDING},
    (S.ACCEPTED, "complete"): S.COMPLETED,
}
MOVES = sorted({arrow.name for arrow in REFERRAL.moves})


@pytest.mark.parametrize(("state", "name"), list(product(S, MOVES)))
def test_every_state_and_move_does_what_the_table_says(state: ReferralState, name: str) -> None:
    wanted = EXPECTED.get((state, name))
    if wanted is None:
        with pytest.raises(MoveRefused):
            REFERRAL.after(state, name, GOOD)
    else:
        assert REFERRAL.after(state, name, GOOD) == wanted


def test_only_waiting_and_accepted_referrals_need_an_owner() -> None:
    assert {S.SENT, S.ACKNOWLEDGED} == PENDING
    assert {S.SENT, S.ACKNOWLEDGED, S.ACCEPTED} == OPEN
    assert {S.RETURNED, S.FORWARDED, S.WITHDRAWN, S.COMPLETED} == REFERRAL.ends()


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("accept", {"accepted_by": None}, "acceptor_missing"),
        ("return", {"reason": None}, "return_reason_missing"),
        ("return", {"reason": ""}, "return_reason_missing"),
        ("forward", {"next_agency": None}, "next_agency_missing"),
        ("forward", {"next_agency": "seikatsu_fukushi"}, "already_in_chain"),
        ("forward", {"next_agency": "shakyo"}, "already_in_chain"),
    ],
)
def test_a_guard_says_what_is_missing(name: str, change: dict[str, object], code: str) -> None:
    with pytest.raises((BadInput, Refused)) as refusal:
        REFERRAL.after(S.ACKNOWLEDGED, name, replace(GOOD, **change))
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (None, "completed_on_missing"),
        (TODAY + timedelta(days=1), "date_ahead"),
        (TODAY - timedelta(days=4), "completed_before_sent"),
    ],
)
def test_completion_needs_the_day_of_a_real_contact(day: date | None, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        REFERRAL.after(S.ACCEPTED, "complete", replace(GOOD, completed_on=day))
    assert refusal.value.code == code


WITHOUT = ReferralDraft(
    to_agency="seikatsu_fukushi", reason="長男のひきこもり", with_consent=False, ground="life_protection"
)
WITH = replace(WITHOUT, with_consent=True, ground=None, items=("contact",))


def test_both_forms_pass_when_complete() -> None:
    check_draft(WITHOUT, "shakyo")
    check_draft(WITH, "shakyo")


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (replace(WITHOUT, ground=None), "referral_ground_missing"),
        (replace(WITHOUT, ground="consent"), "ground_unfit"),
        (replace(WITHOUT, segments=(uuid4(),)), "segments_need_consent"),
        (replace(WITH, ground="life_protection"), "ground_unfit"),
        (replace(WITH, items=()), "items_missing"),
        (replace(WITH, items=("contact", "contact")), "item_twice"),
        (replace(WITH, to_agency="shakyo"), "referral_to_itself"),
    ],
)
def test_a_form_that_contradicts_itself_is_refused(draft: ReferralDraft, code: str) -> None:
    with pytest.raises((BadInput, Refused)) as refusal:
        check_draft(draft, "shakyo")
    assert refusal.value.code == code


TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("sent", "days", "due"),
    [
        (datetime(2026, 4, 6, 10, tzinfo=TOKYO), 2, date(2026, 4, 8)),
        (datetime(2026, 4, 6, 10, tzinfo=TOKYO), 1, date(2026, 4, 7)),
        (datetime(2026, 4, 9, 16, tzinfo=TOKYO), 2, date(2026, 4, 13)),  # over a weekend
        (datetime(2026, 4, 28, 16, tzinfo=TOKYO), 2, date(2026, 5, 1)),  # over 昭和の日
        (datetime(2026, 12, 28, 16, tzinfo=TOKYO), 1, date(2027, 1, 4)),  # over the turn of the year
    ],
)
def test_the_clock_of_acknowledgement_runs_on_working_days(sent: datetime, days: int, due: date) -> None:
    assert due_after(sent.astimezone(UTC), days).astimezone(TOKYO).date() == due
