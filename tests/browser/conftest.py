"""What the browser tests stand on: the demo city, a server over a copy of it, and Debian's Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.support import browser_city, browser_page
from tests.support.once import once
from tests.support.server import Server
from tests.support.tools import missing

# Text is kept five seconds after it was typed: a wait of five seconds, Playwright's own, would be a race with it.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demo city: database and keys; tests work on copies."""
    return once(tmp_path_factory, "city", browser_city.build)


@pytest.fixture(scope="module")
def server(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over a copy of the city, with the real clock; for tests that only look."""
    with browser_city.served(city, tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser per module: Playwright holds an event loop, which other tests of the process may not meet."""
    if not browser_page.there():
        missing("Chromium")
    with sync_playwright() as playwright:
        launched = browser_page.start(playwright)
        yield launched
        launched.close()
