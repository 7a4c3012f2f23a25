"""Consent in force, its terms and its changes."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.cases.rules import (
    ConsentRow,
    ConsentState,
    Sharing,
    Terms,
    in_force,
    needs_narrower,
    needs_next,
    needs_terms,
)
from casework.kernel.errors import BadInput, Refused

C = ConsentState
TODAY = date(2026, 5, 11)
AGENCIES, ITEMS, PURPOSES = (
    ("shakyo", "hoiku", "koho"),
    ("contact", "health", "plan"),
    ("liaison", "host_sharing"),
)

days = st.dates(TODAY - timedelta(3), TODAY + timedelta(3))
rows = st.builds(
    ConsentRow,
    thread_id=st.integers(1, 9).map(lambda n: UUID(int=n)),
    purpose=st.sampled_from(PURPOSES),
    state=st.sampled_from(C),
    given_on=st.none() | days,
    expires_on=st.none() | days,
    recipients=st.frozensets(st.sampled_from(AGENCIES)),
    items=st.frozensets(st.sampled_from(ITEMS)),
)
wishes = st.builds(
    Sharing,
    purpose=st.sampled_from(PURPOSES),
    recipients=st.frozensets(st.sampled_from(AGENCIES)),
    items=st.frozensets(st.sampled_from(ITEMS)),
    on=days,
)


@given(st.lists(rows, max_size=5), wishes)
def test_a_consent_in_force_covers_purpose_recipients_items_and_day(
    found: list[ConsentRow], wish: Sharing
) -> None:
    row = in_force(found, wish)
    if row is None:
        return
    assert row in found
    assert row.state is C.GIVEN
    assert row.purpose == wish.purpose
    assert row.given_on is not None
    assert row.given_on <= wish.on
    assert row.expires_on is None or row.expires_on >= wish.on
    assert wish.recipients <= row.recipients
    assert wish.items <= row.items


@given(rows, wishes)
def test_a_row_that_covers_everything_is_found(row: ConsentRow, wish: Sharing) -> None:
    made = ConsentRow(row.thread_id, wish.purpose, C.GIVEN, wish.on, wish.on, wish.recipients, wish.items)
    assert in_force([row, made], wish) is not None


@given(rows, wishes, st.sampled_from([state for state in C if state is not C.GIVEN]))
def test_no_state_but_given_ever_allows_sharing(row: ConsentRow, wish: Sharing, state: C) -> None:
    made = ConsentRow(
        row.thread_id, wish.purpose, state, wish.on, None, frozenset(AGENCIES), frozenset(ITEMS)
    )
    assert in_force([made], wish) is None


@given(st.lists(rows, max_size=4), wishes, st.sampled_from(AGENCIES), st.sampled_from(ITEMS))
def test_wishing_for_more_never_finds_what_wishing_for_less_did_not(
    found: list[ConsentRow], wish: Sharing, agency: str, item: str
) -> None:
    more = Sharing(wish.purpose, wish.recipients | {agency}, wish.items | {item}, wish.on)
    if in_force(found, more) is not None:
        assert in_force(found, wish) is not None


def terms(state: C = C.GIVEN, **changes: object) -> Terms:
    base: dict[str, object] = {
        "recipients": frozenset({"shakyo"}),
        "items": frozenset({"contact"}),
        "holder": "fukushi_somu",
        "form": "written",
        "given_on": TODAY,
        "expires_on": None,
        "reason": None,
    }
    return Terms(state=state, **(base | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("lacking", ["recipients", "items", "holder", "form", "given_on"])
def test_a_given_consent_names_recipient_items_date_form_and_holder(lacking: str) -> None:
    empty = frozenset() if lacking in {"recipients", "items"} else None
    with pytest.raises(BadInput, match="consent_incomplete") as fault:
        needs_terms(terms(**{lacking: empty}), TODAY)
    assert fault.value.field == lacking


@pytest.mark.parametrize("state", [C.REFUSED, C.CANNOT_ASK])
def test_no_consent_says_why(state: C) -> None:
    with pytest.raises(BadInput, match="consent_reason_missing"):
        needs_terms(terms(state), TODAY)
    needs_terms(terms(state, reason="話せる状態ではない"), TODAY)


def test_a_consent_cannot_be_given_tomorrow_or_expire_before_it_was_given() -> None:
    with pytest.raises(BadInput, match="day_ahead"):
        needs_terms(terms(given_on=TODAY + timedelta(1)), TODAY)
    with pytest.raises(BadInput, match="consent_expires_before"):
        needs_terms(terms(expires_on=TODAY - timedelta(1)), TODAY)


ALLOWED = {
    (before, after)
    for before in (C.UNKNOWN, C.ASKED)
    for after in (C.UNKNOWN, C.ASKED, C.GIVEN, C.REFUSED, C.CANNOT_ASK)
} | {
    (C.CANNOT_ASK, C.ASKED),
    (C.CANNOT_ASK, C.GIVEN),
    (C.CANNOT_ASK, C.REFUSED),
    (C.REFUSED, C.ASKED),
    (C.REFUSED, C.GIVEN),
    (C.GIVEN, C.GIVEN),
    (C.GIVEN, C.WITHDRAWN),
    (C.GIVEN, C.EXPIRED),
    (C.WITHDRAWN, C.ASKED),
    (C.WITHDRAWN, C.GIVEN),
    (C.EXPIRED, C.ASKED),
    (C.EXPIRED, C.GIVEN),
}


@pytest.mark.parametrize(("before", "after"), list(product(C, C)))
def test_every_change_of_a_consent_is_allowed_or_refused(before: C, after: C) -> None:
    if (before, after) in ALLOWED:
        needs_next(before, after)
    else:
        with pytest.raises(Refused, match="consent_change_impossible"):
            needs_next(before, after)


@pytest.mark.parametrize(
    "wider",
    [
        {"recipients": frozenset({"shakyo", "hoiku"})},
        {"items": frozenset({"contact", "health"})},
    ],
)
def test_a_consent_in_force_is_only_ever_narrowed(wider: dict[str, object]) -> None:
    with pytest.raises(Refused, match="consent_only_narrower"):
        needs_narrower(terms(), terms(**wider))
    needs_narrower(terms(**wider), terms())


def test_the_end_of_a_consent_is_not_put_off() -> None:
    with pytest.raises(Refused, match="consent_only_narrower"):
        needs_narrower(terms(expires_on=TODAY), terms(expires_on=TODAY + timedelta(1)))
    needs_narrower(terms(), terms(expires_on=TODAY))
