"""What is proposed for a piece, what may be decided, what is left of a text, and the days of the law."""

from __future__ import annotations

import itertools
import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from casework.disclosure.queries.sources import OF_CASE, OF_INTAKE
from casework.disclosure.rules import (
    REQUEST,
    About,
    Entry,
    Line,
    Nature,
    PartDraft,
    PartVerdict,
    Piece,
    ProposalKind,
    Record,
    RequestFacts,
    RequestState,
    Section,
    access_ends,
    as_json,
    check_part,
    due_day,
    extended_day,
    propose,
    redacted,
    stays_out,
)
from casework.kernel.errors import BadInput, MoveRefused, Refused
from casework.kernel.messages import Messages
from casework.settings import bundled_path

GIVE, KEEP, ASK = ProposalKind.DISCLOSE, ProposalKind.WITHHOLD, ProposalKind.ONE_BY_ONE
CODES = {"art78_1_2", "art78_1_6", "art78_1_7", "art78_1_7_meeting"}


@pytest.mark.parametrize(
    ("nature", "about", "bound", "main", "expected"),
    [
        (Nature.OWN_WORD, About.REQUESTER, False, True, (GIVE, None)),
        (Nature.FACT, About.REQUESTER, False, False, (GIVE, None)),
        (Nature.FACT, About.NOBODY, False, True, (GIVE, None)),
        (Nature.FACT, About.NOBODY, False, False, (ASK, "art78_1_2")),
        (Nature.OWN_WORD, About.NOBODY, False, False, (ASK, "art78_1_2")),
        (Nature.FACT, About.OTHER, False, True, (KEEP, "art78_1_2")),
        (Nature.THIRD_PARTY, About.REQUESTER, False, True, (KEEP, "art78_1_2")),
        (Nature.AGENCY, About.REQUESTER, False, True, (ASK, "art78_1_7")),
        (Nature.OPINION, About.NOBODY, False, True, (ASK, "art78_1_7")),
        (Nature.POLICY, About.REQUESTER, False, True, (ASK, "art78_1_6")),
        (Nature.OWN_WORD, About.REQUESTER, True, True, (KEEP, "art78_1_7_meeting")),
        (Nature.THIRD_PARTY, About.OTHER, True, False, (KEEP, "art78_1_7_meeting")),
    ],
)
def test_a_piece_is_proposed_by_its_nature_whom_it_is_about_and_where_it_was_learned(
    nature: Nature, about: About, bound: bool, main: bool, expected: tuple[Any, Any]
) -> None:
    found = propose(Piece(nature, about, bound, main))
    assert (found.kind, found.reason) == expected


def test_whatever_is_not_disclosed_at_once_has_an_article() -> None:
    for nature, about, bound, main in itertools.product(Nature, About, (True, False), (True, False)):
        found = propose(Piece(nature, about, bound, main))
        assert (found.reason is None) == (found.kind is GIVE)
        assert found.reason is None or found.reason in CODES


def test_beside_a_protected_person_only_what_is_the_requesters_own_is_listed() -> None:
    listed = {
        (nature, about, main)
        for nature, about, main in itertools.product(Nature, About, (True, False))
        if not stays_out(Piece(nature, about, main=main, guarded=True))
    }
    assert listed == {
        *((nature, About.REQUESTER, main) for nature in Nature for main in (True, False)),
        (Nature.OWN_WORD, About.NOBODY, True),
    }
    assert not any(stays_out(Piece(n, a)) for n in Nature for a in About)


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (PartDraft(PartVerdict.WITHHOLD), "withholding_reason_missing"),
        (PartDraft(PartVerdict.PART, passages=("妹",)), "withholding_reason_missing"),
        (PartDraft(PartVerdict.PART, "art78_1_2"), "passages_missing"),
        (PartDraft(PartVerdict.PART, "art78_1_2", ("兄",)), "passage_absent"),
        (PartDraft(PartVerdict.DISCLOSE, "art78_1_2"), "reason_not_needed"),
        (PartDraft(PartVerdict.DISCLOSE, passages=("妹",)), "passages_not_needed"),
        (PartDraft(PartVerdict.WITHHOLD, "art78_1_2", ("妹",)), "passages_not_needed"),
    ],
)
def test_a_decision_without_what_it_needs_is_refused(draft: PartDraft, code: str) -> None:
    with pytest.raises(BadInput, match=code):
        check_part(draft, "妹と話した。")
    check_part(PartDraft(PartVerdict.PART, "art78_1_2", ("妹",)), "妹と話した。")


