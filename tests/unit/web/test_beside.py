"""Two texts side by side: the pieces are the texts, only what differs is marked, and a choice loses nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from casework.web.pages.beside import chosen, compare, differing, digest, judge, note, plain, read, undecided

TEXTS = st.text(alphabet="母父と暮らすカナ ab1。\n", max_size=60)


@given(TEXTS, TEXTS)
def test_the_pieces_put_together_are_the_texts_and_what_is_not_marked_is_common(
    mine: str, theirs: str
) -> None:
    left, right = compare(mine, theirs)
    assert "".join(p.text for p in left) == mine
    assert "".join(p.text for p in right) == theirs
    assert [p.text for p in left if not p.own] == [p.text for p in right if not p.own]


def test_only_the_words_that_differ_are_marked() -> None:
    left, right = compare("母と二人暮らし。\n電気が止まりそう。", "父と二人暮らし。\n電気が止まった。")
    assert [p.text for p in left if p.own] == ["母", "まりそう"]
    assert [p.text for p in right if p.own] == ["父", "まった"]


def test_texts_too_long_for_words_are_compared_by_lines() -> None:
    mine = "".join(f"行{n}あア" for n in range(2_000))
    left, _ = compare(f"同じ\n{mine}", f"同じ\n{mine[:-1]}b")
    assert [(p.text == "同じ\n", p.own) for p in left] == [(True, False), (False, True)]


def test_who_changed_a_field_is_told_from_what_stood_there_at_first() -> None:
    base = read(note([("wishes", "もと"), ("empty", "")]))
    assert base == {"wishes": digest("もと")}
    assert judge(base, "wishes", "もと", "同僚") == "they"
    assert judge(base, "wishes", "わたし", "もと") == "you"
    assert judge(base, "wishes", "わたし", "同僚") == "both"
    assert judge(base, "empty", "", "同僚") == "they"
    assert judge(None, "wishes", "もと", "同僚") == "both"


def test_line_ends_blanks_and_the_order_of_ticks_are_no_difference() -> None:
    assert plain("lines", ["a\r\nb "]) == plain("lines", ["a\nb"])
    assert plain("checks", ["b", "a", ""]) == plain("checks", ["a", "b"])
    assert plain("tick", ["0"]) == plain("tick", [])
    assert plain("text", ["b", "a"]) != plain("text", ["a", "b"])


def test_a_choice_takes_the_others_text_whole_and_leaves_the_rest() -> None:
    posted = MultiDict(
        [("a", "わたし"), ("_theirs.a", "同僚"), ("_pick.a", "theirs"), ("b", "わたし"), ("_theirs.b", "同僚"),
         ("_pick.b", "mine"), ("c", "x"), ("_theirs.c", "1"), ("_theirs.c", "2"), ("_pick.c", "theirs"),
         ("d", "わたし"), ("_theirs.d", ""), ("_pick.d", "theirs"), ("e", "そのまま"), ("_version", "3")]
    )  # fmt: skip
    kept = chosen(posted)
    assert {name: kept.getlist(name) for name in kept} == {
        "a": ["同僚"], "b": ["わたし"], "c": ["1", "2"], "e": ["そのまま"], "_version": ["3"],
    }  # fmt: skip
    assert undecided(posted) == []
    posted.poplist("_pick.b")
    assert (undecided(posted), differing(posted)) == (["b"], ["a", "b", "c", "d"])
