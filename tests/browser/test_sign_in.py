"""Signing in with two factors in a real browser: QR code, passkey, step-up; and what it says before a session ends."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from casework.accounts import actions as accounts
from casework.accounts.rules import RoleDraft, StaffDraft
from casework.kernel.actor import Role
from tests.support.authenticator import code_at
from tests.support.browser_page import DESKTOP, Watch, axe_faults, fit_faults
from tests.support.cast import PASSWORD
from tests.support.server import Server
from tests.support.world import START, make_world

LOGINS = {
    "kanri": Role.ADMINISTRATOR,
    "soudan": Role.COUNSELOR,
    "houmon": Role.COUNSELOR,
    "uketsuke": Role.COUNSELOR,
}


@pytest.fixture(scope="module")
def host(sqlite_template: Path, keystore: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server under the name localhost, where browsers allow passkeys without TLS; its clock is moved by hand."""
    folder = tmp_path_factory.mktemp("sign-in")
    database = folder / "casework.db"
    shutil.copyfile(sqlite_template, database)
    url = f"sqlite:///{database}"
    with make_world(url, folder, keystore) as world:
        for login, role in LOGINS.items():
            held = (RoleDraft(role, "shakyo", date(2020, 4, 1)),)
            draft = StaffDraft(login, f"架空 {login}", "shakyo", PASSWORD, held, must_change=False)
            accounts.create(world.ctx(), draft)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    origin = f"http://localhost:{port}"
    server = Server(url, folder, folder / "keys", START, public_origin=origin)
    server.base = f"http://127.0.0.1:{port}"
    server.start()
    server.base = origin
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def at(browser: Browser, host: Server) -> Iterator[tuple[BrowserContext, Page, Watch]]:
    context = browser.new_context(base_url=host.base, locale="ja-JP", viewport=DESKTOP)
    context.set_default_timeout(20_000)
    watch = Watch(host.base)
    watch.over(context)
    try:
        yield context, context.new_page(), watch
        watch.check()
    finally:
        context.close()


def _password(page: Page, login: str) -> None:
    page.goto("/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main button.primary")


def _role_form(page: Page) -> None:
    """A form whose text is kept while it is typed; there as soon as its script is, which counts the minutes."""
    page.goto("/staff")
    page.locator("main a[href^='/staff/']").nth(1).click()
    page.click("text=役割を加える")
    page.wait_for_url("**/roles/new")


