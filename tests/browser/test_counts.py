"""What daily work costs in keys and taps, counted by doing it: the text itself comes from an IME and is not counted."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser_city import ROLES, rows
from tests.support.browser_page import PHONE, sign_in, window
from tests.support.browser_typing import receive, send
from tests.support.hands import Keys, Thumb
from tests.support.server import Server

MOST_STROKES = 12  # 受付 with search-before-create
MOST_TAPS = 6  # recording a visit
LATE_TOPIC = "12"  # two digits, the dearest there is
CHOSEN = "e => e.selectedOptions[0].textContent"
HERE = re.compile(r"/intakes/[0-9a-f-]{36}$")
pytestmark = pytest.mark.timeout(600)


def _focused(keys: Keys, name: str) -> bool:
    return bool(keys.page.evaluate("n => document.activeElement.name === n", name))


def _waits_for(keys: Keys, name: str) -> None:
    """The focus comes there by itself; a browser gives it with the first frame it draws, not with the load."""
    keys.page.wait_for_function("n => document.activeElement.name === n", arg=name)


def test_a_call_is_received_with_a_search_in_at_most_12_keys(browser: Browser, server: Server) -> None:
    """Name, search, choosing the known person, topic, consent, what was said, done."""
    known = {"person.name": "架空 見本子", "person.kana": "カクウ ミホンコ", "person.birth": "S60.4.1"}
    with window(browser, server) as (context, _):
        page = sign_in(context.new_page(), ROLES["counselor"])
        send(receive(page, known))
        page.wait_for_url(HERE)
        page.goto("/intakes/new")
        keys = Keys(page)
        _waits_for(keys, "person.name")
        page.keyboard.insert_text("架空 見本子")
        with page.expect_navigation():
            keys.press_key("Enter")
        _waits_for(keys, "person_id")
        keys.press_key("ArrowDown")
        chosen = page.locator('[name="person_id"]:checked').evaluate("e => e.labels[0].innerText")
        assert "架空 見本子" in chosen
        keys.press_key("Tab")
        assert _focused(keys, "main_topic")
        for digit in LATE_TOPIC:  # the list is numbered, so that a number chooses
            keys.press_key(digit)
        assert page.locator('[name="main_topic"]').evaluate(CHOSEN).startswith(f"{LATE_TOPIC} ")
        while not _focused(keys, "consent"):
            keys.press_key("Tab")
        keys.tick(page.locator('[name="consent"][value="not_asked"]'))
        while not _focused(keys, "narrative"):
            keys.press_key("Tab")
        page.keyboard.insert_text("家賃が払えないと電話。架空の聞き取り。")
        with page.expect_navigation(url=HERE):
            keys.press_key("Control+Enter")
        print(f"reception: {keys.strokes} keys")
        assert keys.strokes <= MOST_STROKES


def test_a_visit_is_recorded_on_a_phone_in_at_most_6_taps(browser: Browser, server: Server) -> None:
    episode = rows(
        server.keys.parent,
        "SELECT id FROM outreach_episode WHERE state = 'approaching' AND owner_id IN"
        " (SELECT id FROM staff WHERE login = 'mitate.houmon')",
    )[0][0]
    with window(browser, server, viewport=PHONE, has_touch=True, is_mobile=True) as (context, _):
        page = sign_in(context.new_page(), ROLES["outreach_worker"])
        page.goto(f"/outreach/{UUID(episode)}")
        thumb = Thumb(page)
        thumb.follow("訪問・連絡を記録する")
        thumb.put("result", "absent")
        thumb.put("minutes", "20")
        thumb.put("text", "架空の訪問。応答なし。")
        thumb.press()
        expect(page.locator("main")).to_contain_text("架空の訪問。応答なし。")
        print(f"visit: {thumb.taps} taps")
        assert thumb.taps <= MOST_TAPS
