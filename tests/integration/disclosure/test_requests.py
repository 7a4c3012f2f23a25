"""開示請求: one person's record, decided piece by piece, reviewed by a second person, and nothing else ever leaves."""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.cases import queries as cases
from casework.cases.actions import name_grant
from casework.cases.rules import SegmentClass, SegmentDraft
from casework.db import CLEARED
from casework.disclosure import actions, queries
from casework.disclosure.rules import (
    CopyFormat,
    ExportDraft,
    ExtensionDraft,
    GivingDraft,
    PartDraft,
    PartVerdict,
    ProposalKind,
    RequestView,
    ReturnDraft,
)
from casework.intake import queries as intakes
from casework.kernel.errors import BadInput, MoveRefused, NotAllowed, NotFound, Refused, StepUpRequired
from casework.people import actions as people
from casework.people import queries as persons
from casework.people.rules import AddressDraft, GrantDraft, PersonEdit
from tests.support.papers import Office
from tests.support.world import World

ALONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
C = SegmentClass
PDF = ExportDraft(CopyFormat.PDF, "架空 花子", "counter")
JSON = ExportDraft(CopyFormat.JSON, "架空 花子", "electronic_medium")
FORBIDDEN = ("架空の隣人の話", "架空の医院の情報", "架空の見立て", "架空の妹のこと", "架空の会議の話")


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def _told(office: Office) -> RequestView:
    """A resident with a piece of every class, asked for by themself."""
    hanako = office.resident("架空 花子", "花子")
    sister = office.joins(hanako, "架空 妹子")
    office.note(
        hanako,
        SegmentDraft(C.FACT, "架空の事実 引っ越した", hanako.person),
        SegmentDraft(C.THIRD_PARTY_WORD, "架空の隣人の話", hanako.person, said_by="架空の隣人"),
        SegmentDraft(C.AGENCY_INFORMATION, "架空の医院の情報", hanako.person),
        SegmentDraft(C.OPINION, "架空の見立て", hanako.person),
        SegmentDraft(C.FACT, "架空の妹のこと", sister),
        SegmentDraft(C.FACT, "架空の会議の話", hanako.person, origin_basis="act_106_6"),
        with_whom="架空の同席者",
    )
    return office.asked(hanako)


def _events(world: World) -> list[tuple[str, str, str]]:
    world.session.rollback()
    query = select(AuditEntry.event, AuditEntry.outcome, AuditEntry.case_id).order_by(AuditEntry.seq)
    return [tuple(row) for row in world.session.execute(query, execution_options={CLEARED: True})]


def test_a_record_is_decided_reviewed_and_given_without_what_is_withheld(office: Office) -> None:
    """The whole road, on both databases."""
    world, run = office.world, office.world.run
    view = _told(office)
    by_text = {part.text: part for part in view.parts}
    proposed = {text: by_text[text].proposal for text in FORBIDDEN}
    assert (
        proposed["架空の隣人の話"]
        is proposed["架空の妹のこと"]
        is proposed["架空の会議の話"]
        is ProposalKind.WITHHOLD
    )
    assert proposed["架空の医院の情報"] is proposed["架空の見立て"] is ProposalKind.ONE_BY_ONE
    assert by_text["架空の事実 引っ越した"].proposal is ProposalKind.DISCLOSE
    assert by_text["架空の会議の話"].proposed_reason == "art78_1_7_meeting"
    office.decided(view)
    part = by_text["架空の本人の言葉 花子"]
    some = PartDraft(PartVerdict.PART, "art78_1_2", ("花子",))
    run(actions.decide, office.officer, view.id, part.id, some)
    run(actions.submit, office.officer, view.id)
    with pytest.raises(MoveRefused):
        run(actions.export, office.officer, view.id, JSON)
    run(actions.approve, office.second, view.id)
    given = [run(actions.export, office.officer, view.id, draft) for draft in (JSON, JSON)]
    again = run(actions.give_again, office.officer, given[0].id, GivingDraft("架空 花子", "registered_post"))
    copies = [run(queries.read_copy, office.officer, line.id) for line in given]
    text = copies[0].body.decode()
    assert "【不開示 個人情報保護法78条1項2号" in text
    assert "架空の事実 引っ越した" in text
    assert "架空の本人の言葉 【不開示" in text
    assert not [words for words in FORBIDDEN if words in text]
    ledger = run(queries.read_request, office.officer, view.id).givings
    assert [line.id for line in ledger] == [given[0].id, given[1].id, again.id]
    assert [line.digest for line in ledger] == [
        hashlib.sha256(copies[0].body).hexdigest(),
        hashlib.sha256(copies[1].body).hexdigest(),
        hashlib.sha256(copies[0].body).hexdigest(),
    ]
    told = run(cases.disclosures, office.counselor, _case_of(world))
    assert [row.ground for row in told if row.channel == "request"] == [f"request:{view.number}"] * 3
    events = [event for event, outcome, _ in _events(world) if outcome == "done"]
    for wanted in ("registered", "part_decided", "submitted", "approved", "exported", "given_again"):
        assert f"disclosure.{wanted}" in events
    run(actions.close, office.officer, view.id)
    shut = run(queries.read_request, office.officer, view.id)
    assert (shut.parts, shut.name, len(shut.givings)) == ((), None, 3)


