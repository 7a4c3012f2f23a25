"""帳票: each print has its purpose and number, shows no more than a page would, and leaves its trace."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.db import CLEARED
from tests.support.cast import hire
from tests.support.pages import Reader
from tests.support.story import Story
from tests.support.world import World


def _print(reader: Reader, kind: str, target: str, purpose: str = "decision") -> str:
    return reader.do(f"/print/{kind}/{target}", purpose=purpose).location


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_form_is_drawn_from_the_records_with_number_and_mark(world: World, story: Story) -> None:
    wanted = [
        ("coordinator", "reception", story.ids["intake"], "架空の相談内容"),
        ("coordinator", "assessment", story.ids["case"], "架空のアセスメント"),
        ("coordinator", "plan", story.ids["plan"], "架空の本人の希望"),
        ("coordinator", "progress", story.ids["case"], "支援経過"),
        ("coordinator", "evaluation", story.ids["case"], "架空の本人の意向"),
        ("chair", "agenda", story.ids["meeting"], "議題 1"),
        ("chair", "minutes", story.ids["meeting"], "架空の会議録"),
    ]
    numbers = set()
    for login, kind, target, words in wanted:
        reader = Reader(world, login)
        here = _print(reader, kind, target)
        sheet = reader.open(here)
        assert words in sheet.text, kind
        assert "取扱注意" in sheet.text
        number = sheet.text.split("印刷番号 ")[1].split("<")[0]
        numbers.add(number)
        answer = reader.http.get(f"{here}/pdf")
        assert answer.mimetype == "application/pdf"
        pdf = PdfReader(io.BytesIO(answer.data))
        assert round(float(pdf.pages[0].mediabox.width)) == 595  # A4
        assert number in "".join(page.extract_text() for page in pdf.pages)
    assert len(numbers) == len(wanted)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_agenda_carries_no_name_of_a_resident(world: World, story: Story) -> None:
    reader = Reader(world, "chair")
    sheet = reader.open(_print(reader, "agenda", story.ids["meeting"], "meeting"))
    assert "架空の母" not in sheet.text
    assert "架空の議題" not in sheet.text
    assert "廃棄する日" in sheet.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_may_not_read_a_record_cannot_print_it_and_leaves_a_trace(world: World, story: Story) -> None:
    reader = Reader(world, "shogai")
    form = reader.open(f"/print/plan/{story.ids['plan']}")
    refused = reader.send(form, 404, purpose="decision")
    assert "架空" not in refused.text.split("<main")[1]
    mine = _print(Reader(world, "coordinator"), "plan", story.ids["plan"])
    reader.open(mine, 404)
    world.session.rollback()
    seen = world.session.scalars(select(AuditEntry.event), execution_options={CLEARED: True}).all()
    assert "document.printed" in seen
    assert "document.opened" in seen


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_print_needs_its_purpose(world: World, story: Story) -> None:
    answer = Reader(world, "coordinator").do(f"/print/plan/{story.ids['plan']}", 422)
    assert answer.beside("purpose") == "入力してください。"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_rare_characters_of_a_name_are_printed(world: World) -> None:
    """髙 and 﨑 (compatibility), 𠮷 (beyond 16 bits) and 葛󠄀 (with a variation selector) each have a glyph on paper."""
    hire(world)
    name = "架空 髙﨑 𠮷之 葛󠄀子"
    reader = Reader(world, "shakyo")
    fields = {"window": "nandemo", "main_topic": "housing", "consent": "not_asked", "person__name": name}
    intake = reader.do("/intakes/new", **fields).location
    sheet = _print(reader, "reception", intake.rsplit("/", 1)[1])
    assert name in reader.open(sheet).text
    pdf = PdfReader(io.BytesIO(reader.http.get(f"{sheet}/pdf").data))
    text = "".join(page.extract_text() for page in pdf.pages).replace(" ", "")
    for character in "髙﨑𠮷之葛子":
        assert character in text, character
