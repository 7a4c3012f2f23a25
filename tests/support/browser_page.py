"""A page in a real browser: who looks, what the browser complains of, and whether the page fits and is accessible."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from shutil import which
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Playwright, Request

from tests.support.browser_city import SignIn
from tests.support.server import Server

# The same engine without the windows, menus and extensions around it, which took a third of the time of each page.
BROWSERS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TELL = """addEventListener('securitypolicyviolation', (e) =>
  console.error(`CSP ${e.effectiveDirective} refused ${e.blockedURI} at ${e.sourceFile}:${e.lineNumber}`));"""
# What a page passed, with every element it was asked of, stays in the browser: to carry it over took longer than axe.
VIOLATIONS = """(options) => axe.run(document, options).then((found) => found.violations.map((v) =>
  `${v.id}: ${v.help} at ${JSON.stringify(v.nodes.slice(0, 4).map((n) => n.target))}`))"""
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d{3})")
# Words squeezed into a column of two characters: axe and scrollWidth see nothing wrong with it.
SQUEEZED = """() => [...document.querySelectorAll('h1,h2,h3,h4,p,li,td,th,dt,dd,legend,label,button,a')]
  .filter((e) => e.checkVisibility() && !e.closest('.hidden') && e.innerText.trim().length >= 8)
  .filter((e) => {
    const size = parseFloat(getComputedStyle(e).fontSize), box = e.getBoundingClientRect();
    return box.width > 1 && box.width < 2.5 * size && box.height > 4 * size;
  }).map((e) => `${e.tagName.toLowerCase()} "${e.innerText.trim().slice(0, 12)}"`)"""
# What sticks out, to name the culprit rather than a number of pixels.
OUTSIDE = """() => [...document.body.querySelectorAll('*')]
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .hidden'))
  .slice(0, 3).map((e) => `${e.tagName.toLowerCase()}${e.id ? '#' + e.id : ''}.${[...e.classList].join('.')}`)"""


def start(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=_installed(), args=QUIET)


def there() -> bool:
    return _installed() is not None


def _installed() -> str | None:
    return next(filter(None, map(which, BROWSERS)), None)


@dataclass
class Watch:
    """Everything the browser complains of while a context is open. `refusals` are statuses that a test provokes."""

    base: str
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    refusals: set[int] = field(default_factory=set)
    severed: bool = False  # the test takes the server away

    def over(self, context: BrowserContext) -> None:
        context.add_init_script(TELL)
        context.on("console", self._said)
        context.on("request", self._asked)
        context.on("dialog", self._dialog)
        context.on("weberror", lambda e: self.complaints.append(f"script error: {e.error}"))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        status = REFUSED.match(message.text)
        if status is not None and int(status[1]) in self.refusals:
            return
        if self.severed and "net::ERR_" in message.text:
            return
        self.complaints.append(f"console {message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")) and not self._formerly(request.url):
            self.complaints.append(f"a request to {request.url}")

    def _formerly(self, url: str) -> bool:
        """The server's address before a restart gave it another port."""
        return self.severed and url.startswith("http://127.0.0.1:")

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(f"{dialog.type}: {dialog.message}")
        dialog.accept()

    def check(self) -> None:
        assert self.complaints == []


@contextmanager
def window(browser: Browser, server: Server, **options: Any) -> Iterator[tuple[BrowserContext, Watch]]:
    """A browser profile of its own, watched; at the end nothing may have been complained of."""
    options = {"locale": "ja-JP", "timezone_id": "Asia/Tokyo", "viewport": DESKTOP, **options}
    context = browser.new_context(base_url=server.base, **options)
    context.set_default_timeout(20_000)
    watch = Watch(server.base)
    watch.over(context)
    try:
        yield context, watch
        watch.check()
    finally:
        context.close()


def sign_in(page: Page, who: SignIn) -> Page:
    """Through the sign-in page, as a person does."""
    page.goto("/sign-in")
    page.fill("#login", who.login)
    page.fill("#password", who.password)
    page.click("main button.primary")
    page.wait_for_url("**/")
    return page


def carry(context: BrowserContext, server: Server, cookies: Mapping[str, str]) -> None:
    """The cookies of somebody who signed in elsewhere: saves the sign-in where it is not the point."""
    context.add_cookies([{"name": n, "value": v, "url": server.base} for n, v in cookies.items()])


@cache
def _axe() -> str:
    return str(Axe().axe_script)


def axe_faults(page: Page) -> list[str]:
    """Violations of WCAG 2.2 A/AA and of best practice, with the first elements that break them."""
    page.evaluate(_axe())
    return [
        f"axe {fault}"
        for fault in page.evaluate(VIOLATIONS, {"runOnly": RULES, "resultTypes": ["violations"]})
    ]


def fit_faults(page: Page) -> list[str]:
    """Sideways overflow and squeezed words at 390 px and at 200 % text; the page is at desktop size again after."""
    page.set_viewport_size(PHONE)
    faults = _fits(page, "at 390 px")
    page.set_viewport_size(DESKTOP)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    faults += _fits(page, "at 200 % text")
    page.evaluate("document.documentElement.style.fontSize = ''")
    return faults


def _fits(page: Page, when: str) -> list[str]:
    wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    faults = [f"{wide - room} px overflow {when}: {page.evaluate(OUTSIDE)}"] if wide > room else []
    squeezed: Sequence[str] = page.evaluate(SQUEEZED)
    return faults + [f"squeezed words {when}: {text}" for text in squeezed[:3]]


def picture(page: Page, path: Path, *, full: bool = True) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=full)
    return path