def _case_of(world: World) -> object:
    """The case whose record was read, as whoever asks who saw it finds it in the trail."""
    from uuid import UUID

    return next(UUID(case) for event, _, case in _events(world) if event == "disclosure.record_read" and case)


@ALONE
def test_no_withheld_text_stands_in_the_pdf_in_any_form(office: Office) -> None:
    """Not in the text that a reader extracts, not in the bytes, not in any stream of it once unpacked."""
    run = office.world.run
    world = office.world
    assert world.app  # the pages bring the drawer of paper
    view = office.approved(_told(office))
    with world.app.app_context(), world.app.test_request_context():
        line = world.run(actions.export, office.officer, view.id, PDF)
    body = run(queries.read_copy, office.officer, line.id).body
    reader = PdfReader(io.BytesIO(body))
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    assert "架空の事実" in text  # the search can find what is there
    assert "個人情報保護法78条1項2号" in text
    streams = [body]
    for at in _all(body, b"stream"):
        start = at + len(b"stream")
        chunk = body[start:].lstrip(b"\r\n")
        try:
            streams.append(zlib.decompressobj().decompress(chunk))
        except zlib.error:
            continue
    assert len(streams) > 5
    for words in FORBIDDEN:
        assert words not in text
        for encoding in ("utf-8", "utf-16-be", "utf-16-le", "shift_jis"):
            raw = words.encode(encoding)
            assert not [s for s in streams if raw in s or raw.hex().encode() in s.lower()], (words, encoding)
    assert reader.metadata is None or "花子" not in str(dict(reader.metadata))


def _all(body: bytes, word: bytes) -> list[int]:
    found, at = [], body.find(word)
    while at >= 0:
        found.append(at)
        at = body.find(word, at + 1)
    return found


@ALONE
def test_a_protected_person_of_the_case_leaves_no_trace_in_worksheet_or_copy(office: Office) -> None:
    """With and without them the pieces, their headings and the file are the same, word for word."""
    world, run = office.world, office.world.run
    hanako = office.resident("架空 花子", "花子")
    first = office.asked(hanako)
    run(actions.withdraw, office.officer, first.id)
    hidden = office.joins(hanako, "架空 守子")
    office.note(
        hanako,
        SegmentDraft(C.FACT, "架空の守られた人の行き先", hidden),
        SegmentDraft(C.THIRD_PARTY_WORD, "架空の守られた人の言葉", hidden, said_by="架空 守子"),
        with_whom="架空 守子",
        next_step="架空 守子に電話する",
    )
    office.note(hanako, SegmentDraft(C.FACT, "架空の世帯の事情"))
    office.protect(hanako, hidden)
    second = office.asked(hanako)
    assert [(p.heading, p.text, p.proposal) for p in second.parts] == [
        (p.heading, p.text, p.proposal) for p in first.parts
    ]
    world.later(minutes=3)
    office.approved(second)
    line = run(actions.export, office.officer, second.id, JSON)
    body = run(queries.read_copy, office.officer, line.id).body.decode()
    entries = [e for s in json.loads(body)["sections"] for e in s["entries"]]
    assert [e["heading"] for e in entries] == [p.heading for p in first.parts]
    assert "守" not in body


@ALONE
def test_what_is_restricted_of_the_requester_is_neither_shown_nor_marked(office: Office) -> None:
    """An impostor with papers, and a proxy, learn from the copy no whereabouts and not that some are withheld."""
    hanako = office.resident("架空 花子", "花子の隠れ家", restricted=True)
    view = office.asked(hanako)
    assert {"address", "contact"} & {part.kind.value for part in view.parts} == set()
    office.protect(hanako, hanako.person)
    with pytest.raises(BadInput, match="request_no_person"):  # protected: the name alone finds nobody
        office.asked(hanako)
    with pytest.raises(
        BadInput, match="request_no_person"
    ):  # nor does the number, to who is not named in a grant
        office.asked(hanako, case_number=hanako.number)
    until = office.world.clock.now() + timedelta(days=60)
    draft = GrantDraft(office.officer.id, "開示請求の対応", until)
    office.world.run(name_grant, office.counselor, hanako.person, draft)
    again = office.asked(hanako, case_number=hanako.number)
    assert {p.kind.value for p in again.parts} == {p.kind.value for p in view.parts}