@pytest.mark.parametrize(
    ("text", "passages", "left"),
    [
        ("妹の花子と、母と話した。花子は", ("花子",), "妹の■と、母と話した。■は"),
        ("妹の花子と話した。", ("妹の", "花子"), "■と話した。"),
        ("ああああ", ("ああ",), "■"),
        ("abcd", ("bc", "cd"), "a■"),
        ("何もない", (), "何もない"),
        ("全部", ("全部",), "■"),
    ],
)
def test_passages_are_replaced_wherever_they_stand_and_tell_nothing_of_their_length(
    text: str, passages: tuple[str, ...], left: str
) -> None:
    assert redacted(text, passages, "■") == left
    assert not any(passage in left for passage in passages)


def test_the_file_carries_no_id_and_no_empty_member() -> None:
    entries = (Entry("見出し", text="本文"), Entry("見出し二", withheld="【不開示】"))
    record = Record(
        "D8-0001", date(2026, 4, 6), (Line("請求番号", "D8-0001"),), (Section("本人", entries),), "注"
    )
    shown = json.loads(as_json(record))
    assert shown["sections"][0]["entries"] == [
        {"heading": "見出し", "text": "本文"},
        {"heading": "見出し二", "withheld": "【不開示】"},
    ]
    assert set(shown) == {"number", "made_on", "cover", "sections", "note"}


def test_the_days_are_those_of_the_law() -> None:
    received = date(2026, 4, 6)
    assert due_day(received) == date(2026, 5, 6)
    assert extended_day(received) == date(2026, 6, 5)
    assert access_ends(due_day(received)).date() > date(2026, 7, 4)


# deciding → in_review → approved → given → closed; in_review → deciding; what is unanswered may be withdrawn
EXPECTED = {
    ("deciding", "submit"): "in_review",
    ("deciding", "withdraw"): "withdrawn",
    ("in_review", "send_back"): "deciding",
    ("in_review", "approve"): "approved",
    ("in_review", "withdraw"): "withdrawn",
    ("approved", "give"): "given",
    ("approved", "withdraw"): "withdrawn",
    ("given", "give"): "given",
    ("given", "close"): "closed",
}
ME, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize("state", list(RequestState))
@pytest.mark.parametrize("name", sorted({m.name for m in REQUEST.moves}))
def test_every_state_takes_the_moves_of_the_flow_and_no_other(state: RequestState, name: str) -> None:
    facts = RequestFacts(actor=ME, deciders={OTHER})
    wanted = EXPECTED.get((state.value, name))
    if wanted is None:
        with pytest.raises(MoveRefused):
            REQUEST.after(state, name, facts)
    else:
        assert REQUEST.after(state, name, facts).value == wanted


def test_nobody_reviews_what_they_decided_and_nothing_undecided_is_handed_in() -> None:
    for name in ("approve", "send_back"):
        with pytest.raises(Refused, match="review_own_decision"):
            REQUEST.after(RequestState.IN_REVIEW, name, RequestFacts(actor=ME, deciders={OTHER, ME}))
    with pytest.raises(Refused, match="parts_undecided"):
        REQUEST.after(RequestState.DECIDING, "submit", RequestFacts(undecided=1))


def test_every_text_of_the_record_has_a_heading_and_is_a_sealed_column() -> None:
    words = Messages(bundled_path("config") / "messages")
    for source in (*OF_CASE, OF_INTAKE):
        for name in source.fields:
            column = source.model.__table__.columns[name]
            assert column.info.get("sealed"), (source.model, name)
            assert words.has_label("disclosure_field", f"{source.model.__tablename__}_{name}")


def test_no_sealed_text_of_a_case_is_forgotten() -> None:
    """Every sealed column that carries a case's key is a source, or says here why not."""
    import importlib

    from casework.app import HOUSES
    from casework.db import Base

    for house in HOUSES:
        importlib.import_module(f"casework.{house}.models")
    # Who may read and who was asked is the office's own business, not the person's record; preparation sheets and
    # missing resources are the members' papers of a meeting, whose decisions and minutes are in the record.
    beside = {
        "access_grant",
        "emergency_access",
        "meeting_proposal",
        "item_member",
        "preparation_sheet",
        "missing_resource",
    }
    listed = {(s.model.__tablename__, name) for s in OF_CASE for name in s.fields}
    sealed = {
        (str(m.local_table.name), c.name)  # type: ignore[attr-defined]
        for m in Base.registry.mappers
        if getattr(m.class_, "__sealed_by__", None) == "case_id"
        for c in m.local_table.columns
        if c.info.get("sealed")
    }
    missing = {f"{table}.{column}" for table, column in sealed - listed if table not in beside}
    assert missing == set()
