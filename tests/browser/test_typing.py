"""Typing at a counter: no session, server, colleague, key or double press may cost a character or do a thing twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.support.browser_city import ROLES, rows, served
from tests.support.browser_page import Watch, sign_in, window
from tests.support.browser_typing import (
    NARRATIVE,
    RECEPTION,
    SCRIPTS,
    Ime,
    fill,
    receive,
    send,
    typed_in,
)
from tests.support.server import Server

COUNSELOR, CLINIC_HOURS = ROLES["counselor"], 31  # minutes, one more than a session may rest
# How many script strings go into each field: one, or one per line.
LINES = {
    "person.name": 1,
    "person.address": 1,
    "visitor.name": 1,
    "narrative": 8,
    "wishes": 8,
    "safe_ways.remarks": 6,
}
pytestmark = pytest.mark.timeout(600)  # the first test of a worker waits for the city
HERE = re.compile(r"/intakes/[0-9a-f-]{36}$")


@pytest.fixture(scope="module")
def desk(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose clock the tests move, over a copy of the city of its own."""
    with served(city, tmp_path_factory.mktemp("desk"), start=datetime.now(UTC)) as running:
        yield running


def seated(browser: Browser, server: Server) -> AbstractContextManager[tuple[BrowserContext, Watch]]:
    return window(browser, server)


def intakes(server: Server) -> int:
    return int(rows(server.keys.parent, "SELECT count(*) FROM intake")[0][0])


def shown(page: Page) -> str:
    return page.locator("main").inner_text()


def test_enter_during_composition_never_sends_the_form(browser: Browser, desk: Server) -> None:
    with seated(browser, desk) as (context, _):
        page = sign_in(context.new_page(), COUNSELOR)
        receive(page, {})
        sent: list[str] = []
        page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
        ime = Ime(page)
        for field in ("person.name", "person.address", "narrative"):
            page.focus(f'[name="{field}"]')
            for code, name, text, modifiers in (
                (229, "Process", "", 0),
                (13, "Enter", "\r", 0),
                (229, "Process", "", 2),
                (13, "Enter", "\r", 2),
            ):
                ime.compose("かくう")
                ime.key(code, name, text, modifiers)
                ime.commit("架空")
            page.wait_for_timeout(100)
            assert page.url.endswith("/intakes/new")
        assert [url for url in sent if "/unsent" not in url] == []
        assert typed_in(page, {"person.name": ""})["person.name"].startswith("架空架空")


def test_ctrl_enter_without_composition_sends_the_form(browser: Browser, desk: Server) -> None:
    with seated(browser, desk) as (context, _):
        page = receive(sign_in(context.new_page(), COUNSELOR))
        page.focus('[name="narrative"]')
        page.keyboard.press("Control+Enter")
        page.wait_for_url(HERE)


def test_kana_follows_the_reading_that_was_typed(browser: Browser, desk: Server) -> None:
    with seated(browser, desk) as (context, _):
        page = sign_in(context.new_page(), COUNSELOR)
        receive(page, {})
        page.focus('[name="person.name"]')
        ime = Ime(page)
        for reading, chosen in (("かくう", "架空"), ("はなこ", " 花子")):
            ime.compose(reading)
            ime.commit(chosen)
        expect(page.locator('[name="person.name"]')).to_have_value("架空 花子")
        expect(page.locator('[name="person.kana"]')).to_have_value("かくう はなこ")


def test_a_session_that_times_out_loses_no_character(browser: Browser, desk: Server) -> None:
    with seated(browser, desk) as (context, watch):
        watch.refusals |= {401}
        page = receive(sign_in(context.new_page(), COUNSELOR))
        desk.later(minutes=CLINIC_HOURS)
        send(page)
        expect(page.locator("#over")).to_be_visible()
        page.fill("#login", COUNSELOR.login)
        page.fill("#password", COUNSELOR.password)
        page.click("main button.primary")
        page.click("text=入力の画面に戻る")
        expect(page.locator("h1")).to_have_text("相談を受け付ける")
        assert typed_in(page, RECEPTION) == RECEPTION
        send(page)
        page.wait_for_url(HERE)
        assert NARRATIVE in shown(page)


