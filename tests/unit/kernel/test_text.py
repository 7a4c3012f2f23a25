"""Typed text is cleaned at its ends and refused when it is unreadable, and not changed in between."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.kernel.errors import BadInput
from casework.kernel.text import clean, count_characters


def refused(text: str, *, limit: int = 20, multiline: bool = False) -> BadInput:
    with pytest.raises(BadInput) as refusal:
        clean(text, field="name", limit=limit, multiline=multiline)
    assert refusal.value.field == "name"
    return refusal.value


@pytest.mark.parametrize(
    "text",
    [
        "架空 花子",
        "架空　花子",
        "10時〜12時",
        "10時～12時",
        "コーポ架空ー２",
        "髙﨑",
        "𠮷野",
        "葛\U000e0100城",
        "邉\U000e0108",
        "\ufa19谷",
        "\ufa1b井",
        "\U0002f81a",
        "｢ﾊﾅｺ｣",
        "①Ⅲ㈱",
        "👨‍👩‍👧",
    ],
)
def test_what_was_written_stays_as_written(text: str) -> None:
    assert clean(text, field="name", limit=20) == text


@pytest.mark.parametrize("around", [" ", "　", "\n", "\r\n", "\t", "\u00a0", " 　\n "])
def test_outer_white_space_goes(around: str) -> None:
    assert clean(f"{around}架空 花子{around}", field="name", limit=20) == "架空 花子"


def test_a_kana_and_its_voicing_mark_become_one() -> None:
    assert clean("か\u3099", field="name", limit=1) == "が"


@pytest.mark.parametrize(
    "sign", ["\0", "\x01", "\x07", "\x1b", "\x1f", "\x7f", "\x85", "\x9f", "\u2028", "\u202e", "\u2066"]
)
def test_control_characters_are_refused_wherever_they_stand(sign: str) -> None:
    for text in (f"架{sign}空", f"{sign}架空", f"架空{sign}"):
        assert refused(text).code == "text_control"


@pytest.mark.parametrize("sign", ["\n", "\r", "\t", "\r\n"])
def test_line_ends_and_tabs_belong_in_multiline_text_only(sign: str) -> None:
    assert refused(f"一行目{sign}二行目").code == "text_control"
    kept = clean(f"一行目{sign}二行目", field="name", limit=20, multiline=True)
    assert kept == f"一行目{sign.replace(chr(13) + chr(10), chr(10)).replace(chr(13), chr(10))}二行目"


def test_multiline_text_still_refuses_other_control_characters() -> None:
    for sign in ("\0", "\x1b", "\x0b", "\u202e"):
        assert refused(f"一行目\n{sign}二行目", multiline=True).code == "text_control"


@pytest.mark.parametrize("text", ["\ud800", "架空\udfff", "\ud83d 花子", chr(0xDC80)])
def test_lone_surrogates_are_refused(text: str) -> None:
    assert refused(text).code == "text_surrogate"


@pytest.mark.parametrize("text", ["", " ", "　　", "\n\t", "\u200b", "\ufeff", "\u200d\ufe0f"])
def test_text_in_which_nothing_can_be_seen_is_empty(text: str) -> None:
    assert refused(text).code == "text_empty"


def test_a_name_of_three_hundred_characters_is_too_long_and_says_so() -> None:
    refusal = refused("架" * 300, limit=100)
    assert (refusal.code, refusal.facts) == ("text_too_long", {"limit": 100, "length": 300})


def test_the_limit_itself_is_allowed_and_one_more_is_not() -> None:
    assert clean("架" * 20, field="name", limit=20) == "架" * 20
    assert refused("架" * 21).code == "text_too_long"
    assert clean(" " + "架" * 20 + " ", field="name", limit=20) == "架" * 20


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("架空", 2),
        ("𠮷", 1),
        ("邉\U000e0108", 1),
        ("か\u3099", 1),
        ("セ\u309a", 1),
        ("é", 1),
        ("e\u0301", 1),
        ("❤\ufe0f", 1),
        ("👍🏽", 1),
        ("👨‍👩‍👧‍👦", 1),
        ("👨‍👩‍👧👍", 2),
        ("\u200d架", 1),
        ("a b", 3),
    ],
)
def test_characters_are_counted_as_people_do(text: str, count: int) -> None:
    assert count_characters(text) == count


def test_a_letter_under_a_thousand_accents_is_refused() -> None:
    assert refused("e" + "\u0301" * 1000).code == "text_too_long"


texts = st.text(st.characters(codec=None), max_size=40)


def attempt(text: str, multiline: bool) -> str | BadInput:
    try:
        return clean(text, field="name", limit=20, multiline=multiline)
    except BadInput as refusal:
        return refusal


@given(texts, st.booleans())
def test_any_text_is_clean_or_refused_and_cleaning_twice_changes_nothing(text: str, multiline: bool) -> None:
    once = attempt(text, multiline)
    if isinstance(once, BadInput):
        assert once.code in {"text_surrogate", "text_control", "text_empty", "text_too_long"}
        return
    assert clean(once, field="name", limit=20, multiline=multiline) == once
    assert once.encode()
    assert 0 < count_characters(once) <= 20
    assert not any(unicodedata.category(char) == "Cc" and char not in "\t\n" for char in once)
    assert multiline or "\n" not in once


@given(st.text("架空花子髙﨑〜ー　 \ufa19\U000e0100ヶ々", min_size=1, max_size=20))
def test_inside_a_name_nothing_changes(text: str) -> None:
    framed = f"名{text}名"
    assert clean(framed, field="name", limit=30) == framed