@ALONE
def test_the_record_is_open_through_a_running_request_of_ones_own_office_alone(office: Office) -> None:
    world, run = office.world, office.world.run
    hanako = office.resident("架空 花子", "花子")
    other = office.resident("架空 次郎", "次郎")
    elsewhere = world.actor("privacy_officer", "toshi_seibi")
    for read, target in ((persons.read_person, hanako.person), (intakes.read, hanako.intake)):
        with pytest.raises(NotAllowed):
            run(read, office.officer, target)
    view = office.asked(hanako)
    assert not [p for p in view.parts if "次郎" in (p.text or "")]
    for who in (elsewhere, office.second):  # another office, and the supervisor before the review
        with pytest.raises(NotFound):
            run(queries.read_request, who, view.id)
    theirs = office.asked(other).parts[0]
    with pytest.raises(NotFound):  # a piece of somebody else's record
        run(actions.decide, office.officer, view.id, theirs.id, PartDraft(PartVerdict.DISCLOSE))
    assert ("disclosure.part_decided", "not_found", "") in {(e, o, "") for e, o, _ in _events(world)}
    office.decided(view)
    run(actions.submit, office.officer, view.id)
    assert run(queries.read_request, office.second, view.id).parts
    world.clock.move(timedelta(days=30 + 61))
    late = run(queries.read_request, office.officer, view.id)
    assert (late.parts, late.name) == ((), None)
    with pytest.raises(NotFound):
        run(actions.approve, office.second, view.id)


@ALONE
def test_nobody_reviews_their_own_and_what_is_sent_back_is_decided_anew(office: Office) -> None:
    run = office.world.run
    view = office.decided(_told(office))
    run(actions.submit, office.officer, view.id)
    for move in (actions.approve, lambda ctx, key: actions.send_back(ctx, key, ReturnDraft("架空"))):
        with pytest.raises(Refused, match="review_own_decision"):
            run(move, office.officer, view.id)
    with pytest.raises(Refused, match="request_not_deciding"):
        run(actions.decide, office.officer, view.id, view.parts[0].id, PartDraft(PartVerdict.DISCLOSE))
    back = run(actions.send_back, office.second, view.id, ReturnDraft("架空の見直し"))
    assert (back.state.value, back.review_note) == ("deciding", "架空の見直し")
    run(actions.decide, office.third, view.id, view.parts[0].id, PartDraft(PartVerdict.DISCLOSE))
    run(actions.submit, office.officer, view.id)
    with pytest.raises(Refused, match="review_own_decision"):  # decided one piece of it
        run(actions.approve, office.third, view.id)
    assert run(actions.approve, office.second, view.id).state.value == "approved"


@ALONE
def test_a_text_that_changed_after_its_decision_stops_review_and_copy(office: Office) -> None:
    run = office.world.run
    hanako = office.resident("架空 花子", "花子")
    view = office.decided(office.asked(hanako))
    edit = PersonEdit(name="架空 花江")
    run(people.edit_person, office.counselor, hanako.person, edit)
    with pytest.raises(Refused, match="parts_undecided"):
        run(actions.submit, office.officer, view.id)
    office.decided(view)
    run(actions.submit, office.officer, view.id)
    run(people.edit_person, office.counselor, hanako.person, replace(edit, name="架空 花代"))
    with pytest.raises(Refused, match="part_changed"):
        run(actions.approve, office.second, view.id)
    run(actions.send_back, office.second, view.id, ReturnDraft("架空"))
    office.approved(view)
    run(people.edit_person, office.counselor, hanako.person, edit)
    with pytest.raises(Refused, match="part_changed"):
        run(actions.export, office.officer, view.id, JSON)
    address = AddressDraft("架空の新しい住所")  # a new piece is not part of the request
    run(people.add_address, office.counselor, hanako.person, address)
    assert "架空の新しい住所" not in str(run(queries.read_request, office.officer, view.id).parts)


@ALONE
def test_what_is_wrong_with_a_request_is_said_and_recorded_and_nothing_is_kept(office: Office) -> None:
    world, run = office.world, office.world.run
    hanako = office.resident("架空 花子", "花子")
    office.resident("架空 双子", "一人目")
    office.resident("架空 双子", "二人目")
    today = world.ctx().today
    wrong: list[tuple[dict[str, object], str]] = [
        ({"name": "架空 だれも"}, "request_no_person"),
        ({"name": "架空 花"}, "request_no_person"),  # part of a name is not a name
        ({"name": "架空 双子"}, "request_several_persons"),
        ({"case_number": "R8-99999"}, "request_no_person"),
        ({"received_on": today + timedelta(days=1)}, "day_ahead"),
        ({"requester": "mandated_proxy"}, "requester_name_missing"),
        ({"identity_check": "said_so"}, "unknown_code"),
    ]
    for changes, code in wrong:
        with pytest.raises(BadInput, match=code):
            office.asked(hanako, **changes)
    assert run(queries.requests, office.officer).items == ()
    refused = [o for e, o, _ in _events(world) if e == "disclosure.registered"]
    assert refused == [code for _, code in wrong]
    view = office.asked(hanako)
    run(actions.extend, office.officer, view.id, ExtensionDraft("架空の理由"))
    with pytest.raises(Refused, match="extended_already"):
        run(actions.extend, office.officer, view.id, ExtensionDraft("架空の理由"))
    assert run(queries.read_request, office.officer, view.id).due_on == today + timedelta(days=60)
    with pytest.raises(NotAllowed):
        run(actions.register, office.counselor, None)
    stale = world.ctx(office.officer)
    stale.actor = replace(
        stale.actor, confirmed_at=stale.now - timedelta(minutes=world.settings.step_up_minutes + 1)
    )
    with pytest.raises(StepUpRequired):
        actions.export(stale, view.id, JSON)