def _virtual_key(context: BrowserContext, page: Page) -> None:
    """An authenticator inside the machine, with a finger on it (WebAuthn automation, CDP)."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def _fit(page: Page) -> None:
    assert axe_faults(page) + fit_faults(page) == [], page.url


def test_a_code_app_is_enrolled_and_asked_for(browser: Browser, host: Server) -> None:
    with at(browser, host) as (_, page, watch):
        watch.refusals.add(422)
        _password(page, "soudan")
        page.goto("/account")
        _fit(page)
        page.click("text=二つ目の確認を登録する")
        _fit(page)
        page.click("text=認証アプリを登録する")
        page.click("main form .primary")
        page.wait_for_url("**/account/totp")
        _fit(page)
        assert page.locator("figure.qr svg path").bounding_box()["width"] > 100  # type: ignore[index]
        secret = re.sub(r"\s", "", page.locator(".secret code").inner_text())
        page.fill("#code", code_at(secret, host.now()))
        page.click("main button.primary")
        _fit(page)
        expect(page.locator("ol.codes li")).to_have_count(10)
        page.goto("/account/recovery")
        _fit(page)
        page.click("text=サインアウト")
        _password(page, "soudan")
        _fit(page)
        page.fill("#code", "000000")
        page.click("main button.primary")
        expect(page.get_by_role("alert")).to_contain_text("認証コードが違います")
        host.later(seconds=60)
        page.fill("#code", code_at(secret, host.now()))
        page.click("main button.primary")
        page.wait_for_url("**/")
        page.goto("/account/totp/remove")
        _fit(page)


def test_a_passkey_is_made_signs_in_alone_and_confirms(browser: Browser, host: Server) -> None:
    with at(browser, host) as (context, page, watch):
        watch.refusals |= {403, 422}
        _virtual_key(context, page)
        _password(page, "houmon")
        page.goto("/account/passkeys/new")
        _fit(page)
        page.fill("#name", "窓口の端末")
        page.click("text=この端末で登録する")
        expect(page.locator("h1")).to_have_text("パスキーを登録しました")
        page.click("text=サインアウト")
        page.goto("/sign-in")
        _fit(page)
        page.click("text=パスキーでサインイン")
        page.wait_for_url("**/")
        host.later(minutes=6)
        page.goto("/account/recovery")
        page.click("main button.primary")
        page.wait_for_url(re.compile(r"/confirm\?next="))
        _fit(page)
        page.click("text=パスキーで確認する")
        page.wait_for_url("**/account/recovery")
        page.click("main button.primary")
        expect(page.locator("ol.codes li")).to_have_count(10)
        page.click("text=サインアウト")
        _password(page, "houmon")
        page.click("text=パスキーで確かめる")
        page.wait_for_url("**/")
        page.goto("/account")
        page.click("a[href*='/passkeys/'][href$='/remove']")
        page.click("main .send .primary")
        page.wait_for_url("**/account")
        expect(page.locator("main")).to_contain_text("二つ目の確認を登録する")


def test_without_a_script_the_password_signs_in(browser: Browser, host: Server) -> None:
    context = browser.new_context(base_url=host.base, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in")
    assert not page.get_by_text("パスキーでサインイン").is_visible()
    _password(page, "kanri")
    page.wait_for_url("**/")
    context.close()


def test_before_a_session_ends_the_page_says_so_and_typed_text_is_kept(
    browser: Browser, host: Server
) -> None:
    with at(browser, host) as (_, page, watch):
        watch.refusals.add(401)
        page.clock.install()
        _password(page, "kanri")
        page.wait_for_url("**/")
        _role_form(page)
        page.fill("#f-valid_until", "R9.3.31")
        page.clock.run_for(6_000)
        expect(page.locator("form + .state, form .state").first).to_contain_text("保存しました")
        assert page.locator("#timeout").count() == 0
        page.clock.fast_forward("24:00")
        page.clock.run_for(70_000)
        expect(page.locator("#timeout")).to_contain_text("まもなくサインアウトします")
        host.later(minutes=25)
        page.click("#timeout button")
        expect(page.locator("#timeout")).to_have_count(0)
        assert page.input_value("#f-valid_until") == "R9.3.31"
        host.later(minutes=31)
        page.reload()
        page.wait_for_url(re.compile(r"/sign-in\?next="))
        page.fill("#login", "kanri")
        page.fill("#password", PASSWORD)
        page.click("main button.primary")
        page.wait_for_url("**/roles/new")
        assert page.input_value("#f-valid_until") == "R9.3.31"


def test_when_the_session_is_over_the_page_shows_nothing_of_what_stood_there(
    browser: Browser, host: Server
) -> None:
    with at(browser, host) as (_, page, watch):
        watch.refusals.add(401)
        page.clock.install()
        _password(page, "kanri")
        page.wait_for_url("**/")
        page.goto("/staff")
        page.clock.fast_forward("29:00")
        page.clock.run_for(11_000)
        expect(page.locator("main table").first).to_be_visible()
        page.clock.run_for(60_000)
        expect(page.locator("#closed h1")).to_have_text("画面を閉じました")
        assert page.locator("main table").count() == 0  # not hidden: gone
        assert page.locator("main").inner_text().startswith("画面を閉じました")
        assert page.title() == "画面を閉じました - casework"
        assert axe_faults(page) == []
        host.later(minutes=31)
        page.click("#closed button")
        page.wait_for_url(re.compile(r"/sign-in\?next=%2Fstaff|/sign-in\?next=/staff"))


def test_text_that_the_server_does_not_have_yet_outlives_the_end_of_the_session_unseen(
    browser: Browser, host: Server
) -> None:
    with at(browser, host) as (context, page, watch):
        watch.refusals.add(401)
        page.clock.install()
        _password(page, "kanri")
        page.wait_for_url("**/")
        _role_form(page)
        context.route("**/api/v1/unsent", lambda route: route.fulfill(status=503))  # it cannot be kept
        watch.refusals.add(503)
        page.fill("#f-valid_until", "R9.3.31")
        page.clock.run_for("31:10")  # tried again and again, and no try counts as work
        expect(page.locator("#closed")).to_be_visible()
        assert not page.locator("#f-valid_until").is_visible()
        page.click("#closed button")  # the session still stands, so the text is there again
        expect(page.locator("#closed")).to_have_count(0)
        assert page.input_value("#f-valid_until") == "R9.3.31"
        page.clock.run_for("31:10")
        host.later(minutes=31)
        page.click("#closed button")
        page.wait_for_selector("#login")
        page.fill("#login", "kanri")
        page.fill("#password", PASSWORD)
        page.click("main button.primary")
        page.wait_for_selector("main form button.primary")
        page.click("main form button.primary")
        page.wait_for_url("**/roles/new")
        assert page.input_value("#f-valid_until") == "R9.3.31"


def test_a_refused_form_whose_text_could_not_be_kept_is_hidden_and_not_thrown_away(
    browser: Browser, host: Server
) -> None:
    with at(browser, host) as (context, page, watch):
        watch.refusals |= {422, 503}
        page.clock.install()
        _password(page, "kanri")
        page.wait_for_url("**/")
        context.route("**/api/v1/unsent", lambda route: route.fulfill(status=503))
        _role_form(page)
        page.fill("#f-valid_until", "いつか")
        page.click("main form.work .send button.primary")
        expect(page.locator("#faults")).to_be_visible()
        page.wait_for_load_state()  # faults stand in the page before its script counts the minutes
        page.clock.run_for("31:10")
        expect(page.locator("#closed")).to_be_visible()
        assert not page.locator("#f-valid_until").is_visible()
        page.click("#closed button")
        expect(page.locator("#closed")).to_have_count(0)
        assert page.input_value("#f-valid_until") == "いつか"


def test_what_was_typed_where_nothing_is_kept_is_hidden_and_comes_back(
    browser: Browser, host: Server
) -> None:
    with at(browser, host) as (_, page, _watch):
        page.clock.install()
        _password(page, "uketsuke")
        page.wait_for_url("**/")
        page.goto("/persons/search")
        page.fill("[name='name']", "架空 見本子")
        page.clock.run_for("31:10")
        assert not page.locator("[name='name']").is_visible()
        page.click("#closed button")
        expect(page.locator("#closed")).to_have_count(0)
        assert page.input_value("[name='name']") == "架空 見本子"


def test_nothing_of_a_case_stays_in_sight_when_the_session_is_over(browser: Browser, host: Server) -> None:
    with at(browser, host) as (_, page, _watch):
        page.clock.install()
        _password(page, "uketsuke")
        page.wait_for_url("**/")
        page.goto("/intakes/new")
        page.fill("[name='person.name']", "架空 花子")
        page.locator("[name='window']").first.select_option(index=1)
        page.locator("[name='main_topic']").select_option("eldercare")
        page.check("[name='consent'][value='not_asked']")
        page.click("main form.work .send button.primary")
        page.wait_for_url(re.compile(r"/intakes/[0-9a-f-]{36}$"))
        page.click("text=自分の課で支援を続ける")
        page.click("main button.primary")
        page.wait_for_url(re.compile(r"/cases/"))
        assert "架空 花子" in page.locator("body").inner_text()
        page.clock.run_for("31:10")
        expect(page.locator("#closed")).to_be_visible()
        assert "架空 花子" not in page.content()
        assert "R8-" not in page.content() + page.title()


def test_the_end_of_the_day_is_told_although_somebody_works(browser: Browser, host: Server) -> None:
    with at(browser, host) as (_, page, _watch):
        page.clock.install()
        _password(page, "kanri")
        page.wait_for_url("**/")
        for _ in range(24):
            host.later(minutes=29)
            page.goto("/account")
        page.clock.run_for(11_000)
        assert page.locator("#day-end").count() == 0
        host.later(minutes=10)
        page.goto("/account")
        page.clock.run_for(11_000)
        expect(page.locator("#day-end")).to_contain_text("時間の上限")
