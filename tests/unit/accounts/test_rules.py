"""Rules of accounts: passwords, waits, periods, who may carry work."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from casework.accounts import rules
from casework.kernel.actor import Role
from casework.kernel.errors import BadInput, Refused
from casework.kernel.messages import Messages
from casework.settings import bundled_path

ME, OTHER = UUID(int=10), UUID(int=11)
GOOD = "うみかぜ てんぼう 三つ目の坂を右へ"


def _password(typed: str) -> str:
    return rules.check_password(typed, login="hanako", name="架空 花子", least=15, field="new")


def test_a_long_phrase_in_japanese_is_a_password() -> None:
    assert _password(GOOD) == GOOD


def test_a_password_is_compared_in_one_spelling_of_composed_letters() -> None:
    assert _password("は\u3099んの海から吹いてくる風の音色") == _password("ばんの海から吹いてくる風の音色")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("short phrase", "password_short"),
        ("あ" * 257, "password_long"),
        ("aaaaaaaaaaaaaaaaaaaa", "password_common"),
        ("passwordpassword123", "password_common"),
        ("ＰＡＳＳＷＯＲＤ password 2026", "password_common"),
        ("kamakura-casework-1", "password_common"),
        ("123456789012345678", "password_common"),
        ("qwertyuiop asdfghjkl", "password_common"),
        ("baseballfootball1", "password_common"),
        ("Trustno1 Trustno1", "password_common"),
        ("P@ssw0rd P@ssw0rd", "password_common"),
        ("summer2026summer2026", "password_common"),
        ("q1w2e3r4t5y6u7i8o9p0", "password_common"),
        ("さくら さくら さくら さくら", "password_common"),
        ("the hanako of the hill", "password_names_owner"),
        ("坂の上の 架空花子 の家まで歩く", "password_names_owner"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        _password(typed)
    assert (refusal.value.code, refusal.value.field) == (code, "new")


def test_none_of_the_3000_passwords_people_choose_most_is_taken_doubled_neither() -> None:
    """Length alone keeps most of the list out as it stands (ASVS 6.2.4); so each is tried twice over too."""

    def taken(typed: str) -> bool:
        with suppress(BadInput):
            return bool(_password(typed))
        return False

    tried = [word * times for word in FREQUENCY_LISTS["passwords"][:3000] for times in (1, 2)]
    assert [typed for typed in tried if taken(typed)] == []
    assert taken(GOOD)


@pytest.mark.parametrize("typed", [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= 15])
def test_a_common_password_that_is_long_enough_is_refused(typed: str) -> None:
    with pytest.raises(BadInput) as refusal:
        _password(typed)
    assert refusal.value.code == "password_common"


def test_words_that_dice_put_together_are_a_password() -> None:
    assert _password("correct horse battery staple") == "correct horse battery staple"


def test_a_refusal_never_repeats_the_password() -> None:
    with pytest.raises(BadInput) as refusal:
        _password("short secret")
    assert "secret" not in repr(refusal.value.facts)


@pytest.mark.parametrize(
    ("typed", "kept"), [("Hanako", "hanako"), (" ｈａｎａｋｏ．１ ", "hanako.1"), ("a-b_c", "a-b_c")]
)
def test_logins_have_one_spelling(typed: str, kept: str) -> None:
    assert rules.check_login(typed) == kept


@pytest.mark.parametrize("typed", ["", "ab", ".abc", "花子さん", "a b c", "a" * 65, "abc\n def"])
def test_a_login_of_other_letters_is_refused(typed: str) -> None:
    with pytest.raises(BadInput) as refusal:
        rules.check_login(typed)
    assert refusal.value.code == "login_invalid"


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (12, 128), (13, 256), (14, 300), (10_000, 300)],
)
def test_waits_double_after_the_free_attempts_and_stop_growing(failures: int, seconds: int) -> None:
    assert rules.wait_after(failures, free=5, first=1, longest=300) == timedelta(seconds=seconds)


@given(st.integers(0, 10**9), st.integers(1, 20), st.integers(1, 60), st.integers(60, 3600))
def test_no_wait_is_longer_than_the_longest(failures: int, free: int, first: int, longest: int) -> None:
    wait = rules.wait_after(failures, free=free, first=first, longest=longest)
    assert timedelta(0) <= wait <= timedelta(seconds=longest)


TODAY = date(2026, 4, 6)


@pytest.mark.parametrize(
    ("begins", "ends", "counts"),
    [
        (TODAY, None, True),
        (TODAY, TODAY, True),
        (TODAY - timedelta(days=1), TODAY - timedelta(days=1), False),
        (TODAY + timedelta(days=1), None, False),
        (date(2020, 4, 1), TODAY, True),
    ],
)
def test_a_role_counts_from_its_first_through_its_last_day(
    begins: date, ends: date | None, counts: bool
) -> None:
    assert rules.in_force(begins, ends, TODAY) is counts


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
PERIODS = st.tuples(DAYS, st.none() | DAYS).filter(lambda p: p[1] is None or p[1] >= p[0])


@given(PERIODS, PERIODS, DAYS)
def test_periods_that_share_a_day_overlap(
    a: tuple[date, date | None], b: tuple[date, date | None], day: date
) -> None:
    assert rules.overlaps(a, b) == rules.overlaps(b, a)
    if rules.in_force(*a, day) and rules.in_force(*b, day):
        assert rules.overlaps(a, b)


def test_periods_one_after_the_other_do_not_overlap() -> None:
    assert not rules.overlaps((TODAY, TODAY), (TODAY + timedelta(days=1), None))


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInput) as refusal:
        rules.check_period(TODAY, TODAY - timedelta(days=1))
    assert refusal.value.field == "valid_until"


def test_nobody_changes_their_own_rights() -> None:
    rules.not_oneself(ME, OTHER)
    with pytest.raises(Refused) as refusal:
        rules.not_oneself(ME, ME)
    assert refusal.value.code == "own_account"


def test_open_work_needs_a_receiver() -> None:
    rules.receiver_needed(0, None)
    rules.receiver_needed(3, OTHER)
    with pytest.raises(Refused) as refusal:
        rules.receiver_needed(3, None)
    assert (refusal.value.code, refusal.value.facts) == ("open_work_left", {"count": 3})


def test_the_system_is_no_role_for_staff() -> None:
    assert set(rules.GIVEN_TO_STAFF) == set(Role) - {Role.SYSTEM}
    assert Role.COUNSELOR not in rules.WITHOUT_WORK


def test_every_role_has_its_japanese_label() -> None:
    messages = Messages(bundled_path("config") / "messages")
    assert [role for role in Role if not messages.has_label("role", role.value)] == []