def test_a_session_that_times_out_loses_no_character_without_javascript(
    browser: Browser, desk: Server
) -> None:
    with window(browser, desk, java_script_enabled=False) as (context, watch):
        watch.refusals |= {401}
        page = receive(sign_in(context.new_page(), COUNSELOR))
        desk.later(minutes=CLINIC_HOURS)
        send(page)
        page.fill("#login", COUNSELOR.login)
        page.fill("#password", COUNSELOR.password)
        page.click("main button.primary")
        page.click("text=入力の画面に戻る")
        assert typed_in(page, RECEPTION) == RECEPTION


def test_a_server_that_is_killed_and_restarted_loses_no_character(browser: Browser, desk: Server) -> None:
    with seated(browser, desk) as (context, watch):
        page = receive(sign_in(context.new_page(), COUNSELOR))
        before = intakes(desk)
        watch.severed = True
        desk.kill()
        send(page)
        expect(page.locator(".state")).to_contain_text("サーバーに接続できない")
        assert typed_in(page, RECEPTION) == RECEPTION
        desk.start()
        send(page)
        page.wait_for_url(HERE)
        assert NARRATIVE in shown(page)
        assert intakes(desk) == before + 1


def test_text_survives_server_and_browser_together(browser: Browser, desk: Server) -> None:
    """A power cut: what was typed until five seconds ago comes back on another computer."""
    with seated(browser, desk) as (context, watch):
        page = receive(sign_in(context.new_page(), COUNSELOR))
        expect(page.locator(".state")).to_contain_text("書きかけを保存しました")
        watch.severed = True
        desk.kill()
        page.close(run_before_unload=False)
    desk.start()
    with seated(browser, desk) as (context, _):
        page = sign_in(context.new_page(), COUNSELOR)
        page.goto("/intakes/new")
        expect(page.locator("#kept")).to_have_text("書きかけを戻しました")
        assert typed_in(page, RECEPTION) == RECEPTION
        send(page)
        page.wait_for_url(HERE)
        page.goto("/intakes/new")
        expect(page.locator("#kept")).to_have_count(0)


def test_what_was_typed_before_the_script_came_is_kept_too(browser: Browser, desk: Server) -> None:
    with seated(browser, desk) as (context, watch):
        page = sign_in(context.new_page(), COUNSELOR)
        late: list[Route] = []
        context.route("**/casework.js*", lambda route: late.append(route))  # noqa: PLW0108 - Playwright marks what it calls
        page.goto("/intakes/new", wait_until="commit")
        page.fill("[name='narrative']", "遅い回線で書いた")
        assert page.locator(".state").count() == 0
        late.pop().continue_()
        expect(page.locator(".state")).to_contain_text("書きかけを保存しました")
        watch.severed = True
        page.close(run_before_unload=False)
        context.unroute_all()
        again = context.new_page()
        again.goto("/intakes/new")
        assert typed_in(again, {"narrative": ""}) == {"narrative": "遅い回線で書いた"}
        again.fill("[name='narrative']", "")
        send(receive(again, {}))


def test_a_colleagues_edit_in_between_loses_nobodys_text(browser: Browser, desk: Server) -> None:
    with seated(browser, desk) as (mine, watch), seated(browser, desk) as (theirs, _):
        watch.refusals |= {409, 412}
        page, other = sign_in(mine.new_page(), COUNSELOR), sign_in(theirs.new_page(), COUNSELOR)
        send(receive(page))
        page.wait_for_url(HERE)
        edit = f"{page.url}/edit"
        page.goto(edit)
        other.goto(edit)
        fill(other, {"wishes": "同僚が書いた希望"})
        send(other)
        other.wait_for_url(HERE)
        fill(page, {"narrative": NARRATIVE + "追記。"})
        send(page)
        expect(page.locator(".beside .theirs .kept")).to_have_count(2)
        assert typed_in(page, {"narrative": ""}) == {"narrative": NARRATIVE + "追記。"}
        send(page)  # what only one of the two changed is settled, and nobody's text is dropped
        page.wait_for_url(HERE)
        assert NARRATIVE + "追記。" in shown(page)
        assert "同僚が書いた希望" in shown(page)


