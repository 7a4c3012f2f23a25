"""A note and the minutes of a meeting lose no more than a reception does: not by time, by power, or by a colleague."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser_city import ROLES, SignIn, rows, served
from tests.support.browser_page import sign_in, window
from tests.support.browser_typing import NARRATIVE, fill, send, typed_in
from tests.support.server import Server

pytestmark = pytest.mark.timeout(600)
REST = 31  # minutes, one more than a session may rest
OWN_CASE = """SELECT c.id FROM case_file c JOIN staff s ON s.id = c.owner_id
  WHERE s.login = 'mihon.soudan' AND c.state = 'supporting' AND NOT c.protected"""
HELD_ITEM = """SELECT i.id FROM agenda_item i JOIN meeting m ON m.id = i.meeting_id
  JOIN staff s ON s.id = m.secretariat_id WHERE s.login = 'kasetsu.jimu' AND m.state = 'held'"""


@dataclass(frozen=True)
class Place:
    """A form where much is typed, and the page that shows it afterwards."""

    who: SignIn
    form: str
    shown_at: str
    field: str


@pytest.fixture(scope="module")
def desk(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(city, tmp_path_factory.mktemp("elsewhere"), start=datetime.now(UTC)) as running:
        yield running


@pytest.fixture(params=["note", "minutes"])
def place(request: pytest.FixtureRequest, city: Path) -> Place:
    if request.param == "note":
        case = UUID(rows(city, OWN_CASE)[0][0])
        shown = f"/cases/{case}/notes?purpose=support"
        return Place(ROLES["counselor"], f"/cases/{case}/notes/new", shown, "segments.0.text")
    item = UUID(rows(city, HELD_ITEM)[0][0])
    return Place(ROLES["secretariat"], f"/agenda/{item}/record", f"/agenda/{item}", "text")


def _began(page: Page, place: Place, text: str) -> Page:
    page.goto(place.form)
    if page.locator('[name="method"]').count():
        page.locator('[name="method"]').first.evaluate("e => e.tagName === 'SELECT' && (e.selectedIndex = 1)")
        if page.locator('[name="method"][type=radio]').count():
            page.check('[name="method"] >> nth=0')
    fill(page, {place.field: text})
    return page


def _shows(page: Page, place: Place, text: str) -> None:
    page.goto(place.shown_at)
    words = " ".join(page.locator("main").inner_text().split())
    assert " ".join(text.split()) in words


def test_a_session_that_times_out_loses_no_character(browser: Browser, desk: Server, place: Place) -> None:
    text = f"{NARRATIVE}時間切れ。"
    with window(browser, desk) as (context, watch):
        watch.refusals |= {401}
        page = _began(sign_in(context.new_page(), place.who), place, text)
        desk.later(minutes=REST)
        send(page)
        page.fill("#login", place.who.login)
        page.fill("#password", place.who.password)
        page.click("main button.primary")
        page.click("text=入力の画面に戻る")
        assert typed_in(page, {place.field: ""}) == {place.field: text}
        with page.expect_navigation():
            send(page)
        _shows(page, place, text)


def test_a_server_that_is_killed_and_restarted_loses_no_character(
    browser: Browser, desk: Server, place: Place
) -> None:
    text = f"{NARRATIVE}停電。"
    with window(browser, desk) as (context, watch):
        page = _began(sign_in(context.new_page(), place.who), place, text)
        watch.severed = True
        desk.kill()
        send(page)
        expect(page.locator(".state")).to_contain_text("サーバーに接続できない")
        desk.start()
        assert typed_in(page, {place.field: ""}) == {place.field: text}
        with page.expect_navigation():
            send(page)
        _shows(page, place, text)


def test_a_colleagues_text_in_between_loses_nobodys(browser: Browser, desk: Server, place: Place) -> None:
    """Notes stand beside each other; minutes are one text, so that the second sees the first before replacing it."""
    with window(browser, desk) as (mine, watch), window(browser, desk) as (theirs, _):
        watch.refusals |= {409, 412}
        page, other = sign_in(mine.new_page(), place.who), sign_in(theirs.new_page(), place.who)
        _began(page, place, "自分の書いた文。")
        _began(other, place, "同僚の書いた文。")
        with other.expect_navigation():
            send(other)
        with page.expect_navigation():
            send(page)
        if page.locator(".beside").count():
            expect(page.locator(f'[name="_theirs.{place.field}"]')).to_have_value("同僚の書いた文。")
            assert typed_in(page, {place.field: ""}) == {place.field: "自分の書いた文。"}
            fill(page, {place.field: "同僚の書いた文。自分の書いた文。"})
            with page.expect_navigation():
                send(page)
        for text in ("自分の書いた文。", "同僚の書いた文。"):
            _shows(page, place, text)