def test_pressing_twice_going_back_and_pressing_again_receives_once(browser: Browser, desk: Server) -> None:
    with seated(browser, desk) as (context, watch):
        watch.refusals |= {422}
        page = receive(sign_in(context.new_page(), COUNSELOR))
        before = intakes(desk)
        page.dblclick("form.work .send button.primary")
        expect(page).to_have_url(HERE)
        first = page.url
        page.go_back()
        send(page)
        page.wait_for_load_state()
        assert page.url == first or page.locator("h1").inner_text() == "相談を受け付ける"
        assert intakes(desk) == before + 1


def test_the_same_form_posted_again_leads_to_the_same_intake(browser: Browser, desk: Server) -> None:
    """What a browser does after 再送信: the very same pairs, a second time."""
    with window(browser, desk, java_script_enabled=False) as (context, _):
        page = receive(sign_in(context.new_page(), COUNSELOR))
        before = intakes(desk)
        posted: list[str] = []
        page.on("request", lambda r: posted.append(r.post_data or "") if r.method == "POST" else None)
        send(page)
        page.wait_for_url(HERE)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        again = context.request.post("/intakes/new", data=posted[0], headers=kind, max_redirects=0)
        assert (again.status, desk.base + again.headers["location"]) == (303, page.url)
        assert intakes(desk) == before + 1


def test_two_tabs_of_one_record_do_one_edit(browser: Browser, desk: Server) -> None:
    with seated(browser, desk) as (context, watch):
        watch.refusals |= {409, 412}
        one = sign_in(context.new_page(), COUNSELOR)
        send(receive(one))
        one.wait_for_url(HERE)
        two = context.new_page()
        edit = f"{one.url}/edit"
        for tab in (one, two):
            tab.goto(edit)
        fill(one, {"wishes": "一つめのタブ"})
        fill(two, {"wishes": "二つめのタブ"})
        send(one)
        one.wait_for_url(HERE)
        send(two)
        expect(two.locator("input[name='_theirs.wishes']")).to_have_value("一つめのタブ")
        assert typed_in(two, {"wishes": ""}) == {"wishes": "二つめのタブ"}


def test_an_expired_form_comes_back_whole_and_is_sent_once(browser: Browser, desk: Server) -> None:
    with seated(browser, desk) as (context, watch):
        watch.refusals |= {400}
        page = receive(sign_in(context.new_page(), COUNSELOR))
        before = intakes(desk)
        page.evaluate("document.querySelector('form.work [name=csrf_token]').value = 'abgelaufen'")
        send(page)
        expect(page.locator("#faults")).to_be_visible()
        assert typed_in(page, RECEPTION) == RECEPTION
        send(page)
        page.wait_for_url(HERE)
        assert intakes(desk) == before + 1


@pytest.mark.promise(23)
def test_200_script_strings_are_shown_as_text_and_none_runs(browser: Browser, desk: Server) -> None:
    assert len(set(SCRIPTS)) == 200
    strings = iter(SCRIPTS)
    with seated(browser, desk) as (context, watch):
        page = sign_in(context.new_page(), COUNSELOR)
        for _ in range(0, len(SCRIPTS), sum(LINES.values())):
            typed = {name: "\n".join(islice(strings, lines)) for name, lines in LINES.items()}
            receive(page, {})
            page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
            fill(page, typed)
            page.click("section button[value=search]")  # they come back in the form,
            expect(page.locator("[role=status] >> nth=0")).to_be_visible()
            assert typed_in(page, typed) == typed
            send(page)  # and are shown on the page of what was saved
            expect(page).to_have_url(HERE)
            words = " ".join(shown(page).split())
            del typed["person.address"]
            lines = [line for text in typed.values() for line in text.splitlines()]
            assert [line for line in lines if " ".join(line.split()) not in words] == []
        for path in ("/intakes", "/"):
            page.goto(path)
        assert watch.dialogs == []
